"""Copies of recordings: who waits for one does not wait for those that nobody waits for."""

import threading
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from amarathon.audio import AudioLimits, load_audio
from web.audio_copies import AudioCopies


@pytest.fixture
def recordings(tmp_path: Path) -> list[tuple[Path, str]]:
    """Six short recordings."""
    chance, found = np.random.default_rng(0), []
    for number in range(6):
        path = tmp_path / f"{number}.wav"
        soundfile.write(path, 0.1 * chance.standard_normal(8_000), 16_000)
        found.append((path, load_audio(path).sha256))
    return found


@pytest.mark.parametrize("kind", ["opus", "mp3", "peaks"])
def test_a_recording_that_somebody_waits_for_comes_before_those_of_the_background(
    tmp_path: Path, recordings: list[tuple[Path, str]], kind: str
) -> None:
    cache = AudioCopies(tmp_path / "copies", AudioLimits())
    *rest, wanted = recordings
    others = [threading.Thread(target=cache.make, args=recording, daemon=True) for recording in rest]
    somebody = threading.Thread(target=cache.find, args=(*wanted, kind), daemon=True)
    lock = cache._lock
    with lock.held():  # a recording is being made
        for number, thread in enumerate([*others, somebody]):
            thread.start()
            while len(lock._urgent) + len(lock._others) <= number:
                assert thread.is_alive()
                time.sleep(0.001)
    for thread in [*others, somebody]:
        thread.join()
    name = "*.json" if kind == "peaks" else f"*.{kind}"
    made = sorted((tmp_path / "copies").glob(name), key=lambda path: path.stat().st_mtime_ns)
    assert [path.stem for path in made] == [sha256 for _, sha256 in (wanted, *rest)]
