"""The rows of the inbox, as they are in the record."""

from sqlalchemy import Table, select, update

from ledger.store.desk_tables import PROPOSALS
from tests.support import World


def rows_of(world: World, table: Table = PROPOSALS) -> list[tuple[object, ...]]:
    """Every row of a table, in no order."""
    return [tuple(row) for row in world.ledger.database.run(select(table))]


def tamper(world: World, number: int | None = None, **columns: object) -> None:
    """Store something in columns of a proposal, or of all, as another version, or a defect of the disk, could."""
    statement = update(PROPOSALS).values(columns)
    with world.ledger.database.transaction(commit=True) as cursor:
        cursor.run(statement if number is None else statement.where(PROPOSALS.c.id == number))
