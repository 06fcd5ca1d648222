"""Submissions that come as pull requests to a dataset on the Hugging Face Hub."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from huggingface_hub import Discussion, HfApi
from huggingface_hub.hf_api import RepoFile

from amarathon.datasets.hub import as_dataset_errors
from amarathon.errors import AmarathonError
from amarathon.runs.submitting import HUB_FOLDER, HUB_PREFIX
from leaderboard.submissions.errors import SubmissionError
from leaderboard.submissions.ledger import Submitter
from leaderboard.submissions.limits import SCORING_S
from leaderboard.submissions.review_queue import ReviewQueue
from leaderboard.submissions.visitors import check_size

POLL_S = 0.5


@dataclass(frozen=True)
class Imported:
    """What became of one file of a pull request.

    Attributes
    ----------
    source : str
    outcome : str
        One sentence.
    filed : bool
    """

    source: str
    outcome: str
    filed: bool


def import_proposals(queue: ReviewQueue, repository: str) -> Iterator[Imported]:
    """Bring what open pull requests add under ``submissions/`` to the queue; each file once.

    Parameters
    ----------
    queue : ReviewQueue
    repository : str
        ``owner/name``, or ``hf://datasets/owner/name``.

    Raises
    ------
    DatasetError
        If the Hub cannot be reached or refuses.
    """
    name, api = repository.removeprefix(HUB_PREFIX).strip("/"), HfApi()
    with as_dataset_errors(name, "main"):
        open_ones = list(
            api.get_repo_discussions(
                name, repo_type="dataset", discussion_type="pull_request", discussion_status="open"
            )
        )
    for discussion in sorted(open_ones, key=lambda one: one.num):
        reference = f"refs/pr/{discussion.num}"
        with as_dataset_errors(name, reference):
            files = _files(api, name, reference)
        for file in files:
            # A file that is changed in its pull request is another one.
            source = f"{HUB_PREFIX}{name}@{reference}:{file.path} ({file.blob_id[:12]})"
            yield _import(queue, api, name, discussion, file, source)


def _files(api: HfApi, name: str, reference: str) -> list[RepoFile]:
    tree = api.list_repo_tree(name, repo_type="dataset", revision=reference, recursive=True)
    own = f"{HUB_FOLDER}/"
    return [
        entry
        for entry in tree
        if isinstance(entry, RepoFile) and entry.path.startswith(own) and entry.path.endswith(".zip")
    ]


def _import(
    queue: ReviewQueue, api: HfApi, name: str, discussion: Discussion, file: RepoFile, source: str
) -> Imported:
    if any(one.facts.source == source for one in queue.ledger.submissions().values()):
        return Imported(source, "It was imported before.", filed=False)
    try:
        check_size(file.size)
        with TemporaryDirectory() as folder, as_dataset_errors(name, discussion.git_reference or "main"):
            path = api.hf_hub_download(
                name,
                file.path,
                repo_type="dataset",
                revision=discussion.git_reference,
                local_dir=folder,
            )
            _, one = queue.take(Path(path), source)
        _wait_for_scores(queue, one.id)
        author = discussion.author
        submitter = Submitter(
            name=author, contact=f"https://huggingface.co/{author}", remark=discussion.title
        )
        queue.file(one.id, submitter)
    except SubmissionError as error:
        return Imported(source, str(error), filed=False)
    except AmarathonError as error:
        return Imported(source, f"It cannot be imported: {error}", filed=False)
    return Imported(source, f"Filed as {one.id}, for an administrator to decide.", filed=True)


def _wait_for_scores(queue: ReviewQueue, identifier: str) -> None:
    deadline = time.monotonic() + SCORING_S
    while queue.scored(one := queue.find(identifier)) is None:
        if one.state != "draft" or time.monotonic() > deadline:
            raise SubmissionError(one.reason or "It was not scored in time.")
        time.sleep(POLL_S)
