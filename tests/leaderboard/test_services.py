"""Rows that a service answered: marked as such, with who answered, what it refused and cost."""

import json

import pytest

from amarathon.runs.records import PriceRecord, RunHeader, ServiceHeader
from amarathon.runs.summary import write_summary
from leaderboard.store import build_board
from tests.leaderboard.run_folders import SAMPLES, TASKS, write_run


def answered_by_a_service(runs, name="asked", host="api.openai.com", usd=0.02, price=True):
    """A run as `amarathon evaluate` writes it: of twelve questions of SER one is refused and one blocked."""
    folder = write_run(
        runs, name, model="openai:gpt-audio-1.5", configurations=["vanilla"], summed_up=False, notice=None
    )
    header = RunHeader.model_validate_json((folder / "run.json").read_bytes())
    service = ServiceHeader(
        name="openai",
        host=host,
        asked="gpt-audio-1.5",
        served="gpt-audio-1.5-2026-02-01",
        form="wav",
        sent={"temperature": "0"},
        price=PriceRecord(text=2.5, audio=32, output=10, on="2026-11-26", source="its page")
        if price
        else None,
    )
    header = header.model_copy(
        update={"service": service, "schema_version": 2, "hardware": {"machine": "of a service"}}
    )
    (folder / "run.json").write_text(header.model_dump_json())
    lines = []
    for line in (folder / "predictions.jsonl").read_text().splitlines():
        record = json.loads(line)
        stop = {"SER-10": "refused", "SER-11": "blocked"}.get(record["sample_id"], "stop")
        record["service"] = {
            "stop": stop,
            "usd": usd,
            "seconds": 1.5,
            "attempts": 1,
            "served": service.served,
        }
        lines.append(json.dumps(record))
    (folder / "predictions.jsonl").write_text("\n".join(lines) + "\n")
    write_summary(folder)
    return folder


def row_of(board, name):
    (row,) = [row for section in board.measured for row in section.rows if row.run and row.run.folder == name]
    return row


def test_a_service_is_told_apart_with_its_facts(tmp_path):
    answered_by_a_service(tmp_path)
    row = row_of(build_board(tmp_path), "asked")
    assert (row.provenance, row.access) == ("service", "closed")
    facts = row.run.service
    assert (facts.form, facts.repeats, facts.spread, facts.varies) == ("wav", 1, {}, None)
    assert (facts.name, facts.host, facts.served) == ("openai", "api.openai.com", "gpt-audio-1.5-2026-02-01")
    assert facts.refused == pytest.approx({"SER": 100 * 2 / SAMPLES} | dict.fromkeys(TASKS[1:], 0.0))
    assert facts.per_hundred_usd == pytest.approx({"vanilla": 2.0})
    assert facts.price == "$2.5 text, $32 audio, $10 replies per million tokens; 2026-11-26, its page"


def test_what_is_not_known_is_not_made_up(tmp_path):
    answered_by_a_service(tmp_path, host=None, usd=None, price=False)
    row = row_of(build_board(tmp_path), "asked")
    assert (row.provenance, row.access) == ("service", None)
    assert (row.run.service.host, row.run.service.price, row.run.service.per_hundred_usd) == (None, None, {})


def test_weights_here_have_no_service(tmp_path):
    write_run(tmp_path, "own")
    row = next(
        row for section in build_board(tmp_path).measured for row in section.rows if row.run.folder == "own"
    )
    assert (row.provenance, row.access, row.run.service) == ("measured", "open", None)
