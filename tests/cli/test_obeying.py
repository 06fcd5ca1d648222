"""The table of options by kinds of models: what a model cannot obey is refused by its name."""

import sys
from itertools import product

import pytest

from amarathon.cli import main
from amarathon.cli.commands import COMMANDS, _registered
from amarathon.cli.obeying import KINDS, OBEYED, WORDS
from amarathon.errors import ModelError
from amarathon.models.remote import ServiceOptions, find_remote
from amarathon.models.remote.connecting import connect

# Commands that take a service's model, and how they name it.
ASKING = {
    "evaluate": ["--model"],
    "sweep": ["--audio", "a.wav", "--question", "What?", "--model"],
    "doctor": [],
}
VALUES = {
    "engine": "threads",
    "price": "1,2,3",
    "send_recordings_to": "api.openai.com",
    "device_map": "auto",
    "ray_address": "127.0.0.1:1",
    "tasks": "SCR",
    "task": "SCR",
    "audio_form": "mp3",
}


def options_of(command):
    parameters = _registered(COMMANDS[command][0])[command].params
    return {each.name: each for each in parameters if each.opts[0].startswith("-")}


def cases():
    for command, kind in product(ASKING, KINDS):
        options = options_of(command)
        if kind == "replay" and "replay" not in options:
            continue
        for name, option in options.items():
            if name not in ("model", "audio", "question") and kind not in OBEYED.get(name, KINDS):
                yield pytest.param(command, kind, option, id=f"{command} {kind} {name}")


@pytest.fixture
def run(monkeypatch, capfd):
    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["amarathon", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return (ended.value.code, *capfd.readouterr())

    return call


@pytest.fixture
def named(tmp_path):
    """A model of each kind, as a command names it."""
    program = tmp_path / "mine.py"
    program.write_text("def load():\n    raise SystemExit('started')\n")
    return {
        "weights": ["small"],
        "service": ["openai:gpt-audio-1.5"],
        "worker": [f"worker:{program}"],
        "replay": ["openai:gpt-audio-1.5", "--replay", tmp_path / "tape"],
    }


@pytest.mark.parametrize(("command", "kind", "option"), list(cases()))
def test_what_a_model_cannot_obey_is_refused_by_name(run, named, tmp_path, command, kind, option):
    flags = [option.opts[0]]
    if not getattr(option, "is_flag", False):
        flags.append(VALUES.get(option.name, "1"))
    code, output, errors = run(command, *ASKING[command], *named[kind], *flags)
    assert (code, output) == (1, "")
    assert errors.startswith(f"amarathon: {option.opts[0]} is for ")
    assert WORDS[kind] in errors
    assert errors.count("\n") == 1


@pytest.mark.parametrize("command", ASKING)
def test_every_option_is_in_the_table(command):
    assert set(options_of(command)) - {"help"} <= set(OBEYED)


def test_the_table_has_no_option_that_is_none():
    assert set(OBEYED) == set().union(*map(options_of, ASKING), {"model"})


def test_a_default_that_is_typed_is_refused_like_any_other_value(run, named):
    code, _, errors = run("evaluate", "--model", *named["service"], "--seed", "0")
    assert code == 1
    assert errors.startswith(
        "amarathon: --seed is for weights on this machine; openai:gpt-audio-1.5 is a model behind"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--workers", "2"], "--workers is for --engine threads or ray, not for local."),
        (["--ray-address", "auto"], "--ray-address is for --engine ray, not for local."),
        (
            ["--ray-address", "auto", "--engine", "threads"],
            "--ray-address is for --engine ray, not for threads.",
        ),
    ],
)
def test_what_an_engine_would_pass_over_is_refused(run, arguments, words):
    code, _, errors = run("evaluate", "--model", "small", *arguments)
    assert code == 1
    assert errors.endswith(f"{words}\n")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"worker_python": "python"}, "starts no worker that python could run"),
        ({"record": "a", "replay": "b"}, "recorded or replayed, not both"),
    ],
)
def test_the_library_refuses_them_too(options, words):
    with pytest.raises(ModelError, match=words):
        connect(find_remote("openai:gpt-audio-1.5"), ServiceOptions(**options))


def test_a_host_that_is_not_the_one_asked_is_refused_on_this_machine_too():
    with pytest.raises(ModelError, match=r"stay on this machine, not be sent to api\.openai\.com"):
        connect(find_remote("http://localhost:1/v1#m"), ServiceOptions(send_recordings_to="api.openai.com"))
