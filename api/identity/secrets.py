"""Secrets that are handed out (cookies, tokens) and the keyed hashes by which they are recognised."""

import hashlib
import hmac
import secrets

TOKEN_PREFIX = "gr_"
HINT = 9


def new_secret() -> str:
    """256 random bits as text."""
    return secrets.token_urlsafe(32)


def keyed(key: bytes, purpose: str, value: str) -> str:
    """HMAC-SHA256 of a value for one purpose, as hex: useless to who reads the database without the key."""
    return hmac.new(key, f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Equality in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())
