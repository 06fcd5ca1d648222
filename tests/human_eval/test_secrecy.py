"""No right answer of an open study reaches anybody who takes part in it, by raw HTTP."""

import pytest
from sqlalchemy import select

from human_eval.accounts import hash_password, make_local
from human_eval.storage.schema import Review
from tests.human_eval.api.test_verification import PASSWORD, decide, play_share
from tests.human_eval.material import open_study

REVIEW = "You have reviewed recordings of this study"


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
def draw(boss, dataset):
    """Opens a round of the dataset's transcripts or questions."""

    def of(subset="SCR", **fields):
        body = {"dataset": str(dataset), "subset": subset} | fields
        return boss.post("/admin/verification", body)["round"]["id"]

    return of


@pytest.fixture
def both(boss, service, dataset, someone):
    """Makes somebody who has opened a study's invite and a reviewers' invite, in this order or the other."""

    def make(study, *, reviewer_first=False):
        person = someone()
        invites = [
            boss.post(f"/admin/studies/{study}/invites", {})["address"].split("=")[1],
            boss.post("/admin/reviewers/invites", {})["address"].split("=")[1],
        ]
        for secret in reversed(invites) if reviewer_first else invites:
            person.enter("/join", {"invite": secret})
        return person

    return make


def leaks(text):
    return "reference number" in text or '"answer"' in text


@pytest.mark.parametrize("reviewer_first", [False, True])
@pytest.mark.parametrize("state", ["open", "paused"])
def test_a_participant_reviews_nothing_that_the_study_asks(
    state, reviewer_first, boss, service, dataset, both, draw
):
    study, opened = open_study(service.database, dataset), draw("ASR")
    ann = both(study, reviewer_first=reviewer_first)
    if state == "paused":
        boss.post(f"/admin/studies/{study}/state", {"state": "paused"})
    refused = ann.ask("POST", "/verification/next", {"round": opened})
    assert refused.status_code == 403
    assert "once that study is closed" in refused.json()["error"]
    assert not leaks(refused.text)
    boss.post(f"/admin/studies/{study}/state", {"state": "closed"})
    assert ann.post("/verification/next", {"round": opened})["review"]["reference"]


def test_a_participant_still_reviews_what_the_study_does_not_ask(service, dataset, both, draw):
    ann = both(open_study(service.database, dataset, tasks=["ASR"]))
    assert ann.post("/verification/next", {"round": draw("SCR")})["review"] is not None


def test_who_has_seen_right_answers_cannot_join(boss, service, dataset, someone, draw):
    opened = draw("ASR")
    rita = someone()
    secret = boss.post("/admin/reviewers/invites", {})["address"].split("=")[1]
    rita.enter("/join", {"invite": secret})
    review = rita.post("/verification/next", {"round": opened})["review"]
    study = open_study(service.database, dataset)
    invite = boss.post(f"/admin/studies/{study}/invites", {})["address"].split("=")[1]
    refused = rita.ask("POST", "/join", {"invite": invite})
    assert (refused.status_code, refused.json()["error"][: len(REVIEW)]) == (403, REVIEW)
    other = open_study(service.database, dataset, tasks=["SCR"])
    invite = boss.post(f"/admin/studies/{other}/invites", {})["address"].split("=")[1]
    assert rita.enter("/join", {"invite": invite})["study"] == other
    assert review["reference"]


def test_a_review_in_hand_is_of_no_use_after_joining(boss, service, dataset, someone, draw, clock):
    """A lease from before, whose row an attacker hoped to have removed, opens nothing and decides nothing."""
    opened, study = draw("SCR"), open_study(service.database, dataset, tasks=["SCR"])
    rita = someone()
    rita.enter("/join", {"invite": boss.post("/admin/reviewers/invites", {})["address"].split("=")[1]})
    review = rita.post("/verification/next", {"round": opened})["review"]
    invite = boss.post(f"/admin/studies/{study}/invites", {})["address"].split("=")[1]
    assert rita.ask("POST", "/join", {"invite": invite}).status_code == 403
    with service.database.reading() as session:
        assert session.scalars(select(Review.id)).all() == [review["id"]]


def test_evidence_of_a_round_is_kept_from_participants(boss, service, dataset, someone, both, draw, clock):
    opened = draw("ASR")
    for _ in range(2):
        reviewer = someone()
        reviewer.enter(
            "/join", {"invite": boss.post("/admin/reviewers/invites", {})["address"].split("=")[1]}
        )
        for _ in range(2):
            decide(reviewer, clock, reviewer.post("/verification/next", {"round": opened})["review"])
    study = open_study(service.database, dataset)
    ann = both(study)
    refused = ann.ask("GET", f"/verification/rounds/{opened}")
    assert refused.status_code == 403
    assert reviewer.get(f"/verification/rounds/{opened}")["round"]["state"] == "passed"


def test_practice_of_one_study_does_not_tell_the_answers_of_another(boss, service, dataset, someone):
    asks = open_study(service.database, dataset, tasks=["SCR"])
    tells = open_study(service.database, dataset, tasks=["SCR"], practice=["q1"], samples=["q2"])
    ann, bob = someone(), someone()
    for person, studies in ((ann, (asks, tells)), (bob, (tells, asks))):
        first, second = (
            boss.post(f"/admin/studies/{study}/invites", {})["address"].split("=")[1] for study in studies
        )
        person.enter("/join", {"invite": first})
        refused = person.ask("POST", "/join", {"invite": second})
        assert refused.status_code == 403
        assert "in practice" in refused.json()["error"]


def test_an_administrator_is_told_who_must_not_get_a_reviewers_link(boss, service, dataset):
    assert boss.post("/admin/reviewers/invites", {})["caution"] is None
    study = open_study(service.database, dataset, name="Secret questions")
    assert "“Secret questions”" in boss.post("/admin/reviewers/invites", {})["caution"]
    boss.post(f"/admin/studies/{study}/state", {"state": "closed"})
    assert boss.post("/admin/reviewers/invites", {})["caution"] is None


def test_no_route_that_a_participant_may_ask_tells_what_is_right(service, dataset, someone, clock, draw):
    """Every GET of the API, with every id that there is, asked by somebody who takes part."""
    opened = draw("ASR")
    study = open_study(service.database, dataset)
    ann = someone().join(study, "ann")
    item = ann.next(study)["id"]
    operations = ann.http.app.openapi()["paths"]
    ids = {"study": study, "item": item, "round_id": opened, "review": item, "invite": item, "account": item}
    ids |= {"annotator": item, "coding": "opus"}
    count = 0
    for path, methods in operations.items():
        if "get" not in methods or "audio" in path or "huggingface" in path:
            continue
        address = path.removeprefix("/v1/human").format(**ids)
        answer = ann.ask("GET", address)
        assert answer.status_code in (200, 403, 404), address
        assert "reference number" not in answer.text, address
        shown = answer.json() if answer.headers["content-type"] == "application/json" else {}
        assert not shown.get("feedback"), address
        count += 1
    assert count > 15


def coverage_of(person, review):
    return person.post("/verification/next", {"round": review})["review"]["listening"]["share"]


def test_a_verdict_needs_the_share_that_the_round_asks_for(boss, someone, draw, clock):
    rita = someone()
    rita.enter("/join", {"invite": boss.post("/admin/reviewers/invites", {})["address"].split("=")[1]})
    opened = draw("ASR", must_listen=0.5)
    review = rita.post("/verification/next", {"round": opened})["review"]
    assert (review["listening"]["needed"], review["listening"]["unlocked"]) == (0.5, False)
    path = f"/verification/reviews/{review['id']}"
    checks = {point["name"]: True for point in review["checklist"]}
    body = {"client_id": "verdict-0001", "checks": checks, "verdict": True}
    for share, status in ((0.0, 409), (0.4, 409), (0.2, 200)):
        if share:
            start = review["duration_s"] * (0.4 if share == 0.2 else 0.0)
            seconds = share * review["duration_s"]
            clock.pass_by(seconds)
            rita.page_s += seconds
            interval = {"start": start, "end": start + seconds, "speed": 1.0, "at": rita.page_s - seconds}
            report = {"client_id": rita.new_id(), "page": rita.page, "sent_at": rita.page_s}
            rita.post(f"{path}/listening", report | {"intervals": [interval]})
        assert rita.ask("PUT", path, body).status_code == status, share
    failing = body | {"client_id": "verdict-0002", "checks": checks | {"audio": False}, "verdict": False}
    other = rita.post("/verification/next", {"round": opened})["review"]
    assert rita.ask("PUT", f"/verification/reviews/{other['id']}", failing).status_code == 409


FORGED = {
    "all at once": [{"start": 0.0, "end": 2.0, "speed": 1.0, "at": 0.0}],
    "in slices": [{"start": n / 10, "end": (n + 1) / 10, "speed": 1.0, "at": 0.0} for n in range(20)],
    "too fast": [{"start": 0.0, "end": 2.0, "speed": 16.0, "at": 0.0}],
    "muted": [{"start": 0.0, "end": 2.0, "speed": 1.0, "at": 0.0, "muted": True}],
    "backwards": [{"start": 2.0, "end": 0.0, "speed": 1.0, "at": 0.0}],
    "beyond the end": [{"start": 0.0, "end": 200.0, "speed": 1.0, "at": 0.0}],
    "tiny": [{"start": n / 1000, "end": (n + 1) / 1000, "speed": 1.0, "at": 0.0} for n in range(1000)],
}


@pytest.mark.parametrize("how", FORGED)
def test_a_reviewers_forged_listening_opens_nothing(how, boss, draw, clock):
    review = boss.post("/verification/next", {"round": draw("ASR")})["review"]
    path = f"/verification/reviews/{review['id']}"
    clock.pass_by(0.5)
    for page in ("page-0001", "page-0002", "page-0003"):
        body = {"client_id": boss.new_id(), "page": page, "sent_at": 0.5, "intervals": FORGED[how]}
        answer = boss.ask("POST", f"{path}/listening", body)
        assert answer.status_code == 200
    assert answer.json()["listening"]["share"] <= (0.5 + 0.25) / 2 + 0.01
    assert not answer.json()["listening"]["unlocked"]


def test_time_spent_on_one_sample_is_not_there_for_another(boss, draw, clock):
    first, second = draw("ASR"), draw("SCR")
    one, other = (
        boss.post("/verification/next", {"round": round_id})["review"] for round_id in (first, second)
    )
    play_share(boss, clock, one)
    report = {"client_id": boss.new_id(), "page": "page-0009", "sent_at": 2.0}
    interval = {"start": 0.0, "end": 2.0, "speed": 1.0, "at": 0.0}
    boss.post(f"/verification/reviews/{other['id']}/listening", report | {"intervals": [interval]})
    assert coverage_of(boss, second) < 0.3


def test_a_report_sent_again_counts_once(boss, draw, clock):
    review = boss.post("/verification/next", {"round": draw("ASR")})["review"]
    clock.pass_by(10)
    body = {"client_id": "report-0001", "page": "page-0001", "sent_at": 10.0}
    body |= {"intervals": [{"start": 0.0, "end": 1.0, "speed": 1.0, "at": 9.0}]}
    path = f"/verification/reviews/{review['id']}/listening"
    assert boss.post(path, body) == boss.post(path, body)
    assert boss.post(path, body | {"client_id": "report-0002"})["listening"]["share"] == pytest.approx(
        0.5, abs=0.01
    )


def test_another_ones_review_takes_no_report(boss, draw, someone, clock):
    review = boss.post("/verification/next", {"round": draw("ASR")})["review"]
    eve = someone()
    eve.enter("/join", {"invite": boss.post("/admin/reviewers/invites", {})["address"].split("=")[1]})
    body = {"client_id": "report-0001", "page": "page-0001", "sent_at": 1.0, "intervals": []}
    assert eve.ask("POST", f"/verification/reviews/{review['id']}/listening", body).status_code == 404
