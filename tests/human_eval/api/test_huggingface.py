"""Hugging Face sign-in, against a stand-in for its routes."""

import base64
import hashlib
import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from human_eval.api.routes import routes_of
from human_eval.assets import PREFIX
from tests.human_eval.material import Person, open_study


class Provider(BaseHTTPRequestHandler):
    """Knows one code, whose challenge the test sets, and one token."""

    challenge = ""

    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"][0].encode()).digest())
        good = form["code"] == ["good"] and proof.rstrip(b"=").decode() == Provider.challenge
        self._answer(200 if good else 400, {"access_token": "token"} if good else {})

    def do_GET(self):
        good = self.headers["Authorization"] == "Bearer token"
        self._answer(200 if good else 401, {"preferred_username": "ann"} if good else {})

    def _answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def person(desk):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    changes = {
        "oauth_client_id": "app",
        "oauth_client_secret": "secret",
        "openid_provider_url": f"http://127.0.0.1:{server.server_port}",
        "admin": "huggingface:ann",
    }
    app = FastAPI()
    app.include_router(routes_of(replace(desk, settings=desk.settings.model_copy(update=changes))))
    yield Person(TestClient(app, follow_redirects=False))
    server.shutdown()
    server.server_close()


def begin(person):
    query = parse_qs(urlsplit(person.ask("GET", "/huggingface").headers["location"]).query)
    Provider.challenge = query["code_challenge"][0]
    return query


def test_a_user_signs_in_and_joins(person, desk, dataset):
    study = open_study(desk.database, dataset, joining=["huggingface"])
    query = begin(person)
    assert query["redirect_uri"] == [f"http://testserver{PREFIX}/huggingface/back"]
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


def test_it_is_not_offered_elsewhere(someone):
    assert someone().ask("GET", "/huggingface").status_code == 404
