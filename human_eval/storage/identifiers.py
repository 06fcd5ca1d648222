"""Ids and secrets that nobody can guess, and the clock."""

import hashlib
import secrets
import time

from web.identifiers import new_id

__all__ = ["CODE_CHARACTERS", "digest", "new_code", "new_id", "new_secret", "now", "read_code"]


# Crockford's base 32: no two of these look alike, and letters that do are read as the digit.
CODE_CHARACTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("OIL", "011")


def new_secret() -> str:
    """A secret that opens something: 256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """A secret that people write down: 125 random bits in five groups of five characters."""
    return _grouped("".join(secrets.choice(CODE_CHARACTERS) for _ in range(25)))


def read_code(written: str) -> str:
    """A code as it was made, from how somebody wrote it: small letters, O for 0, no dashes, blanks."""
    return _grouped("".join(filter(str.isalnum, written.upper())).translate(_MISREAD))


def _grouped(characters: str) -> str:
    return "-".join(characters[start : start + 5] for start in range(0, len(characters), 5))


def digest(secret: str) -> str:
    """What is stored of a secret. It has 125 bits of its own at least, so no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def now() -> float:
    """UTC seconds since 1970."""
    return time.time()
