"""Guessing passwords: it is slow, it locks out nobody else, and it does not take the machine."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from human_eval import accounts
from human_eval.accounts import make_local
from human_eval.api import limits
from human_eval.api.limits import HASHING, HASHING_AND_WAITING, EntranceLimits
from human_eval.api.routes import routes_of
from human_eval.errors import TooManyError
from human_eval.invites import make_invite
from tests.human_eval.material import Person, open_study

PASSWORD = "correct horse battery"


@pytest.fixture
def at(service, monkeypatch):
    """Makes people at an address; a hash costs nothing here."""
    monkeypatch.setattr(accounts, "_hasher", CheapHasher())
    monkeypatch.setattr(accounts, "_HASH_OF_NOBODY", "none")
    with service.database.writing() as session:
        make_local(session, "boss", PASSWORD)
    app = FastAPI()
    app.include_router(routes_of(service))
    return lambda address: Person(TestClient(app, client=(address, 1)))


class CheapHasher:
    """A password is its own hash."""

    def hash(self, password):
        return password

    def verify(self, hashed, password):
        if hashed != password:
            raise accounts.VerifyMismatchError
        return True


def sign_in(person, name, password):
    return person.ask("POST", "/sign-in", {"name": name, "password": password}).status_code


def test_nobody_locks_the_administrator_out(at, service):
    boss, eve, elsewhere = at("10.0.0.1"), at("10.0.0.66"), at("10.0.0.2")
    boss.enter("/sign-in", {"name": "boss", "password": PASSWORD})
    codes = [sign_in(eve, "boss", f"guess {number}") for number in range(14)]
    assert codes == [401] * 10 + [429] * 4
    assert sign_in(eve, "boss", PASSWORD) == 429  # guessing on would tell
    # Who is signed in stays so, and signs in from elsewhere; another name is not touched.
    assert boss.get("/session")["account"]["admin"]
    assert boss.get("/admin/studies") == {"studies": []}
    assert sign_in(elsewhere, "boss", PASSWORD) == 200


def test_right_passwords_are_not_counted(at):
    person = at("10.0.0.1")
    assert {sign_in(person, "boss", PASSWORD) for _ in range(30)} == {200}


def test_one_address_does_not_try_many_names(at):
    eve = at("10.0.0.66")
    codes = [sign_in(eve, f"name {number}", "guess guess") for number in range(60)]
    assert codes == [401] * 40 + [429] * 20
    assert sign_in(at("10.0.0.2"), "boss", PASSWORD) == 200


def test_an_account_costs_nothing_before_its_invite_is_looked_at(at, service, dataset, monkeypatch):
    closed = open_study(service.database, dataset, joining=["invite"])
    with service.database.writing() as session:
        used_up, secret = make_invite(session, closed, "", 1, None, "test")
        used_up.uses_left = 0
    monkeypatch.setattr(accounts, "hash_password", lambda _: pytest.fail("hashed"))
    person = at("10.0.0.1")
    for way in ({"invite": "nothing"}, {"invite": secret}, {"study": closed}, {"study": "0" * 32}):
        answer = person.ask("POST", "/accounts", {"name": "new", "password": PASSWORD} | way)
        assert answer.status_code in (401, 403, 404), way


def test_accounts_are_counted_by_address(at, monkeypatch):
    monkeypatch.setattr(limits, "ACCOUNTS", limits.RateLimitItemPerMinute(3))
    person = at("10.0.0.1")
    codes = [
        person.ask("POST", "/accounts", {"name": f"n{n}", "password": PASSWORD, "invite": "x"}).status_code
        for n in range(5)
    ]
    assert codes == [401] * 3 + [429] * 2


def test_few_passwords_are_hashed_at_once_and_few_wait(monkeypatch):
    """Each takes 64 MB, and whoever waits keeps one of the server's threads."""
    bounds = EntranceLimits()
    inside, most, go = [], [], threading.Event()
    waiting = threading.Semaphore(0)

    def hash_one(_):
        try:
            with bounds.hashing():
                inside.append(1)
                most.append(len(inside))
                waiting.release()
                assert go.wait(600)
                inside.pop()
        except TooManyError:
            waiting.release()
            return "refused"
        return "hashed"

    with ThreadPoolExecutor(30) as pool:
        results = [pool.submit(hash_one, number) for number in range(30)]
        for _ in range(HASHING + 30 - HASHING_AND_WAITING):
            assert waiting.acquire(timeout=600)
        go.set()
        done = [future.result() for future in results]
    assert max(most) == HASHING
    assert done.count("hashed") == HASHING_AND_WAITING
    with bounds.hashing():
        pass
