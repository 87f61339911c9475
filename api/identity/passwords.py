"""Passwords: argon2id, and what a password must be."""

import secrets

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.problems import ErrorAt, Problem

MIN_LENGTH = 12
MAX_LENGTH = 256
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_HASHER = PasswordHash((Argon2Hasher(),))
_NOBODY = _HASHER.hash(secrets.token_urlsafe(24))


def hashed(password: str, login: str) -> str:
    """The hash to store; raises Problem (422) when the password is too short, too long or contains the login."""
    weakness = None
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        weakness = f"密码应为 {MIN_LENGTH} 至 {MAX_LENGTH} 个字符。"
    elif login.lower() in password.lower():
        weakness = "密码不得包含用户名。"
    elif len(set(password)) < 5:
        weakness = "密码至少应有 5 个不同的字符。"
    if weakness:
        raise Problem("weak_password", weakness, status=422, errors=[ErrorAt("password", weakness)])
    return _HASHER.hash(password)


def matches(password: str, stored: str | None) -> tuple[bool, str | None]:
    """Compare a password with a stored hash; the second value is the hash to store from now on if the old one is out of date.

    Without a kept hash it takes as long and says no, so that time doesn't tell which logins exist.
    """
    if len(password) > MAX_LENGTH:
        password = ""
    fits, renewed = _HASHER.verify_and_update(password, stored or _NOBODY)
    return (fits, renewed) if stored else (False, None)


def generated() -> str:
    """A random password that can be read out and typed: five groups of four, about 98 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(5))
