"""Failures that a user can act on.

The message of every one of them is a sentence that can be shown as it is: on a page, in a
terminal, in a run's record. Anything else that is raised is a fault of ours.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError


class AmarathonError(Exception):
    """A failure whose message is one clear sentence for the user."""


class AudioError(AmarathonError):
    """A file that cannot be used as audio, and why."""


class AudioWarning(UserWarning):
    """Something about a file that was read as audio, as one sentence: what is missing or was changed."""


class CheckError(AmarathonError):
    """Something that must hold of a model and does not, and by how much."""


class ConfigurationError(AmarathonError):
    """A configuration name that means nothing, or contradicts itself."""


class DatasetError(AmarathonError):
    """A dataset or one of its records that cannot be read."""


class ModelError(AmarathonError):
    """A model that cannot be loaded, or cannot do what it is called for."""


class ModelWarning(UserWarning):
    """Something about how a model computes here, as one sentence."""


class RunError(AmarathonError):
    """A run folder that cannot be written, continued or read."""


class ScoreError(AmarathonError):
    """Predictions that cannot be scored."""


class ServiceError(AmarathonError):
    """A service that cannot be asked any more: not about this recording, nor about another."""


class SettingsError(AmarathonError):
    """An environment variable whose value cannot be used."""


class TaskError(AmarathonError):
    """A task definition or a task code that is not valid."""


def first_line(error: BaseException) -> str:
    """The first line of another library's message, or its type where it has none."""
    return str(error).strip().partition("\n")[0] or type(error).__name__


def first_fault(error: "ValidationError", whole: str = "") -> str:
    """The first fault that pydantic found, as half a sentence.

    Parameters
    ----------
    error : ValidationError
    whole : str
        What to name where the fault is in no field, e.g. ``"the line"``.
    """
    fault = error.errors()[0]
    field = ".".join(str(part) for part in fault["loc"]) or whole
    message = fault["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{field}: {message}" if field else message
