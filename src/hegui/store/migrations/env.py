"""Alembic's entry: runs the scripts on the connection it is handed, inside that transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], target_metadata=None)
context.run_migrations()
