"""Foreign code in a real process: what it is given, what it sees, how it fails, and that it ends."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

pytest.importorskip("openai")

from amarathon.errors import ModelError, ServiceError
from amarathon.files import file_sha256
from amarathon.models import load_model
from amarathon.models.remote import ServiceOptions
from tests.models.remote.asking import AUDIO, KEY, MESSAGES, ask

PROGRAM = """
import hashlib, io, json, os, signal, sys, time, wave

print("loading, on standard output")
os.system("echo from below Python")

def load():
    def answer(sound, messages, max_new_tokens):
        text = messages[-1]["content"][-1]["text"]
        if "crash" in text:
            print("about to end", file=sys.stderr, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
        if "leave" in text and os.path.exists("hang"):
            time.sleep(60)
        if "raise" in text:
            raise ValueError("this recording is odd\\nand more")
        if "number" in text:
            return 7
        with wave.open(io.BytesIO(sound)) as file:
            pcm = file.readframes(file.getnframes())
        print("answering")
        return json.dumps({
            "pcm": hashlib.sha256(pcm).hexdigest(), "rate": file.getframerate(), "bound": max_new_tokens,
            "content": messages[-1]["content"], "environment": sorted(os.environ), "pid": os.getpid(),
        })
    return answer

def broken():
    raise RuntimeError("the weights are not here")

def silent_end():
    print("no more memory", file=sys.stderr)
    os._exit(3)
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "mine.py"
    file.write_text(PROGRAM)
    return file


def words(text):
    return [{"role": "user", "content": [{"type": "audio"}, {"type": "text", "text": text}]}]


def is_running(pid):
    try:
        # Ended ones that wait for their parent count as ended.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_it_hears_the_samples_own_sound_and_sees_no_key(program, monkeypatch):
    for variable in ("OPENAI_API_KEY", "AMARATHON_API_KEY", "HF_TOKEN", "MY_PASSWORD"):
        monkeypatch.setenv(variable, KEY)
    model = load_model(f"worker:{program}")
    assert (model.identity.name, model.identity.adapter) == ("worker:mine", "worker")
    assert model.identity.revision == file_sha256(program)
    told = json.loads(ask(model).text)
    assert (told["pcm"], told["rate"], told["bound"]) == (AUDIO.pcm_sha256, 16_000, 16)
    assert told["content"] == [*MESSAGES[-1]["content"]]
    assert not [
        name for name in told["environment"] if "KEY" in name or "TOKEN" in name or "PASSWORD" in name
    ]
    assert KEY not in repr(model.address)


def test_what_it_raises_is_the_samples_error_and_the_next_is_answered(program):
    model = load_model(f"worker:{program}")
    with pytest.raises(ModelError, match=r"HTTP 422 ValueError: this recording is odd$"):
        model.respond(AUDIO, words("raise"), max_new_tokens=4)
    with pytest.raises(ModelError, match="the answer is int, not str"):
        model.respond(AUDIO, words("number"), max_new_tokens=4)
    assert "pcm" in ask(model).text


def test_a_crash_is_one_samples_error_and_it_starts_again_three_times(program):
    model = load_model(f"worker:{program}")
    before = json.loads(ask(model).text)["pid"]
    for _ in range(3):
        with pytest.raises(ModelError, match="ended with signal 9: about to end"):
            model.respond(AUDIO, words("crash"), max_new_tokens=4)
    assert json.loads(ask(model).text)["pid"] != before
    with pytest.raises(ServiceError, match="ended with signal 9"):
        model.respond(AUDIO, words("crash"), max_new_tokens=4)


def test_silence_is_one_samples_error(program):
    model = load_model(f"worker:{program}", service=ServiceOptions(timeout_s=1.0))
    Path("hang").touch()
    with pytest.raises(ModelError, match="said nothing for 1 s and was stopped"):
        ask(model)
    Path("hang").unlink()
    assert "pcm" in ask(model).text


@pytest.mark.parametrize(
    ("function", "options", "said"),
    [
        ("broken", {}, "does not load: RuntimeError: the weights are not here"),
        ("silent_end", {}, "does not load: it ended with status 3: no more memory"),
        ("nothing", {}, "does not load: AttributeError"),
        ("load", {"worker_python": Path("/no/such/python")}, "cannot be started: No such file"),
    ],
)
def test_one_that_does_not_start_is_a_sentence(program, function, options, said):
    with pytest.raises(ServiceError, match=said):
        load_model(f"worker:{program}:{function}", service=ServiceOptions(**options))


def test_a_file_that_is_no_program(program):
    program.write_text("def load(:")
    with pytest.raises(ServiceError, match="does not load: SyntaxError"):
        load_model(f"worker:{program}")


def test_only_its_caller_is_answered(program):
    model = load_model(f"worker:{program}")
    url = model._wire._running[0].url
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Bearer " + "x" * 43}):
        assert httpx.get(f"{url}/models", headers=headers).status_code == 401
        assert httpx.post(f"{url}/chat/completions", headers=headers, json={}).status_code == 401
    assert url.startswith("http://127.0.0.1:")


def test_it_ends_with_its_caller(program):
    code = (
        "import sys; from amarathon.models import load_model; from tests.models.remote.asking import ask;"
        f"print(ask(load_model('worker:{program}')).text, flush=True); sys.stdin.read()"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    caller = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stdin=subprocess.PIPE, env=environment
    )
    pid = json.loads(caller.stdout.readline())["pid"]
    assert is_running(pid)
    caller.kill()
    caller.wait()
    deadline = time.monotonic() + 60
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(pid)
    caller.stdout.close()
    caller.stdin.close()
