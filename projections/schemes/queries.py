"""What is asked of the schemes: their approved versions."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from ledger.domain.events.scheme import SchemeVersionDrafted
from ledger.store.port import Database

_SELECT = (
    "SELECT scheme_id, title_en, title_fr, draft_json, effective_from FROM schemes JOIN scheme_versions "
    "USING (scheme_id) WHERE effective_from IS NOT NULL AND scheme_id = ? "
)


class SchemeVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One approved version, in force for workshops that begin on or after ``effective_from``."""

    scheme_id: str
    title_en: str
    title_fr: str
    effective_from: date
    content: SchemeVersionDrafted


class Schemes:
    """Questions about schemes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def versions(self, scheme_id: str) -> list[SchemeVersion]:
        """Every approved version, the latest first."""
        return self._select("ORDER BY effective_from DESC, version DESC", (scheme_id,))

    def version(self, scheme_id: str, version: str) -> SchemeVersion | None:
        """One approved version."""
        return next(iter(self._select("AND version = ?", (scheme_id, version))), None)

    def _select(self, rest: str, parameters: tuple[str, ...]) -> list[SchemeVersion]:
        with self._database.transaction(commit=False) as cursor:
            cursor.execute(_SELECT + rest, parameters)
            return [_version(row) for row in cursor.fetchall()]


def _version(row: Any) -> SchemeVersion:
    return SchemeVersion(
        scheme_id=row["scheme_id"],
        title_en=row["title_en"],
        title_fr=row["title_fr"],
        effective_from=date.fromisoformat(row["effective_from"]),
        content=msgspec.json.decode(row["draft_json"], type=SchemeVersionDrafted),
    )
