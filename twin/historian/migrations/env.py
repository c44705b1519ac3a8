"""Run by Alembic: applies the revisions on the connection, and in the transaction, that `migrate` hands over."""

from alembic import context

from twin.historian.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
