"""Ogg pages whose times cannot be: what is there is read, and is as long as it is."""

from pathlib import Path

import pytest

from amarathon.audio import load_audio
from amarathon.audio.decode import measure_audio
from amarathon.errors import AudioError
from tests.audio.makers import ogg_page, ogg_pages, tone, write_with_libav, write_with_soundfile

SECONDS = 6.0
WRITERS = {
    "opus": lambda path: write_with_libav(path, tone(SECONDS, 48_000), 48_000, "ogg", "libopus"),
    "vorbis": lambda path: write_with_soundfile(path, tone(SECONDS, 44_100), 44_100, "OGG", "VORBIS"),
}
TIMES = {
    "none": -1,
    "negative": -2,
    "the lowest": -(2**63),
    "zero": 0,
    "back": 48_000,
    "far": 2**50,
    "the highest": 2**63 - 1,
}


# Of six seconds of Vorbis every page but the last may be of its headers.
@pytest.mark.parametrize(("coding", "place"), [("opus", -1), ("opus", -2), ("opus", -4), ("vorbis", -1)])
@pytest.mark.parametrize("time", TIMES)
def test_a_time_that_cannot_be_is_not_believed(coding: str, place: int, time: str, tmp_path: Path) -> None:
    pages = ogg_pages(WRITERS[coding](tmp_path / "good").read_bytes())
    pages[place] = ogg_page(pages[place], time=TIMES[time])
    path = tmp_path / "it.ogg"
    path.write_bytes(b"".join(pages))
    audio = load_audio(path)
    assert abs(audio.duration_s - SECONDS) < 0.05
    # Of Vorbis the last page's length is not told by its bytes.
    assert abs(measure_audio(path) - SECONDS) < (0.05 if coding == "opus" else 1.5)


def test_an_end_without_its_beginning_is_told(tmp_path: Path) -> None:
    content = WRITERS["opus"](tmp_path / "good").read_bytes()
    (tmp_path / "it.ogg").write_bytes(content[777:])
    with pytest.raises(AudioError, match="is Ogg without its beginning"):
        load_audio(tmp_path / "it.ogg")
