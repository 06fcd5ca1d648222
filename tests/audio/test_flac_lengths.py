"""What a FLAC's header may state, and what is there: read whole, or refused with both figures."""

import io
import warnings

import numpy as np
import pytest
import soundfile

from amarathon.audio import SAMPLE_RATE, load_audio
from amarathon.errors import AudioError

SECONDS = 3.0


def flac_stating(samples: int) -> bytes:
    """Three seconds of sound whose STREAMINFO states so many samples."""
    time = np.arange(int(SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    buffer = io.BytesIO()
    soundfile.write(buffer, 0.3 * np.sin(2 * np.pi * 440 * time), SAMPLE_RATE, format="FLAC")
    content = bytearray(buffer.getvalue())
    fields = int.from_bytes(content[18:26], "big") >> 36 << 36 | samples
    content[18:26] = fields.to_bytes(8, "big")
    return bytes(content)


@pytest.mark.parametrize(
    ("stated", "remark"),
    [
        (48_000, ""),
        (0, ""),
        (2**36 - 1, ""),
        (2**32 - 1, ""),
        (48_001, ""),
        (50_000, "states 3.12 s in its header, and 3.00 s are there"),
        (24_000, "states 1.50 s in its header and holds 3.00 s"),
        (1, "holds 3.00 s"),
    ],
)
def test_what_is_there_is_read(tmp_path, stated, remark):
    path = tmp_path / "recording.flac"
    path.write_bytes(flac_stating(stated))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        audio = load_audio(path)
    assert audio.duration_s == SECONDS
    assert len(caught) == (1 if remark else 0)
    assert all(remark in str(warning.message) for warning in caught)


@pytest.mark.parametrize("stated", [96_000, 480_000, 10**7])
def test_much_less_than_stated_is_refused_with_both_figures(tmp_path, stated):
    path = tmp_path / "recording.flac"
    path.write_bytes(flac_stating(stated))
    with pytest.raises(AudioError, match=r"its header states .*, and 3\.0 s are there"):
        load_audio(path)
