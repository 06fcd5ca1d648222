"""Reviewers listen; Hugging Face accounts have a subject; a study knows the dataset it is a part of."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Columns are added and no table is made anew: SQLite would drop the old one first, and every row that
# refers to it would go with it.


def upgrade() -> None:
    # Empty for those who came before: filled at their next sign-in, see `accounts.of_huggingface`.
    op.add_column("accounts", sa.Column("subject", sa.String(length=120), nullable=True))
    op.create_index("ix_accounts_source_subject", "accounts", ["source", "subject"], unique=True)
    op.add_column("studies", sa.Column("whole_sha256", sa.String(length=64), nullable=True))
    op.add_column("studies", sa.Column("whole_count", sa.Integer(), nullable=True))
    # Rounds that were drawn before asked for no listening.
    op.add_column(
        "verification_rounds", sa.Column("must_listen", sa.Double(), nullable=False, server_default="0")
    )
    for name in ("covered", "reports"):
        op.add_column("reviews", sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("reviews", sa.Column("listened_s", sa.Double(), nullable=False, server_default="0"))
    for name in ("heard_to", "coverage"):
        op.add_column("reviews", sa.Column(name, sa.Double(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("Restore a backup that was made before instead.")
