"""Receipts: secrets by which who submitted something finds it again; only their digests are kept."""

import hashlib
import secrets


def new_receipt() -> str:
    """256 random bits that fit an address."""
    return secrets.token_urlsafe(32)


def digest(receipt: str) -> str:
    """What is kept of a receipt."""
    return hashlib.sha256(receipt.encode()).hexdigest()
