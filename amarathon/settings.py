"""What a person may set from outside: one variable each, read once when something starts."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from amarathon.errors import SettingsError

PREFIX = "AMARATHON_"


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
        Field(
            validation_alias=AliasChoices("AMARATHON_HOST", "GRADIO_SERVER_NAME"),
            description="Address that the app listens on; `0.0.0.0` for every network.",
        ),
    ] = "127.0.0.1"
    data: Annotated[Path, Field(description="Folder of the database, runs and uploads.")] = Path(".data")
    model: Annotated[str, Field(description="Model of the demo: `small`, a Hub id or a folder.")] = "small"
    models: Annotated[
        Path | None,
        Field(description="Folder of models fetched at set-up; unset: in the user's cache folder."),
    ] = None
    dataset: Annotated[str, Field(description="Dataset of the pages: `bundled` or a folder.")] = "bundled"
    max_upload_bytes: Annotated[
        int, Field(ge=1, description="Largest file that may be uploaded, in bytes.")
    ] = 200_000_000
    max_audio_seconds: Annotated[
        float, Field(gt=0, allow_inf_nan=False, description="Longest audio that is decoded, in seconds.")
    ] = 3600.0
    database_url: Annotated[
        str | None,
        Field(
            validation_alias="DATABASE_URL",
            description="Database of human evaluation; unset: SQLite in the data folder.",
            repr=False,
        ),
    ] = None

    admin: Annotated[
        str | None,
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
        Field(validation_alias="OPENID_PROVIDER_URL", description="Who signs in, for Hugging Face sign-in."),
    ] = "https://huggingface.co"
    space_host: Annotated[
        str | None,
        Field(validation_alias="SPACE_HOST", description="Public host name of the app, which a Space sets."),
    ] = None

    @property
    def runs(self) -> Path:
        """Folder in which measured runs are found."""
        return self.data / "runs"

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
    name = str(fault["loc"][0])
    variable = variable_names(name)[0] if name in Settings.model_fields else name
    reason = fault["msg"][0].lower() + fault["msg"][1:]
    return f"{variable} is {fault['input']!r}: {reason}."
