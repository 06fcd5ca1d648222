"""A database of before reviewers listened: nothing of it is lost, and its rounds ask for no listening."""

from sqlalchemy import MetaData, insert, select
from sqlalchemy.engine import URL

from human_eval import accounts
from human_eval.storage.database import open_database
from human_eval.storage.schema import Account, LoginSession, Review, VerificationRound
from tests.human_eval.test_migration_0002 import at_first_version

ROWS = {
    "accounts": [
        {
            "id": "r",
            "source": "local",
            "name": "rita",
            "external_id": "rita",
            "reviewer": True,
            "created_at": 1.0,
        },
        {"id": "h", "source": "huggingface", "external_id": "hugo", "reviewer": True, "created_at": 1.8e9},
    ],
    "sessions": [
        {
            "id": "0" * 64,
            "account_id": "r",
            "csrf": "c",
            "created_at": 1.0,
            "seen_at": 1.0,
            "expires_at": 9.9e9,
        }
    ],
    "recordings": [{"id": "f", "path": "/x", "name": "x", "sha256": "0" * 64, "duration_s": 2.0}],
    "verification_rounds": [
        {
            "id": "v",
            "dataset": "d",
            "dataset_sha256": "0" * 64,
            "subset": "MC",
            "number": 1,
            "seed": 0,
            "population": 1,
            "state": "open",
            "checklist": [],
            "reason": "",
            "opened_at": 1.0,
        }
    ],
    "verification_samples": [
        {
            "id": "s",
            "round_id": "v",
            "place": 0,
            "sample_id": "m",
            "task": "MC",
            "question": "",
            "options": [],
            "recording_id": "f",
            "needed": 2,
        }
    ],
    "reviews": [
        {
            "id": "w",
            "sample_id": "s",
            "reviewer_id": "r",
            "leased_at": 1.0,
            "expires_at": 2.0,
            "comment": "So.",
        }
    ],
}


def test_every_row_is_still_there(empty_url: URL) -> None:
    old = at_first_version(empty_url)
    tables = MetaData()
    with old.engine.begin() as connection:
        tables.reflect(connection)
        for name, rows in ROWS.items():
            for row in rows:
                connection.execute(insert(tables.tables[name]).values(**row))
    old.close()
    new = open_database(empty_url)
    with new.writing() as session:
        assert session.scalars(select(LoginSession.account_id)).all() == ["r"]
        review = session.scalars(select(Review)).one()
        assert (review.comment, review.covered, review.reports, review.listened_s) == ("So.", [], [], 0.0)
        assert session.get_one(VerificationRound, "v").must_listen == 0.0
        assert accounts.of_huggingface(session, "62f264b9f3c90f4b6514a269", "hugo").id == "h"
        assert session.get_one(Account, "h").subject == "62f264b9f3c90f4b6514a269"
    new.close()
