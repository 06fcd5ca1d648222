"""The administrator's way, over HTTP, on both databases."""

import pytest
from sqlalchemy import func, select

from human_eval.accounts import hash_password, make_local
from human_eval.logins import IDLE_S, LONGEST_SESSION_S
from human_eval.storage.schema import Account, Answer, Assignment, Base, ExclusionDecision, Item, Participant
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


def spec(dataset, **fields):
    return {"name": "A study", "dataset": str(dataset), "consent": "", "sound_check": False} | fields


def answer(person, clock, study, **fields):
    item = person.next(study)
    clock.pass_by(CLIP_S)
    person.page_s += CLIP_S
    person.report(item["id"], played(0, CLIP_S, person.page_s - CLIP_S))
    person.answer(item["id"], **fields)
    return item


def test_a_study_from_preview_to_close(boss, service, dataset, someone, clock):
    specification = spec(dataset, tasks=["SCR"], per_task=4, practice_per_task=1, gold_per_task=1, overlap=1)
    preview = boss.post("/admin/preview", specification)
    assert preview["items"] == {"SCR": {"main": 4, "gold": 1, "practice": 1}}
    assert (preview["answers_wanted"], preview["exclusions"]) == (4, [])
    assert boss.get("/admin/studies")["studies"] == []
    study = boss.post("/admin/studies", specification)["study"]
    assert (study["state"], study["items"], study["wanted"]) == ("draft", 6, 4)
    assert boss.ask("POST", "/admin/studies", specification).status_code == 409  # the name is taken
    path = f"/admin/studies/{study['id']}"
    boss.post(f"{path}/state", {"state": "open"})
    invite = boss.post(f"{path}/invites", {"label": "class", "uses": 1})
    page, secret = invite["address"].split("#invite=")
    assert page == "/annotate"
    ann = someone()
    joined = ann.enter("/join", {"invite": secret})
    assert joined["study"] == study["id"]
    assert someone().ask("POST", "/join", {"invite": secret}).status_code == 401  # used up
    answer(ann, clock, study["id"], choice=0)  # practice
    answered = [answer(ann, clock, study["id"], choice=0)["id"] for _ in range(2)]
    # Where the gold check comes is chance: it is one of the two, or comes later.
    with service.database.reading() as session:
        kinds = session.scalars(select(Item.kind).join(Assignment).where(Assignment.id.in_(answered))).all()
    main = kinds.count("main")
    progress = boss.get(f"{path}/progress")
    assert [(row["task"], row["answered"], row["wanted"]) for row in progress["tasks"]] == [("SCR", main, 4)]
    assert [row["answered"] for row in progress["annotators"]] == [2]
    assert "answer" not in boss.get(path)["items"][0]
    boss.post(f"{path}/state", {"state": "paused"})
    assert ann.ask("POST", f"/studies/{study['id']}/next", {}).json()["error"] == "The study is paused."
    boss.post(f"{path}/state", {"state": "closed"})
    assert boss.get(path)["items"][0]["answer"] is not None
    assert boss.ask("POST", f"{path}/state", {"state": "open"}).status_code == 409
    actions = [event["action"] for event in boss.get(f"/admin/audit?study={study['id']}")["events"]]
    assert actions[0] == "create study"
    assert actions[-1] == "study closed"


def test_a_way_back_works_on_another_device(boss, service, dataset, someone, clock):
    study = open_study(service.database, dataset)
    secret = boss.post(f"/admin/studies/{study}/invites", {})["address"].split("=")[1]
    first, second = someone(), someone()
    way_back = first.enter("/join", {"invite": secret})["way_back"]
    item = first.next(study)
    second.enter("/way-back", {"secret": way_back})
    assert second.next(study)["id"] == item["id"]


def test_a_local_account_joins_and_comes_back(service, dataset, someone):
    study = open_study(service.database, dataset, joining=["account"])
    ann = someone()
    name = "Ann'); DROP TABLE accounts;--"
    shown = ann.enter("/accounts", {"name": name, "password": PASSWORD, "study": study})
    assert [study["joined"] for study in shown["studies"]] == [True]
    ann.post("/sign-out")
    assert ann.ask("GET", f"/studies/{study}").status_code == 401
    ann.csrf = "none"
    ann.enter("/sign-in", {"name": name, "password": PASSWORD})
    assert ann.get(f"/studies/{study}")["id"] == study
    for name, password in [("Ann", PASSWORD), ("boss", PASSWORD), ("x", "short")]:
        fields = {"name": name, "password": "wrong" + password}
        assert someone().ask("POST", "/sign-in", fields).status_code == 401


def test_nobody_takes_the_administrators_name(service, dataset, someone):
    study = open_study(service.database, dataset)
    fields = {"name": "boss", "password": PASSWORD, "study": study}
    assert someone().ask("POST", "/accounts", fields).status_code == 409


def test_reviewers_come_by_invites_of_their_own(boss, someone):
    secret = boss.post("/admin/reviewers/invites", {})["address"].removeprefix("/verify#invite=")
    reviewer = someone()
    shown = reviewer.enter("/join", {"invite": secret})
    assert (shown["study"], shown["session"]["account"]["reviewer"]) == (None, True)


def test_ended_and_revoked_invites_open_nothing(boss, service, dataset, someone, clock):
    study = open_study(service.database, dataset)
    ended = boss.post(f"/admin/studies/{study}/invites", {"days": 0.1})["address"].split("=")[1]
    revoked = boss.post(f"/admin/studies/{study}/invites", {})
    boss.ask("DELETE", f"/admin/invites/{revoked['invite']['id']}")
    clock.pass_by(9000)
    for secret in (ended, revoked["address"].split("=")[1], "guess"):
        assert someone().ask("POST", "/join", {"invite": secret}).status_code == 401


@pytest.mark.parametrize("by", ["person", "administrator"])
def test_a_persons_data_is_gone_on_request(by, boss, service, dataset, someone, clock):
    study = open_study(service.database, dataset, tasks=["SCR"], overlap=1)
    ann = someone().join(study, "ann")
    answer(ann, clock, study, choice=0)
    annotator = ann.get(f"/studies/{study}")["annotator"]
    path = f"/studies/{study}/me" if by == "person" else f"/admin/participants/{annotator}"
    assert (ann if by == "person" else boss).ask("DELETE", path).status_code == 200
    with service.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Answer)) == 0
        assert session.scalars(select(Participant)).all() == []
        assert session.scalars(select(Account.name)).all() == ["boss"]
        assert set(session.scalars(select(Item.free))) == {1}
        texts = [str(session.execute(table.select()).all()) for table in Base.metadata.sorted_tables]
    assert not any("'ann'" in text for text in texts)


def test_exclusions_are_recorded_with_their_reason(boss, service, dataset, someone):
    study = open_study(service.database, dataset)
    ann, bob = someone().join(study, "ann"), someone().join(study, "bob")
    ids = [person.get(f"/studies/{study}")["annotator"] for person in (ann, bob)]
    item = ann.next(study)["id"]
    fields = {"annotator": ids[0], "item": item, "excluded": True, "reason": "too fast"}
    boss.post("/admin/exclusions", fields)
    boss.post("/admin/exclusions", fields | {"item": None, "excluded": False, "reason": "no"})
    assert boss.ask("POST", "/admin/exclusions", fields | {"annotator": ids[1]}).status_code == 422
    with service.database.reading() as session:
        found = session.scalars(select(ExclusionDecision).order_by(ExclusionDecision.at)).all()
        assert [(answer.assignment_id, answer.excluded) for answer in found] == [(item, True), (None, False)]


FAULTS = [
    {"dataset": "/nowhere"},
    {"samples": ["q99"]},
    {"tasks": ["XYZ"]},
    {"overlap": 0},
    {"must_listen": 1.1},
    {"gold": ["q1"], "practice": ["q1"]},
    {"unknown": 1},
    {"name": "zero \0"},
    {"seed": 2**70},
]


def test_a_study_that_cannot_be_is_one_sentence(boss, dataset):
    for fault in FAULTS:
        refused = boss.ask("POST", "/admin/preview", spec(dataset) | fault)
        assert refused.status_code == 422, fault
        assert refused.json()["error"].endswith(".")


def test_an_idle_session_ends_and_a_used_one_lasts(boss, clock):
    for _ in range(20):
        clock.pass_by(IDLE_S - 1)
        assert boss.get("/session")["account"]["admin"]
    clock.pass_by(IDLE_S + 1)
    assert boss.get("/session")["account"] is None
    assert boss.ask("GET", "/admin/studies").status_code == 401


def test_no_session_lasts_for_ever(boss, clock):
    for _ in range(int(LONGEST_SESSION_S / IDLE_S) + 2):
        clock.pass_by(IDLE_S - 1)
        boss.get("/session")
    assert boss.get("/session")["account"] is None
