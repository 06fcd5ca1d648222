"""A service that is asked the same several times: records, scores, what goes on, and what is refused."""

from collections import Counter

import pytest

pytest.importorskip("openai")
pytest.importorskip("google.genai")

from amarathon.cli.run_tables import score_report
from amarathon.errors import ConfigurationError, RunError, ServiceError
from amarathon.models import load_model
from amarathon.models.remote import ServiceOptions
from amarathon.runs import evaluate, read_run
from amarathon.runs.engines import ThreadEngine
from amarathon.runs.findings import findings
from amarathon.runs.packing import pack_run
from amarathon.runs.summary import write_summary
from leaderboard.store import build_board
from tests.models.remote.asking import KEY, model_at
from tests.models.remote.standin import stand_in


@pytest.fixture
def it():
    with stand_in() as made:
        yield made


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    for name in ("OPENAI_API_KEY", "GEMINI_API_KEY", "AMARATHON_API_KEY"):
        monkeypatch.setenv(name, KEY)


def run(model, samples, folder, repeats=3, engine="threads", **more):
    return evaluate(model, samples, ["vanilla"], folder, engine=engine, repeats=repeats, **more)


def gemini_3(it, **options):
    it.served = "gemini-3.8-flash"
    return model_at("gemini", it, "gemini-3.8-flash", **options)


def asked(it):
    """How often each recording was sent."""
    return sorted(Counter(seen.sounds[0][0] for seen in it.seen).values())


def test_every_repeat_has_its_record_and_the_spread_is_in_summary_findings_scores_and_board(
    it, samples, tmp_path
):
    replies = iter("AAAABAAACAAA")
    it.reply = lambda _seen: next(replies)
    model = gemini_3(it, price=(1.0, 1.0, 1.0))
    summary = run(model, samples, tmp_path / "runs/asked", engine="local")
    stored = read_run(tmp_path / "runs/asked")
    assert stored.header.service.repeats == 3
    assert asked(it) == [3] * len(samples)
    assert Counter(record.repeat for record in stored.predictions()) == dict.fromkeys("012", len(samples))
    assert (summary.planned, summary.answered) == (3 * len(samples), 3 * len(samples))
    overall, *tasks = summary.breakdowns["vanilla"].repeats
    assert {spread.task for spread in tasks} == {sample.task for sample in samples}
    assert overall.low <= overall.mean <= overall.high
    assert overall.varied == 1
    page = findings(stored)
    assert "Each question was asked 3 times" in page
    assert "its replies are drawn, by the service's own settings" in page
    assert f"| Mean | {overall.mean:.1f} | {overall.low:.1f} to {overall.high:.1f} |" in page
    from rich.console import Console

    console = Console(width=200)
    with console.capture() as shown:
        console.print(score_report(stored, summary, "strict", details=False))
    assert "Asked 3 times" in shown.get()
    pack_run(tmp_path / "runs/asked", tmp_path / "packed")
    assert write_summary(tmp_path / "packed", afresh=True).breakdowns == summary.breakdowns
    board = build_board(tmp_path / "runs")
    [row] = [row for section in board.measured for row in section.rows]
    assert (row.answered, row.run.service.repeats) == (len(samples), 3)
    assert row.run.service.spread["overall"].mean == overall.mean
    assert row.run.service.spread["overall"].varied == 1
    assert "drawn" in row.run.service.varies
    assert row.ranks  # all of it is there


def test_a_stop_in_the_middle_of_the_repeats_asks_nothing_twice(it, samples, tmp_path):
    with pytest.raises(ServiceError, match="budget"):
        run(gemini_3(it, budget_tokens=3000), samples, tmp_path / "run", engine="local")
    assert 0 < len(it.seen) < 3 * len(samples)
    for _ in range(2):
        run(gemini_3(it), samples, tmp_path / "run")
        assert asked(it) == [3] * len(samples)


def test_more_repeats_go_on_with_the_run_and_fewer_are_refused(it, samples, tmp_path):
    run(gemini_3(it), samples, tmp_path / "run", repeats=1)
    assert '"repeats"' not in (tmp_path / "run/run.json").read_text()
    run(gemini_3(it), samples, tmp_path / "run", repeats=2)
    assert asked(it) == [2] * len(samples)
    assert read_run(tmp_path / "run").header.repeats == 2
    with pytest.raises(RunError, match="repeats 2, not 1"):
        run(gemini_3(it), samples, tmp_path / "run", repeats=1)


def test_a_tape_has_a_reply_for_every_repeat(it, samples, tmp_path):
    replies = iter("ABCD" * len(samples))
    it.reply = lambda _seen: next(replies)
    run(gemini_3(it, record=tmp_path / "tape"), samples, tmp_path / "first")
    run(gemini_3(it, replay=tmp_path / "tape"), samples, tmp_path / "second", engine=ThreadEngine(2))
    first, second = (
        {record.key: record.reply for record in read_run(tmp_path / name).predictions()}
        for name in ("first", "second")
    )
    assert first == second
    assert len(it.seen) == len(first) == 3 * len(samples)


@pytest.mark.parametrize(
    ("sent", "words"),
    [("openai", "asked to reply greedily"), ("gemini", "asked to reply greedily")],
)
def test_what_varies_is_said_by_what_was_sent(sent, words, it, samples, tmp_path):
    run(model_at(sent, it), samples, tmp_path / "run", repeats=2)
    assert words in findings(read_run(tmp_path / "run"))


def test_weights_here_are_not_asked_again(stub, samples, tmp_path):
    with pytest.raises(ConfigurationError, match="says the same each time"):
        evaluate(stub(), samples, ["vanilla"], tmp_path / "run", repeats=2)
    with pytest.raises(ConfigurationError, match="not 0 times"):
        evaluate(stub(), samples, ["vanilla"], tmp_path / "run", repeats=0)
    assert not (tmp_path / "run/run.json").exists()


def test_a_worker_is_asked_again_like_a_service(samples, tmp_path):
    program = tmp_path / "mine.py"
    program.write_text(
        "import itertools\n\n"
        "def load():\n    count = itertools.count()\n"
        "    return lambda sound, messages, max_new_tokens: 'ABCD'[next(count) % 4]\n"
    )
    model = load_model(f"worker:{program}", service=ServiceOptions())
    run(model, samples, tmp_path / "run", repeats=2, engine="local")
    assert len(read_run(tmp_path / "run").predictions()) == 2 * len(samples)
    assert "its own affair" in findings(read_run(tmp_path / "run"))
