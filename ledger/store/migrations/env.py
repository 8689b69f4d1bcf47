"""How Alembic runs the migrations: on the connection, and in the transaction, that it is given."""

from alembic import context

from ledger.store.tables import RECORD

context.configure(connection=context.config.attributes["connection"], target_metadata=RECORD)
context.run_migrations()
