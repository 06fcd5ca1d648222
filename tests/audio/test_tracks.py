"""Several audio tracks: the default is read, or the next where it is silent; the rest is mentioned."""

from pathlib import Path

import numpy as np
import pytest

from amarathon.audio import load_audio, probe_audio
from amarathon.errors import AudioError
from tests.audio.makers import tone, write_tracks
from tests.audio.test_containers import strongest_hertz

LOW, HIGH = 300.0, 700.0


def sound(hertz: float) -> np.ndarray:
    return tone(2.0, 48_000, 1, hertz)


SILENCE = np.zeros((96_000, 1), np.float32)


@pytest.mark.parametrize("container", ["mp4", "mov", "matroska"])
@pytest.mark.parametrize("video", [True, False])
@pytest.mark.parametrize(
    ("tracks", "default", "expected_hz", "expected_sentence"),
    [
        ([sound(LOW), sound(HIGH)], 0, LOW, "the default is read"),
        ([sound(LOW), sound(HIGH)], 1, HIGH, "the default is read"),
        ([SILENCE, sound(HIGH)], 1, HIGH, "the default is read"),
        ([SILENCE, sound(HIGH)], 0, HIGH, "the default is silent, another one is read"),
        ([sound(LOW), SILENCE], 1, LOW, "the default is silent, another one is read"),
        ([SILENCE, SILENCE, sound(HIGH)], 0, HIGH, "holds 3 audio tracks"),
    ],
)
def test_the_track_with_sound_is_read(
    tmp_path: Path,
    container: str,
    video: bool,
    tracks: list[np.ndarray],
    default: int,
    expected_hz: float,
    expected_sentence: str,
) -> None:
    path = write_tracks(tmp_path / "a", container, tracks, default, video=video)
    audio = load_audio(path)
    assert abs(strongest_hertz(audio.samples) - expected_hz) < 3
    assert audio.duration_s == pytest.approx(2.0, abs=0.1)
    [sentence] = audio.warnings
    assert expected_sentence in sentence


def test_one_track_needs_no_word(tmp_path: Path) -> None:
    path = write_tracks(tmp_path / "a", "mp4", [sound(LOW)], 0, video=True)
    assert load_audio(path).warnings == ()


def test_silent_tracks_are_silence(tmp_path: Path) -> None:
    path = write_tracks(tmp_path / "a", "mp4", [SILENCE, SILENCE], 0, video=True)
    assert probe_audio(path).channels == 1
    with pytest.raises(AudioError, match="is silent"):
        load_audio(path)
