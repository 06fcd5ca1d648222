"""What a hostile annotator may try, by raw HTTP against the served app."""

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url

from human_eval.accounts import hash_password, make_local
from human_eval.annotation.coverage import BUDGET_TOLERANCE_S
from human_eval.api.requests import COOKIE, LARGEST_BODY
from human_eval.assets import PREFIX
from human_eval.storage.database import open_database
from human_eval.storage.schema import Account, Answer, Assignment, AuditEvent
from tests.human_eval.conftest import BACKENDS
from tests.human_eval.material import Person, open_study, played, visit, write_dataset
from tests.serving import PATIENCE_S, serving

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module", params=BACKENDS)
def served(request, tmp_path_factory):
    """The app on each database: its address, and the database opened beside it."""
    folder = tmp_path_factory.mktemp("attacked")
    if request.param == "sqlite":
        address = f"sqlite:///{folder / 'attacked.sqlite'}"
    else:
        created = request.getfixturevalue("postgres").create()
        address = created.render_as_string(hide_password=False)
    with serving(folder, DATABASE_URL=address, AMARATHON_ADMIN="boss") as app:
        database = open_database(make_url(address))
        with database.writing() as session:
            make_local(session, "boss", hash_password(PASSWORD))
        yield app, database
        database.close()


@pytest.fixture
def study(served, dataset):
    return open_study(served[1], dataset, must_listen=0.5, joining=["prolific", "account", "invite"])


@pytest.fixture
def people(served):
    """Makes people, each with a browser, and closes them."""
    made = []

    def make():
        made.append(httpx.Client(base_url=served[0].url, timeout=PATIENCE_S))
        return Person(made[-1])

    yield make
    for client in made:
        client.close()


def refusals(database):
    with database.reading() as session:
        return [
            event.detail
            for event in session.scalars(select(AuditEvent).where(AuditEvent.action.startswith("refuse")))
        ]


def test_another_ones_items_look_as_if_they_were_not_there(served, study, people):
    ann, eve = people().join(study, "ann-1"), people().join(study, "eve-1")
    item = ann.next(study)["id"]
    nowhere = "0" * 32
    tries = [
        ("GET", "", None),
        ("GET", "/audio.opus", None),
        ("GET", "/audio.mp3", None),
        ("GET", "/peaks", None),
        ("POST", "/open", {}),
        ("POST", "/skip", {"reason": "x"}),
        ("PUT", "/draft", {"draft": {}}),
        ("PUT", "/answer", {"client_id": "12345678", "choice": 0}),
        ("POST", "/flag", {"client_id": "12345678", "fault": "other"}),
        ("POST", "/listening", {"client_id": "12345678", "page": "12345678", "sent_at": 0, "intervals": []}),
    ]
    for method, path, body in tries:
        theirs = eve.ask(method, f"/items/{item}{path}", body)
        nobodys = eve.ask(method, f"/items/{nowhere}{path}", body)
        assert (theirs.status_code, theirs.text) == (nobodys.status_code, nobodys.text), path
        assert theirs.status_code == 404
    assert ann.ask("GET", f"/items/{item}/audio.opus", Range="bytes=0-99").status_code == 206


def test_nobody_signed_in_gets_anything(served, study, people):
    ann = people().join(study, "ann-2")
    item = ann.next(study)["id"]
    stranger = people()
    for path in (f"/items/{item}", f"/items/{item}/audio.opus", f"/studies/{study}", "/admin/studies"):
        assert stranger.ask("GET", path).status_code == 401
    stranger.http.cookies.set(COOKIE, "guess")
    assert stranger.ask("GET", f"/items/{item}").status_code == 401
    forged = {"Cookie": f"{COOKIE}=' OR 1=1 --"}
    assert served[0].get(f"{PREFIX}/items/{item}", headers=forged).status_code == 401


def test_an_annotator_is_no_administrator_and_no_reviewer(study, people):
    eve = people().join(study, "eve-3")
    for method, path in [
        ("GET", "/admin/studies"),
        ("GET", f"/admin/studies/{study}"),
        ("GET", f"/admin/studies/{study}/progress"),
        ("GET", "/admin/audit"),
        ("POST", "/admin/reviewers/invites"),
        ("DELETE", f"/admin/studies/{study}"),
    ]:
        assert eve.ask(method, path, {} if method == "POST" else None).status_code == 403, path
    assert eve.ask("POST", f"/admin/studies/{study}/state", {"state": "closed"}).status_code == 403


def test_a_change_needs_its_token_and_its_own_site(study, people):
    ann = people().join(study, "ann-4")
    path = f"/studies/{study}/next"
    assert ann.ask("POST", path, {}, **{"X-CSRF-Token": "none"}).status_code == 403
    assert ann.ask("POST", path, {}, Origin="https://evil.example").status_code == 403
    assert ann.ask("POST", path, {}, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    plain = ann.http.post(PREFIX + path, content=b"{}", headers={"Content-Type": "text/plain"})
    assert plain.status_code == 403
    fields = {"name": "boss", "password": PASSWORD}
    assert people().http.post(f"{PREFIX}/sign-in", json=fields).status_code == 403  # a form of another site
    assert ann.ask("POST", path, {}).status_code == 200


def test_forged_listening_opens_no_answer(served, people, tmp_path):
    """Everything at once, in the future, from many pages, replayed: none of it counts, all is logged."""
    dataset = write_dataset(tmp_path / "long", choices=1, transcripts=0, seconds=60.0)
    study = open_study(served[1], dataset, must_listen=0.5)
    eve = people().join(study, "eve-5")
    began = time.monotonic()
    item = eve.next(study)["id"]
    before = len(refusals(served[1]))
    whole = {"page": "page-0001", "sent_at": 100.0}
    eve.report(item, played(0, 60, 0), **whole)
    eve.report(item, played(0, 60, 98), **whole)
    eve.report(item, played(0, 60, 96.5, speed=16.0), **whole)
    for number in range(60):
        credited = eve.report(item, played(number, number + 1, 99), page=f"page-1{number:03}", sent_at=100.0)
    assert 60 * credited["listening"]["share"] <= time.monotonic() - began + BUDGET_TOLERANCE_S
    answer = eve.ask("PUT", f"/items/{item}/answer", {"client_id": "12345678", "choice": 0})
    assert answer.status_code == 409
    assert len(refusals(served[1])) > before + 50


def test_odd_bodies_are_refused_in_a_sentence(study, people):
    ann = people().join(study, "ann-6")
    item = ann.next(study)["id"]
    path = f"{PREFIX}/items/{item}"
    headers = {"X-CSRF-Token": ann.csrf, "Content-Type": "application/json"}
    report = '{"client_id":"12345678","page":"12345678","sent_at":%s,"intervals":[]}'
    bodies = [
        ("PUT", "/answer", b"{"),
        ("PUT", "/answer", b"[]"),
        ("PUT", "/answer", b'{"client_id": "short"}'),
        ("PUT", "/answer", b'{"client_id": "12345678", "choice": 1e400}'),
        ("PUT", "/answer", b'{"client_id": "12345678", "choice": 99999999999999999999}'),
        ("PUT", "/answer", b'{"client_id": "12345678", "transcript": "\\u0000"}'),
        ("PUT", "/answer", b'{"client_id": "12345678", "transcript": "\\ud800"}'),
        ("PUT", "/answer", b'{"client_id": "12345678", "choice": 0, "participant_id": "x"}'),
        ("PUT", "/answer", b"\xff\xfe"),
        ("PUT", "/draft", b'{"draft": ' + b"[" * 100_000 + b"}"),
        ("POST", "/listening", (report % "NaN").encode()),
        ("POST", "/listening", (report % "Infinity").encode()),
        ("POST", "/skip", json.dumps({"reason": "x" * 10_000}).encode()),
    ]
    for method, rest, body in bodies:
        answer = ann.http.request(method, path + rest, content=body, headers=headers)
        assert answer.status_code in (400, 422), (rest, body[:60], answer.status_code)
        assert "error" in answer.json()
        assert len(answer.text) < 500
    for odd in ("%00", "..%2f..%2fetc%2fpasswd", "'%20OR%20'1'='1", "é" * 32):
        assert ann.ask("GET", f"/items/{odd}").status_code == 404
        assert ann.ask("GET", f"/items/{odd}/audio.opus").status_code == 404


def test_a_draft_may_hold_anything_that_is_json(study, people):
    ann = people().join(study, "ann-7")
    item = ann.next(study)["id"]
    draft = {"transcript": "\0 é <script>", "deep": [[[1e300]]]}
    ann.put(f"/items/{item}/draft", {"draft": draft})
    assert ann.get(f"/items/{item}")["draft"] == draft


def test_an_oversized_body_is_cut_off(served, study, people):
    ann = people().join(study, "ann-8")
    item = ann.next(study)["id"]
    headers = {"X-CSRF-Token": ann.csrf, "Content-Type": "application/json"}
    path = f"{PREFIX}/items/{item}/draft"
    large = b'{"draft": {"x": "' + b"x" * LARGEST_BODY + b'"}}'
    assert ann.http.put(path, content=large, headers=headers).status_code == 413
    pieces = iter([large[:1000]] * 2000)  # of unstated length
    assert ann.http.put(path, content=pieces, headers=headers).status_code == 413


def test_a_lying_content_length_leaves_the_server_working(served, study, people):
    ann = people().join(study, "ann-9")
    address = urlsplit(served[0].url)
    with socket.create_connection((address.hostname, address.port), timeout=PATIENCE_S) as raw:
        raw.sendall(b"PUT /v1/human/items/x/answer HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n{}")
    assert ann.get(f"/studies/{study}")["id"] == study


def test_a_script_in_a_comment_stays_text(served, study, people):
    ann = people().join(study, "<script>alert(1)</script>")
    item = ann.next(study)["id"]
    comment = "<img src=x onerror=alert(1)>'); DROP TABLE answers; --"
    body = {"client_id": "12345678", "fault": "other", "comment": comment}
    assert ann.post(f"/items/{item}/flag", body) == {}
    boss = people()
    boss.enter("/sign-in", {"name": "boss", "password": PASSWORD})
    answer = boss.ask("GET", f"/admin/studies/{study}/flags")
    assert answer.json()["flags"][0]["comment"] == comment
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_participants_id_alone_does_not_bring_back(study, people):
    ann = people().join(study, "ann-10")
    eve = people()
    eve.enter("/join", {"study": study, "prolific": visit("ann-10", "a guess")})
    annotators = [person.get(f"/studies/{study}")["annotator"] for person in (ann, eve)]
    assert len(set(annotators)) == 2
    item = ann.next(study)["id"]
    assert eve.ask("GET", f"/items/{item}").status_code == 404


def test_passwords_cannot_be_guessed_for_long(people):
    eve = people()
    tries = [{"name": "nobody", "password": f"guess {number}"} for number in range(11)]
    *first, last = (eve.ask("POST", "/sign-in", body) for body in tries)
    assert {response.status_code for response in first} == {401}
    assert (last.status_code, last.headers["retry-after"]) == (429, "60")


def test_the_same_answer_sent_at_the_same_moment_is_kept_once(served, study, people, dataset):
    quick = open_study(served[1], dataset, must_listen=0.0, tasks=["SCR"])
    ann = people().join(quick, "ann-11")
    item = ann.next(quick)["id"]
    body = {"client_id": "12345678", "choice": 1}
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: ann.ask("PUT", f"/items/{item}/answer", body).status_code, range(16)))
    assert set(codes) == {200}
    with served[1].reading() as session:
        assert len(session.scalars(select(Answer).where(Answer.assignment_id == item)).all()) == 1


def test_no_more_leases_than_places_however_many_ask_at_once(served, people, dataset):
    study = open_study(served[1], dataset, must_listen=0.0, tasks=["SCR"], overlap=2)
    crowd = [people().join(study, f"crowd-{number}") for number in range(8)]

    def all_of(person):
        answered = []
        while (item := person.next(study)) is not None:
            person.answer(item["id"], choice=0)
            answered.append(item["id"])
        return answered

    with ThreadPoolExecutor(8) as pool:
        answered = [item for items in pool.map(all_of, crowd) for item in items]
    assert len(answered) == len(set(answered)) == 12
    with served[1].reading() as session:
        rows = session.execute(select(Assignment.item_id, Assignment.participant_id)).all()
        assert len(rows) == len(set(rows))


def test_a_session_ends(served, study, people):
    ann = people().join(study, "ann-12")
    ann.post("/sign-out")
    assert ann.ask("GET", f"/studies/{study}").status_code == 401


def test_the_cookie_is_kept_from_scripts_and_other_sites(study, people):
    ann = people()
    answer = ann.ask("POST", "/join", {"study": study, "prolific": visit("ann-13")})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_names_in_sql_are_names(served, study, people):
    name = "x'; UPDATE accounts SET reviewer = 1; --"
    made = people().ask("POST", "/accounts", {"name": name, "password": PASSWORD, "study": study})
    assert made.status_code == 200
    with served[1].reading() as session:
        assert not any(session.scalars(select(Account.reviewer)))
