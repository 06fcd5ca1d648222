"""Several visitors at one desk: order, places, and what becomes of those who leave."""

import threading

import pytest

from amarathon.generation.outcome import Outcome
from live_demo import room
from live_demo import service as desk_module
from live_demo.errors import BusyError, GoneError
from live_demo.service import open_desk
from live_demo.visitors import Visitor
from tests.live_demo.conftest import tone_file

COMPARISONS = "/v1/demo/comparisons"
PATIENCE_S = 600  # bounds a hang


@pytest.fixture
def answering(desk):
    """Replaces the model's work: `release` lets the comparison at work go on."""
    release, begun = threading.Event(), threading.Event()

    def events(audio, messages, configurations, longest, seed):
        begun.set()
        assert release.wait(PATIENCE_S)
        for name in configurations:
            yield Outcome(name, reply="A", audio_tokens=100, kept_tokens=100)

    desk._answer = events
    return begun, release


def test_visitors_see_how_many_are_ahead(desk, client, ask, answering):
    begun, release = answering
    first, second, third = (desk.submit(ask(), Visitor()) for _ in range(3))
    places = lambda: [  # noqa: E731
        client.get(f"{COMPARISONS}/{each.id}/status").json()["position"] for each in (first, second, third)
    ]
    assert places() == [0, 1, 2]
    worker = threading.Thread(target=desk.run, args=(first.id,))
    worker.start()
    assert begun.wait(PATIENCE_S)
    assert client.get(f"{COMPARISONS}/{first.id}/status").json()["state"] == "running"
    assert places() == [0, 1, 2]
    client.post(f"{COMPARISONS}/{second.id}/stop")
    assert (second.state, desk.position(third)) == ("stopped", 1)
    release.set()
    worker.join(PATIENCE_S)
    assert (first.state, desk.position(third)) == ("done", 0)
    desk.run(second.id)
    assert second.state == "stopped"


def test_two_events_at_once_are_worked_on_one_after_the_other(desk, ask, answering):
    begun, release = answering
    first, second = desk.submit(ask(), Visitor()), desk.submit(ask(), Visitor())
    workers = [threading.Thread(target=desk.run, args=(each.id,)) for each in (first, second)]
    workers[0].start()
    assert begun.wait(PATIENCE_S)
    workers[1].start()
    assert second.state == "waiting"
    release.set()
    for worker in workers:
        worker.join(PATIENCE_S)
    assert (first.state, second.state) == ("done", "done")


def test_a_page_that_was_closed_gives_its_place_up(desk, client, ask):
    gone, staying = desk.submit(ask(), Visitor()), desk.submit(ask(), Visitor())
    gone.asked_after -= 10_000
    assert desk.position(staying) == 0
    # The page comes back: its phone was asleep.
    assert client.get(f"{COMPARISONS}/{gone.id}/status").json()["position"] == 0
    assert desk.position(staying) == 1


def test_too_many_who_wait_are_told_so(desk, client, ask, monkeypatch):
    monkeypatch.setattr(desk_module, "MOST_WAITING", 2)
    request = ask()
    desk.submit(request, Visitor())
    desk.submit(request, Visitor())
    with pytest.raises(BusyError):
        desk.submit(request, Visitor())
    answer = client.post(COMPARISONS, json=request.model_dump(mode="json"))
    assert (answer.status_code, answer.json()) == (
        503,
        {"error": "2 comparisons are waiting already; try again in a few minutes."},
    )


def test_what_ended_long_ago_leaves_the_memory_and_stays_on_the_disk(desk, client, ask, answering):
    answering[1].set()
    comparison = desk.submit(ask(), Visitor())
    desk.run(comparison.id)
    desk.tidy()
    assert desk.active(comparison.id) is comparison
    comparison.asked_after -= 10_000
    desk.tidy()
    assert desk.active(comparison.id) is None
    assert client.get(f"{COMPARISONS}/{comparison.id}/status").json()["state"] == "done"


def test_comparisons_of_a_recording_that_is_gone_are_refused(desk, ask):
    with pytest.raises(GoneError):
        desk.submit(ask(recording="0" * 24), Visitor())


@pytest.mark.parametrize("identifier", ["0" * 24, "recordings", "..", "%2e%2e%2frecordings"])
def test_unknown_comparisons_are_not_found(client, upload, identifier):
    upload()
    for rest in ("", "/status", "/comparison.json", "/comparison.csv", "/kept?configuration=vanilla"):
        assert client.get(f"{COMPARISONS}/{identifier}{rest}").status_code == 404


def test_a_comparison_that_has_not_begun_has_no_results(desk, client, ask):
    comparison = desk.submit(ask(), Visitor())
    answer = client.get(f"{COMPARISONS}/{comparison.id}")
    assert (answer.status_code, "error" in answer.json()) == (404, True)


@pytest.mark.parametrize("content", [b"", b"[]", b'"x"', b"{", b'{"recording": 3}', b"\xff"])
def test_malformed_requests_are_refused(client, content):
    answer = client.post(COMPARISONS, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)


def test_names_are_read_while_they_are_typed(client):
    read = lambda name: client.get("/v1/demo/configurations", params={"name": name})  # noqa: E731
    assert read("snapkv@0.50 + frame@.6").json() == {"name": "frame@0.6+snapkv@0.5", "error": None}
    wrong = read("frame")
    assert wrong.status_code == 200  # a browser logs every failure, and half a name is none
    reason = "'frame' is not of the form method@amount, for example frame@0.6."
    assert wrong.json() == {"name": None, "error": reason}


def test_there_is_a_limit_to_what_is_kept(desk, client, upload, monkeypatch):
    upload()
    monkeypatch.setattr(room, "KEEP_RECORDING_BYTES", 10)
    answer = client.post("/v1/demo/recordings", content=tone_file())
    assert (answer.status_code, answer.json()["error"][:16]) == (503, "There is no room")
    assert not list(desk.recordings.folder.glob("incoming-*"))


def test_one_app_has_one_desk(tmp_path):
    from amarathon.settings import Settings

    settings = Settings(data=tmp_path)
    assert open_desk(settings) is open_desk(Settings(data=tmp_path))
