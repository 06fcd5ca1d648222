"""The trade-off chart: costs are costs on either axis, and it says what it shows."""

from types import SimpleNamespace

import pytest

from live_demo.labels import place_labels
from live_demo.tradeoff import document

NOTHING_KNOWN = dict.fromkeys(
    ("agreement", "word_accuracy", "correct", "cache_share", "prefill_s", "first_token_s")
)


def row(name, **figures):
    stages = [] if name == "vanilla" else ["evict" if name.startswith("snapkv") else "prune"]
    fixed = {"configuration": name, "stages": stages, "error": None, "offers_options": True, "timed": 1}
    return SimpleNamespace(**(NOTHING_KNOWN | fixed | {"audio_tokens": 100, "kept_tokens": 100} | figures))


ROWS = [
    row("vanilla", agreement=1.0, cache_share=1.0, prefill_s=2.0),
    row("frame@0.6", agreement=1.0, cache_share=0.4, prefill_s=1.0, kept_tokens=40),
    row("fastv@0.9", agreement=0.5, cache_share=0.1, prefill_s=0.5, kept_tokens=10),
    row("snapkv@0.5", agreement=1.0, cache_share=0.5, prefill_s=2.1),
]


def front(found):
    x = found["figure"]["data"][0]["x"]
    names = {line[2]: line[0] for line in found["table"]["rows"]}
    return [names[value] for value in x]


@pytest.mark.parametrize(
    ("up", "across", "expected"),
    [
        ("agreement", "prefill_s", ["fastv@0.9", "frame@0.6"]),
        ("cache", "prefill_s", ["fastv@0.9"]),
        ("audio", "prefill_s", ["fastv@0.9"]),
        ("agreement", "cache", ["fastv@0.9", "frame@0.6"]),
        ("agreement", "audio", ["fastv@0.9", "frame@0.6"]),
    ],
)
def test_less_cost_is_better_on_every_axis(up, across, expected):
    found = document(ROWS, up, across)
    assert front(found) == expected
    assert ("Lower" if up in ("cache", "audio") else "Higher") in found["notes"][0]


def test_what_says_most_is_drawn_where_nobody_chose():
    chosen = lambda rows, **more: document(rows, None, "prefill_s", **more)["choices"][0]["chosen"]  # noqa: E731
    assert chosen(ROWS) == "agreement"
    assert chosen([row("vanilla", correct=True, prefill_s=1.0, agreement=1.0)]) == "right"
    assert chosen([row("vanilla", word_accuracy=0.5, prefill_s=1.0, agreement=1.0)]) == "accuracy"
    assert chosen(ROWS, untrained=True) == "cache"


def test_only_what_is_known_is_offered():
    (up, across) = document(ROWS, None, "prefill_s")["choices"]
    assert [name for name, _ in up["options"]] == ["agreement", "cache", "audio"]
    assert [name for name, _ in across["options"]] == ["prefill_s", "cache", "audio"]


def test_a_chart_that_shows_nothing_says_why():
    evictions = [ROWS[0], ROWS[3]]
    assert "cannot change a one-letter answer" in " ".join(
        document(evictions, "agreement", "prefill_s")["notes"]
    )
    assert "the same agreement" in " ".join(document(ROWS[:2], "agreement", "prefill_s")["notes"])
    assert document([row("vanilla")], "agreement", "prefill_s")["empty"]


def test_one_timing_is_marked_as_one():
    found = document(ROWS, "agreement", "prefill_s")
    assert [mark["marker"]["symbol"] for mark in found["figure"]["data"][1:]] == [
        "x",
        "circle-open",
        "circle-open",
        "square-open",
    ]
    repeated = [row("frame@0.6", agreement=1.0, prefill_s=1.0, timed=3, prefill_range=[0.9, 1.2])]
    (mark,) = document(repeated, "agreement", "prefill_s")["figure"]["data"][1:]
    assert mark["marker"]["symbol"] == "circle"
    assert mark["error_x"]["array"] == [pytest.approx(0.2)]


def test_names_keep_clear_of_one_another():
    close = [("frame@0.6", 1.0, 1.0), ("fastv@0.6", 1.02, 1.0), ("snapkv@0.5", 1.04, 1.0)]
    places = place_labels(close)
    assert len(set(places)) == len(places)
    crowd = place_labels([(f"frame@0.{index}", 1.0, 0.5) for index in range(1, 30)])
    assert None in crowd
