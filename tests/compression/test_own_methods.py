"""Methods of one's own: passed as an instance, and declared by another package."""

from dataclasses import dataclass
from fractions import Fraction
from importlib import metadata
from typing import ClassVar

import pytest
import torch

from amarathon.compression import METHODS, Configuration, compress
from amarathon.compression.methods import EvictionMethod, PruningMethod
from amarathon.compression.methods.frame import Frame
from amarathon.compression.methods.knorm import KNorm
from amarathon.compression.methods.plugins import GROUP, Methods
from amarathon.errors import ConfigurationError
from amarathon.tasks import free_question
from tests.compression.tiny import noise, tiny_thinker


@dataclass(frozen=True)
class Loudest(PruningMethod):
    """As in docs/extend/method.md."""

    name: ClassVar[str] = "loudest"
    title: ClassVar[str] = "Loudest"
    paper: ClassVar[str] = "https://example.org/paper"

    def select(self, context):
        norms = context.hidden_states[context.audio_positions].norm(dim=-1)
        return norms.topk(context.budget).indices.sort().values


@dataclass(frozen=True)
class Oldest(EvictionMethod):
    """Keep what was said first."""

    name: ClassVar[str] = "oldest"
    title: ClassVar[str] = "Oldest"
    paper: ClassVar[str] = "https://example.org/paper"

    def score(self, context):
        return -torch.arange(context.keys.shape[1], dtype=torch.float).expand(len(context.keys), -1)


@pytest.mark.parametrize(
    "method", [Loudest(Fraction("0.6")), Oldest(Fraction("0.5")), Frame(Fraction("0.6"))]
)
def test_an_instance_is_as_good_as_a_name(method) -> None:
    lm = tiny_thinker()
    prompt = lm.prompt(noise(2.0), free_question("What is heard?"))
    with compress(lm.model, method) as report:
        lm.model.generate(**lm.forward_inputs(prompt), max_new_tokens=2, do_sample=False)
    assert report.configuration == f"{method.name}@{float(method.amount):g}"
    kept = report.audio_tokens * 2 // 5 if isinstance(method, PruningMethod) else report.audio_tokens
    assert report.kept_tokens == kept


def test_instances_are_put_in_order() -> None:
    together = Configuration.of(KNorm(Fraction("0.5")), Loudest(Fraction("0.6")))
    assert together.name == "loudest@0.6+knorm@0.5"
    with pytest.raises(ConfigurationError, match="act at the same place"):
        Configuration.of(Frame(Fraction("0.6")), Loudest(Fraction("0.6")))


def declared(monkeypatch: pytest.MonkeyPatch, **values: str) -> Methods:
    own = tuple(METHODS.values())
    entries = [metadata.EntryPoint(name, value, GROUP) for name, value in values.items()]
    monkeypatch.setattr(metadata, "entry_points", lambda group: entries if group == GROUP else [])
    return Methods(own)


def test_another_packages_method_stands_beside_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    found = declared(monkeypatch, loudest=f"{__name__}:Loudest")
    assert found["loudest"].title == "Loudest"
    assert list(found)[:-1] == list(METHODS)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("gone", "no_such_package:Method", "cannot be imported"),
        ("gone", f"{__name__}:Absent", "cannot be imported"),
        ("iterator", "collections.abc:Iterator", "is no subclass"),
        ("louder", f"{__name__}:Loudest", "its name is 'loudest'"),
        ("frame", "amarathon.compression.methods.frame:Frame", "which there is already"),
    ],
)
def test_what_another_package_declares_wrongly_is_said(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    with pytest.raises(ConfigurationError, match=says):
        list(declared(monkeypatch, **{name: value}))
