"""Settings from the environment, and the README's table of them."""

import re
from pathlib import Path

import pytest

from amarathon.errors import SettingsError
from amarathon.settings import PRIVATE_NETWORKS, SECRET, Settings, load_settings, variable_names

README = Path(__file__).parents[1] / "README.md"
NAMES = [name for field in Settings.model_fields for name in variable_names(field)]


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def table_rows() -> list[str]:
    """The rows that the README must have, from the fields themselves."""
    rows = []
    for name, field in Settings.model_fields.items():
        variables = " or ".join(f"`{variable}`" for variable in variable_names(name))
        default = "unset" if field.default in (None, ()) else f"`{field.default}`"
        rows.append(f"| {variables} | {default} | {field.description} |")
    return rows


def test_readme_lists_every_variable_with_its_default() -> None:
    rows = [line for line in README.read_text().splitlines() if re.match(r"\| `[A-Z_]+`", line)]
    assert rows == table_rows()


def test_defaults_serve_a_laptop() -> None:
    settings = load_settings()
    assert (settings.host, settings.port, settings.data) == ("127.0.0.1", 7860, Path(".data"))
    assert settings.runs == Path(".data/runs")


def test_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMARATHON_PORT", "8001")
    monkeypatch.setenv("AMARATHON_DATA", "somewhere")
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://user:secret@host/db")
    settings = load_settings()
    assert (settings.port, settings.uploads) == (8001, Path("somewhere/uploads"))
    assert settings.database_url == "postgresql+psycopg://user:secret@host/db"
    assert "secret" not in repr(settings)


def test_space_names_the_host_by_gradios_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_SERVER_NAME", "0.0.0.0")
    assert load_settings().host == "0.0.0.0"
    monkeypatch.setenv("AMARATHON_HOST", "127.0.0.1")
    assert load_settings().host == "127.0.0.1"


def test_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMARATHON_PORT", "")
    assert load_settings().port == 7860


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AMARATHON_PORT", "eighty"),
        ("AMARATHON_PORT", "0"),
        ("AMARATHON_PORT", "65536"),
        ("AMARATHON_MAX_UPLOAD_BYTES", "-1"),
        ("AMARATHON_MAX_UPLOAD_BYTES", "200 MB"),
        ("AMARATHON_MAX_AUDIO_SECONDS", "nan"),
        ("AMARATHON_MAX_AUDIO_SECONDS", "inf"),
        ("AMARATHON_MAX_AUDIO_SECONDS", "0"),
        ("AMARATHON_MAX_AUDIO_SECONDS", "an hour"),
        ("AMARATHON_MAX_TURN_SECONDS", "0"),
        ("AMARATHON_MAX_TURN_SECONDS", "1e9"),
        ("AMARATHON_MAX_TURN_SECONDS", "nan"),
        ("AMARATHON_LOG_FORMAT", "xml"),
        ("AMARATHON_HOST", "http://localhost"),
        ("AMARATHON_HOST", "0.0.0.0 "),
        ("GRADIO_SERVER_NAME", "a/b"),
        ("AMARATHON_ROOT_PATH", "audio"),
        ("AMARATHON_ROOT_PATH", "/audio?x"),
        ("AMARATHON_ROOT_PATH", "/../x"),
        ("AMARATHON_ROOT_PATH", "ftp://x/y"),
        ("AMARATHON_ROOT_PATH", "/demo"),
        ("GRADIO_ROOT_PATH", "/v1/x"),
        ("GRADIO_ROOT_PATH", "https://"),
        ("AMARATHON_TRUSTED_PROXIES", "nginx"),
        ("AMARATHON_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("FORWARDED_ALLOW_IPS", "10.0.0.300"),
        ("AMARATHON_ALLOWED_HOSTS", "https://audio.example.org"),
        ("AMARATHON_ALLOWED_HOSTS", "audio.example.org/x"),
        ("AMARATHON_ALLOWED_HOSTS", "*example.org"),
        ("AMARATHON_ADMIN", "huggingface:"),
        ("AMARATHON_ADMIN", " maria"),
        ("AMARATHON_ADMIN", "x" * 81),
        ("OPENID_PROVIDER_URL", "huggingface.co"),
        ("OPENID_PROVIDER_URL", "https://x:port"),
        ("OPENID_PROVIDER_URL", "https://[::1"),
        ("SPACE_HOST", "https://a-b.hf.space"),
    ],
)
def test_fault_is_one_sentence_with_variable_and_value(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=rf"^{variable} is '[^']*': [^\n]+\.$") as raised:
        load_settings()
    assert repr(value) in str(raised.value) or variable.endswith(("HOSTS", "PROXIES", "IPS"))


def test_what_is_secret_is_never_repeated() -> None:
    assert {"AMARATHON_METRICS_TOKEN", "DATABASE_URL", "OAUTH_CLIENT_SECRET"} == SECRET
    assert not any(secret in SECRET for secret in ("AMARATHON_PORT", "AMARATHON_ADMIN"))


@pytest.mark.parametrize("token", ["short", "with a space in it", "x" * 201])
def test_a_token_that_is_none_is_refused_unseen(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv("AMARATHON_METRICS_TOKEN", token)
    with pytest.raises(
        SettingsError, match=r"^AMARATHON_METRICS_TOKEN cannot be used: it has to be"
    ) as raised:
        load_settings()
    assert token not in str(raised.value)


@pytest.mark.parametrize(
    ("variable", "value", "field", "read"),
    [
        ("AMARATHON_ROOT_PATH", "/audio/", "root_path", "/audio"),
        ("GRADIO_ROOT_PATH", "https://x.example/am/", "root_path", "https://x.example/am"),
        ("AMARATHON_ROOT_PATH", "/", "root_path", ""),
        ("AMARATHON_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8", "proxies", ("127.0.0.1", "10.0.0.0/8")),
        ("FORWARDED_ALLOW_IPS", "*", "proxies", ("*",)),
        ("AMARATHON_ALLOWED_HOSTS", "a.example *.local", "allowed_hosts", ("a.example", "*.local")),
        ("SPACE_HOST", "a-b.hf.space", "proxies", PRIVATE_NETWORKS),
        ("AMARATHON_HOST", "::1", "host", "::1"),
        ("OPENID_PROVIDER_URL", "http://127.0.0.1:8000/", "openid_provider_url", "http://127.0.0.1:8000"),
    ],
)
def test_what_may_be_written_in_several_ways(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, field: str, read: object
) -> None:
    monkeypatch.setenv(variable, value)
    assert getattr(load_settings(), field) == read
