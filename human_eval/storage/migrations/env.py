"""Runs migrations over the connection that `human_eval.storage.database.migrate` hands over."""

from alembic import context

from human_eval.storage.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite alters a table by making it anew
)
with context.begin_transaction():
    context.run_migrations()
