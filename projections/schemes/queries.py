"""Queries about the schemes: their approved versions."""

from datetime import date
from typing import Any

import msgspec

from ledger.domain.events.scheme import SchemeVersionDrafted
from projections.read_model import ReadModel
from projections.schemes import tables

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


class Schemes(ReadModel):
    """The schemes and their approved versions."""

    TABLES, RECORD = tables.TABLES, tables.RECORD

    def versions(self, scheme_id: str) -> list[SchemeVersion]:
        """Every approved version, the latest first."""
        return self._select("ORDER BY effective_from DESC, version DESC", (scheme_id,))

    def version(self, scheme_id: str, version: str) -> SchemeVersion | None:
        """One approved version."""
        return next(iter(self._select("AND version = ?", (scheme_id, version))), None)

    def _select(self, rest: str, parameters: tuple[str, ...]) -> list[SchemeVersion]:
        return [_version(row) for row in self._rows(_SELECT + rest, parameters)]


def _version(row: Any) -> SchemeVersion:
    return SchemeVersion(
        scheme_id=row["scheme_id"],
        title_en=row["title_en"],
        title_fr=row["title_fr"],
        effective_from=date.fromisoformat(row["effective_from"]),
        content=msgspec.json.decode(row["draft_json"], type=SchemeVersionDrafted),
    )
