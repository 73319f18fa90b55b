"""Alembic's entry: runs the migrations on the connection that was handed in, in its transaction."""

from __future__ import annotations

from alembic import context

from adapters.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # Said for the whole: begun and committed by the caller, together with the mark of the file.
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
