"""An annotator's way through a study, over HTTP, on both databases."""

import pytest
from sqlalchemy import select

from human_eval.storage.schema import Answer, Assignment, AuditEvent, Item
from tests.human_eval.material import CLIP_S, open_study, played


@pytest.fixture
def study(service, dataset):
    return open_study(service.database, dataset)


@pytest.fixture
def ann(someone, study, clock):
    return someone().join(study, "ann")


def listen(person, clock, item, seconds=CLIP_S):
    """Play from the beginning, honestly."""
    began, person.page_s = person.page_s, person.page_s + seconds
    clock.pass_by(seconds)
    return person.report(item["id"], played(0, seconds, began))


def right(item):
    return {"transcript": "said"} if item["task"] == "ASR" else {"choice": 0}


def test_the_answer_opens_when_enough_was_played(ann, study, clock):
    item = ann.next(study)
    ann.post(f"/items/{item['id']}/open")
    credited = listen(ann, clock, item, 0.7 * CLIP_S)["listening"]
    assert (credited["share"], credited["unlocked"]) == (pytest.approx(0.7), False)
    body = {"client_id": "answer-0001"} | right(item)
    refused = ann.ask("PUT", f"/items/{item['id']}/answer", body)
    assert (refused.status_code, refused.json()["error"][:3]) == (409, "70%")
    clock.pass_by(1)
    credited = ann.report(item["id"], played(1.4, 1.7, ann.page_s), sent_at=ann.page_s + 1)["listening"]
    assert (credited["covered"], credited["unlocked"]) == ([[0, 1.7]], True)
    saved = ann.put(f"/items/{item['id']}/answer", body)
    assert (saved["revision"], saved["item"]["state"], saved["feedback"]) == (1, "answered", None)


def test_options_come_in_an_order_of_ones_own_that_stays(service, study, ann, someone):
    people = [ann, *(someone().join(study, f"p{number}") for number in range(5))]
    for person in people:
        item = person.next(study)
        again = person.get(f"/items/{item['id']}")
        assert item["options"] == again["options"]
        assert sorted(option["index"] for option in item["options"]) == list(range(len(item["options"])))
    with service.database.reading() as session:
        rows = session.execute(select(Assignment, Item).join(Item, Item.id == Assignment.item_id)).all()
    assert len({tuple(assignment.option_order) for assignment, item in rows if item.options}) > 1


def test_nothing_that_is_right_reaches_a_browser(ann, study, clock, dataset):
    texts = []
    while (item := ann.next(study)) is not None:
        listen(ann, clock, item)
        response = ann.ask("PUT", f"/items/{item['id']}/answer", {"client_id": ann.new_id()} | right(item))
        texts += [str(item), response.text]
    assert len(texts) == 16
    seen = "".join(texts)
    assert "reference number" not in seen
    assert '"correct"' not in seen
    assert "q1" not in seen


def test_an_answer_sent_again_is_one_answer(service, ann, study, clock):
    item = ann.next(study)
    listen(ann, clock, item)
    body = {"client_id": "answer-0001", "confidence": 4, "comment": "<b>é</b>"} | right(item)
    path = f"/items/{item['id']}/answer"
    assert ann.put(path, body)["revision"] == ann.put(path, body)["revision"] == 1
    assert ann.ask("PUT", path, body | {"confidence": 5}).status_code == 409
    assert ann.put(path, body | {"client_id": "answer-0002", "confidence": 5})["revision"] == 2
    assert ann.get(f"/items/{item['id']}")["answer"]["confidence"] == 5
    with service.database.reading() as session:
        kept = session.scalars(select(Answer).order_by(Answer.revision)).all()
        assert [(version.revision, version.current, version.comment) for version in kept] == [
            (1, False, "<b>é</b>"),
            (2, True, "<b>é</b>"),
        ]
        actions = [event.action for event in session.scalars(select(AuditEvent).order_by(AuditEvent.id))]
    assert actions.count("answer") == 2
    assert actions[-2:] == ["refuse answer", "answer"]


def test_listening_sent_again_counts_once(ann, study, clock):
    item = ann.next(study)
    clock.pass_by(1)
    report = {"client_id": "report-0001", "sent_at": 1.0}
    first = ann.report(item["id"], played(0, 1, 0), **report)
    assert ann.report(item["id"], played(0, 1, 0), **report)["listening"] == first["listening"]
    other = {"page": ann.page, "intervals": [played(1, 2, 0)]} | report
    assert ann.ask("POST", f"/items/{item['id']}/listening", other).status_code == 409
    refused = ann.report(item["id"], played(1, 2, 0), sent_at=1.0)["refused"]
    assert refused == [{"index": 0, "reason": "at a time already reported"}]


def test_muted_and_too_fast_is_recorded_and_not_heard(service, ann, study, clock):
    item = ann.next(study)
    clock.pass_by(10)
    ann.page_s = 10
    muted = played(0, 2, 0, muted=True)
    fast = played(0, 2, 2.5, speed=4.0)
    hidden = played(1, 2, 5, hidden=True)
    credited = ann.report(item["id"], muted, fast, hidden)
    assert (credited["refused"], credited["listening"]["covered"]) == ([], [[1, 2]])
    with service.database.reading() as session:
        kept = session.get_one(Assignment, item["id"])
        assert (kept.muted_s, kept.fast_s, kept.hidden_s, kept.listened_s) == (2, 0.5, 1, 3.5)


def test_transcripts_keep_their_draft(ann, study, clock):
    while (item := ann.next(study))["task"] != "ASR":
        ann.post(f"/items/{item['id']}/skip", {"reason": "later"})
    ann.put(f"/items/{item['id']}/draft", {"draft": {"transcript": "half a sen"}})
    assert ann.next(study)["draft"] == {"transcript": "half a sen"}
    assert (
        ann.ask("PUT", f"/items/{item['id']}/answer", {"client_id": "answer-01", "choice": 1}).status_code
        == 422
    )
    listen(ann, clock, item)
    done = ann.answer(item["id"], transcript="a whole sentence")
    assert (done["item"]["draft"], done["item"]["answer"]["transcript"]) == (None, "a whole sentence")


def test_a_lease_expires_and_its_answer_is_still_taken(service, someone, dataset, clock):
    study = open_study(service.database, dataset, samples=["q1"], overlap=1, lease_s=60)
    ann, bob = someone().join(study, "ann"), someone().join(study, "bob")
    item = ann.next(study)
    listen(ann, clock, item)
    assert bob.post(f"/studies/{study}/next") == {"item": None, "reason": "waiting"}
    clock.pass_by(50)
    ann.report(item["id"])  # the heartbeat renews it
    clock.pass_by(50)
    assert bob.next(study) is None
    clock.pass_by(61)
    assert bob.next(study)["task"] == "SCR"
    assert ann.next(study) is None
    assert ann.answer(item["id"], choice=2)["item"]["state"] == "answered"
    with service.database.reading() as session:
        assert session.get_one(Assignment, item["id"]).took_place is False
        assert session.scalars(select(Item.free)).all() == [0]


def test_a_tab_that_comes_back_has_what_it_left(service, someone, dataset, clock):
    study = open_study(service.database, dataset, samples=["q1"], lease_s=60)
    ann = someone().join(study, "ann")
    item = ann.next(study)
    listen(ann, clock, item, 1.0)
    clock.pass_by(3600)
    again = someone().join(study, "ann").next(study)
    assert (again["id"], again["listening"]["covered"]) == (item["id"], [[0, 1]])


def test_skipping_gives_the_place_away_and_can_be_taken_back(service, someone, dataset, clock):
    study = open_study(service.database, dataset, samples=["q1"], overlap=1)
    ann, bob = someone().join(study, "ann"), someone().join(study, "bob")
    item = ann.next(study)
    ann.post(f"/items/{item['id']}/skip", {"reason": "too quiet"})
    assert bob.next(study) is not None
    listen(ann, clock, item)
    assert ann.answer(item["id"], choice=1)["item"]["state"] == "answered"


def test_submitted_answers_are_final_and_earn_a_code(service, someone, dataset, clock):
    study = open_study(service.database, dataset, samples=["q1"], completion_code="THANKS")
    ann = someone().join(study, "ann")
    item = ann.next(study)
    listen(ann, clock, item)
    ann.answer(item["id"], choice=1)
    shown = ann.post(f"/studies/{study}/submit")
    assert (shown["submitted"], shown["completion_code"]) == (True, "THANKS")
    late = ann.ask("PUT", f"/items/{item['id']}/answer", {"client_id": "answer-09", "choice": 2})
    assert late.status_code == 409


def test_practice_comes_first_and_tells_what_was_right(service, someone, dataset, clock):
    study = open_study(service.database, dataset, samples=["q1"], practice=["q2"], gold=["q3"], gold_every=1)
    ann = someone().join(study, "ann")
    first = ann.next(study)
    listen(ann, clock, first)
    feedback = ann.answer(first["id"], choice=2)["feedback"]
    assert (first["practice"], feedback) == (True, {"correct": True, "choice": 2, "reference": None})
    kinds = []
    while (item := ann.next(study)) is not None:
        listen(ann, clock, item)
        kinds.append((item["practice"], ann.answer(item["id"], choice=0)["feedback"]))
    assert kinds == [(False, None)] * 2


def test_consent_and_sound_check_come_before_the_first_item(service, someone, dataset):
    study = open_study(service.database, dataset, consent="Agreed?", sound_check=True)
    ann = someone().join(study, "ann")
    assert ann.ask("POST", f"/studies/{study}/next", {}).status_code == 403
    assert ann.ask("POST", f"/studies/{study}/consent", {"consent": "other"}).status_code == 409
    assert ann.post(f"/studies/{study}/consent", {"consent": "Agreed?"})["steps"]["consent"] == "done"
    sound = ann.ask("GET", f"/studies/{study}/sound-check.wav").content
    wrong = ann.post(f"/studies/{study}/sound-check", {"headphones": True, "heard": ["left"] * 6})
    assert wrong["passed"] is False
    again = ann.ask("GET", f"/studies/{study}/sound-check.wav").content
    assert sound != again
    sides = sides_of(again)
    assert ann.post(f"/studies/{study}/sound-check", {"headphones": True, "heard": sides})["passed"]
    assert ann.next(study) is not None


def sides_of(wav):
    """What somebody with headphones hears."""
    import io

    import numpy as np
    import soundfile

    signal, rate = soundfile.read(io.BytesIO(wav))
    tones = np.split(signal, 6)
    loud = [tuple(np.abs(tone[: rate // 2]).max(axis=0) > 0.1) for tone in tones]
    return [
        {(True, False): "left", (False, True): "right", (True, True): "both"}[channels] for channels in loud
    ]
