"""What a person may set from outside: one variable each, read once when something starts."""

import ipaddress
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from amarathon.errors import SettingsError

PREFIX = "AMARATHON_"
# What proxies in front of a Space are reached through; nothing else reaches the app there.
PRIVATE_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "fc00::/7", "::1")
HOST_NAME = re.compile(r"(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


def _split(value: Any) -> Any:
    """A list as a person writes it, with commas or spaces between."""
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


def _split_paths(value: Any) -> Any:
    """Folders as a search path names them."""
    return tuple(filter(None, value.split(os.pathsep))) if isinstance(value, str) else value


def _host(value: str) -> str:
    """An address or a name to listen on: it has no spaces, and is no address of a page."""
    if not re.fullmatch(r"[A-Za-z0-9._:-]{1,253}", value):
        raise ValueError("it has to be an address or the name of a host, without a port")
    return value


def _proxy(value: str) -> str:
    if value != "*":
        try:
            ipaddress.ip_network(value)
        except ValueError as error:
            raise ValueError("a proxy is named by its IP address, its network or *") from error
    return value


def _host_name(value: str) -> str:
    if value != "*" and not HOST_NAME.fullmatch(value):
        raise ValueError("it has to be the name of a host, without https:// and without a path")
    return value


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or parts.username:
        raise ValueError("it has to be an address that begins with https:// or http://")
    return value.rstrip("/")


def _root_path(value: str) -> str:
    if value == "/":
        return ""
    if value.startswith(("http://", "https://")):
        return _web_address(value)
    if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+/?", value) or {".", ".."} & set(value.split("/")):
        raise ValueError("it has to be a path such as /audio, or the whole address")
    if value.split("/")[1] in OWN_PATHS:
        raise ValueError("this path is one of the app's own pages; a proxy needs another one")
    return value.rstrip("/")


def _administrator(value: str) -> str:
    name = value.removeprefix("huggingface:")
    if not name or name != name.strip() or not name.isprintable() or len(name) > 80:
        raise ValueError("it has to be a name of 1 to 80 characters, after huggingface: or alone")
    return value


def _token(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._~+/=-]{16,200}", value):
        raise ValueError("it has to be 16 to 200 letters and digits")
    return value


# First parts of the app's own addresses: under one of them it is not known whether a proxy strips it.
OWN_PATHS = {
    *("annotate", "verify", "demo", "healthz", "metrics", "v1", "web", "openapi.json"),
    *("gradio_api", "assets", "static", "svelte", "theme.css"),
}


class Settings(BaseSettings):
    """The application's settings.

    A field is read from the environment variable ``AMARATHON_`` plus its name in capitals, or from
    the names listed in its alias, the first that is set. The README's table is tested against
    these fields.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, populate_by_name=True
    )

    port: Annotated[int, Field(ge=1, le=65535, description="Port that the app listens on.")] = 7860
    host: Annotated[
        str,
        AfterValidator(_host),
        Field(
            validation_alias=AliasChoices("AMARATHON_HOST", "GRADIO_SERVER_NAME"),
            description="Address that the app listens on; `0.0.0.0` for every network.",
        ),
    ] = "127.0.0.1"
    root_path: Annotated[
        str | None,
        AfterValidator(lambda value: value and _root_path(value)),
        Field(
            validation_alias=AliasChoices("AMARATHON_ROOT_PATH", "GRADIO_ROOT_PATH"),
            description="Path under which a proxy serves the app, whether it strips it or not, "
            "e.g. `/audio`.",
        ),
    ] = None
    trusted_proxies: Annotated[
        tuple[Annotated[str, AfterValidator(_proxy)], ...] | None,
        NoDecode,
        BeforeValidator(_split),
        Field(
            validation_alias=AliasChoices("AMARATHON_TRUSTED_PROXIES", "FORWARDED_ALLOW_IPS"),
            description="Addresses or networks of proxies that tell visitors' addresses by "
            "`X-Forwarded-For`; unset: none, on a Space its own.",
        ),
    ] = None
    allowed_hosts: Annotated[
        tuple[Annotated[str, AfterValidator(_host_name)], ...] | None,
        NoDecode,
        BeforeValidator(_split),
        Field(
            description="Names that the app goes by, e.g. `audio.example.org *.local`; unset: this machine's "
            "own and a proxy's, or any where it listens on every network.",
        ),
    ] = None
    data: Annotated[Path, Field(description="Folder of the database, runs and uploads.")] = Path(".data")
    model: Annotated[str, Field(description="Model of the demo: `small`, a Hub id or a folder.")] = "small"
    models: Annotated[
        Path | None,
        Field(description="Folder of models fetched at set-up; unset: in the user's cache folder."),
    ] = None
    datasets: Annotated[
        tuple[Path, ...],
        NoDecode,
        BeforeValidator(_split_paths),
        Field(
            description="Folders of datasets whose samples the leaderboard shows beside the bundled ones, "
            "with `:` between them."
        ),
    ] = ()
    runs_folder: Annotated[
        Path | None,
        Field(
            validation_alias="AMARATHON_RUNS",
            description="Folder of measured runs; unset: `runs` in the data folder.",
        ),
    ] = None
    max_upload_bytes: Annotated[
        int, Field(ge=1, description="Largest file that may be uploaded, in bytes.")
    ] = 200_000_000
    submissions: Annotated[
        bool, Field(description="Whether runs may be submitted to the leaderboard: `true` or `false`.")
    ] = True
    max_submissions_bytes: Annotated[
        int, Field(ge=1, description="Room for all submitted runs together, in bytes.")
    ] = 2_000_000_000
    max_audio_seconds: Annotated[
        float, Field(gt=0, allow_inf_nan=False, description="Longest audio that is decoded, in seconds.")
    ] = 3600.0
    max_turn_seconds: Annotated[
        float,
        Field(
            ge=1,
            le=86_400,
            allow_inf_nan=False,
            description="Longest time that one comparison takes, in seconds.",
        ),
    ] = 900.0
    database_url: Annotated[
        str | None,
        Field(
            validation_alias="DATABASE_URL",
            description="Database of human evaluation; unset: SQLite in the data folder.",
            repr=False,
        ),
    ] = None

    log_format: Annotated[
        Literal["text", "json"],
        Field(
            description="Form of the log: `text`, or `json` for a line of JSON for each entry and request."
        ),
    ] = "text"
    metrics_token: Annotated[
        str | None,
        AfterValidator(lambda value: value and _token(value)),
        Field(
            description="What reads `/metrics` from elsewhere, as a bearer token of 16 characters or more; "
            "unset: this machine alone.",
            repr=False,
        ),
    ] = None
    backups: Annotated[
        Path | None,
        Field(
            description="Folder for backups of human evaluation every ten minutes, from which an empty "
            "database is filled at start; unset: none.",
        ),
    ] = None
    admin: Annotated[
        str | None,
        AfterValidator(lambda value: value and _administrator(value)),
        Field(
            description="Who administers human evaluation: a local account's name, "
            "or `huggingface:` and a user's name."
        ),
    ] = None
    oauth_client_id: Annotated[
        str | None,
        Field(
            validation_alias="OAUTH_CLIENT_ID",
            description="Hugging Face sign-in, which a Space sets; unset: not offered.",
        ),
    ] = None
    oauth_client_secret: Annotated[
        str | None,
        Field(
            validation_alias="OAUTH_CLIENT_SECRET",
            description="Secret of Hugging Face sign-in, which a Space sets.",
            repr=False,
        ),
    ] = None
    openid_provider_url: Annotated[
        str,
        AfterValidator(_web_address),
        Field(validation_alias="OPENID_PROVIDER_URL", description="Who signs in, for Hugging Face sign-in."),
    ] = "https://huggingface.co"
    space_host: Annotated[
        str | None,
        AfterValidator(lambda value: value and _host_name(value)),
        Field(validation_alias="SPACE_HOST", description="Public host name of the app, which a Space sets."),
    ] = None

    @property
    def proxies(self) -> tuple[str, ...]:
        """Addresses and networks of trusted proxies."""
        if self.trusted_proxies is None:
            return PRIVATE_NETWORKS if self.space_host else ()
        return self.trusted_proxies

    @property
    def runs(self) -> Path:
        """Folder in which measured runs are found."""
        return self.runs_folder or self.data / "runs"

    @property
    def fetched_models(self) -> Path:
        """Folder of models that were fetched at set-up."""
        return self.models or cache_folder() / "models"

    @property
    def uploads(self) -> Path:
        """Folder that uploads are kept in."""
        return self.data / "uploads"


def cache_folder() -> Path:
    """The folder ``amarathon`` in the user's cache folder."""
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "amarathon"


def variable_names(field: str) -> tuple[str, ...]:
    """Environment variables that set a field of `Settings`, the first one wins."""
    alias = Settings.model_fields[field].validation_alias
    if isinstance(alias, AliasChoices):
        return tuple(str(choice) for choice in alias.choices)
    return (alias if isinstance(alias, str) else PREFIX + field.upper(),)


def load_settings() -> Settings:
    """Read the settings from the environment.

    Raises
    ------
    SettingsError
        If a variable's value cannot be used; the message names the variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from error


def _sentence(error: ValidationError) -> str:
    """Name the first variable at fault and say what is wrong with it."""
    fault = error.errors()[0]
    name = str(fault["loc"][0]) if fault["loc"] else ""
    known = {field: variable_names(field) for field in Settings.model_fields}
    names = next((names for field, names in known.items() if name in (field, *names)), (name,))
    variable = next((variable for variable in names if os.environ.get(variable)), names[0])
    message = fault["msg"].removeprefix("Value error, ")
    reason = message[0].lower() + message[1:]
    secret = variable in SECRET  # what it is must not be in a log
    return (
        f"{variable} cannot be used: {reason}." if secret else f"{variable} is {fault['input']!r}: {reason}."
    )


SECRET = {
    variable
    for name, field in Settings.model_fields.items()
    if field.repr is False
    for variable in variable_names(name)
}
