import csv
import io

import pytest

from amarathon.generation.outcome import Outcome, Timings
from live_demo.results import ComparisonResults
from live_demo.visitors import Visitor


@pytest.fixture
def compared(service, ask):
    """Makes the results of given outcomes; the first is vanilla's."""

    def make(*outcomes, **fields):
        names = [outcome.configuration for outcome in outcomes]
        service.queue.answer = lambda *_: (outcome for outcome in outcomes)
        comparison = service.submit(ask(configurations=names, **fields), Visitor())
        service.queue.run(comparison.id)
        assert comparison.state == "done", comparison.error
        return ComparisonResults(comparison.folder, service.gold)

    return make


FREE = {"task": "free", "question": "What is said?", "options": []}


def test_options_agree_when_they_are_the_same_option(compared):
    replies = {"vanilla": "A", "frame@0.5": "A: Jazz", "frame@0.6": "B", "frame@0.7": "I cannot tell"}
    rows = compared(*(Outcome(name, reply=reply) for name, reply in replies.items())).rows()
    assert [row.answer for row in rows] == ["A", "A", "B", None]
    assert [row.agreement for row in rows] == [1.0, 1.0, 0.0, 0.0]
    assert [row.same_reply for row in rows] == [True, False, False, False]
    assert rows[1].answer_text == "Jazz"


def test_two_replies_that_say_no_option_do_not_agree_on_one(compared):
    rows = compared(Outcome("vanilla", reply="..."), Outcome("frame@0.5", reply="...")).rows()
    assert [row.agreement for row in rows] == [None, None]
    assert rows[1].same_reply is True


def test_words_are_aligned_with_vanillas(compared):
    replies = {
        "vanilla": "the cat sat on the mat",
        "frame@0.5": "the cat sat on mat",
        "frame@0.6": "a cat sat on the mat now",
    }
    rows = compared(*(Outcome(name, reply=reply) for name, reply in replies.items()), **FREE).rows()
    assert [row.agreement for row in rows] == [1.0, pytest.approx(5 / 6), pytest.approx(4 / 6)]
    assert rows[1].differences == [("equal", "the cat sat on"), ("missing", "the"), ("equal", "mat")]
    assert rows[2].differences == [
        ("missing", "the"),
        ("new", "a"),
        ("equal", "cat sat on the mat"),
        ("new", "now"),
    ]
    for row in rows:
        words = " ".join(text for kind, text in row.differences if kind != "missing")
        assert words == row.reply


@pytest.mark.parametrize(
    ("old", "new", "agreement"),
    [("", "", None), ("", "words", None), ("words", "", 0.0), ("a", "b c d", 0.0)],
)
def test_empty_and_unrelated_replies(compared, old, new, agreement):
    row = compared(Outcome("vanilla", reply=old), Outcome("frame@0.5", reply=new), **FREE).rows()[1]
    assert row.agreement == agreement
    assert " ".join(text for kind, text in row.differences if kind != "new") == old


def test_without_vanilla_there_is_nothing_to_compare_with(compared):
    rows = compared(
        Outcome("vanilla", error="There was not enough memory."), Outcome("frame@0.5", reply="A")
    ).rows()
    assert rows[0].error == "There was not enough memory."
    assert (rows[1].agreement, rows[1].prefill_speedup, rows[1].cache_share) == (None, None, None)
    assert rows[1].answer == "A"


def test_speed_up_is_vanillas_time_over_the_configurations(compared):
    timed = lambda prefill, first: Timings(prefill_s=prefill, first_token_s=first, decode_s=0.0)  # noqa: E731
    rows = compared(
        Outcome("vanilla", timings=timed(3.0, 4.0), cache_bytes=100),
        Outcome("frame@0.5", timings=timed(1.5, 2.5), cache_bytes=60),
        Outcome("snapkv@0.5", timings=timed(0.0, None), cache_bytes=None),
    ).rows()
    assert (rows[1].prefill_speedup, rows[1].first_token_speedup, rows[1].cache_share) == (2.0, 1.6, 0.6)
    assert (rows[2].prefill_speedup, rows[2].first_token_speedup, rows[2].cache_share) == (None, None, None)


def test_a_spreadsheet_never_takes_a_reply_for_a_formula(compared):
    found = compared(
        Outcome("vanilla", reply='=HYPERLINK("http://x")'), Outcome("frame@0.5", reply="-1\n+2,3"), **FREE
    )
    lines = list(csv.DictReader(io.StringIO(found.table())))
    assert [line["reply"] for line in lines] == ['\'=HYPERLINK("http://x")', "'-1\n+2,3"]


def test_a_reply_at_the_limit_is_called_cut_off(compared):
    rows = compared(
        Outcome("vanilla", new_tokens=2), Outcome("frame@0.5", new_tokens=1), max_new_tokens=2
    ).rows()
    assert [row.cut_off for row in rows] == [True, False]


def test_seconds_that_fail_the_models_own_checks_are_counted(compared):
    spans = ((0.0, 12.5), (30.0, 40.0))
    found = compared(Outcome("vanilla", unsure_spans=spans), Outcome("frame@0.5", reply="a"), **FREE)
    assert [row.unsure_s for row in found.rows()] == [22.5, 0.0]


def test_a_comparison_can_be_looked_at_while_it_is_written(compared):
    found = compared(Outcome("vanilla", reply="A"), Outcome("frame@0.5", reply="B"))
    for name in ("predictions.jsonl", "kept.jsonl"):
        path = found.folder / name
        path.write_bytes(path.read_bytes()[:-20])
    again = ComparisonResults(found.folder)
    assert [row.configuration for row in again.rows()] == ["vanilla"]
    assert again.kept("vanilla").configuration == "vanilla"


def test_transcripts_are_compared_as_they_are_scored(compared):
    """Case, punctuation and the prefix that the prompt asks for are no differences."""
    vanilla = Outcome("vanilla", reply="Spoken Content: Hello, Mr. Fox!")
    row = compared(vanilla, Outcome("frame@0.5", reply="hello mister fox"), task="ASR", options=[]).rows()[1]
    assert row.agreement == 1.0
    assert row.same_reply is False
    assert row.word_accuracy is None


def test_a_bundled_sample_is_scored_against_its_transcript(service, compared):
    sample = service.examples["asr-calls"].sample
    recording = service.add_example(sample.id).record.id
    words = sample.reference.split()
    replies = (
        Outcome("vanilla", reply=f"Spoken Content: {sample.reference}"),
        Outcome("frame@0.5", reply=" ".join(words[: len(words) // 2])),
    )
    rows = compared(*replies, task="ASR", options=[], recording=recording).rows()
    assert rows[0].word_accuracy == 1.0
    assert rows[1].word_accuracy == pytest.approx(0.5, abs=0.03)


def test_a_method_that_is_no_more_still_has_its_figures(compared):
    found = compared(
        Outcome("vanilla", reply="A"), Outcome("frame@0.5", reply="B", kept_tokens=1, audio_tokens=2)
    )
    for name in ("run.json", "comparison.json", "predictions.jsonl", "kept.jsonl"):
        path = found.folder / name
        path.write_text(path.read_text().replace("frame@0.5", "forgotten@0.5"))
    row = ComparisonResults(found.folder).rows()[1]
    assert (row.configuration, row.answer, row.kept_tokens, row.stages) == ("forgotten@0.5", "B", 1, [])
