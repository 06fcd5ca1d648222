"""What two submissions have to do with each other: the same run, the same submitter, an earlier one."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from amarathon.runs import Run, find_runs
from amarathon.runs.records import RunHeader
from leaderboard.submissions.errors import ConflictError
from leaderboard.submissions.ledger import Submission, Submitted, Submitter


def facts_of(header: RunHeader, receipt_sha256: str, content_sha256: str, source: str) -> Submitted:
    """What the log keeps of an uploaded run."""
    return Submitted(
        receipt_sha256=receipt_sha256,
        content_sha256=content_sha256,
        source=source,
        run_id=header.run_id,
        model=header.model.name,
        revision=header.model.revision,
        dataset=header.dataset.name,
        dataset_sha256=header.dataset.sha256,
        configurations=header.configurations,
    )


def refuse_twins(known: Mapping[str, Submission], facts: Submitted, roots: Iterable[Path]) -> None:
    """Refuse what is here already, measured or submitted.

    Raises
    ------
    ConflictError
    """
    for one in known.values():
        if one.state not in {"waiting", "accepted"}:
            continue
        if one.facts.content_sha256 == facts.content_sha256:
            raise ConflictError("A submission with the very same answers is here already.")
        if _key(one.facts) == _key(facts):
            raise ConflictError(
                f"The run {facts.run_id} of {facts.model} was submitted already; to replace it, "
                "withdraw that by its receipt, or evaluate into a new folder."
            )
    for root in roots:
        for run in find_runs(root):
            if isinstance(run, Run) and _key_of(run.header) == _key(facts):
                raise ConflictError(f"The run {facts.run_id} of {facts.model} was measured here already.")


def earlier_ones(known: Mapping[str, Submission], one: Submission) -> list[Submission]:
    """Earlier submissions of the same submitter, model and dataset that still stand."""
    before = list(known)[: list(known).index(one.id)]
    return [other for other in map(known.__getitem__, before) if _succeeds(one, other)]


def _succeeds(one: Submission, other: Submission) -> bool:
    if one.submitter is None or other.submitter is None or other.state not in {"waiting", "accepted"}:
        return False
    same_run = (other.facts.model, other.facts.dataset_sha256) == (one.facts.model, one.facts.dataset_sha256)
    return same_run and _person(other.submitter) == _person(one.submitter)


def _person(submitter: Submitter) -> tuple[str, str]:
    return submitter.name.casefold(), submitter.contact.casefold()


def _key(facts: Submitted) -> tuple[str, str, str]:
    return facts.run_id, facts.model, facts.dataset_sha256


def _key_of(header: RunHeader) -> tuple[str, str, str]:
    return header.run_id, header.model.name, header.dataset.sha256
