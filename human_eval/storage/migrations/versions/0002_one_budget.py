"""Reports are counted without reading those before; a person of Prolific is known by their visit."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_listening_reports_participant_id_page_id", table_name="listening_reports")
    op.drop_index("ix_listening_reports_participant_id_ended_at", table_name="listening_reports")
    op.create_index(
        "ix_listening_reports_participant_page_time",
        "listening_reports",
        ["participant_id", "page_id", "page_to"],
    )
    _name_visits()


def _name_visits() -> None:
    """Name each account of Prolific by person and visit, as `accounts.of_prolific` does."""
    accounts = sa.table(
        "accounts", sa.column("id"), sa.column("source"), sa.column("external_id"), sa.column("secret_hash")
    )
    participants = sa.table(
        "participants", sa.column("account_id"), sa.column("joined_at"), sa.column("prolific", sa.JSON)
    )
    connection = op.get_bind()
    visits = connection.execute(
        sa.select(accounts.c.id, accounts.c.external_id, participants.c.prolific)
        .join(participants, participants.c.account_id == accounts.c.id)
        .where(accounts.c.source == "prolific")
        .order_by(participants.c.joined_at.desc())
    ).all()
    # Of several visits the first was the one that could come back; it is changed last, and stays.
    names = {account: f"{person}:{visit['session']}" for account, person, visit in visits if visit}
    for account, name in names.items():
        change = sa.update(accounts).where(accounts.c.id == account)
        connection.execute(change.values(external_id=name[:120], secret_hash=None))


def downgrade() -> None:
    raise NotImplementedError("Restore a backup that was made before instead.")
