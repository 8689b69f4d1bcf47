"""A record without a ledger: its database, with all tables and nothing in them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ledger.store.opening import open_record
from ledger.store.port import Database
from ledger.store.recorder import LedgerRecorder


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Database]:
    """The database of an empty record."""
    with closing(open_record(tmp_path)) as database:
        LedgerRecorder(database).create_tables()
        yield database
