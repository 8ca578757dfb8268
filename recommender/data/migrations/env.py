"""Runs the steps on the connection that `store.upgrade` hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from recommender.data import schema

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
