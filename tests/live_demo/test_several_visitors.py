"""Two visitors at once, with the real small model: each gets the own results, and the short one soon."""

import threading
import time

import pytest

from amarathon.generation.outcome import Outcome
from live_demo import turns
from live_demo.comparison import DemoComparison
from live_demo.context import TurnBounds
from live_demo.results import ComparisonResults
from live_demo.visitors import Visitor
from tests.live_demo.conftest import make_ask

PATIENCE_S = 900  # bounds a hang
LONG = [f"{method}@0.{amount}" for method in ("frame", "fastv", "dart") for amount in range(1, 6)]


def replies(comparison: DemoComparison) -> dict[str, tuple[str, int | None, int | None]]:
    rows = ComparisonResults(comparison.folder).rows()
    return {row.configuration: (row.reply, row.kept_tokens, row.cache_bytes) for row in rows}


def started(service, comparison):
    worker = threading.Thread(target=service.queue.run, args=(comparison.id,))
    worker.start()
    return worker


def test_a_short_comparison_overtakes_a_long_one_in_its_middle(service, upload, monkeypatch):
    monkeypatch.setattr(turns, "SLICE_S", 0.05)
    recording = upload(8.0)["id"]
    fields = {"max_new_tokens": 12, "seed": 3}
    alone = service.submit(make_ask(recording, configurations=LONG, **fields), Visitor("alone"))
    service.queue.run(alone.id)
    long = service.submit(make_ask(recording, configurations=LONG, **fields), Visitor("long"))
    short = service.submit(make_ask(recording, configurations=[], **fields), Visitor("short"))
    workers = [started(service, long)]
    while long.state in ("waiting", "loading") or not service.queue.has_turn(long):
        time.sleep(0.005)
    workers.append(started(service, short))
    workers[1].join(PATIENCE_S)
    assert short.state == "done", short.error
    assert long.state == "running"
    workers[0].join(PATIENCE_S)
    assert long.state == "done", long.error
    assert replies(long) == replies(alone)
    assert replies(short) == {"vanilla": replies(alone)["vanilla"]}
    # What held another's memory as well says nothing of its own.
    peaks = [row.peak_bytes for row in ComparisonResults(long.folder).rows()]
    assert None in peaks


@pytest.mark.parametrize("seconds", [0.0, 0.3])
def test_whoever_leaves_frees_the_machine_within_a_layer(service, upload, seconds):
    """In the encoder as well, which says nothing while it works."""
    comparison = service.submit(make_ask(upload(60.0)["id"], max_new_tokens=400), Visitor())
    service.queue.models["small"].get()
    service.queue.bounds = TurnBounds(longest_s=1e9, silent_s=seconds)
    service.queue.run(comparison.id)
    assert comparison.state == "stopped"
    assert comparison.error is not None
    assert comparison.error.startswith("Its page was closed")
    assert service.queue.turns.forecast() == {}
    service.queue.bounds = TurnBounds(longest_s=1e9, silent_s=1e9)
    after = service.submit(make_ask(upload(2.0)["id"]), Visitor())
    service.queue.run(after.id)
    assert after.state == "done"


def test_the_reply_is_shown_while_it_is_written(service, client, ask):
    comparison = service.submit(
        ask(task="free", question="What is said?", options=[], max_new_tokens=60), Visitor()
    )
    seen = []
    sweeping = service.queue.answer

    def watched(*given):
        for event in sweeping(*given):
            yield event
            if comparison.stopwatch is not None and not isinstance(event, Outcome):
                status = client.get(f"/v1/demo/comparisons/{comparison.id}/status").json()
                seen.append((status["pace"]["configuration"], status["pace"]["text"]))

    service.queue.answer = watched
    service.queue.run(comparison.id)
    final = {name: reply for name, (reply, _, _) in replies(comparison).items()}
    assert next(iter(final)) == "vanilla"
    for name, text in seen:
        assert final[name].startswith(text) or not text


def test_repeats_give_the_spread_of_the_times(service, ask):
    comparison = service.submit(ask(repeats=3, configurations=["frame@0.6"]), Visitor())
    service.queue.run(comparison.id)
    assert comparison.state == "done", comparison.error
    for row in ComparisonResults(comparison.folder).rows():
        assert row.timed == 3
        assert row.prefill_range[0] <= row.prefill_s <= row.prefill_range[1]
    once = service.submit(ask(configurations=[]), Visitor())
    service.queue.run(once.id)
    (row,) = ComparisonResults(once.folder).rows()
    assert (row.timed, row.prefill_range) == (1, None)


def test_letters_have_probabilities_and_operations_predict_the_speed_up(service, client, ask):
    comparison = service.submit(ask(seconds=8.0, configurations=["frame@0.6", "snapkv@0.5"]), Visitor())
    service.queue.run(comparison.id)
    vanilla, pruned, evicted = ComparisonResults(comparison.folder).rows()
    for row in (vanilla, pruned, evicted):
        assert sum(row.option_shares) == pytest.approx(1)
        assert 0 < row.option_mass <= 1
    assert evicted.option_shares == pytest.approx(vanilla.option_shares)
    assert (vanilla.predicted_speedup, evicted.predicted_speedup) == (1.0, 1.0)
    assert pruned.predicted_speedup > 1.2
    table = client.get(f"/v1/demo/comparisons/{comparison.id}/comparison.csv").text
    assert "option_shares" in table.splitlines()[0]


def test_replies_that_were_cut_off_go_on_and_the_others_stay(service, client, upload):
    recording = upload(2.0)["id"]
    outcomes = {
        "vanilla": Outcome("vanilla", reply="A B", new_tokens=2),
        "frame@0.6": Outcome("frame@0.6", reply="A", new_tokens=1),
    }
    asked = []

    def events(model, audio, ask, stop):
        asked.append((ask.max_new_tokens, ask.configurations))
        yield from (outcomes[one] for one in ask.configurations)

    service.queue.answer = events
    first = service.submit(make_ask(recording, configurations=["frame@0.6"], max_new_tokens=2), Visitor())
    service.queue.run(first.id)
    rows = client.get(f"/v1/demo/comparisons/{first.id}").json()["rows"]
    assert [row["cut_off"] for row in rows] == [True, False]
    outcomes["vanilla"] = Outcome("vanilla", reply="A B C", new_tokens=3)
    longer = client.post(f"/v1/demo/comparisons/{first.id}/longer").json()
    service.queue.run(longer["id"])
    assert asked == [(2, ["vanilla", "frame@0.6"]), (8, ["vanilla"])]
    found = client.get(f"/v1/demo/comparisons/{longer['id']}").json()
    assert {row["configuration"]: row["reply"] for row in found["rows"]} == {
        "vanilla": "A B C",
        "frame@0.6": "A",
    }
    assert found["comparison"]["continues"] == first.id
    assert client.post(f"/v1/demo/comparisons/{longer['id']}/longer").status_code == 422


def test_an_estimate_and_a_place_before_the_start(service, client, ask):
    content = ask(configurations=["frame@0.6"]).model_dump(mode="json")
    service.queue.models["small"].get()
    found = client.post("/v1/demo/estimate", json=content).json()
    assert found["before"] == 0
    assert 0 < found["estimate"]["seconds"]["low"] <= found["estimate"]["seconds"]["value"]
    assert found["estimate"]["memory"]["value"] > 0
    service.submit(ask(), Visitor("another"))
    behind = client.post(
        "/v1/demo/estimate",
        json={**content, "max_new_tokens": 2000, "task": "free", "question": "?", "options": []},
    ).json()
    assert behind["before"] in (0, 1)
    assert behind["ends_s"] >= behind["begins_s"]
