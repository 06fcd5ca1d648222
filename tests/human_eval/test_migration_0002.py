"""A database of the first version: who came by Prolific then still comes back to their work."""

from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, insert, select
from sqlalchemy.engine import URL

from human_eval import accounts
from human_eval.storage.database import MIGRATIONS, Database, open_database
from human_eval.storage.schema import Account

PERSON, FIRST, SECOND = "5f0c1ab2c3d4e5f60718293a", "60d9aadeb86739de712faee0", "60d9aadeb86739de712faee1"
STUDY = {
    "state": "open", "dataset": "d", "dataset_sha256": "0" * 64, "seed": 0, "overlap": 1, "must_listen": 0.8,
    "max_speed": 2.0, "gold_every": 10, "lease_s": 60.0, "pause_after_s": 60.0, "instructions": "",
    "consent": "", "sound_check": False, "joining": ["prolific"], "spec": {}, "created_at": 0.0,
}  # fmt: skip


def at_first_version(url: URL) -> Database:
    database = Database(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    return database


def test_a_person_is_known_by_their_first_visit(empty_url: URL) -> None:
    old = at_first_version(empty_url)
    tables = MetaData()
    with old.engine.begin() as connection:
        tables.reflect(connection)
        account = {
            "id": "a",
            "source": "prolific",
            "external_id": PERSON,
            "reviewer": False,
            "created_at": 1.0,
        }
        connection.execute(insert(tables.tables["accounts"]).values(secret_hash="0" * 64, **account))
        local = account | {"id": "b", "source": "local", "external_id": "ann", "name": "ann"}
        connection.execute(insert(tables.tables["accounts"]).values(**local))
        for number, visit in enumerate((FIRST, SECOND)):
            connection.execute(
                insert(tables.tables["studies"]).values(id=f"s{number}", name=f"Study {number}", **STUDY)
            )
            connection.execute(
                insert(tables.tables["participants"]).values(
                    id=f"p{number}",
                    study_id=f"s{number}",
                    account_id="a",
                    seed=1,
                    sound_attempts=0,
                    prolific={"study": "x", "session": visit},
                    joined_at=float(number),
                    active_s=0.0,
                )
            )
    old.close()
    new = open_database(empty_url)
    with new.writing() as session:
        assert accounts.of_prolific(session, PERSON, FIRST).id == "a"
        assert accounts.of_prolific(session, PERSON, SECOND).id != "a"
        names = session.execute(select(Account.external_id).where(Account.source == "local")).scalars().all()
        assert names == ["ann"]
    new.close()
