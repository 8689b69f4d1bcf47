"""The tables of the secretariat's console: they are new, and nothing that was there changes."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    connection = op.get_bind()
    for statement in Path(__file__).with_name(f"{revision}.{connection.dialect.name}.sql").read_text().splitlines():
        connection.exec_driver_sql(statement)
