"""A process that is killed while it files: what was acknowledged is there, what was not is nowhere."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from leaderboard.submissions.ledger import Ledger, Submitted
from leaderboard.submissions.marks import MARK_FILE
from leaderboard.submissions.review_queue import ReviewQueue
from tests.leaderboard.submissions.packing import DATASET

KILLS = 5
# Files, accepts and undoes by turns; each id is printed once the call has returned.
PROGRAM = """
import sys
from pathlib import Path
from leaderboard.submissions.review_queue import ReviewQueue
from leaderboard.submissions.ledger import Submitter
queue = ReviewQueue(Path(sys.argv[1]), [], [], 1 << 40)
queue.scored = lambda one: True
queue.settle()
for one in list(queue.ledger.submissions().values()):
    if one.state == "draft":
        queue.file(one.id, Submitter(name=one.facts.model, contact="someone"))
        print("filed", one.id, flush=True)
        queue.accept(one.id, "maria")
        print("accepted", one.id, flush=True)
        if one.facts.model.endswith("3"):
            queue.undo(one.id, "maria")
            print("undone", one.id, flush=True)
"""


def drafts(root: Path, number: int) -> None:
    """Many small submissions that were checked."""
    queue = ReviewQueue(root, [], [], 1 << 40)
    queue.folders.prepare()
    with queue.ledger.writing() as known:
        for index in range(number):
            identifier = f"{index:032x}"
            queue.folders.filed(identifier).mkdir()
            (queue.folders.filed(identifier) / "run.json").write_text("{}")
            facts = Submitted(
                receipt_sha256=f"{index}",
                content_sha256=f"{index}",
                source="upload",
                run_id=f"run-{index}",
                model=f"model-{index}",
                revision="1",
                dataset="known",
                dataset_sha256=DATASET,
                configurations=["vanilla"],
            )
            queue.ledger.append(known, identifier, "uploaded", "a visitor", submitted=facts)


def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    root, chance = tmp_path / "submissions", random.Random(5)
    drafts(root, 80)
    acknowledged: list[tuple[str, str]] = []
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(root)], stdout=subprocess.PIPE, text=True, env=os.environ
        )
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(chance.random() * 0.15)
        process.send_signal(signal.SIGKILL)
        told = (first + process.stdout.read()).splitlines()
        process.wait()
        acknowledged += [(words[0], words[1]) for line in told if len(words := line.split()) == 2]
    assert len(acknowledged) > KILLS
    queue = ReviewQueue(root, [], [], 1 << 40)
    queue.settle()
    events = [(event.event, event.id) for event in queue.ledger.events()]
    assert [pair for pair in acknowledged if pair not in events] == []
    for one in queue.ledger.submissions().values():
        shown = queue.folders.accepted / one.id
        assert shown.is_dir() == (one.state == "accepted")
        assert queue.folders.filed(one.id).is_dir() == (one.state != "accepted")
        if one.state == "accepted":
            assert json.loads((shown / MARK_FILE).read_text())["by"] == one.facts.model


def test_half_a_line_is_as_if_it_had_not_been(tmp_path: Path) -> None:
    root = tmp_path / "submissions"
    drafts(root, 2)
    log = root / "log.jsonl"
    with log.open("ab") as file:
        file.write(b'{"at":"2026-01-01T00:00:00+00:00","id":"0')
    ledger = Ledger(root)
    assert len(ledger.events()) == 2
    with ledger.writing() as known:
        ledger.append(known, f"{0:032x}", "dropped", "the server", reason="late")
    assert [event.event for event in ledger.events()] == ["uploaded", "uploaded", "dropped"]
    assert log.read_bytes().count(b"\n") == 3


def test_an_upload_without_an_event_goes(tmp_path: Path) -> None:
    root = tmp_path / "submissions"
    drafts(root, 1)
    queue = ReviewQueue(root, [], [], 1 << 40)
    orphan = queue.folders.filed("f" * 32)
    orphan.mkdir()
    queue.settle()
    assert not orphan.exists()
    assert queue.folders.filed(f"{0:032x}").is_dir()
