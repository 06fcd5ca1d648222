import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from rich.console import Console

from amarathon.cli.inputs import ModelLoader
from amarathon.models import ModelIdentity
from amarathon.runs import read_run
from amarathon.runs.summary import summary_of
from amarathon.tasks.sample import SampleSet

COMMAND = [sys.executable, "-c", "from amarathon.cli import main; main()"]


@pytest.fixture(scope="session")
def dataset(tmp_path_factory):
    """Six questions about short recordings; one recording is silent."""
    folder = tmp_path_factory.mktemp("numbers")
    seconds = np.arange(16_000) / 16_000
    lines = []
    for index in range(6):
        sound = 0.3 * np.sin(2 * np.pi * (200 + 40 * index) * seconds) * (index != 4)
        soundfile.write(folder / f"{index}.wav", sound, 16_000)
        options = [{"text": text, "label": text} for text in ("One", "Two", "Three", "Four")]
        line = {"file_name": f"{index}.wav", "id": f"q{index}", "task": "SCR", "question": "How many?"}
        lines.append(line | {"options": options, "answer": index % 4, "slices": {"subset": "high"}})
    (folder / "metadata.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


@pytest.fixture(scope="session")
def command():
    """Runs the command line in a process of its own, on one thread."""
    environment = os.environ | {"OMP_NUM_THREADS": "1"}

    def run(*arguments, **options):
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": environment}
        return subprocess.Popen([*COMMAND, *map(str, arguments)], **(pipes | options))

    return run


@pytest.fixture(scope="session")
def finished(command, dataset, tmp_path_factory):
    """A whole evaluation of the small model, and what it printed."""
    folder = tmp_path_factory.mktemp("runs") / "whole"
    process = command(
        "evaluate", "--dataset", dataset, "--configurations", "vanilla,frame@0.6", "--out", folder
    )
    output, errors = process.communicate()
    assert process.returncode == 0, errors
    return folder, output, errors


def test_an_evaluation_answers_every_sample_under_every_configuration(finished):
    folder, _, _ = finished
    run = read_run(folder)
    answered = [(prediction.sample_id, prediction.configuration) for prediction in run.predictions()]
    assert answered == [(f"q{index}", name) for index in range(6) for name in ("vanilla", "frame@0.6")]
    failed = {prediction.sample_id: prediction.error for prediction in run.predictions() if prediction.error}
    assert list(failed) == ["q4"]
    assert "silent" in failed["q4"]
    kept = {
        prediction.configuration: prediction.kept_tokens / prediction.audio_tokens
        for prediction in run.predictions()[:2]
    }
    assert kept["vanilla"] == 1
    assert 0.35 <= kept["frame@0.6"] <= 0.4
    assert run.header.finished_at


def test_progress_and_the_models_notice_go_to_standard_error(finished):
    _, _, errors = finished
    assert "12 of 12 answers, 2 failed" in errors
    assert "small: " in errors


def test_a_killed_evaluation_is_continued_by_the_same_command(finished, command, dataset, tmp_path):
    whole, _, _ = finished
    folder = tmp_path / "whole"
    arguments = ("evaluate", "--dataset", dataset, "--configurations", "vanilla,frame@0.6", "--out", folder)
    process = command(*arguments)
    wait_for_lines(folder, 3)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert len(read_run(folder).predictions()) < 12

    process = command(*arguments, "--quiet")
    _, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")
    killed, uninterrupted = read_run(folder), read_run(whole)
    clocked = {"at", "timings", "peak_bytes"}
    assert [prediction.model_dump(exclude=clocked) for prediction in killed.predictions()] == [
        prediction.model_dump(exclude=clocked) for prediction in uninterrupted.predictions()
    ]
    assert summary_of(killed).breakdowns == summary_of(uninterrupted).breakdowns


@pytest.fixture
def interruptible():
    """Interrupts arrive as in a terminal: a shell's background jobs inherit that they are ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_evaluation_says_how_to_go_on(in_process, dataset, monkeypatch, tmp_path, number):
    class Stopped:
        max_audio_s, calls = 60.0, 0
        compresses = False
        identity = ModelIdentity("small", "1", "stub", "float32", "cpu", 0)

        def respond(self, audio, messages, *, max_new_tokens):
            self.calls += 1
            if self.calls == 3:
                os.kill(os.getpid(), number)
            return "A"

    stopped = Stopped()
    monkeypatch.setattr("amarathon.models.loading.load_weights", lambda name, **how: stopped)
    handlers = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    folder = tmp_path / "run"
    code, output, errors = in_process("evaluate", "--dataset", dataset, "--out", folder, "--quiet")
    assert (code, output) == (130, "")
    assert errors == f"Stopped. The answers so far are in {folder}; the same command continues.\n"
    assert len(read_run(folder).predictions()) == 2
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == handlers
    code, _, errors = in_process("evaluate", "--dataset", dataset, "--out", folder, "--quiet")
    assert (code, errors) == (0, "")
    assert len(read_run(folder).predictions()) == 6


def wait_for_lines(folder, count):
    """Wait until a run that another process writes has so many records."""
    path, end = folder / "predictions.jsonl", time.monotonic() + 3600
    while not path.exists() or path.read_bytes().count(b"\n") < count:
        assert time.monotonic() < end, "the other process writes nothing"
        time.sleep(0.005)


def test_a_finished_run_is_not_run_again_nor_its_model_loaded(finished, dataset, monkeypatch, in_process):
    folder, output, _ = finished

    def load(*_):
        raise AssertionError("loaded")

    monkeypatch.setattr("amarathon.models.loading.load_weights", load)
    before = (folder / "predictions.jsonl").read_bytes()
    again = in_process(
        "evaluate", "--dataset", dataset, "--configurations", "frame@0.6,vanilla", "--out", folder
    )
    assert again == (0, output, "")
    assert (folder / "predictions.jsonl").read_bytes() == before


@pytest.fixture
def in_process(monkeypatch, capfd):
    """Runs the command line in this process: exit code, output, errors."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["amarathon", *map(str, arguments)])
        from amarathon.cli import main

        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        return (ended.value.code, *capfd.readouterr())

    return run


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--configurations", "vanilla,frane@0.6"], "'frane' is not a method"),
        (["--configurations", "vanilla,vanilla"], "mean the same"),
        (["--grid", "chess"], "'chess' is not a grid"),
        (["--dataset", "nowhere"], "There is no dataset nowhere"),
        (["--tasks", "SCR,XXX"], "There is no task XXX"),
        (["--tasks", "ASR"], "no samples"),
        (["--model", "nobody"], "'nobody'"),
        (["--out", "{file}/run"], "cannot be written"),
        (["--out", "{dataset}"], "choose an empty folder"),
    ],
)
def test_what_cannot_work_is_one_sentence(in_process, dataset, tmp_path, arguments, words):
    (tmp_path / "file").touch()
    filled = [argument.format(file=tmp_path / "file", dataset=dataset) for argument in arguments]
    given = ["--dataset", dataset, "--out", tmp_path / "run", "--quiet", *filled]
    code, output, errors = in_process("evaluate", *given)
    assert (code, output) == (1, "")
    assert errors.startswith("amarathon: ")
    assert words in errors
    assert errors.count("\n") == 1
    assert not (tmp_path / "run" / "run.json").exists()


def test_a_folder_of_another_run_is_refused(in_process, finished, dataset):
    folder, _, _ = finished
    code, _, errors = in_process("evaluate", "--dataset", dataset, "--out", folder, "--quiet")
    assert code == 1
    assert errors.endswith(
        "holds a run with configurations frame@0.6, vanilla, not vanilla; choose another folder.\n"
    )


def test_a_dataset_of_the_hub_is_downloaded_first(in_process, monkeypatch, tmp_path):
    calls = []

    def download(tasks, to, *, repository):
        calls.append((tasks, to, repository))

    monkeypatch.setenv("AMARATHON_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("amarathon.datasets.hub.download", download)
    monkeypatch.setattr("amarathon.datasets.load_dataset", lambda *_: SampleSet("empty", ()))
    code, _, errors = in_process(
        "evaluate", "--dataset", "Someone/Set", "--tasks", "MC", "--out", tmp_path / "run"
    )
    assert code == 1
    assert "empty has no samples" in errors
    assert calls == [(["MC"], Path(tmp_path / "data" / "datasets" / "Someone--Set"), "Someone/Set")]


def test_the_scores_are_printed_with_the_models_notice(finished):
    _, output, _ = finished
    assert "small on numbers" in output
    assert "strict protocol: 10 answers of 12, 2 failed." in output
    assert "small: " in output
    table = [line.split() for line in output.splitlines() if line.startswith("  SCR")]
    assert len(table) == 2
    assert all(line[-2:] == ["5", "1"] for line in table)


def test_score_brings_a_summary_back_and_prints_it(finished, in_process, tmp_path):
    folder, output, _ = finished
    copy = shutil.copytree(folder, tmp_path / folder.name)
    (copy / "summary.json").unlink()
    assert in_process("score", copy) == (0, output, "")
    assert (copy / "summary.json").read_bytes() == (folder / "summary.json").read_bytes()
    code, details, _ = in_process("score", copy, "--details", "--protocol", "published")
    assert code == 0
    assert "published protocol" in details
    assert "subset high" in details
    assert "duration 0-30" in details
    code, text, _ = in_process("score", copy, "--json")
    assert json.loads(text)["failed"] == 2


def test_compare_prints_the_differences_within_a_run_and_between_runs(finished, in_process):
    folder, _, _ = finished
    code, output, _ = in_process("compare", folder)
    assert code == 0
    assert "compared with vanilla" in output
    assert [line.split()[-2:] for line in output.splitlines() if line.startswith("  SCR")] == [["5", "1"]]
    code, output, _ = in_process("compare", folder, folder, "--json")
    assert code == 0
    assert [json.loads(line)["system"] for line in output.splitlines()] == ["vanilla", "frame@0.6"]
    assert {json.loads(line)["p_value"] for line in output.splitlines()} == {1.0}


def test_export_writes_what_its_name_says(finished, in_process, tmp_path):
    folder, _, _ = finished
    assert in_process("export", folder, tmp_path / "answers.csv") == (0, "", "")
    assert len((tmp_path / "answers.csv").read_text().splitlines()) >= 13
    code, _, errors = in_process("export", folder, tmp_path / "answers.txt")
    assert (code, errors) == (1, "amarathon: answers.txt ends in none of .csv, .json, .yaml and .md.\n")


@pytest.mark.parametrize("name", ["score", "compare"])
def test_a_folder_without_a_run_is_one_sentence(in_process, tmp_path, name):
    assert in_process(name, tmp_path) == (
        1,
        "",
        f"amarathon: {tmp_path.name} is not a run: it has no run.json.\n",
    )


def test_a_model_is_loaded_elsewhere_as_it_was_asked_for_here():
    """A Ray worker gets the same attention and the same placement."""
    loader = ModelLoader("small", Console(), "eager", "cpu", dtype="bfloat16")
    elsewhere = pickle.loads(pickle.dumps(loader))  # noqa: S301 - made one line above
    assert elsewhere.keywords == {"attn_implementation": "eager", "device_map": "cpu", "dtype": "bfloat16"}
    for made in (elsewhere(), ModelLoader("small", Console(quiet=True), "eager", "cpu", "bfloat16")()):
        assert made.model.config.get_text_config(decoder=True)._attn_implementation == "eager"
        assert (made.model.dtype, made.identity.dtype) == (torch.bfloat16, "bfloat16")
