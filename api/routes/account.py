"""The own account: who you are, your password, your tokens."""

from typing import Annotated
from uuid import UUID

from fastapi.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.identity import tokens
from api.queries.users import tokens as own_tokens
from api.routes.responses import (
    CREATED,
    Cursor,
    Limit,
    answer,
    refusals,
    resource,
)
from api.schemas.base import Page
from api.schemas.users import MeOut, NewTokenOut, PasswordChange, TokenIn, TokenOut
from api.services import users
from api.store import Token

router = resource("account")
Owner = Annotated[Context, needs(Rule.OWN_ACCOUNT)]
CostlyOwner = Annotated[Context, needs(Rule.OWN_ACCOUNT, costly=True)]


@router.get("/me", summary="Who you are")
def get_me(context: Owner) -> MeOut:
    """Your role and scope."""
    return MeOut.model_validate(context.actor)


@router.put("/me/password", status_code=204, summary="Change your password", responses=refusals(403))
def change_password(body: PasswordChange, context: CostlyOwner) -> None:
    """Your other sessions end."""
    users.change_own_password(context, body.old, body.new)


@router.get("/tokens", summary="Your tokens, the newest first")
def list_tokens(context: Owner, cursor: Cursor = None, limit: Limit = 50) -> Page[TokenOut]:
    """Also those that have expired or were revoked."""
    found, after = own_tokens(context.db, context.actor.id, cursor, limit)
    return Page(items=[TokenOut.model_validate(row) for row in found], next=None if after is None else str(after))


@router.post(
    "/tokens",
    status_code=201,
    summary="Create a token",
    response_model=NewTokenOut,
    responses=CREATED | refusals(403, 409),
)
def create_token(body: TokenIn, context: Owner) -> Response:
    """For a system that acts for you. Only who has signed in may: a token can't create tokens (403)."""
    made = tokens.create(context.db, context.service.settings, body.name, body.days)
    made_token = NewTokenOut(**dict(TokenOut.model_validate(made.token)), secret=made.secret)
    return answer(made_token, status=201, location=f"/v1/tokens/{made.token.id}")


@router.get("/tokens/{token_id}", summary="A token")
def get_token(token_id: UUID, context: Owner) -> TokenOut:
    """Without its secret, which nobody knows."""
    return TokenOut.model_validate(context.find(Token, token_id))


@router.delete("/tokens/{token_id}", status_code=204, summary="Revoke a token")
def revoke_token(token_id: UUID, context: Owner) -> None:
    """Worthless from now on. Administrators can revoke everybody's."""
    tokens.revoke(context.db, token_id)
