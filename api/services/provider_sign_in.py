"""Signing in as the identity provider vouches: who a person there is here."""

from sqlalchemy import select

from api import audit_log
from api.access import Via, actor_of
from api.identity import sessions
from api.identity.oidc import Identity
from api.problems import Problem
from api.settings import Settings
from api.store import User
from api.store.database import Database


def sign_in(
    database: Database, settings: Settings, identity: Identity, *, agent: str | None = None
) -> sessions.SignedIn:
    """Open a session for the user of a person that the identity provider vouches for.

    The account's name leads to the user the first time; from then on the person is known by what never changes. Raises Problem
    (403): `no_such_user`, `bound_to_another`.
    """
    with database.writing() as db:
        user = db.scalar(select(User).where(User.oidc_subject == identity.subject, User.active))
        if user is None:
            user = db.scalar(select(User).where(User.login == identity.account, User.active))
            if user is None:
                detail = f"统一身份认证的账号“{identity.account}”在本系统没有用户，请联系管理员开通。"
                raise Problem("no_such_user", detail, status=403)
            if user.oidc_subject is not None:
                detail = f"用户“{identity.account}”已与另一个统一身份认证账号绑定，请联系管理员解除。"
                raise Problem("bound_to_another", detail, status=403)
            user.oidc_subject = identity.subject
            audit_log.append(db, "user.provider_bound", actor_of(user, Via.SESSION), subject=f"user:{user.id}")
        return sessions.opened(db, settings, user, agent, settings.oidc_issuer)
