"""What a published log does not have is said: a tile that is missing, and entries that are not public."""

import pytest

from ledger.errors import Unreachable, Unverifiable
from ledger.log.tiles import Tile
from ledger.published import PublishedLog
from tests.support import World


def test_a_log_without_entries_says_where_they_are(founded: World) -> None:
    files = {"tile/entries/000.p/5": b"\x00\x01a" * 5}
    log = PublishedLog(files.__getitem__, founded.ledger.trust)
    log.require_entries(5)
    with pytest.raises(Unreachable, match="entries are in an export, or are served to an auditor's key"):
        log.require_entries(6)
    with pytest.raises(Unverifiable, match="not found"):
        log.file(Tile(0, 0))
