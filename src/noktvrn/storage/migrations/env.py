"""Alembic's way in: always on the connection it is given, inside the caller's transaction."""

from alembic import context

from noktvrn.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,
    compare_type=True,
)
context.run_migrations()
