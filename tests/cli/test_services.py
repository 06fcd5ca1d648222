"""The command line at a stand-in: in processes of their own, with nothing but what a user types."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import soundfile

pytest.importorskip("openai")

from amarathon.cli import main
from amarathon.runs import read_run
from tests.models.remote.asking import KEY
from tests.models.remote.standin import stand_in

COMMAND = [sys.executable, "-c", "from amarathon.cli import main; main()"]
COUNT = 12


@pytest.fixture
def it(monkeypatch):
    monkeypatch.setenv("AMARATHON_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with stand_in(models=("mine",)) as made:
        yield made


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """Questions about recordings of half a second."""
    folder = tmp_path_factory.mktemp("asked")
    seconds, lines = np.arange(8_000) / 16_000, []
    for index in range(COUNT):
        soundfile.write(
            folder / f"{index}.wav", 0.3 * np.sin(2 * np.pi * (200 + 40 * index) * seconds), 16_000
        )
        options = [{"text": text, "label": text} for text in ("One", "Two", "Three", "Four")]
        line = {"file_name": f"{index}.wav", "id": f"q{index}", "task": "SCR", "question": "How many?"}
        lines.append(line | {"options": options, "answer": index % 4})
    (folder / "metadata.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


@pytest.fixture
def run(monkeypatch, capfd):
    """Runs the command line in this process: exit code, output, errors."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["amarathon", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        return (ended.value.code, *capfd.readouterr())

    return call


def named(it):
    return f"{it.url}/v1#mine"


def one_thread():
    """The environment of such a process, with the keys that a test has set by now."""
    return os.environ | {"OMP_NUM_THREADS": "1"}


def evaluating(it, dataset, out, workers):
    """The command of an evaluation in a process of its own."""
    asked = ("--model", named(it), "--dataset", dataset, "--out", out, "--workers", str(workers))
    return [*COMMAND, "evaluate", *asked]


def test_an_evaluation_and_its_scores(run, it, dataset, tmp_path):
    out = tmp_path / "run"
    arguments = ("evaluate", "--model", named(it), "--dataset", dataset, "--out", out, "--workers", "8")
    code, output, errors = run(*arguments)
    assert code == 0, errors
    assert "served:mine on asked" in output
    assert f"{COUNT} of {COUNT} answers" in errors
    header = read_run(out).header
    assert (header.engine, header.model.name, header.service.served) == ("threads", "served:mine", "mine")
    assert run(*arguments)[0] == 0
    assert len(it.seen) == COUNT
    assert KEY not in output + errors


def test_a_kill_in_the_middle_and_the_same_command_again(it, dataset, tmp_path):
    it.slow_s, out = 0.3, tmp_path / "run"
    command = evaluating(it, dataset, out, workers=2)
    process = subprocess.Popen(
        command, env=one_thread(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    file, end = out / "predictions.jsonl", time.monotonic() + 600
    while not file.exists() or file.read_bytes().count(b"\n") < 3:
        assert time.monotonic() < end, "nothing is written"
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    answered = {record.pcm_sha256 for record in read_run(out).predictions()}
    before = len(it.seen)
    assert before < COUNT
    it.slow_s = 0.0
    subprocess.run(command, env=one_thread(), check=True, capture_output=True)
    assert len(read_run(out).predictions()) == COUNT
    # Asked a second time was only what was on its way when it was killed.
    assert len(it.seen) - before == COUNT - len(answered)
    assert len(it.seen) <= COUNT + 2


def test_sigterm_loses_nothing_that_was_asked(it, dataset, tmp_path):
    it.slow_s, out = 0.5, tmp_path / "run"
    command = evaluating(it, dataset, out, workers=3)
    process = subprocess.Popen(
        command, env=one_thread(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    end = time.monotonic() + 600
    while len(it.seen) < 4:
        assert time.monotonic() < end, "nothing is asked"
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "the same command continues" in errors
    assert len(read_run(out).predictions()) == len(it.seen) < COUNT


def test_a_service_that_stops_says_how_to_go_on(run, it, dataset, tmp_path):
    from tests.models.remote.replies import failure

    it.faults = [failure(401, message=f"Bad key {KEY}")]
    out = tmp_path / "run"
    code, output, errors = run(
        "evaluate", "--model", named(it), "--dataset", dataset, "--out", out, "--quiet"
    )
    assert (code, output) == (1, "")
    assert errors == (
        f"amarathon: served:mine: HTTP 401 Bad key [the key]. The answers so far are in {out}; "
        "the same command continues.\n"
    )


def test_an_estimate_asks_nobody_and_knows_what_is_left(run, it, dataset, tmp_path):
    code, output, _ = run("evaluate", "--model", "openai:gpt-audio-1.5", "--dataset", dataset, "--estimate")
    assert code == 0
    assert f"{COUNT} requests with 0.1 minutes" in output
    assert "$32 for audio" in output
    assert "2026-11-26, developers.openai.com" in output
    code, output, _ = run("evaluate", "--model", named(it), "--dataset", dataset, "--estimate")
    assert "price is not in the table" in output
    assert "longer than it takes" not in output
    assert (it.seen, it.looked_up) == ([], [])
    out = tmp_path / "run"
    run("evaluate", "--model", named(it), "--dataset", dataset, "--out", out, "--quiet")
    _, output, _ = run("evaluate", "--model", named(it), "--dataset", dataset, "--out", out, "--estimate")
    assert " 0 requests" in output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--model", "openai:gpt-audio-1.5"], "12 recordings of asked"),
        (["--model", "openai:gpt-audio-1.5", "--send-recordings-to", "openai.com"], "not openai.com"),
        (
            ["--model", "{served}", "--configurations", "vanilla,frame@0.6"],
            "under vanilla, not under frame@0.6",
        ),
        (["--model", "{served}", "--engine", "ray"], "served:mine is behind a service"),
        (["--model", "{served}", "--budget-usd", "1"], "--price"),
        (["--model", "{served}", "--price", "cheap"], "is not TEXT,AUDIO,OUTPUT"),
        (["--model", "{served}", "--price=-1,2,3"], "is no price"),
        (["--model", "small", "--budget-tokens", "9"], "--budget-tokens is for a model behind a service"),
        (["--model", "small", "--estimate"], "--estimate is for a model behind a service"),
        (["--model", "{served}x"], "offers mine, not minex"),
        (["--model", "http://example.org/v1#m"], "by https only"),
    ],
)
def test_what_cannot_work_is_one_sentence_and_nothing_is_sent(run, it, dataset, tmp_path, arguments, words):
    given = [argument.format(served=named(it)) for argument in arguments]
    code, output, errors = run("evaluate", "--dataset", dataset, "--out", tmp_path / "run", "--quiet", *given)
    assert (code, output) == (1, "")
    assert words in errors
    assert errors.count("\n") == 1
    assert it.seen == []
    assert not (tmp_path / "run" / "run.json").exists()


def test_a_sweep_asks_without_compression(run, it, dataset):
    asked = ("sweep", "--model", named(it), "--audio", dataset / "0.wav", "--question", "What is it?")
    code, output, errors = run(*asked, "--json")
    assert code == 0, errors
    [line] = output.splitlines()
    assert (json.loads(line)["configuration"], json.loads(line)["reply"]) == ("vanilla", "A")
    code, _, errors = run(*asked, "--configurations", "frame@0.6")
    assert code == 1
    assert "answers only under vanilla" in errors


def test_doctor_asks_whether_it_hears_the_end(run, it):
    code, output, errors = run("doctor", named(it), "--json")
    report = json.loads(output)
    assert (code, report["passed"]) == (1, False)
    assert "4 questions" in errors
    assert "checks failed" in errors
    code, output, _ = run("doctor", named(it))
    assert "failed hears a word at the end of 300 s" in output


def test_models_lists_services(run):
    _, output, _ = run("models", "list")
    assert "openai:gpt-audio-1.5" in output
    assert "MISTRAL_API_KEY" in output


@pytest.mark.parametrize(
    "command",
    [
        ["efficiency", "--dataset", "bundled", "--out", "run"],
        ["calibrate", "--name", "mine", "--dataset", "bundled"],
        ["finetune", "--name", "mine", "--dataset", "bundled"],
    ],
    ids=lambda command: command[0],
)
def test_what_needs_the_weights_refuses_a_service(run, it, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    code, _, errors = run(*command, "--model", named(it))
    assert code == 1
    assert "is a model behind a service, and here only weights are loaded" in errors
    assert it.seen == it.looked_up == []
