"""What a disk that fills up says while a recording is written: always a sentence with a reason."""

import errno

import pytest

from web.errors import storage_sentence


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "disk is full, so"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "disk is full, so"),
        (OSError("6400000 requested and 524256 written"), "disk is full or fails"),  # NumPy's
        (OSError(errno.EROFS, "Read-only file system"), "Read-only file system"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
        (PermissionError(errno.EACCES, "Permission denied"), "Permission denied"),
    ],
)
def test_every_fault_has_a_reason(error: OSError, says: str) -> None:
    sentence = storage_sentence(error)
    assert says in sentence
    assert "None" not in sentence
    assert sentence.endswith("try again later.")
