import pytest

from amarathon.errors import ModelError
from amarathon.models.loading import load_weights
from amarathon.models.remote import find_remote, is_remote
from amarathon.models.remote.services import SERVICES


@pytest.mark.parametrize(
    ("name", "label", "url"),
    [
        ("openai:gpt-audio-1.5", "openai:gpt-audio-1.5", "https://api.openai.com/v1"),
        ("mistral:voxtral-small-latest", "mistral:voxtral-small-latest", "https://api.mistral.ai/v1"),
        ("gemini:gemini-2.5-flash-lite", None, "https://generativelanguage.googleapis.com"),
        ("azure:my-own", "azure:my-own", "https://mine.openai.azure.com/openai/v1"),
        ("http://localhost:8000/v1#Qwen2-Audio", "served:Qwen2-Audio", "http://localhost:8000/v1"),
        ("http://10.1.2.3:8000/v1/#org/Name-7B", "served:org/Name-7B", "http://10.1.2.3:8000/v1"),
        ("http://gpu-box:8000/v1#m", "served:m", "http://gpu-box:8000/v1"),
        ("http://[::1]:8000/v1#m", "served:m", "http://[::1]:8000/v1"),
        ("https://example.org/v1#m", "served:m", "https://example.org/v1"),
    ],
)
def test_every_form_of_a_name(monkeypatch, name, label, url):
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://mine.openai.azure.com/")
    found = find_remote(name)
    assert (found.label, found.base_url) == (label or name, url)
    assert is_remote(name)
    assert is_remote(found.label)


@pytest.mark.parametrize("name", ["small", "Qwen/Qwen2.5-Omni-3B", "./folder", "openai", "worker", ""])
def test_other_names_are_weights_here(name):
    assert not is_remote(name)
    assert find_remote(name) is None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("openai:", "openai:gpt-audio-1.5"),
        ("openai:a b", "is no name"),
        ("gemini:../files", "is no name"),
        ("gemini:a/../../b", "is no name"),
        ("http://localhost:8000/v1", "http://localhost:8000/v1#NAME"),
        ("http://localhost:99999999/v1#m", "cannot be read"),
        ("http:///v1#m", "has to look like"),
        ("http://localhost/v1?key=x#m", "has to look like"),
        ("http://user:word@localhost/v1#m", "no user and no password"),
        ("https://word@example.org/v1#m", "no user and no password"),
        ("http://example.org/v1#m", "by https only"),
        ("http://8.8.8.8/v1#m", "by https only"),
        ("http://0.0.0.0:8000/v1#m", "by https only"),
        ("served:m", "give its address"),
        ("worker:", "worker:./my_model.py"),
        ("worker:my_model", "worker:./my_model.py"),
        ("worker:./x.py:a-b", "worker:./my_model.py"),
        ("worker:./x.py", "no file x.py"),
    ],
)
def test_a_wrong_name_is_one_sentence(name, words):
    with pytest.raises(ModelError, match=words) as found:
        find_remote(name)
    assert "word@" not in str(found.value)


@pytest.mark.parametrize("endpoint", ["", "mine", "https://u:secret@mine.azure.com", "http://mine.azure.com"])
def test_azures_address_comes_from_the_environment_and_is_checked(monkeypatch, endpoint):
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", endpoint)
    with pytest.raises(ModelError) as found:
        _ = find_remote("azure:mine").base_url
    assert "secret" not in str(found.value)


def test_loopback_is_this_machine_and_nothing_else_is():
    loopback = {name: find_remote(f"http://{name}:8/v1#m").is_loopback for name in ("localhost", "127.0.0.9")}
    assert set(loopback.values()) == {True}
    for name in ("10.0.0.1", "gpu-box", "localhost.lan", "[fd00::1]"):
        assert not find_remote(f"http://{name}:8/v1#m").is_loopback, name


def test_what_loads_weights_reaches_no_service():
    with pytest.raises(ModelError, match="only weights are loaded"):
        load_weights("openai:gpt-audio-1.5")


def test_every_service_says_where_its_key_is_and_what_it_keeps():
    for name, service in SERVICES.items():
        assert service.name == name
        assert service.key_variable.isupper()
        assert service.keeps.endswith(".")
        assert bool(service.base_url) + bool(service.endpoint_variable) + (name == "served") == 1
        for price in service.prices:
            assert price.source
            assert price.on >= "2026"
            assert min(price.text, price.audio, price.output) > 0
