"""What one visitor may hold of the demo: queue positions, time, storage."""

import json
import threading

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from amarathon.generation.outcome import Outcome, Progress
from live_demo import queue as queue_module
from live_demo import quota
from live_demo.api import routes_of
from live_demo.context import TurnBounds
from live_demo.errors import BusyError, TooManyError
from live_demo.limits import MOST_WAITING_EACH
from live_demo.recordings import Recordings
from live_demo.visitors import COOKIE, Visitor
from tests.live_demo.conftest import make_ask, tone_file

COMPARISONS, RECORDINGS = "/v1/demo/comparisons", "/v1/demo/recordings"


@pytest.fixture
def visitor(service):
    """Makes visitors, each with a browser and, unless chosen, an address."""
    app = FastAPI(routes=routes_of(service).routes)
    return lambda address="10.0.0.1": TestClient(app, client=(address, 1))


def compare(client, recording, **fields):
    return client.post(COMPARISONS, json=make_ask(recording, **fields).model_dump(mode="json"))


def test_one_visitor_does_not_shut_the_demo(visitor):
    greedy, other = visitor(), visitor()
    recording = greedy.post(RECORDINGS, content=tone_file()).json()["id"]
    answers = [compare(greedy, recording) for _ in range(20)]
    assert [answer.status_code for answer in answers] == [201] * MOST_WAITING_EACH + [429] * (
        20 - MOST_WAITING_EACH
    )
    assert answers[-1].json()["error"].startswith(f"{MOST_WAITING_EACH} of your comparisons wait")
    mine = other.post(RECORDINGS, content=tone_file()).json()["id"]  # of the same address
    assert compare(other, mine).status_code == 201
    # One that is stopped makes room for another.
    greedy.post(f"{COMPARISONS}/{answers[0].json()['id']}/stop")
    assert compare(greedy, recording).status_code == 201


def test_whoever_throws_cookies_away_has_an_address(visitor, monkeypatch):
    monkeypatch.setattr(queue_module, "MOST_WAITING_ADDRESS", 4)
    # One that everybody may hear.
    recording = visitor().post("/v1/demo/examples/asr-calls").json()["id"]
    codes = []
    for number in range(8):
        client = visitor()
        client.cookies.set(COOKIE, f"{number:032x}")
        codes.append(compare(client, recording).status_code)
    assert codes == [201] * 4 + [429] * 4
    assert compare(visitor("10.0.0.2"), recording).status_code == 201
    # A cookie that was never given is none.
    codes = []
    for number in range(4):
        forged = visitor("10.0.0.3")
        forged.cookies.set(COOKIE, f"{number}" * 5000)
        codes.append(compare(forged, recording).status_code)
    assert codes == [201] * MOST_WAITING_EACH + [429]


def test_the_cookie_says_nothing_and_is_kept_from_scripts(visitor):
    client = visitor()
    cookie = client.post(RECORDINGS, content=tone_file()).headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=lax", "max-age="))
    assert "set-cookie" not in client.post(RECORDINGS, content=tone_file()).headers


@pytest.fixture
def endless(service):
    """Replaces the model's work by some that goes on until it is stopped; gives when it has begun."""
    begun = threading.Event()

    def events(model, audio, ask, interrupted):
        yield Outcome(ask.configurations[0], reply="A")
        while True:
            begun.set()
            yield Progress(ask.configurations[-1], "decode", 0, len(ask.configurations))

    service.queue.answer = events
    return begun


@pytest.mark.parametrize(
    ("bounds", "reason"),
    [
        (TurnBounds(longest_s=1e9, silent_s=0.05), "Its page was closed"),
        (TurnBounds(longest_s=0.05, silent_s=1e9), "It was stopped, because others wait"),
    ],
)
def test_a_turn_ends_where_its_page_is_gone_or_it_takes_too_long(
    service, client, ask, endless, bounds, reason
):
    service.queue.bounds = bounds
    comparison = service.submit(ask(), Visitor())
    service.queue.run(comparison.id)
    status = client.get(f"{COMPARISONS}/{comparison.id}/status").json()
    assert status["state"] == "stopped"
    assert status["error"].startswith(reason)
    assert len(client.get(f"{COMPARISONS}/{comparison.id}").json()["rows"]) == 1  # what was answered stays


def test_a_page_that_asks_keeps_its_turn(service, client, ask, endless):
    service.queue.bounds = TurnBounds(longest_s=1e9, silent_s=600)
    comparison = service.submit(ask(), Visitor())
    worker = threading.Thread(target=service.queue.run, args=(comparison.id,))
    worker.start()
    assert endless.wait(600)
    comparison.polled_at -= 500
    assert client.get(f"{COMPARISONS}/{comparison.id}/status").json()["state"] == "running"
    assert comparison.silent_s < 500
    client.post(f"{COMPARISONS}/{comparison.id}/stop")
    worker.join(600)
    assert (comparison.state, comparison.error) == ("stopped", None)


def bytes_kept(service):
    return sum(map(service.recordings.bytes_of, service.recordings.names()))


def test_a_stretch_takes_no_room_of_its_own(service, client, upload):
    whole = upload(20.0)["id"]
    before = bytes_kept(service)
    cuts = [client.post(f"{RECORDINGS}/{whole}/cut?start={n}&end={n + 10}").json() for n in range(5)]
    assert bytes_kept(service) - before < 10_000
    of_a_cut = client.post(f"{RECORDINGS}/{cuts[3]['id']}/cut?start=1&end=3").json()
    samples = service.recordings.get(whole).samples
    assert np.array_equal(service.recordings.get(of_a_cut["id"]).samples, samples[4 * 16_000 : 6 * 16_000])
    assert (of_a_cut["duration_s"], of_a_cut["whole"]) == (2.0, whole)
    assert client.get(f"{RECORDINGS}/{of_a_cut['id']}/audio.opus").status_code == 200
    # The whole stays as long as a stretch of it is used, and is gone with a sentence when it is gone.
    service.recordings.prune({of_a_cut["id"]}, keep_unused_s=-1)
    assert set(service.recordings.names()) == {whole, of_a_cut["id"]}
    service.recordings.remove(whole)
    assert client.get(f"{RECORDINGS}/{of_a_cut['id']}/audio.mp3").status_code == 404


def test_one_visitor_takes_no_room_of_others(service, visitor, monkeypatch):
    greedy, other = visitor(), visitor()
    greedy.post(RECORDINGS, content=tone_file())  # takes the cookie
    theirs = other.post(RECORDINGS, content=tone_file(4.0)).json()["id"]
    recording_bytes = service.recordings.bytes_of(theirs)
    monkeypatch.setattr(quota, "KEEP_RECORDING_BYTES_EACH", 3 * recording_bytes)
    kept = [greedy.post(RECORDINGS, content=tone_file(4.0)).json()["id"] for _ in range(6)]
    there = set(service.recordings.names())
    assert theirs in there
    assert there & set(kept) == set(kept[-3:])  # the oldest of their own went
    monkeypatch.setattr(quota, "KEEP_RECORDING_BYTES_EACH", recording_bytes // 2)
    answer = greedy.post(RECORDINGS, content=tone_file(4.0))
    assert (answer.status_code, answer.json()["error"]) == (429, quota.NO_ROOM_EACH)


def test_an_address_and_all_have_a_share_too_and_what_is_compared_goes_last(service, visitor, monkeypatch):
    client = visitor()
    used = client.post(RECORDINGS, content=tone_file(4.0)).json()["id"]
    assert compare(client, used).status_code == 201
    recording_bytes = service.recordings.bytes_of(used)
    monkeypatch.setattr(quota, "KEEP_RECORDING_BYTES_ADDRESS", 3 * recording_bytes)
    for number in range(5):
        another = visitor()
        another.cookies.set(COOKIE, f"{number:032x}")
        assert another.post(RECORDINGS, content=tone_file(4.0)).status_code == 201
    assert used in service.recordings.names()
    assert len(service.recordings.names()) == 3
    monkeypatch.setattr(quota, "KEEP_RECORDING_BYTES", 2 * recording_bytes)
    assert visitor("10.0.0.9").post(RECORDINGS, content=tone_file(4.0)).status_code == 201
    assert used in service.recordings.names()


def test_stretches_are_counted(service, visitor, monkeypatch):
    monkeypatch.setattr(quota, "MOST_RECORDINGS_EACH", 5)
    client = visitor()
    client.post("/v1/demo/examples/asr-calls")  # takes the cookie
    whole = client.post(RECORDINGS, content=tone_file(4.0)).json()["id"]
    codes = [client.post(f"{RECORDINGS}/{whole}/cut?start=0&end=2").status_code for _ in range(7)]
    assert codes[:4] == [201] * 4
    assert len(service.recordings.names()) <= 6


def test_uploads_on_their_way_are_counted(service, monkeypatch):
    monkeypatch.setattr(quota, "RECEIVING_BYTES_EACH", 100)
    monkeypatch.setattr(quota, "RECEIVING_BYTES", 150)
    one, two = Visitor("10.0.0.1"), Visitor("10.0.0.2")
    with service.quota.receiving(one) as count, service.quota.receiving(two) as other:
        count(90)
        other(60)
        with pytest.raises(BusyError):
            other(1)
        with pytest.raises(TooManyError):
            count(20)
    with service.quota.receiving(one) as count:
        count(100)


def test_a_full_disk_is_a_sentence(service, client, ask, upload, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    request = ask()
    with monkeypatch.context() as patch:
        patch.setattr(np, "save", full)
        answer = client.post(RECORDINGS, content=tone_file())
        assert (answer.status_code, answer.json()["error"]) == (
            503,
            "The server's disk is full, so nothing new can be kept; try again later.",
        )
    comparison = service.submit(request, Visitor())
    monkeypatch.setattr("live_demo.comparison.write_atomically", full)
    service.queue.run(comparison.id)
    assert comparison.state == "failed"
    assert comparison.error.startswith("The server's disk is full")
    assert set(service.recordings.names()) == {request.recording}


@pytest.mark.parametrize(
    "odd",
    [
        {"question": "a\0b"},
        {"task": "free\0"},
        {"options": ["a\0", "b"]},
        {"recording": "\0"},
        {"configurations": ["\0"]},
    ],
)
def test_zero_characters_are_refused(client, upload, odd):
    good = make_ask(upload()["id"]).model_dump(mode="json")
    answer = client.post(COMPARISONS, json=good | odd)
    assert answer.status_code in (404, 422)
    assert set(answer.json()) == {"error"}


def test_recordings_of_before_are_read(tmp_path, service, upload):
    """A record that was written before stretches were shared has no fields for them."""
    found = service.recordings.folder / upload()["id"] / "recording.json"
    old = json.loads(found.read_text())
    for name in ("whole", "first", "count"):
        del old[name]
    found.write_text(json.dumps(old))
    assert Recordings(service.recordings.folder, service.limits).get(found.parent.name).samples.size
