"""What the demo offers, and what is asked of whom."""

from pathlib import Path

import pytest

from amarathon.models.fetched import FETCHED
from live_demo.errors import DemoError
from live_demo.models import missing, offers
from live_demo.page import describe
from live_demo.service import DemoService
from live_demo.visitors import Visitor


@pytest.fixture
def fetched(monkeypatch, tmp_path: Path) -> Path:
    """A folder with the speech model's mark."""
    monkeypatch.setenv("AMARATHON_MODELS", str(tmp_path / "models"))
    FETCHED["whisper"].folder.mkdir(parents=True)
    (FETCHED["whisper"].folder / "source.json").write_text("{}")
    return tmp_path


def test_speech_and_the_benchmark_are_offered_each_with_a_sentence(fetched: Path) -> None:
    found = offers("small")
    assert [offer.title for offer in found.values()] == [
        "English speech: transcript",
        "AudioMarathon-mini's questions",
    ]
    assert all(offer.does.endswith(".") for offer in found.values())
    assert list(offers("someone/else")) == ["someone/else", "whisper", "small"]
    assert list(offers("whisper")) == ["whisper", "small"]
    assert missing() is None


def test_without_the_speech_model_the_page_says_how_to_fetch_it(
    monkeypatch, tmp_path: Path, service: DemoService
) -> None:
    monkeypatch.setenv("AMARATHON_MODELS", str(tmp_path / "none"))
    assert list(offers("small")) == ["small"]
    assert "amarathon models fetch" in describe(service)["missing"]


def test_a_transcriber_is_asked_no_questions(fetched: Path, service: DemoService, ask) -> None:
    service.offers, service.queue.models = (
        offers("small"),
        {"whisper": service.queue.models["small"], **service.queue.models},
    )
    visitor = Visitor("one", "127.0.0.1")
    with pytest.raises(DemoError, match="choose another model"):
        service.submit(ask(model="whisper"), visitor)
    with pytest.raises(DemoError, match="There is no model 'else' here"):
        service.submit(ask(model="else"), visitor)
    assert service.submit(ask(model="whisper", task="ASR", options=[]), visitor).ask.model == "whisper"
