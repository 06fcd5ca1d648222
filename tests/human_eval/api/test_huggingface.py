"""Hugging Face sign-in, against a stand-in for its routes."""

import base64
import hashlib
import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from amarathon.settings import Settings
from human_eval.api.huggingface import return_address
from human_eval.api.routes import routes_of
from human_eval.assets import PREFIX
from human_eval.storage.schema import Account
from tests.human_eval.material import Person, open_study


class Provider(BaseHTTPRequestHandler):
    """Knows one code, whose challenge the test sets, and one token; `user` is who signs in."""

    challenge = ""
    user: ClassVar[dict[str, str]] = {}

    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"][0].encode()).digest())
        good = form["code"] == ["good"] and proof.rstrip(b"=").decode() == Provider.challenge
        self._answer(200 if good else 400, {"access_token": "token"} if good else {})

    def do_GET(self):
        good = self.headers["Authorization"] == "Bearer token"
        self._answer(200 if good else 401, Provider.user if good else {})

    def _answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


ANN = {"sub": "62f264b9f3c90f4b6514a269", "preferred_username": "ann"}


@pytest.fixture
def visitor(service):
    """Makes people who come to an app that offers the sign-in; `ann` is its administrator."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    changes = {
        "oauth_client_id": "app",
        "oauth_client_secret": "secret",
        "openid_provider_url": f"http://127.0.0.1:{server.server_port}",
        "admin": "huggingface:ann",
    }
    app = FastAPI()
    app.include_router(routes_of(replace(service, settings=service.settings.model_copy(update=changes))))
    Provider.user = ANN
    yield lambda **headers: Person(TestClient(app, follow_redirects=False, headers=headers))
    server.shutdown()
    server.server_close()


@pytest.fixture
def person(visitor):
    return visitor()


def begin(person):
    query = parse_qs(urlsplit(person.ask("GET", "/huggingface").headers["location"]).query)
    Provider.challenge = query["code_challenge"][0]
    return query


def test_a_user_signs_in_and_joins(person, service, dataset):
    study = open_study(service.database, dataset, joining=["huggingface"])
    query = begin(person)
    assert query["redirect_uri"] == [f"http://127.0.0.1:7860{PREFIX}/huggingface/back"]
    back = person.ask("GET", f"/huggingface/back?code=good&state={query['state'][0]}")
    assert (back.status_code, back.headers["location"]) == (303, "../../../annotate")
    shown = person.get("/session")
    assert shown["account"] == {"name": "ann", "admin": True, "reviewer": False}
    person.csrf = shown["csrf"]
    person.enter("/join", {"study": study})
    assert person.get(f"/studies/{study}")["id"] == study


def test_a_sign_in_that_was_begun_elsewhere_is_refused(person):
    state = begin(person)["state"][0]
    assert person.ask("GET", "/huggingface/back?code=good&state=other").status_code == 401
    assert person.ask("GET", f"/huggingface/back?code=bad&state={state}").status_code == 401
    assert person.get("/session")["account"] is None


def come_in(person, **user):
    """Sign in as a user of Hugging Face; who that is here."""
    Provider.user = ANN | user
    state = begin(person)["state"][0]
    back = person.ask("GET", f"/huggingface/back?code=good&state={state}")
    return back.status_code, person.get("/session")["account"]


def test_who_takes_a_freed_name_takes_no_account(visitor, service):
    assert come_in(visitor()) == (303, {"name": "ann", "admin": True, "reviewer": False})
    status, thief = come_in(visitor(), sub="70f264b9f3c90f4b6514a269")
    assert (status, thief["admin"]) == (303, False)
    assert thief["name"] != "ann"
    # Whoever takes another name stays who they are.
    assert come_in(visitor(), preferred_username="anna")[1]["admin"]
    with service.database.reading() as session:
        assert len(session.scalars(select(Account)).all()) == 2


def test_an_account_of_before_is_bound_to_the_first_of_its_name_who_could_have_made_it(visitor, service):
    with service.database.writing() as session:
        made_at = int("66000000", 16)
        session.add(Account(id="0" * 32, source="huggingface", external_id="ann", created_at=float(made_at)))
    younger = come_in(visitor(), sub="67" + "0" * 22)[1]
    assert not younger["admin"]
    assert come_in(visitor(), sub="65" + "0" * 22)[1]["admin"]
    assert not come_in(visitor(), sub="64" + "0" * 22)[1]["admin"]
    with service.database.reading() as session:
        assert session.get_one(Account, "0" * 32).subject == "65" + "0" * 22


@pytest.mark.parametrize("user", [{"preferred_username": "ann"}, {"sub": "1"}, {}])
def test_a_provider_that_does_not_say_who_it_is_signs_nobody_in(visitor, user):
    person = visitor()
    state = begin(person)["state"][0]
    Provider.user = user
    assert person.ask("GET", f"/huggingface/back?code=good&state={state}").status_code == 503
    assert person.get("/session")["account"] is None


@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {"x-forwarded-host": "evil.example"}])
def test_the_way_back_is_an_address_of_the_settings_alone(visitor, headers):
    query = begin(visitor(**headers))
    assert query["redirect_uri"] == [f"http://127.0.0.1:7860{PREFIX}/huggingface/back"]


def test_a_space_is_come_back_to_by_its_own_name():
    settings = Settings(space_host="people-study.hf.space", host="0.0.0.0")
    assert return_address(settings) == f"https://people-study.hf.space{PREFIX}/huggingface/back"


def test_it_is_not_offered_elsewhere(someone):
    assert someone().ask("GET", "/huggingface").status_code == 404
