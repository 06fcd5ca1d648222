"""Whose a recording or a comparison is: its maker alone may hear it through a link, share it and delete it.

The maker is known by a key that nobody else has: the visitor's cookie. Its hash lies beside what was made, so
that whoever reads the disk cannot pass for the maker.
"""

import hashlib
import hmac
from pathlib import Path

from pydantic import ValidationError

from amarathon.files import write_atomically
from amarathon.runs.records import Record

OWNER_FILE = "owner.json"


class OwnerRecord(Record):
    """``owner.json``.

    Attributes
    ----------
    key_sha256 : str
        Of the maker's key.
    shared : bool
        Of a recording: whoever has a link to a comparison may hear it.
    """

    key_sha256: str
    shared: bool = False


def set_owner(folder: Path, key: str) -> None:
    """Note who made what lies in a folder."""
    _write(folder, OwnerRecord(key_sha256=_hash(key)))


def is_owner(folder: Path, key: str) -> bool:
    """Whether a key is the maker's."""
    record = _read(folder)
    return record is not None and bool(key) and hmac.compare_digest(record.key_sha256, _hash(key))


def is_shared(folder: Path) -> bool:
    """Whether the maker lets everybody hear it who has a link."""
    record = _read(folder)
    return record is not None and record.shared


def set_shared(folder: Path, *, shared: bool) -> None:
    """Let everybody hear it who has a link, or nobody but its maker."""
    record = _read(folder)
    if record is not None:
        _write(folder, record.model_copy(update={"shared": shared}))


def _write(folder: Path, record: OwnerRecord) -> None:
    write_atomically(folder / OWNER_FILE, record.model_dump_json() + "\n")


def _read(folder: Path) -> OwnerRecord | None:
    try:
        return OwnerRecord.model_validate_json((folder / OWNER_FILE).read_bytes())
    except (FileNotFoundError, ValidationError):
        # Of before there were makers, or of everybody: an example.
        return None


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
