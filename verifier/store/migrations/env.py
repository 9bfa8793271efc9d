"""Alembic's entry: migrates on the connection that `schema.bring_up_to_date` opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=False)
context.run_migrations()
