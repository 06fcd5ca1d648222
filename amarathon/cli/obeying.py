"""Which options each kind of model obeys; one that it cannot obey is refused by name, never passed over."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal, get_args

import typer

from amarathon.errors import ModelError
from amarathon.models.remote import Address

Kind = Literal["weights", "service", "worker", "replay"]
KINDS: tuple[Kind, ...] = get_args(Kind)
WORDS: Mapping[Kind, str] = MappingProxyType(
    {
        "weights": "weights on this machine",
        "service": "a model behind a service",
        "worker": "a worker, which answers one question at a time",
        "replay": "recorded replies, which ask nobody",
    }
)

_ALL = frozenset(KINDS)
_WEIGHTS: frozenset[Kind] = frozenset({"weights"})
_ASKED: frozenset[Kind] = frozenset({"service", "worker"})
# Bounds hold for recorded replies too: nothing is sent and nothing spent.
_BOUNDED: frozenset[Kind] = _ASKED | {"replay"}
_ONE_BY_ONE = ("audio", "task", "question", "option", "max_new_tokens", "json_lines", "as_json")
_MANY = (
    "out",
    "dataset",
    "model",
    "configurations",
    "grid",
    "tasks",
    "limit",
    "retry_failed",
    "engine",
    "quiet",
)

# Every option of a command that takes each kind, by the name of its parameter. A method draws at random, and
# configurations share work, only where there are weights.
OBEYED: Mapping[str, frozenset[Kind]] = MappingProxyType(
    {
        **dict.fromkeys((*_MANY, *_ONE_BY_ONE), _ALL),
        **dict.fromkeys(("attention", "device_map", "device", "dtype", "revision", "seconds"), _WEIGHTS),
        **dict.fromkeys(("seed", "shared", "ray_address"), _WEIGHTS),
        **dict.fromkeys(("price", "thinking_tokens", "record"), _ASKED),
        **dict.fromkeys(("budget_usd", "budget_tokens", "requests_per_minute", "timeout"), _BOUNDED),
        # Weights here are greedy: asked again, they say the same.
        **dict.fromkeys(("max_audio_s", "replay", "repeats"), _BOUNDED),
        "send_recordings_to": frozenset({"service", "replay"}),
        # A worker is on this machine, and reads WAV.
        "audio_form": frozenset({"service", "replay"}),
        "workers": frozenset({"weights", "service", "replay"}),
        "worker_python": frozenset({"worker"}),
        "only_estimate": frozenset({"service"}),
    }
)


def kind_of(address: Address | None, *, replayed: bool = False) -> Kind:
    """What answers."""
    if address is None:
        return "weights"
    if replayed:
        return "replay"
    return "service" if address.program is None else "worker"


def given(context: typer.Context) -> Iterable[tuple[str, str]]:
    """Parameters that stand in the command line itself: their names, and how an option is written."""
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if parameter.name and source is not None and source.name == "COMMANDLINE":
            yield parameter.name, parameter.opts[0]


def refuse_not_obeyed(context: typer.Context, model: str, kind: Kind) -> None:
    """Refuse the first option given that this kind of model cannot obey.

    Parameters
    ----------
    context : typer.Context
        Of a command whose options are all in `OBEYED`.
    model : str
    kind : {"weights", "service", "worker", "replay"}

    Raises
    ------
    ModelError
        Naming the option, and what it is for.
    """
    for name, written in given(context):
        if kind not in OBEYED[name]:
            meant = " or ".join(WORDS[other].partition(",")[0] for other in KINDS if other in OBEYED[name])
            raise ModelError(f"{written} is for {meant}; {model} is {WORDS[kind]}.")
