"""Running the migrations, by Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import ProgrammingError

from ledger.errors import Unreadable
from ledger.store.migrations.marks import MARKS
from ledger.store.port import Cursor

_FOLDER = Path(__file__).parent


def known() -> list[str]:
    """The revisions that this program knows, the first one first."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def require_known(name: str, stored: str) -> None:
    """Raises ``Unreadable`` when a database is of a later version, or unfinished, or was moved."""
    if stored and stored not in known():
        raise (
            MARKS[stored](name)
            if stored in MARKS
            else Unreadable(
                f"{name}: made by a later version of pca-ledger ({stored}); use that version",
                f"{name} : créé par une version plus récente de pca-ledger ({stored}) ; utilisez cette version",
            )
        )


def upgrade(cursor: Cursor, name: str) -> None:
    """Migrate the tables to the latest revision, inside a transaction.

    Raises ``Unreadable`` when the role may not, and ``Corrupt`` when the form is not that of its version.
    """
    cursor.connection.begin_nested().commit()  # so that Alembic leaves the transaction to this one
    config = _config()
    config.attributes["connection"] = cursor.connection
    try:
        command.upgrade(config, "head")
    except ProgrammingError as error:
        raise Unreadable(
            f"{name}: could not be migrated; as a role that may change tables, run pca-ledger migrate ({error.orig})",
            f"{name} : migration impossible ; avec un rôle autorisé à modifier les tables, lancez pca-ledger migrate "
            f"({error.orig})",
        ) from error


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config
