"""A decoder that crashes, spins or runs out of memory takes down a child and nothing else."""

import ast
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from amarathon.audio import AudioLimits, load_audio, load_audio_isolated
from amarathon.audio.child import MEMORY_LIMIT_BYTES
from amarathon.audio.isolation import NEEDED_VARIABLES, _audio_from_child
from amarathon.errors import AudioError, AudioWarning
from tests.audio.makers import WRITERS, tone, write_with_soundfile

# Bounds a hang: a busy machine needs seconds to start Python.
LONG_S = 600


def test_the_result_is_the_same_as_in_place(tmp_path: Path) -> None:
    path = WRITERS["m4a"](tmp_path / "ä b\udcff.m4a", tone(2.0, 44_100, 2), 44_100)
    inside, outside = load_audio(path), load_audio_isolated(path)
    np.testing.assert_array_equal(outside.samples, inside.samples)
    assert outside.samples.flags.writeable
    assert (outside.sha256, outside.pcm_sha256, outside.info) == (
        inside.sha256,
        inside.pcm_sha256,
        inside.info,
    )


def test_a_refusal_comes_through(tmp_path: Path) -> None:
    path = WRITERS["wav"](tmp_path / "a.wav", tone(2.0), 16_000)
    with pytest.raises(AudioError, match=r"is too long: the limit is 1\.0 s"):
        load_audio_isolated(path, AudioLimits(max_seconds=1.0))
    with pytest.raises(AudioError, match="does not exist"):
        load_audio_isolated(tmp_path / "gone.wav")


def test_it_says_how_far_it_is(tmp_path: Path) -> None:
    path = WRITERS["mp3"](tmp_path / "a.mp3", tone(20.0, 44_100, 2), 44_100)
    shares: list[float] = []
    load_audio(path, tell_share=shares.append)
    assert len(shares) > 2
    assert shares == sorted(set(shares))
    assert 0 < shares[0] < 0.5 < shares[-1] <= 1
    progress = tmp_path / "progress"
    load_audio_isolated(path, progress=progress)
    assert progress.stat().st_size == round(100 * shares[-1])


def test_it_works_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    WRITERS["wav"](tmp_path / "a.wav", tone(1.0), 16_000)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert load_audio_isolated(Path("a.wav")).duration_s == 1.0


def test_a_decoder_is_told_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {
        "DATABASE_URL": "postgresql://user:word@host/base",
        "OAUTH_CLIENT_SECRET": "word",
        "HF_TOKEN": "word",
        "AWS_SECRET_ACCESS_KEY": "word",
        "AMARATHON_ADMIN": "somebody",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    show = "import os, sys; sys.exit(repr(sorted(os.environ)))"
    with pytest.raises(RuntimeError) as raised:
        _audio_from_child([sys.executable, "-c", show], Path("a.wav"), 30)
    variables = set(ast.literal_eval(str(raised.value).splitlines()[-1]))
    assert variables <= NEEDED_VARIABLES | {"PYTHONPATH", "OPENBLAS_NUM_THREADS"}
    assert not variables & set(secrets)


def test_what_is_said_about_a_file_comes_through(tmp_path: Path) -> None:
    path = write_with_soundfile(tmp_path / "a.wav", 3 * tone(1.0), 16_000, "WAV", "FLOAT")
    with pytest.warns(AudioWarning, match="is turned down"):
        audio = load_audio_isolated(path)
    assert audio.warnings == load_audio(path).warnings != ()


def test_a_crash_is_a_sentence() -> None:
    crash = [sys.executable, "-c", "import os; os.abort()"]
    with pytest.raises(AudioError) as raised:
        _audio_from_child(crash, Path("a.wav"), LONG_S)
    assert str(raised.value) == "'a.wav' makes the audio decoder crash: it is damaged beyond reading."


def test_a_hang_is_ended_and_a_sentence() -> None:
    with pytest.raises(AudioError) as raised:
        _audio_from_child([sys.executable, "-c", "while True: pass"], Path("a.wav"), 0.5)
    assert str(raised.value) == "'a.wav' was given up: it had not been decoded after 0.5 s."


def test_a_fault_of_ours_is_not_blamed_on_the_file() -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        _audio_from_child([sys.executable, "-c", "1 / 0"], Path("a.wav"), LONG_S)


def test_memory_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    greedy = (
        "import sys; from pathlib import Path; import amarathon.audio.child as child;"
        "from amarathon.audio import AudioLimits; import numpy as np;"
        f"child.load_audio = lambda *_: np.ones({MEMORY_LIMIT_BYTES});"
        "child._limit_memory(); child.main(Path(sys.argv[1]), AudioLimits(), sys.stdout.buffer)"
    )
    with pytest.raises(AudioError, match=r"'a.wav' needs more than 4 GB of memory to decode\."):
        _audio_from_child([sys.executable, "-c", greedy, os.fspath(path)], path, LONG_S)
