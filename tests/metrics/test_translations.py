"""BLEU against sacrebleu's own, and the statistic behind it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics import BLEU

from amarathon.errors import ScoreError
from amarathon.metrics import score
from amarathon.metrics.breakdown import break_down
from amarathon.metrics.translations import bleu_of, compare_translations, score_translations

PAIRS = [
    ("Die Katze schläft heute auf dem Sofa.", "Die Katze schläft heute auf dem Sofa."),
    ("Guten Tag, wie geht es dir?", "Guten Morgen, wie geht es Ihnen?"),
    ("Er kam zu spät.", "Wir gingen früh."),
    ("Nein.", "Nein."),
    ("Das Haus am See ist alt.", ""),
]
CHINESE = [("今天天气很好。", "今天的天气很好。"), ("你好吗?", "你好")]


def predictions(pairs: list[tuple[str, str]], task: str = "AST") -> list[dict[str, object]]:
    return [
        {"task": task, "sample_id": f"s{index}", "reference": reference, "reply": reply}
        for index, (reference, reply) in enumerate(pairs)
    ]


def corpus(pairs: list[tuple[str, str]], tokenizer: str = "13a") -> float:
    found = BLEU(tokenize=tokenizer).corpus_score(
        [reply for _, reply in pairs], [[gold for gold, _ in pairs]]
    )
    return float(found.score)


@pytest.mark.parametrize(
    ("pairs", "task", "tokenizer"),
    [
        (PAIRS, "AST", "13a"),
        (PAIRS[:1], "AST", "13a"),
        (PAIRS[1:3], "AST", "13a"),  # orders without a match are smoothed
        (PAIRS[3:4], "AST", "13a"),  # too short for four words in a row
        (PAIRS[4:], "AST", "13a"),  # nothing was said
        (CHINESE, "ASTC", "char"),
    ],
)
def test_bleu_is_sacrebleus_of_the_corpus(pairs, task, tokenizer) -> None:
    found = score(task, predictions(pairs, task))
    assert found["bleu"] == pytest.approx(corpus(pairs, tokenizer), abs=1e-9)
    assert (found["count"], found["failed"]) == (len(pairs), 0)


words = st.lists(st.sampled_from(["a", "b", "c", "d", "e", "f"]), max_size=12).map(" ".join)


@given(st.lists(st.tuples(words.filter(bool), words), min_size=1, max_size=8))
def test_any_corpus_scores_as_sacrebleu_scores_it(pairs) -> None:
    assert score("AST", predictions(pairs))["bleu"] == pytest.approx(corpus(pairs), abs=1e-9)


def test_by_published_what_is_empty_is_left_out_and_by_strict_it_costs() -> None:
    strict, published = (score("AST", predictions(PAIRS), protocol) for protocol in ("strict", "published"))
    assert published["bleu"] == pytest.approx(corpus(PAIRS[:4]), abs=1e-9)
    assert strict["bleu"] < published["bleu"]
    assert strict["unread"] == published["unread"] == 20


def test_thoughts_before_a_translation_are_no_part_of_it() -> None:
    [plain] = compare_translations(predictions([("Guten Tag.", "Guten Tag.")]), "13a")
    [thought] = compare_translations(predictions([("Guten Tag.", "<think>Hm.</think>Guten Tag.")]), "13a")
    assert plain == thought


def test_sums_of_many_resamples_are_scored_at_once() -> None:
    counts = np.array([one.counts for one in compare_translations(predictions(PAIRS), "13a")], dtype=float)
    drawn = np.random.default_rng(0).integers(0, 3, size=(50, len(PAIRS)))
    drawn[0] = 0
    each = [
        corpus([pair for pair, times in zip(PAIRS, row, strict=True) for _ in range(times)])
        for row in drawn[1:]
    ]
    found = bleu_of(drawn @ counts)
    assert np.isnan(found[0])
    assert found[1:] == pytest.approx(each, abs=1e-9)


def test_a_run_of_translations_has_its_interval_and_headline() -> None:
    pairs = [
        (f"eins zwei drei vier {index} fünf", f"eins zwei drei vier {index * (index % 3)} fünf")
        for index in range(30)
    ]
    [overall, headline] = break_down(predictions(pairs)).headlines()
    assert (headline.task, headline.metric, headline.count) == ("AST", "bleu", 30)
    assert headline.score == overall.score == pytest.approx(corpus(pairs))
    assert headline.low < headline.score < headline.high


def test_nothing_scores_nothing_and_a_missing_reference_is_named() -> None:
    assert score_translations([], "strict") == {"bleu": None, "unread": None, "count": 0}
    with pytest.raises(ScoreError, match="The prediction of s1 has no reference"):
        score("AST", [{"sample_id": "s1", "reply": "x"}])
