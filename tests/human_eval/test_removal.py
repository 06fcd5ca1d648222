"""What is left of a person who asks to be removed: nothing, in the tables and in the file."""

import json
import os
import stat
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from amarathon.settings import Settings
from human_eval import accounts
from human_eval.__main__ import app as commands
from human_eval.accounts import hash_password, make_local
from human_eval.service import open_service
from human_eval.storage.backup import backup
from human_eval.storage.schema import Account, AuditEvent, Base, Review
from tests.human_eval.api.test_verification import PASSWORD, decide
from tests.human_eval.material import CLIP_S, open_study, played

NAME = "Annabel Unmistakable"
SAID = "a remark that nobody else makes"


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


def traces(database):
    """Every row of every table as text."""
    with database.reading() as session:
        return "\n".join(str(session.execute(table.select()).all()) for table in Base.metadata.sorted_tables)


def joined(service, dataset, someone, clock):
    """Somebody with a name and a password who has answered, remarked and flagged."""
    study = open_study(service.database, dataset, tasks=["SCR"], joining=["account"])
    ann = someone()
    ann.enter("/accounts", {"name": NAME, "password": PASSWORD, "study": study})
    item = ann.next(study)["id"]
    clock.pass_by(CLIP_S)
    ann.page_s += CLIP_S
    ann.report(item, played(0, CLIP_S, 0))
    ann.answer(item, choice=0, comment=SAID)
    ann.put(f"/items/{item}/draft", {"draft": {"x": SAID}})
    ann.post(f"/items/{item}/flag", {"client_id": "flag-0001", "fault": "other", "comment": SAID})
    return ann, study


def ways(boss, service, ann, study):
    with service.database.reading() as session:
        account = accounts.local_account(session, NAME).id
    annotator = ann.get(f"/studies/{study}")["annotator"]
    return {
        "one's own answers": (ann, f"/studies/{study}/me"),
        "one's own account": (ann, "/account"),
        "participant by the administrator": (boss, f"/admin/participants/{annotator}"),
        "account by the administrator": (boss, f"/admin/accounts/{account}"),
    }


@pytest.mark.parametrize(
    "way",
    [
        "one's own answers",
        "one's own account",
        "participant by the administrator",
        "account by the administrator",
    ],
)
def test_nothing_is_left_of_a_person(way, boss, service, dataset, someone, clock):
    ann, study = joined(service, dataset, someone, clock)
    with service.database.reading() as session:
        hashed = accounts.local_account(session, NAME).secret_hash
    who, path = ways(boss, service, ann, study)[way]
    assert who.ask("DELETE", path).status_code == 200
    left = traces(service.database)
    for secret in (NAME, hashed, SAID):
        assert secret not in left
    assert ann.ask("GET", f"/studies/{study}").status_code == 401
    assert someone().ask("POST", "/sign-in", {"name": NAME, "password": PASSWORD}).status_code == 401
    if service.database.is_sqlite:
        for path in Path(service.database.url.database).parent.glob("human_eval.sqlite*"):
            content = path.read_bytes()
            for secret in (NAME, hashed, SAID):
                assert secret.encode() not in content, path.name


def test_an_account_stays_while_its_person_takes_part_elsewhere(boss, service, dataset, someone, clock):
    ann, study = joined(service, dataset, someone, clock)
    other = open_study(service.database, dataset, tasks=["ASR"], joining=["account"])
    ann.enter("/join", {"study": other})
    assert ann.ask("DELETE", f"/studies/{study}/me").status_code == 200
    with service.database.reading() as session:
        assert accounts.local_account(session, NAME) is not None
    assert ann.ask("DELETE", f"/studies/{other}/me").status_code == 200
    assert NAME not in traces(service.database)


def test_a_reviewer_who_goes_leaves_verdicts_without_a_name(boss, service, dataset, someone, clock):
    opened = boss.post("/admin/verification", {"dataset": str(dataset), "subset": "ASR"})["round"]["id"]
    invite = boss.post("/admin/reviewers/invites", {})["address"].split("=")[1]
    rita = someone()
    rita.enter("/accounts", {"name": NAME, "password": PASSWORD, "invite": invite})
    decide(rita, clock, rita.post("/verification/next", {"round": opened})["review"])
    rita.post("/verification/next", {"round": opened})  # begun, and not decided
    assert rita.ask("DELETE", "/account").status_code == 200
    left = traces(service.database)
    assert NAME not in left
    assert "Seen." not in left
    with service.database.reading() as session:
        (review,) = session.scalars(select(Review)).all()
        assert review.verdict is True
        gone = session.get_one(Account, review.reviewer_id)
        assert (gone.source, gone.name, gone.secret_hash, gone.reviewer) == ("removed", None, None, False)
    assert NAME not in str(boss.get("/admin/accounts"))
    # The name is free again, and whoever takes it is somebody else.
    again = boss.post("/admin/reviewers/invites", {})["address"].split("=")[1]
    someone().enter("/accounts", {"name": NAME, "password": PASSWORD, "invite": again})


def test_the_administrator_cannot_be_removed_by_a_click(boss, service, dataset, someone):
    own = next(account for account in boss.get("/admin/accounts")["accounts"] if account["admin"])
    assert boss.ask("DELETE", f"/admin/accounts/{own['id']}").status_code == 409
    assert boss.ask("DELETE", "/account").status_code == 409
    study = open_study(service.database, dataset, joining=["account"])
    boss.enter("/join", {"study": study})
    assert boss.ask("DELETE", f"/studies/{study}/me").status_code == 200
    assert boss.get("/session")["account"]["admin"]


def test_only_the_administrator_removes_others(boss, service, dataset, someone, clock):
    ann, _ = joined(service, dataset, someone, clock)
    own = next(account for account in boss.get("/admin/accounts")["accounts"] if account["admin"])
    assert ann.ask("DELETE", f"/admin/accounts/{own['id']}").status_code == 403
    assert ann.ask("GET", "/admin/accounts").status_code == 403
    assert someone().ask("DELETE", "/account").status_code == 401
    assert ann.ask("DELETE", "/account", **{"X-CSRF-Token": "none"}).status_code == 403


def test_a_command_removes_an_account(tmp_path, monkeypatch):
    monkeypatch.setenv("AMARATHON_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("DATABASE_URL", raising=False)

    def run(*words, status=0, typed=""):
        done = CliRunner().invoke(commands, list(words), input=typed)
        assert done.exit_code == status, done.output
        return done.output

    run("account", NAME, "--password", PASSWORD)
    run("remove-account", NAME, typed="n\n", status=1)
    assert "is removed" in run("remove-account", NAME, "--yes")
    assert "no such account" in run("remove-account", NAME, "--yes", status=2)
    assert NAME.encode() not in (tmp_path / "data" / "human_eval.sqlite").read_bytes()


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_the_database_and_its_backups_are_their_owners_alone(tmp_path):
    old = os.umask(0)  # the most careless one
    try:
        service = open_service(Settings(data=tmp_path / "data"))
        with service.database.writing() as session:
            make_local(session, NAME, "hash")
        target = tmp_path / "backup.zip"
        target.write_text("an older one, for everybody to read")
        target.chmod(0o666)
        left = tmp_path / ".backup.zip.part"
        left.write_text("of a try that was cut off")
        left.chmod(0o666)
        backup(service.database, target)
        found = {path.name: mode(path) for path in (tmp_path / "data").iterdir()}
        assert {found[name] for name in found if name.startswith("human_eval.sqlite")} == {0o600}
        assert {"human_eval.sqlite-wal", "human_eval.sqlite-shm"} <= set(found)
        assert mode(tmp_path / "data" / "human_eval") == 0o700
        assert mode(target) == 0o600
        assert not left.exists()
        service.database.close()
    finally:
        os.umask(old)


def test_a_database_that_others_could_read_is_shut_when_it_is_opened(tmp_path):
    open_service(Settings(data=tmp_path)).database.close()
    path = tmp_path / "human_eval.sqlite"
    path.chmod(0o644)
    open_service(Settings(data=tmp_path)).database.close()
    assert mode(path) == 0o600


def test_a_backup_of_afterwards_names_nobody_who_was_removed(
    boss, service, dataset, someone, clock, tmp_path
):
    ann, _ = joined(service, dataset, someone, clock)
    assert ann.ask("DELETE", "/account").status_code == 200
    backup(service.database, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as file:
        content = b"".join(file.read(name) for name in file.namelist())
    assert NAME.encode() not in content
    assert json.dumps(SAID).encode() not in content
    with service.database.reading() as session:
        actions = list(session.scalars(select(AuditEvent.action)))
    assert "remove account" in actions
