import pickle
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from amarathon.runs import read_run
from amarathon.runs.summary import summary_of
from tests.runs.comparable import without_times

SLOW_RUN = """
import json, pickle, sys, time
from pathlib import Path
from amarathon.models.model_api import ModelIdentity
from amarathon.runs import evaluate

class Slow:
    max_audio_s = 60.0
    compresses = False
    identity = ModelIdentity("stub", "1", "stub", "float32", "cpu", 0)

    def respond(self, audio, messages, *, max_new_tokens):
        # Where the test wants to do something meanwhile, it pauses until it is signalled to continue.
        while written() >= int(sys.argv[3]) and not Path(sys.argv[2], "..", "go").exists():
            time.sleep(0.005)
        return "B" if "many" in str(messages) else "the quick red fox"

def written():
    path = Path(sys.argv[2], "predictions.jsonl")
    return path.read_bytes().count(b"\\n") if path.exists() else 0

samples = pickle.loads(Path(sys.argv[1]).read_bytes())
evaluate(Slow(), samples, ["vanilla"], Path(sys.argv[2]))
"""


@pytest.fixture
def slow_run(tmp_path, samples):
    """Starts an evaluation of 40 samples in a process of its own; it stands still at so many answers."""
    many = [replace(sample, id=f"{sample.id}-{turn}") for turn in range(10) for sample in samples]
    (tmp_path / "samples").write_bytes(pickle.dumps(many))
    started = []

    def start(folder, pause_at=1000):
        command = [sys.executable, "-c", SLOW_RUN, tmp_path / "samples", folder, str(pause_at)]
        started.append(subprocess.Popen(command, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stderr.close()


def wait_for_lines(folder, count):
    """Wait until a run that another process writes has so many records."""
    path, end = folder / "predictions.jsonl", time.monotonic() + 3600
    while not path.exists() or path.read_bytes().count(b"\n") < count:
        assert time.monotonic() < end, "the other process writes nothing"
        time.sleep(0.005)


def test_a_run_that_is_killed_again_and_again_ends_as_one_that_was_not(tmp_path, slow_run):
    for lines in (1, 13, 30):
        process = slow_run(tmp_path / "killed", pause_at=lines)
        wait_for_lines(tmp_path / "killed", lines)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert read_run(tmp_path / "killed").header.finished_at is None
    assert slow_run(tmp_path / "killed").wait() == 0
    assert slow_run(tmp_path / "whole").wait() == 0
    killed, whole = read_run(tmp_path / "killed"), read_run(tmp_path / "whole")
    assert without_times(tmp_path / "killed") == without_times(tmp_path / "whole")
    assert summary_of(killed).breakdowns == summary_of(whole).breakdowns
    assert killed.header.finished_at


def test_two_processes_do_not_write_the_same_run(tmp_path, slow_run):
    first = slow_run(tmp_path / "run", pause_at=1)
    wait_for_lines(tmp_path / "run", 1)
    second = slow_run(tmp_path / "run")
    _, errors = second.communicate()
    assert second.returncode != 0
    assert "Another process is writing" in errors
    (tmp_path / "go").touch()
    assert first.wait() == 0
    assert len(read_run(tmp_path / "run").predictions()) == 40
