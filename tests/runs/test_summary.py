import json

import pytest

from amarathon.errors import RunError, ScoreError
from amarathon.metrics.breakdown import break_down
from amarathon.metrics.cells import OVERALL
from amarathon.runs import read_run, summarise
from amarathon.runs.folder import writing
from amarathon.runs.summary import SummaryFault, find_summary, read_summary, summary_of, write_summary


@pytest.fixture
def run(tmp_path, header, record):
    """A run of two samples under two configurations; the last answer is not there yet."""
    with writing(tmp_path / "run") as folder:
        folder.write_header(header)
        folder.append(record("s1", reply="A", answer=0))
        folder.append(record("s1", reply="B", answer=0, configuration="frame@0.6"))
        folder.append(record("s2", error="It is silent.", reply="", answer=1))
    return tmp_path / "run"


def headline(summary, configuration, task="SCR", protocol="strict"):
    metric = "mean" if task == OVERALL else "macro_f1"
    (cell,) = [
        cell
        for cell in summary.breakdowns[configuration].cells
        if (cell.task, cell.protocol, cell.metric, cell.group) == (task, protocol, metric, "all")
    ]
    return cell


def test_answers_and_failures_are_counted_and_failures_are_in_no_score(run):
    summary = summarise(run)
    assert (summary.planned, summary.answered, summary.failed) == (4, 2, 1)
    assert not summary.complete
    assert headline(summary, "vanilla").score == 100
    assert (headline(summary, "vanilla").count, headline(summary, "vanilla").failed) == (1, 1)
    assert headline(summary, "frame@0.6").score == 0


def test_a_retried_answer_counts_once(run, record):
    with writing(run) as folder:
        folder.append(record("s2", reply="B", answer=1))
        folder.append(record("s2", reply="B", answer=1, configuration="frame@0.6"))
    summary = summarise(run)
    assert (summary.answered, summary.failed, summary.complete) == (4, 0, True)
    assert headline(summary, "vanilla").count == 2


def test_each_configuration_has_the_breakdown_of_its_own_records(run):
    rows = [
        prediction.model_dump()
        for prediction in read_run(run).predictions()
        if prediction.configuration == "vanilla"
    ]
    assert summarise(run).breakdowns["vanilla"] == break_down(rows)


def test_a_summary_is_rebuilt_from_the_other_two_files(run):
    written = write_summary(run)
    content = (run / "summary.json").read_bytes()
    (run / "summary.json").unlink()
    assert write_summary(run) == written
    assert (run / "summary.json").read_bytes() == content
    assert summary_of(read_run(run)) == written


@pytest.mark.parametrize("damage", [b"", b"{}", b"not json"])
def test_a_damaged_summary_is_no_summary(run, damage):
    written = write_summary(run)
    (run / "summary.json").write_bytes(damage)
    assert read_summary(run) is None
    assert summary_of(read_run(run)) == written


@pytest.mark.parametrize(
    "change",
    [
        lambda summary: summary.update(answered=2000),
        lambda summary: summary["breakdowns"]["vanilla"]["cells"][0].update(score=0.999),
        lambda summary: summary["breakdowns"]["vanilla"]["cells"][0].update(interval_method="guessed"),
        lambda summary: summary["breakdowns"].pop("frame@0.6"),
        lambda summary: summary.update(seal=""),
    ],
)
def test_a_summary_changed_by_hand_is_no_summary(run, change):
    written = write_summary(run)
    stored = json.loads((run / "summary.json").read_text())
    change(stored)
    (run / "summary.json").write_text(json.dumps(stored))
    assert find_summary(run) is SummaryFault.DAMAGED
    assert summary_of(read_run(run)) == written
    # White space is no content.
    (run / "summary.json").write_text(json.dumps(json.loads(written.model_dump_json())))
    assert read_summary(run) == written


def test_a_summary_of_another_derivation_is_out_of_date(run):
    write_summary(run)
    stored = json.loads((run / "summary.json").read_text())
    other = {"schema_version": 1, "protocol_version": "1", "x": []}
    for older in (stored | {"derivation_version": "1"}, other):
        (run / "summary.json").write_text(json.dumps(older))
        assert find_summary(run) is SummaryFault.OUTDATED
    (run / "summary.json").unlink()
    assert find_summary(run) is SummaryFault.MISSING


def test_a_summary_of_other_records_or_another_protocol_is_out_of_date(run, record):
    write_summary(run)
    stored = json.loads((run / "summary.json").read_text())
    (run / "summary.json").write_text(json.dumps(stored | {"protocol_version": "0"}))
    assert read_summary(run) is None
    write_summary(run)
    with writing(run) as folder:
        folder.append(record("s2", reply="B", answer=1))
    assert read_summary(run) is None
    assert summary_of(read_run(run)).answered == 3


def test_a_current_summary_is_not_written_again_unless_asked(run):
    write_summary(run)
    before = (run / "summary.json").stat().st_ino
    write_summary(run)
    assert (run / "summary.json").stat().st_ino == before
    write_summary(run, afresh=True)
    assert (run / "summary.json").stat().st_ino != before


def test_peoples_answers_are_as_many_as_there_are(run, header, record):
    with writing(run) as folder:
        folder.write_header(header.model_copy(update={"kind": "human"}))
        folder.append(record("s1", repeat="annotator-2"))
    summary = summarise(run)
    assert summary.planned == 4
    assert summary.complete


def test_a_run_without_answers_has_no_scores(tmp_path, header):
    with writing(tmp_path / "run") as folder:
        folder.write_header(header)
    summary = summarise(tmp_path / "run")
    assert (summary.planned, summary.answered, summary.failed) == (4, 0, 0)
    assert summary.breakdowns["vanilla"].cells == []


def test_records_that_cannot_be_scored_are_named(run, record):
    with writing(run) as folder:
        folder.append(record("s3", options=[], labels=[], order=[], answer=None))
    with pytest.raises(ScoreError, match="s3"):
        summarise(run)
    with pytest.raises(RunError, match="is not a run"):
        summarise(run.parent)
