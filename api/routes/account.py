"""The own account: who you are, your password, your tokens."""

from typing import Annotated
from uuid import UUID

from fastapi.responses import Response

from api import people
from api.access import Rule
from api.desk import Desk, needs
from api.identity import tokens
from api.queries.people import tokens as own_tokens
from api.routes.declare import (
    CREATED,
    Cursor,
    Limit,
    answer,
    refusals,
    resource,
)
from api.shapes.base import Page
from api.shapes.people import MeOut, NewTokenOut, PasswordChange, TokenIn, TokenOut
from api.store import Token

router = resource("account")
Owner = Annotated[Desk, needs(Rule.OWN_ACCOUNT)]
CostlyOwner = Annotated[Desk, needs(Rule.OWN_ACCOUNT, costly=True)]


@router.get("/me", summary="Who you are")
def get_me(desk: Owner) -> MeOut:
    """Your role and scope."""
    return MeOut.model_validate(desk.actor)


@router.put("/me/password", status_code=204, summary="Change your password", responses=refusals(403))
def change_password(body: PasswordChange, desk: CostlyOwner) -> None:
    """Your other sessions end."""
    people.change_own_password(desk, body.old, body.new)


@router.get("/tokens", summary="Your tokens, the newest first")
def list_tokens(desk: Owner, cursor: Cursor = None, limit: Limit = 50) -> Page[TokenOut]:
    """Also those that have expired or were revoked."""
    found, after = own_tokens(desk.db, desk.actor.id, cursor, limit)
    return Page(items=[TokenOut.model_validate(row) for row in found], next=None if after is None else str(after))


@router.post(
    "/tokens",
    status_code=201,
    summary="Create a token",
    response_model=NewTokenOut,
    responses=CREATED | refusals(403, 409),
)
def create_token(body: TokenIn, desk: Owner) -> Response:
    """For a system that acts for you. Only who has signed in may: a token can't create tokens (403)."""
    made = tokens.create(desk.db, desk.service.settings, body.name, body.days)
    told = NewTokenOut(**dict(TokenOut.model_validate(made.token)), secret=made.secret)
    return answer(told, status=201, location=f"/v1/tokens/{made.token.id}")


@router.get("/tokens/{token_id}", summary="A token")
def get_token(token_id: UUID, desk: Owner) -> TokenOut:
    """Without its secret, which nobody knows."""
    return TokenOut.model_validate(desk.find(Token, token_id))


@router.delete("/tokens/{token_id}", status_code=204, summary="Revoke a token")
def revoke_token(token_id: UUID, desk: Owner) -> None:
    """Worthless from now on. Administrators can revoke everybody's."""
    tokens.revoke(desk.db, token_id)
