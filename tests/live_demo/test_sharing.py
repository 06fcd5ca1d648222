"""What a link shows, what its maker alone may do, and that what is deleted is gone."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from amarathon.generation.outcome import Outcome
from live_demo.api import routes_of
from live_demo.results import UNNAMED
from tests.live_demo.conftest import make_ask, tone_file

DEMO = "/v1/demo"


@pytest.fixture
def browsers(service):
    """Two browsers behind one address."""
    service.queue.answer = lambda model, audio, ask, stop: (
        Outcome(one, reply="A", audio_tokens=50, kept_tokens=20, kept_spans=((0.0, 1.0),))
        for one in ask.configurations
    )
    app = FastAPI(routes=routes_of(service).routes)
    return TestClient(app), TestClient(app)


@pytest.fixture
def compared(service, browsers):
    """A finished comparison of the first browser's recording."""
    maker, _ = browsers
    recording = maker.post(f"{DEMO}/recordings", params={"name": "my doctor.wav"}, content=tone_file()).json()
    ask = make_ask(recording["id"]).model_dump(mode="json")
    identifier = maker.post(f"{DEMO}/comparisons", json=ask).json()["id"]
    service.queue.run(identifier)
    return recording["id"], identifier


def sounds(recording, identifier):
    """Addresses of what can be heard or seen of a recording."""
    return (
        f"{DEMO}/recordings/{recording}",
        f"{DEMO}/recordings/{recording}/audio.opus",
        f"{DEMO}/recordings/{recording}/outline?bins=8",
        f"{DEMO}/recordings/{recording}/spectrogram?bins=8",
        f"{DEMO}/comparisons/{identifier}/kept.mp3?configuration=frame@0.6",
    )


def test_a_link_carries_text_and_figures_and_no_recording(browsers, compared):
    maker, other = browsers
    recording, identifier = compared
    for address in sounds(*compared):
        assert maker.get(address).status_code == 200, address
        assert other.get(address).status_code == 404, address
    shown = other.get(f"{DEMO}/comparisons/{identifier}").json()
    assert [row["reply"] for row in shown["rows"]] == ["A"] * 3
    status = other.get(f"{DEMO}/comparisons/{identifier}/status").json()
    assert (status["recording"]["audible"], status["mine"]) == (False, False)
    for suffix in ("", "/status", "/comparison.json", "/comparison.html", "/comparison.py"):
        text = other.get(f"{DEMO}/comparisons/{identifier}{suffix}").text
        assert "doctor" not in text, suffix
        assert "doctor" in maker.get(f"{DEMO}/comparisons/{identifier}{suffix}").text, suffix
    assert UNNAMED in other.get(f"{DEMO}/comparisons/{identifier}").text
    # Nor may it be asked other questions.
    ask = make_ask(recording).model_dump(mode="json")
    assert other.post(f"{DEMO}/comparisons", json=ask).status_code == 404
    assert other.post(f"{DEMO}/estimate", json=ask).status_code == 404
    assert other.post(f"{DEMO}/recordings/{recording}/cut?start=0&end=2").status_code == 404
    assert other.post(f"{DEMO}/comparisons/{identifier}/longer").status_code == 404


def test_its_maker_may_share_it_and_take_it_back(browsers, compared):
    maker, other = browsers
    sharing = f"{DEMO}/comparisons/{compared[1]}/sharing"
    assert other.post(sharing, json={"recording": True}).status_code == 403
    assert maker.post(sharing, json={"recording": True}).json() == {"shared": True}
    assert {other.get(address).status_code for address in sounds(*compared)} == {200}
    assert other.get(f"{DEMO}/comparisons/{compared[1]}/status").json()["recording"]["audible"]
    maker.post(sharing, json={"recording": False})
    assert {other.get(address).status_code for address in sounds(*compared)} == {404}


def test_a_comparison_is_deleted_by_its_maker_at_once(service, browsers, compared):
    maker, other = browsers
    address = f"{DEMO}/comparisons/{compared[1]}"
    assert other.delete(address).status_code == 403
    assert maker.delete(address).status_code == 204
    assert service.queue.known(compared[1]) is None
    assert not (service.folder / compared[1]).exists()
    assert maker.get(f"{address}/status").status_code == 404
    assert maker.get(f"{DEMO}/recordings/{compared[0]}").status_code == 200
    assert maker.delete(address).status_code == 404


def test_a_recording_takes_its_stretches_and_comparisons_with_it(service, browsers, compared):
    maker, other = browsers
    recording, identifier = compared
    cut = maker.post(f"{DEMO}/recordings/{recording}/cut?start=0&end=2").json()["id"]
    waiting = maker.post(f"{DEMO}/comparisons", json=make_ask(cut).model_dump(mode="json")).json()["id"]
    assert other.delete(f"{DEMO}/recordings/{recording}").status_code == 403
    assert maker.delete(f"{DEMO}/recordings/{recording}").status_code == 204
    assert service.recordings.names() == []
    for gone in (identifier, waiting):
        assert maker.get(f"{DEMO}/comparisons/{gone}/status").status_code == 404
    assert service.queue.turns.forecast() == {}


def test_one_that_computes_is_stopped_and_writes_no_more(service, browsers):
    maker, _ = browsers
    recording = maker.post(f"{DEMO}/recordings", content=tone_file()).json()["id"]

    def events(model, audio, ask, stop):
        yield Outcome("vanilla", reply="A")
        assert maker.delete(f"{DEMO}/recordings/{recording}").status_code == 204
        assert stop()
        yield Outcome(ask.configurations[1], reply="A")

    service.queue.answer = events
    ask = make_ask(recording).model_dump(mode="json")
    identifier = maker.post(f"{DEMO}/comparisons", json=ask).json()["id"]
    service.queue.run(identifier)
    assert not (service.folder / identifier).exists()
    assert service.recordings.names() == []


def test_examples_are_everybodys(browsers):
    maker, other = browsers
    example = maker.post(f"{DEMO}/examples/asr-calls").json()["id"]
    assert other.get(f"{DEMO}/recordings/{example}/outline?bins=8").status_code == 200
    assert other.delete(f"{DEMO}/recordings/{example}").status_code == 403


def test_the_page_is_told_how_long_a_recording_stays(browsers):
    maker, _ = browsers
    kept = maker.post(f"{DEMO}/recordings", content=tone_file()).json()["kept_s"]
    assert kept == {"unused": 3600.0, "compared": 7 * 86_400.0}


def test_a_key_is_not_in_the_clear_on_the_disk(service, browsers, compared):
    maker, _ = browsers
    key = maker.cookies["amarathon_visitor"]
    for path in service.folder.rglob("*.json"):
        assert key not in path.read_text()
