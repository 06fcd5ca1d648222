"""What a server refuses of a submission: by one sentence, with nothing kept and nothing shown."""

import errno
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from leaderboard.submissions import ledger, visitors
from tests.leaderboard.submissions.conftest import (
    WHO,
    ZIP,
    client_of,
    decided,
    filed,
    submitted_rows,
    uploaded,
)
from tests.leaderboard.submissions.hostile import HOSTILE
from tests.leaderboard.submissions.packing import Pack

Packs = Callable[..., Pack]
# One of each kind goes all the way through the child; the table itself is `test_hostile`.
THROUGH = ("a pickle", "up", "bomb of one line", "NaN", "an answer missing", "other dataset", "deep")


def kept(data: Path) -> list[Path]:
    """Every file of submissions but the log's lock."""
    found = (data / "submissions").rglob("*")
    return [path for path in found if path.is_file() and path.name != ".lock"]


@pytest.mark.parametrize("name", THROUGH)
def test_hostile_ones_change_nothing(whole_client: TestClient, data: Path, pack: Packs, name: str) -> None:
    spoil, words = HOSTILE[name]
    answer = whole_client.post("/v1/submissions", content=spoil(pack()), headers=ZIP)
    assert answer.status_code in {413, 422}
    assert words in answer.json()["error"]
    assert kept(data) == []


@pytest.mark.parametrize(
    "media_type", ["", "text/plain", "multipart/form-data; boundary=x", "application/zipx"]
)
def test_another_type_is_refused(client: TestClient, data: Path, pack: Packs, media_type: str) -> None:
    answer = client.post("/v1/submissions", content=pack().zip(), headers={"Content-Type": media_type})
    assert (answer.status_code, answer.json()["error"]) == (415, "A submission is sent as application/zip.")
    assert kept(data) == []


def test_too_large_is_refused_while_it_comes(client: TestClient, data: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(visitors, "LARGEST_UPLOAD", 1 << 20)

    def body() -> Iterator[bytes]:  # no length is stated
        for _ in range(64):
            yield b"x" * (1 << 16)

    answer = client.post("/v1/submissions", content=body(), headers=ZIP)
    assert answer.status_code == 413
    assert kept(data) == []
    stated = client.post("/v1/submissions", content=b"x", headers=ZIP | {"Content-Length": "9" * 12})
    assert stated.status_code == 413


def test_switched_off(client: TestClient, data: Path, pack: Packs) -> None:
    receipt, identifier = filed(client, pack().zip())
    client = client_of(data, submissions=False)
    answer = client.post("/v1/submissions", content=pack(run_id="two").zip(), headers=ZIP)
    assert (answer.status_code, answer.json()["error"]) == (
        403,
        "This server takes no submissions at present.",
    )
    assert client.get("/v1/submissions").json()["open"] is False
    # What was brought before is still decided on.
    decided(client, identifier, "accept")
    assert client.get(f"/v1/submissions/receipts/{receipt}").json()["state"] == "accepted"


def test_no_room(data: Path, pack: Packs) -> None:
    client = client_of(data, max_submissions_bytes=1000)
    answer = client.post("/v1/submissions", content=pack().zip(), headers=ZIP)
    assert answer.status_code == 507
    assert "no room" in answer.json()["error"]
    assert kept(data) == []


def test_one_visitor_brings_so_many(client: TestClient) -> None:
    codes = [client.post("/v1/submissions", content=b"", headers=ZIP).status_code for _ in range(21)]
    assert codes == [422] * 20 + [429]


def test_the_same_again(client: TestClient, pack: Packs) -> None:
    content = pack().zip()
    _, identifier = filed(client, content)
    again = client.post("/v1/submissions", content=content, headers=ZIP)
    assert (again.status_code, again.json()["error"]) == (
        409,
        "A submission with the very same answers is here already.",
    )
    other = pack(right=3)
    answer = client.post("/v1/submissions", content=other.zip(), headers=ZIP)
    assert answer.status_code == 409
    assert "was submitted already" in answer.json()["error"]
    measured = pack(right=4, model="small", run_id="measured-id")
    assert (
        "was measured here already"
        in client.post("/v1/submissions", content=measured.zip(), headers=ZIP).json()["error"]
    )
    decided(client, identifier, "refuse", "No.")
    uploaded(client, content)


def test_two_at_once_are_one_filed(client: TestClient, pack: Packs) -> None:
    content = pack().zip()
    receipts = [uploaded(client, content), uploaded(client, content)]
    answers: list[int] = []

    def file(receipt: str) -> None:
        answers.append(client.post(f"/v1/submissions/receipts/{receipt}/file", json=WHO).status_code)

    threads = [threading.Thread(target=file, args=(receipt,)) for receipt in receipts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 409]


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ({"name": ""}, "empty"),
        ({"name": "<b>"}, "< or >"),
        ({"name": "a\nb"}, "control"),
        ({"name": "a" * 101}, "longer than"),
        ({"contact": " "}, "empty"),
        ({"remark": "a\0"}, "zeros"),
        ({"score": "100"}, "not permitted"),
    ],
)
def test_who_files_has_a_name_and_a_contact(
    client: TestClient, pack: Packs, who: dict[str, str], words: str
) -> None:
    receipt = uploaded(client, pack().zip())
    answer = client.post(f"/v1/submissions/receipts/{receipt}/file", json=WHO | who)
    assert answer.status_code == 422
    assert words in answer.json()["error"]
    assert client.get(f"/v1/submissions/receipts/{receipt}").json()["state"] == "draft"


def test_a_full_disk_files_nothing(client: TestClient, data: Path, pack: Packs, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    receipt, identifier = filed(client, pack().zip())
    before = (data / "submissions" / "log.jsonl").read_bytes()

    def half(descriptor: int, content: bytes) -> None:
        ledger.os.write(descriptor, content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(ledger, "_write_whole", half)
        answer = client.post(f"/v1/submissions/receipts/{receipt}/withdraw")
        assert answer.status_code == 503
        assert "disk is full" in answer.json()["error"]
        other = client.post("/v1/submissions", content=pack(right=3, run_id="two").zip(), headers=ZIP)
        assert other.status_code == 503
    assert (data / "submissions" / "log.jsonl").read_bytes() == before
    assert [path.name for path in (data / "submissions" / "filed").iterdir()] == [identifier]
    decided(client, identifier, "accept")
    assert len(submitted_rows(client)) == 2
