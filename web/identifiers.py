"""Ids that nobody can guess."""

import secrets


def new_id() -> str:
    """An opaque id: 128 random bits in hexadecimal."""
    return secrets.token_hex(16)
