"""The builder: parallel, resumable, the same result every time, faults named."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from amarathon.audio import load_audio
from amarathon.construction.finalisation import clear_work, finalise
from amarathon.construction.tools import Job, build
from amarathon.datasets import load_dataset
from amarathon.errors import DatasetError
from tests.construction import toys

ROOT = Path(__file__).parents[2]


def made(log: Path) -> list[str]:
    return log.read_text().split() if log.exists() else []


def manifest(out: Path, **options) -> str:
    built, dropped = build(toys.toy_jobs(8), out, **options)
    assert not dropped
    return finalise(out, "toys", built, dropped, {})


def test_a_second_build_has_the_same_manifest_and_sound(tmp_path: Path) -> None:
    one = manifest(tmp_path / "one", workers=1)
    two = manifest(tmp_path / "two", workers=2)
    assert one == two
    assert (tmp_path / "one/manifest.jsonl").read_bytes() == (tmp_path / "two/manifest.jsonl").read_bytes()


def test_what_is_hashed_is_what_is_decoded(tmp_path: Path) -> None:
    manifest(tmp_path, workers=1)
    for sample in load_dataset(tmp_path).samples:
        audio = load_audio(sample.audio.path)
        assert (audio.sha256, audio.pcm_sha256) == (sample.audio.sha256, sample.audio.pcm_sha256)
        assert audio.duration_s == sample.audio.duration_s


def test_a_build_that_stopped_goes_on_and_a_finished_one_does_nothing(tmp_path: Path) -> None:
    log = tmp_path / "log"
    first = toys.toy_jobs(3, log=str(log))
    build(first, tmp_path / "out", workers=1)
    assert len(made(log)) == 3
    build(toys.toy_jobs(5, log=str(log)), tmp_path / "out", workers=1)
    assert made(log)[3:] == ["toy-003", "toy-004"]
    again, _ = build(toys.toy_jobs(5, log=str(log)), tmp_path / "out", workers=1)
    assert len(made(log)) == 5
    assert len(again) == 5


def test_other_arguments_make_a_sample_again(tmp_path: Path) -> None:
    build(toys.toy_jobs(2), tmp_path, workers=1)
    built, _ = build(toys.toy_jobs(2, seconds=0.75), tmp_path, workers=1)
    assert [sample.duration_s for sample in built] == [0.75, 0.75]


def test_lost_audio_is_made_again(tmp_path: Path) -> None:
    built, _ = build(toys.toy_jobs(2), tmp_path, workers=1)
    (tmp_path / built[0].file).unlink()
    again, _ = build(toys.toy_jobs(2), tmp_path, workers=1)
    assert again == built
    assert (tmp_path / built[0].file).is_file()


def test_a_killed_build_is_continued(tmp_path: Path) -> None:
    out, log = tmp_path / "out", tmp_path / "log"
    script = (
        "from pathlib import Path\nfrom amarathon.construction.tools import build\n"
        "from tests.construction.toys import toy_jobs\n"
        f"build(toy_jobs(4000, log={str(log)!r}), Path({str(out)!r}), workers=1)\n"
    )
    running = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT)
    try:
        while len(made(log)) < 5:
            assert running.poll() is None
            time.sleep(0.01)
    finally:
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
    before = len(made(log))
    assert before < 4000
    built, dropped = build(toys.toy_jobs(before + 3, log=str(log)), out, workers=1)
    assert len(built) == before + 3
    assert not dropped
    # At most the one that was at work when it was killed is made a second time.
    assert len(made(log)) <= 2 * 3 + before + 1
    finished = finalise(out, "toys", built, dropped, {})
    assert finished == finalise(
        tmp_path / "whole", "toys", *build(toys.toy_jobs(before + 3), tmp_path / "whole", workers=1), {}
    )


def test_broken_and_silent_sources_are_named_and_the_rest_is_made(tmp_path: Path) -> None:
    jobs = [
        *toys.toy_jobs(2),
        Job("broken", toys.render_broken, ("broken",)),
        Job("silent", toys.render_silent, ("silent",)),
    ]
    built, dropped = build(jobs, tmp_path, workers=2)
    assert [sample.id for sample in built] == ["toy-000", "toy-001"]
    assert [entry.record for entry in dropped] == ["broken", "silent"]
    assert dropped[0].reason == "The source of broken is broken."
    assert "silent" in dropped[1].reason


def test_progress_counts_what_was_there_before(tmp_path: Path) -> None:
    build(toys.toy_jobs(2), tmp_path, workers=1)
    seen: list[tuple[int, int]] = []
    build(
        toys.toy_jobs(4), tmp_path, workers=1, progress=lambda done, total, name: seen.append((done, total))
    )
    assert seen == [(2, 4), (3, 4), (4, 4)]


def test_what_cannot_be_built_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="share the id toy-000"):
        build([*toys.toy_jobs(1), *toys.toy_jobs(1)], tmp_path)
    with pytest.raises(DatasetError, match="flac or opus, not as mp4"):
        build(toys.toy_jobs(1), tmp_path, audio_format="mp4")
    (tmp_path / "file").write_text("")
    with pytest.raises(DatasetError, match="cannot be written"):
        build(toys.toy_jobs(1), tmp_path / "file")


def test_opus_is_read_back(tmp_path: Path) -> None:
    built, _ = build(toys.toy_jobs(1, seconds=2), tmp_path, workers=1, audio_format="opus")
    finalise(tmp_path, "toys", built, [], {})
    clear_work(tmp_path)
    (sample,) = load_dataset(tmp_path).samples
    assert sample.audio.name.endswith(".opus")
    assert load_audio(sample.audio.path).pcm_sha256 == sample.audio.pcm_sha256
    assert not (tmp_path / ".build").exists()
