"""Verification and results over HTTP, on both databases."""

import io
import json
import zipfile

import pytest

from amarathon.construction.verification import Verdict
from amarathon.runs import read_run
from human_eval.accounts import hash_password, make_local
from tests.human_eval.material import CLIP_S, open_study, played

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def hashed():
    return hash_password(PASSWORD)


@pytest.fixture
def boss(service, someone, clock, hashed):
    with service.database.writing() as session:
        make_local(session, "boss", hashed)
    person = someone()
    person.enter("/sign-in", {"name": "boss", "password": PASSWORD})
    return person


@pytest.fixture
def reviewers(boss, someone):
    """Three people who opened a reviewers' invitation."""
    address = boss.post("/admin/reviewers/invites", {"label": "review", "uses": 3})["address"]
    people = [someone() for _ in range(3)]
    for person in people:
        person.enter("/join", {"invite": address.split("#invite=")[1]})
    return people


def play_share(person, clock, review, share=1.0):
    """Play a share of a sample, in the time that it takes."""
    seconds = share * review["duration_s"]
    clock.pass_by(seconds)
    person.page_s += seconds
    body = {"client_id": person.new_id(), "page": person.page, "sent_at": person.page_s}
    interval = played(0, seconds, person.page_s - seconds)
    return person.post(f"/verification/reviews/{review['id']}/listening", body | {"intervals": [interval]})


def decide(person, clock, review, *, passes=True):
    play_share(person, clock, review)
    checks = {point["name"]: passes or point["name"] != "audio" for point in review["checklist"]}
    body = {"client_id": person.new_id(), "checks": checks, "verdict": passes, "comment": "Seen."}
    return person.put(f"/verification/reviews/{review['id']}", body)


def test_a_round_from_draw_to_verdict(boss, reviewers, someone, dataset, clock):
    opened = boss.post("/admin/verification", {"dataset": str(dataset), "subset": "ASR", "seed": 3})["round"]
    assert (opened["drawn"], opened["population"], opened["state"]) == (2, 2, "open")
    rita, sam, tom = reviewers
    for person, fails in ((rita, 1), (sam, 0)):
        for number in range(2):
            review = person.post("/verification/next", {"round": opened["id"]})["review"]
            decide(person, clock, review, passes=number != 0 or not fails)
            clock.pass_by(1)
        assert person.post("/verification/next", {"round": opened["id"]})["review"] is None
    (seen,) = someone().get("/verification")["rounds"]
    assert (seen["reviewed"], seen["disagreements"], seen["state"]) == (1, 1, "open")
    early = rita.ask("GET", f"/verification/rounds/{opened['id']}")
    assert (early.status_code, early.json()["error"]) == (
        409,
        "What reviewers found is shown once the round is decided.",
    )
    decide(tom, clock, tom.post("/verification/next", {"round": opened["id"]})["review"])
    (seen,) = someone().get("/verification")["rounds"]
    assert (seen["state"], seen["reason"]) == ("passed", "2 of 2 drawn samples passed.")
    lines = boss.ask("GET", f"/admin/verification/{opened['id']}/verdicts").text.splitlines()
    assert sum(Verdict.model_validate_json(line).passed for line in lines) == 4
    evidence = sam.get(f"/verification/rounds/{opened['id']}")
    assert evidence["round"]["state"] == "passed"
    disputed, agreed = evidence["samples"]
    assert [vote["passed"] for vote in disputed["votes"]] == [False, True, True]
    assert [vote["reviewer"] for vote in disputed["votes"]] == [1, 2, 3]
    assert disputed["votes"][0]["faults"] == [
        point["text"] for point in review["checklist"] if point["name"] == "audio"
    ]
    assert [vote["comment"] for vote in agreed["votes"]] == ["Seen.", "Seen."]
    assert someone().ask("GET", f"/verification/rounds/{opened['id']}").status_code == 401


def test_the_sound_of_a_review_is_its_reviewers(boss, reviewers, someone, dataset):
    opened = boss.post("/admin/verification", {"dataset": str(dataset), "subset": "SCR"})["round"]
    rita, sam, _ = reviewers
    review = rita.post("/verification/next", {"round": opened["id"]})["review"]
    whole = rita.http.get(review["audio"]["opus"])
    part = rita.http.get(review["audio"]["opus"], headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert rita.http.get(review["peaks"]).json()["duration_s"] == pytest.approx(CLIP_S, abs=0.1)
    assert sam.http.get(review["audio"]["opus"]).status_code == 404
    assert someone().http.get(review["audio"]["opus"]).status_code == 401


def test_who_only_annotates_reviews_nothing_and_sees_no_results(service, boss, someone, dataset, clock):
    opened = boss.post("/admin/verification", {"dataset": str(dataset), "subset": "SCR"})["round"]
    study = open_study(service.database, dataset)
    ann = someone().join(study, "ann")
    assert ann.ask("POST", "/verification/next", {"round": opened["id"]}).status_code == 403
    assert ann.ask("GET", f"/verification/rounds/{opened['id']}").status_code == 403
    assert ann.ask("POST", "/admin/verification", {"dataset": "x", "subset": "SCR"}).status_code == 403
    for path in ("results", "results/export?form=csv"):
        assert ann.ask("GET", f"/admin/studies/{study}/{path}").status_code == 403
    assert ann.ask("POST", f"/admin/studies/{study}/results/publish", {}).status_code == 403


def test_faults_of_a_request_are_sentences(boss, dataset):
    subset = {"dataset": str(dataset), "subset": "SCR"}
    assert (
        "'XYZ' is none of the ten tasks"
        in boss.ask("POST", "/admin/verification", subset | {"subset": "XYZ"}).text
    )
    boss.post("/admin/verification", subset)
    assert boss.ask("POST", "/admin/verification", subset).status_code == 409
    unknown = boss.ask("POST", "/verification/next", {"round": "0" * 32})
    assert (unknown.status_code, unknown.json()) == (404, {"error": "There is no such round."})


def test_a_closed_study_gives_its_results_away(service, boss, someone, dataset, clock):
    study = open_study(service.database, dataset, tasks=["SCR"], per_task=2)
    ann = someone().join(study, "ann")
    for _ in range(2):
        item = ann.next(study)
        clock.pass_by(CLIP_S)
        ann.page_s += CLIP_S
        ann.report(item["id"], played(0, CLIP_S, ann.page_s - CLIP_S))
        ann.answer(item["id"], choice=0)
    path = f"/admin/studies/{study}"
    assert boss.ask("GET", f"{path}/results").status_code == 409
    boss.post(f"{path}/state", {"state": "closed"})
    found = boss.get(f"{path}/results")
    assert (found["baseline"][0]["answers"], found["baseline"][0]["samples"]) == (2, 2)
    table = boss.ask("GET", f"{path}/results/export?form=csv").text
    assert len(table.splitlines()) == 3
    archive = zipfile.ZipFile(io.BytesIO(boss.ask("GET", f"{path}/results/export?form=dataset").content))
    assert sorted(archive.namelist()) == ["README.md", "answers.jsonl"]
    assert len([json.loads(line) for line in archive.read("answers.jsonl").splitlines()]) == 2
    published = boss.post(f"{path}/results/publish")["run"]
    run = read_run(service.settings.runs / published)
    assert (run.header.kind, len(run.predictions())) == ("human", 2)
