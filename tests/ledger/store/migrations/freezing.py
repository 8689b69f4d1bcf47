"""The statements of the latest revision, from the tables that the program declares.

While a revision is not released, ``python -m tests.ledger.store.migrations.freezing`` writes them again.
"""

from pathlib import Path

import api.app  # noqa: F401 - declares every table
from ledger.store import migrations
from ledger.store.tables import RECORD, statements

VERSIONS = Path(migrations.__file__).parent / "versions"


def statements_of(kind: str) -> str:
    return "".join(f"{statement}\n" for statement in statements(kind, RECORD))


def file_of(kind: str) -> Path:
    return VERSIONS / f"{migrations.HEAD}.{kind}.sql"


if __name__ == "__main__":
    for kind in ("sqlite", "postgresql"):
        file_of(kind).write_text(statements_of(kind))
