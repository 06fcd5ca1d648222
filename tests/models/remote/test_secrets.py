"""A key goes to its service, and nowhere else."""

import logging
import traceback

import pytest

pytest.importorskip("openai")
pytest.importorskip("google.genai")

from amarathon.errors import ModelError, ServiceError
from tests.models.remote.asking import KEY, MODELS, ask, model_at
from tests.models.remote.replies import failure
from tests.models.remote.standin import stand_in

KINDS = sorted(MODELS)
CARRIERS = {"azure": "api-key", "gemini": "x-goog-api-key"}
ALLOWED = {
    *("host", "accept", "accept-encoding", "connection", "content-type", "content-length", "user-agent"),
    *("authorization", "api-key", "x-goog-api-key"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_key_is_in_its_header_alone_and_no_other_header_tells_of_this_machine(kind, it, monkeypatch):
    for name, value in {
        "OPENAI_ORG_ID": "org-mine",
        "OPENAI_PROJECT_ID": "proj-mine",
        "OPENAI_ADMIN_KEY": "admin-secret",
        "OPENAI_CUSTOM_HEADERS": "Authorization: Bearer other\nX-Mine: 1",
        "OPENAI_BASE_URL": "https://elsewhere.example",
        "GOOGLE_API_KEY": "other-google",
        "GOOGLE_GENAI_API_VERSION": "v9",
        "GOOGLE_GENAI_USE_VERTEXAI": "true",
        "GOOGLE_GEMINI_BASE_URL": "https://elsewhere.example",
    }.items():
        monkeypatch.setenv(name, value)
    ask(model_at(kind, it))
    for _, headers in [*it.looked_up, ("", it.seen[0].headers)]:
        carrier = CARRIERS.get(kind, "authorization")
        lower = {name.lower(): value for name, value in headers.items()}
        assert lower.pop(carrier) == (f"Bearer {KEY}" if carrier == "authorization" else KEY)
        assert set(lower) <= ALLOWED - {carrier}
        assert lower["user-agent"] == "amarathon"
    assert KEY not in str(it.seen[0].body) + it.seen[0].path
    assert it.seen[0].path.startswith(("/v1/", "/openai/v1/"))


def test_a_server_of_ones_own_needs_no_key(it, monkeypatch):
    monkeypatch.delenv("AMARATHON_API_KEY")
    ask(model_at("served", it))
    assert "authorization" not in {name.lower() for name in it.seen[0].headers}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "served"])
def test_without_its_key_a_service_is_not_asked(kind, it, monkeypatch):
    variable = f"{'azure_openai' if kind == 'azure' else kind}_API_KEY".upper()
    monkeypatch.setenv(variable, " ")
    with pytest.raises(ModelError, match=f"variable {variable}"):
        model_at(kind, it)
    assert it.looked_up == []


@pytest.mark.parametrize("key", ["a\nb", "schlüssel"])
def test_a_key_that_cannot_be_one_is_named_by_its_variable_alone(key, it, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(ModelError, match="OPENAI_API_KEY holds") as found:
        model_at("openai", it)
    assert key not in str(found.value)


@pytest.mark.parametrize("kind", KINDS)
def test_neither_key_nor_sound_nor_address_is_in_messages_logs_or_tracebacks(kind, it, caplog, monkeypatch):
    monkeypatch.setenv("OPENAI_LOG", "debug")
    caplog.set_level(logging.DEBUG)
    model = model_at(kind, it)
    ask(model)
    it.faults = [failure(401, message=f"Incorrect API key provided: {KEY}.")]
    with pytest.raises(ServiceError) as found:
        ask(model)
    told = "".join(traceback.format_exception(found.value)) + caplog.text + repr(vars(model)) + repr(model)
    assert KEY not in told
    assert "Incorrect API key provided: [the key]" in str(found.value)
    assert it.url not in str(found.value) + repr(model.identity)
    assert len(caplog.text) < 20_000


def test_a_redirect_is_not_followed(it):
    with stand_in() as other:
        model = model_at("openai", it)
        it.faults = [(307, (("Location", f"{other.url}/v1/chat/completions"),), {})]
        with pytest.raises(ServiceError, match="HTTP 307"):
            ask(model)
        assert other.seen == []


def test_an_upload_goes_to_the_services_own_host_alone(it, monkeypatch):
    monkeypatch.setattr("amarathon.models.remote.wires.gemini.GeminiWire.inline_bytes", 1000)
    with stand_in() as other:
        model = model_at("gemini", it)
        it.url = other.url  # what the service names as the place to upload to
        with pytest.raises(ServiceError, match="another host"):
            ask(model)
        assert other.uploads == {}
