"""``python -m human_eval``: accounts, studies, invites, backups, without the browser."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Annotated, ParamSpec, TypeVar

import typer
import yaml
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from amarathon.datasets import load_dataset
from amarathon.errors import AmarathonError
from amarathon.settings import load_settings
from human_eval import accounts, invites
from human_eval.annotation import participation
from human_eval.errors import HumanEvalError
from human_eval.service import Service, open_service, public_address
from human_eval.storage import audit, backup
from human_eval.storage.schema import StudyState
from human_eval.studies import progress
from human_eval.studies import study as studies
from human_eval.studies.spec import StudySpec
from human_eval.studies.times import duration
from human_eval.verification.export import write_verdict_files

P = ParamSpec("P")
R = TypeVar("R")
app = typer.Typer(
    help="Human evaluation: accounts, studies, invites, backups.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console(highlight=False, soft_wrap=True)
Name = Annotated[str, typer.Argument(help="Name of the study.")]


def _sentences(command: Callable[P, R]) -> Callable[P, R]:
    """A failure that a user can act on is one sentence and exit code 2."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except AmarathonError as error:
            sys.stderr.write(f"human_eval: {error}\n")
            raise typer.Exit(2) from error

    return run


@contextmanager
def _service() -> Iterator[Service]:
    service = open_service(load_settings())
    try:
        yield service
    finally:
        service.database.close()


@app.command()
@_sentences
def account(
    name: Annotated[str, typer.Argument(help="Name to sign in with.")],
    password: Annotated[
        str,
        typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="Prompted if left out."),
    ],
    reviewer: Annotated[bool, typer.Option(help="May verify subsets.")] = False,
) -> None:
    """Make a local account, or give an existing one a new password."""
    hashed = accounts.hash_password(password)
    with _service() as service, service.database.writing() as session:
        found = accounts.local_account(session, name)
        if found is None:
            found = accounts.make_local(session, name, hashed)
        else:
            accounts.set_password(session, found, hashed)
        found.reviewer = found.reviewer or reviewer
        kind = "administrator" if service.is_admin(found) else "account"
    console.print(f"{name}: {kind} is ready.")


@app.command("remove-account")
@_sentences
def remove_account(
    name: Annotated[str, typer.Argument(help="Name of a local account, or the id of any account.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove an account and everything that its person did in studies; it cannot be undone."""
    if not yes:
        typer.confirm(f"Remove {name} and everything they did in studies?", abort=True)
    with _service() as service, service.database.writing() as session:
        found = accounts.local_account(session, name) or accounts.find(session, name)
        participation.delete_person(session, found, audit.COMMAND_LINE)
    console.print(f"{name} is removed. Backups that were made before still hold the account.")


@app.command()
@_sentences
def verdicts(
    dataset: Annotated[Path, typer.Argument(help="The dataset's folder, as its rounds were started on.")],
) -> None:
    """Write what reviewers found beside a dataset, where ``amarathon build verify`` reads it."""
    found = load_dataset(str(dataset))
    with _service() as service, service.database.reading() as session:
        for latest in write_verdict_files(session, found.name, dataset):
            console.print(f"{latest.subset}, round {latest.number}: {latest.state}. {latest.reason}".rstrip())
    console.print(f"Wrote the verdicts. Continue with: amarathon build verify {dataset}")


@app.command()
@_sentences
def create(
    file: Annotated[Path, typer.Argument(help="YAML or JSON with the fields of a StudySpec.")],
    preview: Annotated[bool, typer.Option(help="Only show what it would ask.")] = False,
) -> None:
    """Make a study, as a draft, and encode its recordings for browsers."""
    planned = studies.plan(_read_spec(file))
    for task, counts in planned.counts().items():
        console.print(f"{task}: " + ", ".join(f"{number} {kind}" for kind, number in counts.items()))
    takes, people = duration(planned.minutes_per_person), planned.spec.overlap
    console.print(f"{planned.answers_wanted} answers: {people} people, about {takes} each.")
    for exclusion in planned.candidates.exclusions:
        console.print(f"Left out {exclusion.record}: {exclusion.reason}")
    if preview:
        return
    with _service() as service:
        with service.database.writing() as session:
            study = studies.create(session, planned, audit.COMMAND_LINE)
        with service.database.reading() as session:
            recordings = studies.recordings(session, study)
        for recording in recordings:
            service.audio_cache.make(Path(recording.path), recording.sha256)
    console.print(f"Made the study {study.name!r}, a draft, with {len(recordings)} recordings.")


@app.command("list")
@_sentences
def list_studies() -> None:
    """List the studies."""
    table = Table("Study", "State", "Items", "Answers", "Wanted", "People")
    with _service() as service, service.database.reading() as session:
        for row in reversed(progress.summaries(session)):
            keys = ("name", "state", "items", "answers", "wanted", "participants")
            table.add_row(*(str(row[key]) for key in keys))
    console.print(table)


@app.command()
@_sentences
def state(
    name: Name, to: Annotated[str, typer.Argument(help="open, paused or closed; closing is for good.")]
) -> None:
    """Open, pause or close a study."""
    states: dict[str, StudyState] = {"open": "open", "paused": "paused", "closed": "closed"}
    if to not in states:
        raise HumanEvalError(f"A study can be open, paused or closed, not {to!r}.")
    with _service() as service, service.database.writing() as session:
        studies.change_state(session, studies.by_name(session, name), states[to], audit.COMMAND_LINE)
    console.print(f"{name} is {to}.")


@app.command()
@_sentences
def invite(
    name: Annotated[str, typer.Argument(help="Name of the study; leave it out for reviewers.")] = "",
    uses: Annotated[int, typer.Option(min=1, help="How many people may use it.")] = 1,
    days: Annotated[float, typer.Option(min=0, help="How long it is valid.")] = 30.0,
) -> None:
    """Make an invite and print its address, which is shown once."""
    with _service() as service, service.database.writing() as session:
        study = studies.by_name(session, name).id if name else None
        _, secret = invites.make_invite(session, study, "", uses, days, audit.COMMAND_LINE)
    root = public_address(service.settings)
    console.print(f"{root}/{'annotate' if study else 'verify'}#invite={secret}")


@app.command("backup")
@_sentences
def backup_command(file: Annotated[Path, typer.Argument(help="Where to, a .zip.")]) -> None:
    """Write everything to one file, while the app runs."""
    with _service() as service:
        counts = backup.backup(service.database, file)
    console.print(f"Wrote {sum(counts.values())} rows, {counts['answers']} of them answers, to {file.name}.")


@app.command("restore")
@_sentences
def restore_command(file: Annotated[Path, typer.Argument(help="A file that backup wrote.")]) -> None:
    """Put a backup into an empty database; stop the app before."""
    with _service() as service:
        counts = backup.restore(service.database, file)
    console.print(f"Restored {sum(counts.values())} rows, {counts['answers']} of them answers.")


def _read_spec(file: Path) -> StudySpec:
    try:
        text = file.read_text(encoding="utf-8")
        return StudySpec(**(json.loads(text) if file.suffix == ".json" else yaml.safe_load(text)))
    except (
        OSError,
        UnicodeDecodeError,
        TypeError,
        json.JSONDecodeError,
        yaml.YAMLError,
    ) as error:
        raise HumanEvalError(f"{file.name} cannot be read as a study.") from error
    except RecursionError as error:
        raise HumanEvalError(f"{file.name} is nested too deeply for a study.") from error
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"]) or file.name
        raise HumanEvalError(f"{where}: {fault['msg']}.") from error


if __name__ == "__main__":
    app(prog_name="python -m human_eval")
