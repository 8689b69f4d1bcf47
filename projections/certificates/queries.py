"""Queries about certificates: by number, by person, and the status at both times."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from ledger.domain.events.certification import CertificateContent, CertificationGranted
from ledger.domain.scope import scope_on
from ledger.domain.spans import Span
from ledger.domain.standing import Standing, Status
from projections.certificates import tables
from projections.certificates.tables import Award, scopes_known
from projections.entry import microseconds, moment
from projections.read_model import ReadModel
from projections.spans import Timeline, at_both_times

_SELECT_CERTIFICATE = (
    "SELECT number, issue, position, certificates.known AS known, content_json, superseded_by, "
    "(SELECT later.known FROM certificates AS later WHERE later.number = certificates.superseded_by) AS superseded, "
    "certification_id, person_id, session_id, certifications.known AS granted, grant_json, standing_json "
    "FROM certificates JOIN certifications USING (certification_id) "
)


class CertificateRow(msgspec.Struct, frozen=True, kw_only=True):
    """One certificate as issued. ``position`` counts from 1.

    ``granted``, ``issued`` and ``superseded`` are when the log knew it; the last is None while the certificate is in
    use.
    """

    number: str
    issue: int
    position: int
    issued: datetime
    content: CertificateContent
    superseded: datetime | None
    superseded_by: str | None
    certification_id: str
    person_id: str
    session_id: str
    granted: datetime
    grant: CertificationGranted
    standing: Standing


class Certificates(ReadModel):
    """Certificates and the certifications behind them."""

    TABLES, RECORD, IGNORED = tables.TABLES, tables.RECORD, tables.IGNORED

    def by_number(self, number: str) -> CertificateRow | None:
        """The certificate of that number, superseded ones too."""
        return next(iter(self._select("WHERE number = ?", (number,))), None)

    def of_certification(self, certification_id: str) -> list[CertificateRow]:
        """Every certificate of a certification, first issue first."""
        return self._select("WHERE certification_id = ? ORDER BY issue", (certification_id,))

    def everything(self) -> list[CertificateRow]:
        """Every certificate that was ever issued, in the order of recording."""
        return self._select("ORDER BY position", ())

    def in_use(self) -> list[CertificateRow]:
        """Every certificate that is not superseded, in the order of recording."""
        return self._select("WHERE superseded_by IS NULL ORDER BY position", ())

    def awards_of(self, ids: Sequence[str]) -> list[Award]:
        """What was ever granted to a person of these ids, be it only a pre-accreditation, in order."""
        places = ", ".join("?" * len(ids))
        rows = self._rows(f"SELECT award_json FROM certifications WHERE person_id IN ({places}) ORDER BY rowid", ids)
        return [msgspec.json.decode(row["award_json"], type=Award) for row in rows]

    def was_certified(self, ids: Sequence[str]) -> bool:
        """Whether a certification was ever granted to a person of these ids, and not only a pre-accreditation."""
        places = ", ".join("?" * len(ids))
        where = f"WHERE grant_json IS NOT NULL AND person_id IN ({places}) LIMIT 1"
        return bool(self._rows(f"SELECT 1 FROM certifications {where}", ids))

    def granted(self, certification_id: str) -> datetime:
        """When the log knew of the grant of a certification; of a pre-accreditation while there is none."""
        (row,) = self._rows("SELECT known FROM certifications WHERE certification_id = ?", (certification_id,))
        return moment(row["known"])

    def timeline(self, certification_id: str, known: datetime) -> Timeline:
        """Every status of a certification with its days, as known at a moment."""
        rows = self._rows(
            "SELECT first_day, last_day, status FROM certificate_spans WHERE certification_id = :id "
            "AND known_from <= :known AND (known_until IS NULL OR known_until > :known) ORDER BY first_day",
            {"id": certification_id, "known": microseconds(known)},
        )
        return Timeline(tuple(_span(row) for row in rows))

    def all_statuses(self, day: date, known: datetime) -> dict[str, tuple[Status | None, bool]]:
        """By number, as known at a moment: the status on a day, None before the first, and whether superseded."""
        rows = self._rows(
            "SELECT number, (SELECT status FROM certificate_spans AS span "
            f"WHERE span.certification_id = certificates.certification_id AND {at_both_times(':day', ':known')}"
            ") AS status, EXISTS (SELECT 1 FROM certificates AS later "
            "WHERE later.number = certificates.superseded_by AND later.known <= :known) AS superseded "
            "FROM certificates WHERE known <= :known",
            {"day": day.isoformat(), "known": microseconds(known)},
        )
        return {row["number"]: (row["status"] and Status(row["status"]), bool(row["superseded"])) for row in rows}

    def overstating(self, day: date, known: datetime) -> frozenset[str]:
        """The numbers of the certificates that state more than is certified on a day, as known at a moment."""
        rows = self._rows(
            "SELECT number, certification_id, content_json FROM certificates WHERE known <= :known "
            "AND certification_id IN (SELECT certification_id FROM certificate_scopes WHERE known <= :known "
            "GROUP BY certification_id HAVING COUNT(*) > 1)",
            {"known": microseconds(known)},
        )
        return frozenset(
            row["number"]
            for row in rows
            if not self.scope(row["certification_id"], day, known).issuperset(
                msgspec.json.decode(row["content_json"], type=CertificateContent).scope
            )
        )

    def scope(self, certification_id: str, day: date, known: datetime) -> frozenset[str]:
        """The competencies certified on a day, as known at a moment; none before the grant was known."""
        with self._database.transaction(commit=False) as cursor:
            scopes = scopes_known(cursor, certification_id, microseconds(known))
        return scope_on(scopes, day) if scopes else frozenset()

    def _select(self, where: str, parameters: tuple[str, ...]) -> list[CertificateRow]:
        return [_certificate(row) for row in self._rows(_SELECT_CERTIFICATE + where, parameters)]


def _span(row: Any) -> Span:
    last_day = row["last_day"] and date.fromisoformat(row["last_day"])
    return Span(date.fromisoformat(row["first_day"]), last_day, Status(row["status"]))


def _certificate(row: Any) -> CertificateRow:
    return CertificateRow(
        number=row["number"],
        issue=row["issue"],
        position=row["position"],
        issued=moment(row["known"]),
        content=msgspec.json.decode(row["content_json"], type=CertificateContent),
        superseded=row["superseded"] and moment(row["superseded"]),
        superseded_by=row["superseded_by"],
        certification_id=row["certification_id"],
        person_id=row["person_id"],
        session_id=row["session_id"],
        granted=moment(row["granted"]),
        grant=msgspec.json.decode(row["grant_json"], type=CertificationGranted),
        standing=msgspec.json.decode(row["standing_json"], type=Standing),
    )
