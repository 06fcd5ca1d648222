"""Several visitors of one service: order, queue positions, and what becomes of those who leave."""

import threading

import pytest

from amarathon.generation.outcome import Outcome
from live_demo import queue as queue_module
from live_demo import quota
from live_demo.errors import BusyError, GoneError
from live_demo.service import open_demo_service
from live_demo.visitors import Visitor
from tests.live_demo.conftest import tone_file

COMPARISONS = "/v1/demo/comparisons"
PATIENCE_S = 600  # bounds a hang


@pytest.fixture
def answering(service):
    """Replaces the model's work: `release` lets the comparison at work go on."""
    release, begun = threading.Event(), threading.Event()

    def events(model, audio, ask, interrupted):
        begun.set()
        assert release.wait(PATIENCE_S)
        for name in ask.configurations:
            yield Outcome(name, reply="A", audio_tokens=100, kept_tokens=100)

    service.queue.answer = events
    return begun, release


def test_visitors_see_how_many_are_ahead(service, client, ask, answering):
    begun, release = answering
    first, second, third = (service.submit(ask(), Visitor()) for _ in range(3))
    positions = lambda: [  # noqa: E731
        client.get(f"{COMPARISONS}/{comparison.id}/status").json()["position"]
        for comparison in (first, second, third)
    ]
    assert positions() == [0, 1, 2]
    worker = threading.Thread(target=service.queue.run, args=(first.id,))
    worker.start()
    assert begun.wait(PATIENCE_S)
    assert client.get(f"{COMPARISONS}/{first.id}/status").json()["state"] == "running"
    assert positions() == [0, 1, 2]
    client.post(f"{COMPARISONS}/{second.id}/stop")
    assert (second.state, service.queue.place(third).before) == ("stopped", 1)
    release.set()
    worker.join(PATIENCE_S)
    assert (first.state, service.queue.place(third).before) == ("done", 0)
    service.queue.run(second.id)
    assert second.state == "stopped"


def test_two_events_at_once_are_worked_on_one_after_the_other(service, ask, answering):
    begun, release = answering
    first, second = service.submit(ask(), Visitor()), service.submit(ask(), Visitor())
    workers = [
        threading.Thread(target=service.queue.run, args=(comparison.id,)) for comparison in (first, second)
    ]
    workers[0].start()
    assert begun.wait(PATIENCE_S)
    workers[1].start()
    assert second.state == "waiting"
    release.set()
    for worker in workers:
        worker.join(PATIENCE_S)
    assert (first.state, second.state) == ("done", "done")


def test_a_page_that_was_closed_gives_its_place_up(service, client, ask):
    gone, staying = service.submit(ask(), Visitor()), service.submit(ask(), Visitor())
    gone.polled_at -= 10_000
    assert service.queue.place(staying).before == 0
    # The page comes back: its phone was asleep.
    assert client.get(f"{COMPARISONS}/{gone.id}/status").json()["position"] == 0
    assert service.queue.place(staying).before == 1


def test_too_many_who_wait_are_told_so(service, client, ask, monkeypatch):
    monkeypatch.setattr(queue_module, "MOST_WAITING", 2)
    request = ask()
    service.submit(request, Visitor())
    service.submit(request, Visitor())
    with pytest.raises(BusyError):
        service.submit(request, Visitor())
    answer = client.post(COMPARISONS, json=request.model_dump(mode="json"))
    assert (answer.status_code, answer.json()) == (
        503,
        {"error": "2 comparisons are waiting already; try again in a few minutes."},
    )


def test_what_ended_long_ago_leaves_the_memory_and_stays_on_the_disk(service, client, ask, answering):
    answering[1].set()
    comparison = service.submit(ask(), Visitor())
    service.queue.run(comparison.id)
    service.tidy()
    assert service.queue.active(comparison.id) is comparison
    comparison.polled_at -= 10_000
    service.tidy()
    assert service.queue.active(comparison.id) is None
    assert client.get(f"{COMPARISONS}/{comparison.id}/status").json()["state"] == "done"


def test_comparisons_of_a_recording_that_is_gone_are_refused(service, ask):
    with pytest.raises(GoneError):
        service.submit(ask(recording="0" * 24), Visitor())


@pytest.mark.parametrize("identifier", ["0" * 24, "recordings", "..", "%2e%2e%2frecordings"])
def test_unknown_comparisons_are_not_found(client, upload, identifier):
    upload()
    for rest in ("", "/status", "/comparison.json", "/comparison.csv", "/kept?configuration=vanilla"):
        assert client.get(f"{COMPARISONS}/{identifier}{rest}").status_code == 404


def test_a_comparison_that_has_not_begun_has_no_results(service, client, ask):
    comparison = service.submit(ask(), Visitor())
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


def test_there_is_a_limit_to_what_is_kept(service, client, upload, monkeypatch):
    upload()
    monkeypatch.setattr(quota, "KEEP_RECORDING_BYTES", 10)
    answer = client.post("/v1/demo/recordings", content=tone_file())
    assert (answer.status_code, answer.json()["error"][:16]) == (503, "There is no room")
    assert not list(service.recordings.folder.glob("incoming-*"))


def test_one_app_has_one_service(tmp_path):
    from amarathon.settings import Settings

    settings = Settings(data=tmp_path)
    assert open_demo_service(settings) is open_demo_service(Settings(data=tmp_path))
