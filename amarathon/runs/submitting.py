"""Submitting a run to a leaderboard: as a file, to a server, or as a pull request on the Hub.

What is sent is a packed run: replies, and no score that anybody believes.
"""

import json
import re
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from amarathon.errors import RunError
from amarathon.files import replacing
from amarathon.runs.packing import pack_run
from amarathon.runs.reading import HEADER_FILE, PACKED_FILE, read_run

HUB_SCHEME, HUB_PREFIX = "hf", "hf://datasets/"
# Where in a dataset's repository submissions lie.
HUB_FOLDER = "submissions"
ROUTE = "/v1/submissions"
# A server checks for at most two minutes; scoring goes on after that.
PATIENCE_S, POLL_S, SCORING_S = 300.0, 2.0, 3600.0


@dataclass(frozen=True)
class Receipt:
    """What a server answers to a submission.

    Attributes
    ----------
    page : str
        The receipt: the page that shows what becomes of it.
    state : str
    scores : dict of str to float
        Overall score by configuration, as the server worked them out.
    """

    page: str
    state: str
    scores: dict[str, float | None]


def write_submission(run: Path, to: Path) -> int:
    """Pack a finished run into a zip file to upload.

    Returns
    -------
    int
        Bytes of the file.

    Raises
    ------
    RunError
        The run cannot be read or is not complete, or the file is there or cannot be written.
    """
    if to.exists():
        raise RunError(f"{to} is there already.")
    try:
        with TemporaryDirectory() as folder, replacing(to) as temporary:
            packed = Path(folder) / "run"
            pack_run(run, packed)
            # What is packed already gets no smaller.
            with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
                for name in (HEADER_FILE, PACKED_FILE):
                    archive.write(packed / name, name)
    except OSError as error:
        raise RunError(f"{to} cannot be written: {error.strerror}.") from error
    return to.stat().st_size


def submit_to_server(run: Path, server: str, name: str, contact: str, remark: str = "") -> Receipt:
    """Submit a run to a server: upload, wait for its scores, file it for review.

    Raises
    ------
    RunError
        What the server refused, in its words; or it cannot be reached.
    """
    base = server.rstrip("/")
    with _packed(run) as file:
        draft = _call(base + ROUTE, file.read_bytes(), "application/zip")
    receipt = f"{base}{ROUTE}/receipts/{draft['receipt']}"
    page = f"{base}/?view=submit&receipt={draft['receipt']}"
    state = _scored(receipt, page)
    if state["state"] == "draft":
        body = json.dumps({"name": name, "contact": contact, "remark": remark}).encode()
        state = _call(f"{receipt}/file", body, "application/json")
    scores = {row["configuration"]: row["scores"]["strict"]["overall"]["value"] for row in state["rows"]}
    return Receipt(page, state["state"], scores)


def propose_on_hub(run: Path, repository: str, remark: str = "") -> str:
    """Open a pull request that adds a run to a dataset of submissions on the Hub.

    Parameters
    ----------
    run : Path
    repository : str
        ``owner/name``, or ``hf://datasets/owner/name``.
    remark : str

    Returns
    -------
    str
        The pull request's address.

    Raises
    ------
    RunError
        The run is not complete.
    DatasetError
        Nobody is logged in, or the Hub cannot be reached or refuses.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import LocalTokenNotFoundError

    from amarathon.datasets.hub import as_dataset_errors
    from amarathon.datasets.publishing import NOT_LOGGED_IN
    from amarathon.errors import DatasetError

    name = repository.removeprefix(HUB_PREFIX).strip("/")
    header = read_run(run).header
    path = f"{HUB_FOLDER}/{_slug(header.model.name)}-{_slug(header.run_id)}.zip"
    with _packed(run) as file, as_dataset_errors(name, "main"):
        try:
            done = HfApi().upload_file(
                path_or_fileobj=file,
                path_in_repo=path,
                repo_id=name,
                repo_type="dataset",
                commit_message=f"Submit {header.model.name}: {header.run_id}",
                commit_description=remark,
                create_pr=True,
            )
        except LocalTokenNotFoundError as error:
            raise DatasetError(NOT_LOGGED_IN) from error
    if done.pr_url is None:
        raise DatasetError(f"The Hub opened no pull request on {name}.")
    return str(done.pr_url)


@contextmanager
def _packed(run: Path) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "submission.zip"
        write_submission(run, file)
        yield file


def _scored(receipt: str, page: str) -> dict[str, Any]:
    """The submission once the server has scored it."""
    deadline = time.monotonic() + SCORING_S
    while True:
        state = _call(receipt)
        if state["scored"] or state["state"] != "draft":
            break
        if time.monotonic() > deadline:
            raise RunError(f"The server has not scored it yet; file it later at {page}")
        time.sleep(POLL_S)
    if state["state"] == "dropped":
        raise RunError(f"The server could not score it: {state['reason']}")
    return state


def _call(address: str, body: bytes | None = None, media_type: str = "") -> dict[str, Any]:
    """A server's answer, or its sentence as an error."""
    host = urlsplit(address).netloc
    request = Request(address, data=body, headers={"Content-Type": media_type} if body else {})
    try:
        with urlopen(request, timeout=PATIENCE_S) as response:
            answer = json.loads(response.read())
    except HTTPError as error:
        raise RunError(_sentence(error, host)) from error
    except (URLError, OSError, ValueError) as error:
        raise RunError(f"{host} cannot be reached, or is no leaderboard's server.") from error
    if not isinstance(answer, dict):
        raise RunError(f"{host} is no leaderboard's server.")
    return answer


def _sentence(error: HTTPError, host: str) -> str:
    try:
        return f"{host}: {json.loads(error.read())['error']}"
    except (ValueError, KeyError, TypeError, OSError):
        return f"{host} answered with status {error.code}."


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.]+", "-", text).strip("-.")[:80] or "run"
