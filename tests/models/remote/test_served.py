import pytest

pytest.importorskip("openai")
pytest.importorskip("google.genai")

from amarathon.errors import ServiceError
from tests.models.remote.asking import ask, model_at
from tests.models.remote.replies import failure


@pytest.mark.parametrize("kind", ["openai", "gemini", "served"])
def test_another_model_behind_the_name_ends_the_run(kind, it):
    model = model_at(kind, it)
    ask(model)
    it.served = "gemini-3.5-flash-lite"
    with pytest.raises(ServiceError, match=r"now answered by gemini-3\.5-flash-lite"):
        ask(model)


def test_the_version_that_an_alias_stands_for_is_pinned(it):
    it.served = "gpt-audio-2025-08-28"
    model = model_at("openai", it, "gpt-audio")
    assert ask(model).served == "gpt-audio-2025-08-28"
    assert model.served == "gpt-audio-2025-08-28"


def test_a_run_that_goes_on_has_to_be_answered_by_the_same(it):
    model = model_at("gemini", it)
    model.begin("gemini-2.5-flash")
    with pytest.raises(ServiceError, match="another model needs another run"):
        ask(model)


def test_a_filter_that_names_no_model_pins_none(it):
    model = model_at("openai", it)
    it.faults = [failure(400, "content_filter")]
    ask(model)
    assert model.served is None
    ask(model)
    assert model.served == "gpt-audio-1.5"


def test_a_server_is_known_by_what_it_loaded(it):
    assert model_at("served", it).identity.revision == "Someone/Qwen2.5-Omni-7B"


def test_fingerprints_are_noted(it):
    assert ask(model_at("openai", it)).fingerprint == "fp_1"
