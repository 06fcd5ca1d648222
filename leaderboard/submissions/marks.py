"""The mark that a submitted run carries in its folder, so that it is never taken for one measured here."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from amarathon.errors import RunError, first_fault
from amarathon.files import write_atomically

MARK_FILE = "submission.json"


class SubmissionMark(BaseModel):
    """Who submitted a run, as everybody may see it.

    Attributes
    ----------
    id : str
    by : str
        The submitter's name.
    at : str
        When it was submitted.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    by: str
    at: str


def write_mark(folder: Path, mark: SubmissionMark) -> None:
    """Mark a run's folder.

    Raises
    ------
    RunError
        If the disk refuses.
    """
    write_atomically(folder / MARK_FILE, mark.model_dump_json() + "\n")


def read_mark(folder: Path) -> SubmissionMark | None:
    """A run's mark; `None` for one that was measured here.

    Raises
    ------
    RunError
        If it is damaged: the run is then nobody's.
    """
    try:
        return SubmissionMark.model_validate_json((folder / MARK_FILE).read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RunError(f"{folder.name}/{MARK_FILE} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        raise RunError(f"{folder.name}/{MARK_FILE} is damaged: {first_fault(error)}.") from error
