"""Who is one person, and what they consented to, from the rows of the merges."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from ledger.domain.states.merges import Merges
from projections.entry import microseconds

_NOW = microseconds(datetime.max.replace(tzinfo=UTC))
_FOREVER = _NOW + 1


def merges_of(rows: Iterable[Any], known: datetime | None = None) -> Merges:
    """The merges in force as known at a moment, or now."""
    at = _NOW if known is None else microseconds(known)
    in_force = (row for row in rows if row["known_from"] <= at and at < (row["known_until"] or _FOREVER))
    return Merges({row["merged_id"]: row["person_id"] for row in in_force})


def consent_of(rows: Mapping[str, Any], merged: Iterable[Any]) -> Callable[[str, str], bool]:
    """Returns whether a person gave a consent, under every id that was not heard since it was merged."""
    into: dict[str, list[Any]] = {}
    for row in merged:
        if row["known_until"] is None:
            into.setdefault(row["person_id"], []).append(row)

    def agrees(person_id: str, consent: str) -> bool:
        unheard = [row["merged_id"] for row in into.get(person_id, ()) if row[f"{consent}_with"]]
        return bool(rows[person_id][consent]) and all(agrees(other, consent) for other in unheard)

    return agrees
