"""Coming in: Prolific's links, return codes, names, and what a stranger may make of them."""

import re
from itertools import product

import pytest
from sqlalchemy import select

from human_eval.storage.schema import Account, Participant
from tests.human_eval.material import open_study, visit

PASSWORD = "correct horse battery"
REAL = {
    "participant": "5f0c1ab2c3d4e5f60718293a",
    "study": "63dfd6f2bd1ee3e84a2f2f39",
    "session": "60d9aadeb86739de712faee0",
}


@pytest.fixture
def study(service, dataset):
    return open_study(service.database, dataset, must_listen=0.0)


def come(someone, joined, **ids):
    person = someone()
    person.enter("/join", {"study": joined, "prolific": REAL | ids})
    return person, person.get(f"/studies/{joined}")["annotator"]


UNREAL = {
    "unfilled": "{{%PROLIFIC_PID%}}",
    "half filled": "{{%5f0c1ab2c3d4e5f60718293a%}}",
    "made up": "me",
    "a name": "maria@example.org",
    "too short": "5f0c1ab2c3d4e5f60718293",
    "too long": "5f0c1ab2c3d4e5f60718293a0",
    "no hexadecimal digit": "5f0c1ab2c3d4e5f60718293g",
    "other digits": "\u0665f0c1ab2c3d4e5f60718293a",
    "a line more": "5f0c1ab2c3d4e5f60718293a\n",
    "a space": " 5f0c1ab2c3d4e5f60718293a",
}


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_only_ids_of_prolific_come_in(service, someone, study):
    stranger = someone()
    for field, (kind, value) in product(REAL, UNREAL.items()):
        answer = stranger.ask("POST", "/join", {"study": study, "prolific": REAL | {field: value}})
        assert answer.status_code == 422, (field, kind)
        assert answer.json()["error"].startswith("This link has no ids of Prolific"), (field, kind)
        assert "set-cookie" not in answer.headers
    with service.database.reading() as session:
        assert session.scalars(select(Account)).all() == []


def test_the_same_visit_comes_back_to_its_work(someone, study):
    first, annotator = come(someone, study)
    item = first.next(study)["id"]
    second, again = come(someone, study)
    capital, third = come(someone, study, participant=REAL["participant"].upper())
    assert annotator == again == third
    assert second.next(study)["id"] == item == capital.next(study)["id"]


def test_somebody_works_in_a_second_study(service, someone, dataset, study):
    """Prolific makes a new session for it; the first one keeps working."""
    other = open_study(service.database, dataset)
    _, first = come(someone, study)
    _, second = come(someone, other, study="a" * 24, session="b" * 24)
    _, again = come(someone, study)
    assert (first == again, first == second) == (True, False)


def test_whoever_comes_first_by_anothers_id_keeps_nobody_out(someone, study):
    _, thief = come(someone, study, session="0" * 24)
    owner, annotator = come(someone, study)
    assert annotator != thief
    assert owner.next(study) is not None
    _, again = come(someone, study)
    assert annotator == again


def test_a_row_keeps_its_own_visit(service, someone, study):
    come(someone, study)
    with service.database.reading() as session:
        kept = session.scalars(select(Participant)).one()
        assert kept.prolific == {"study": REAL["study"], "session": REAL["session"]}


LOOK_ALIKE = ["boss", "Boss", "BOSS", "b o s s", "bоss", "ВОЅЅ", "bo\u200bss", "boss.", "b0ss", "𝐛𝐨𝐬𝐬"]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_no_name_can_be_taken_for_the_administrators(someone, study):
    stranger = someone()
    for name in LOOK_ALIKE:
        answer = stranger.ask("POST", "/accounts", {"name": name, "password": PASSWORD, "study": study})
        assert answer.status_code in {409, 422}  # a character that is not printable is no name at all
        assert "name" in answer.json()["error"]
    fine = stranger.ask("POST", "/accounts", {"name": "bossa", "password": PASSWORD, "study": study})
    assert fine.status_code == 200


WAYS_TO_WRITE = {
    "as shown": lambda code: code,
    "in small letters": str.lower,
    "without dashes": lambda code: code.replace("-", ""),
    "with blanks": lambda code: f" {code.replace('-', ' ')}\n",
    "with letters for digits": lambda code: code.replace("0", "O").replace("1", "l"),
}


@pytest.mark.parametrize("write", WAYS_TO_WRITE.values(), ids=WAYS_TO_WRITE)
def test_a_return_code_brings_back_on_another_device(service, someone, study, write):
    from human_eval import invites

    with service.database.writing() as session:
        _, secret = invites.make_invite(session, study, "", 1, 1.0, "test")
    phone, laptop = someone(), someone()
    code = phone.enter("/join", {"invite": secret})["way_back"]
    item = phone.next(study)["id"]
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}", code)
    laptop.enter("/way-back", {"secret": write(code)})
    assert laptop.next(study)["id"] == item
    wrong = someone().ask("POST", "/way-back", {"secret": code[:-1]})
    assert (wrong.status_code, wrong.json()["error"][:16]) == (401, "This return code")


def test_a_return_code_of_before_still_brings_back(service, someone, study):
    from human_eval import invites
    from human_eval.storage.identifiers import digest, new_secret
    from human_eval.storage.schema import Account

    earlier = new_secret()
    with service.database.writing() as session:
        _, secret = invites.make_invite(session, study, "", 1, 1.0, "test")
    phone, laptop = someone(), someone()
    phone.enter("/join", {"invite": secret})
    with service.database.writing() as session:
        session.query(Account).filter_by(source="invite").one().secret_hash = digest(earlier)
    laptop.enter("/way-back", {"secret": f" {earlier} "})
    assert laptop.next(study)["id"] == phone.next(study)["id"]


def test_a_visit_is_made_of_real_ids():
    assert all(len(identifier) == 24 for identifier in visit("ann").values())
