"""Signing in at the identity provider of an organisation: OpenID Connect, authorization code flow with PKCE.

OpenID Connect Core 1.0 (3.1), OpenID Connect Discovery 1.0 (4), RFC 7636.
"""

import base64
import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from typing import Any

import structlog

from api.identity.secrets import keyed
from api.problems import Problem
from api.settings import Settings

TIMEOUT_SECONDS = 10
ATTEMPT_SECONDS = 600
"""The time that a person has for signing in at the provider."""
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""The accepted signature algorithms: all with public keys, so that only the provider can sign."""
CLOCK_SECONDS = 60
"""Seconds by which the provider's clock may be off."""
log = structlog.get_logger("api.identity")


@dataclass(frozen=True)
class Attempt:
    """The values that must come back from the provider, and the page that the person asked for."""

    state: str
    nonce: str
    verifier: str
    onward: str


@dataclass(frozen=True)
class Identity:
    """A person at the provider: `subject` identifies them for good, with the provider; `account` is the name there."""

    subject: str
    account: str


def begin(settings: Settings, return_address: str, onward: str) -> tuple[str, str]:
    """The provider's address to go to, and the cookie that identifies the attempt when the person comes back.

    Raises Problem (502 `provider_failed`).
    """
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    attempt = Attempt(state, nonce, verifier, onward)
    known = _provider(settings)
    with _client(settings, return_address) as client:
        address, _ = client.create_authorization_url(
            known["authorization_endpoint"],
            state=attempt.state,
            nonce=attempt.nonce,
            code_verifier=attempt.verifier,
        )
    body = base64.urlsafe_b64encode(json.dumps(asdict(attempt)).encode()).decode()
    return str(address), f"{body}.{_signature(settings, body)}"


def attempt_of(settings: Settings, cookie: str | None, state: str) -> Attempt:
    """The attempt that a browser comes back from; raises Problem (400 `attempt_unknown`) for one it didn't begin."""
    body, _, signature = (cookie or "").partition(".")
    if body and hmac.compare_digest(signature.encode(), _signature(settings, body).encode()):
        attempt = Attempt(**json.loads(base64.urlsafe_b64decode(body)))
        if hmac.compare_digest(attempt.state.encode(), state.encode()):
            return attempt
    raise Problem("attempt_unknown", "这次统一身份认证不是从本浏览器发起的，或已超过 10 分钟，请重新登录。", status=400)


def identity_of(settings: Settings, attempt: Attempt, code: str, return_address: str) -> Identity:
    """The person behind a code of the provider; raises Problem (502 `provider_failed`, 403 `identity_incomplete`)."""
    from authlib.integrations.base_client import OAuthError
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet
    from requests import RequestException

    known = _provider(settings)
    try:
        with _client(settings, return_address) as client:
            answer = client.fetch_token(known["token_endpoint"], code=code, code_verifier=attempt.verifier)
        keys = KeySet.import_key_set(_document(known["jwks_uri"]))
        claims = jwt.decode(answer["id_token"], keys, algorithms=ALGORITHMS).claims
        jwt.JWTClaimsRegistry(
            leeway=CLOCK_SECONDS,
            iss={"essential": True, "value": str(settings.oidc_issuer)},
            aud={"essential": True, "value": str(settings.oidc_client_id)},
            exp={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": attempt.nonce},
        ).validate(claims)
    except (RequestException, OAuthError, JoseError, ValueError, KeyError) as error:
        raise _failed(error) from error
    account = claims.get(settings.oidc_login_claim)
    if not isinstance(account, str) or not account.strip():
        detail = f"统一身份认证没有给出账号（{settings.oidc_login_claim}），请联系管理员。"
        raise Problem("identity_incomplete", detail, status=403)
    return Identity(f"{settings.oidc_issuer} {claims['sub']}", account.strip().lower())


def _client(settings: Settings, return_address: str) -> Any:
    # The library takes a third of a second to load: only services that have a provider wait for it.
    from authlib.integrations.requests_client import OAuth2Session

    secret = settings.oidc_client_secret
    return OAuth2Session(
        settings.oidc_client_id,
        secret.get_secret_value() if secret else None,
        scope="openid profile",
        redirect_uri=return_address,
        code_challenge_method="S256",
        default_timeout=TIMEOUT_SECONDS,
    )


def _provider(settings: Settings) -> dict[str, Any]:
    """The provider's own description: the addresses of its endpoints and keys."""
    known: dict[str, Any] = _document(f"{settings.oidc_issuer}/.well-known/openid-configuration")
    missing = [name for name in ("authorization_endpoint", "token_endpoint", "jwks_uri") if name not in known]
    if known.get("issuer") != settings.oidc_issuer or missing:
        raise _failed(ValueError(f"issuer {known.get('issuer')!r}, missing {missing}"))
    return known


def _document(address: str) -> Any:
    import requests

    try:
        found = requests.get(address, timeout=TIMEOUT_SECONDS)
        found.raise_for_status()
        return found.json()
    except requests.RequestException as error:
        raise _failed(error) from error


def _failed(error: Exception) -> Problem:
    log.error("identity provider failed", error=f"{type(error).__name__}: {error}")
    return Problem("provider_failed", "统一身份认证没有正确应答，请稍后再试，或用密码登录。", status=502)


def _signature(settings: Settings, body: str) -> str:
    return keyed(settings.key, "oidc", body)
