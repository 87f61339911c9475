"""The second factor: one-time codes by time (RFC 6238), from a secret that is derived and never stored."""

import base64
import hashlib
import hmac
from datetime import datetime

import pyotp

from api.store import User

ISSUER = "绩效分级"
STEP = 30
"""Seconds for which a code is shown (RFC 6238, 5.2)."""
DRIFT = 1
"""Steps by which the clock of a phone may be off."""


def secret_of(key: bytes, user: User, seed: str) -> str:
    """The secret that a user's app holds, in base 32: useless to who reads the database without the key."""
    made = hmac.new(key, f"second-factor:{user.id}:{seed}".encode(), hashlib.sha256).digest()[:20]
    return base64.b32encode(made).decode()


def address_of(key: bytes, user: User, seed: str) -> str:
    """The `otpauth` address that an app reads from a QR code."""
    return pyotp.TOTP(secret_of(key, user, seed)).provisioning_uri(name=user.login, issuer_name=ISSUER)


def step_of(key: bytes, user: User, seed: str, code: str, at: datetime) -> int | None:
    """The time step of a code, later than the last one used; None when the code is not right or was used."""
    code = code.replace(" ", "").strip()
    totp, present = pyotp.TOTP(secret_of(key, user, seed)), int(at.timestamp()) // STEP
    for step in range(present - DRIFT, present + DRIFT + 1):
        is_new = user.second_factor_step is None or step > user.second_factor_step
        if is_new and hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            return step
    return None
