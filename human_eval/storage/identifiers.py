"""Ids and secrets that nobody can guess, and the clock."""

import hashlib
import secrets
import time

from web.identifiers import new_id

__all__ = ["digest", "new_id", "new_secret", "now"]


def new_secret() -> str:
    """A secret that opens something: 256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored of a secret. It has 256 bits of its own, so no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def now() -> float:
    """UTC seconds since 1970."""
    return time.time()
