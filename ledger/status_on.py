"""The status of a certificate on a day, with the days of that status, and in words."""

from datetime import date
from typing import assert_never

import msgspec

from ledger.domain.certificate_status import CertificateStatus, certificate_status
from ledger.domain.events.certification import CertificateContent
from ledger.domain.scope import scope_on, taken_out_on
from ledger.domain.spans import span_around, spans
from ledger.domain.states.certification import Certification
from ledger.words import Words, day_in_words


class StatusOn(msgspec.Struct, frozen=True, kw_only=True):
    """The status of a certificate on a day, with the first and last day of that status where it has one.

    Of a superseded certificate, ``since`` is the day on which ``superseded_by`` was issued. ``lapsed`` are competencies
    that it states and that are no longer certified.
    """

    status: CertificateStatus
    day: date
    since: date | None = None
    until: date | None = None
    superseded_by: str | None = None
    lapsed: tuple[str, ...] = ()

    def clause(self, today: date) -> Words:
        """Returns what the status is, since when or until when; of an earlier day, that it was so then."""
        words = self._clause()
        if self.status is CertificateStatus.VALID and self.day >= today and self.until is not None:
            until = day_in_words(self.until)
            words = Words(f"{words.en} until {until.en}", f"{words.fr} jusqu’au {until.fr}")
        if self.status is CertificateStatus.SUPERSEDED:
            return words
        if self.superseded_by is not None:
            by = self.superseded_by
            words = Words(f"{words.en}; superseded by {by}", f"{words.fr} ; remplacé par {by}")
        if self.day >= today:
            return words
        on = day_in_words(self.day)
        return Words(f"on {on.en}: {words.en}", f"le {on.fr} : {words.fr}")

    def _clause(self) -> Words:
        since = day_in_words(self.since) if self.since is not None else Words("", "")
        match self.status:
            case CertificateStatus.VALID:
                return Words("valid", "valide")
            case CertificateStatus.SUSPENDED:
                return Words(f"suspended since {since.en}", f"certification suspendue depuis le {since.fr}")
            case CertificateStatus.WITHDRAWN:
                return Words(f"withdrawn since {since.en}", f"certification retirée depuis le {since.fr}")
            case CertificateStatus.RELINQUISHED:
                return Words(
                    f"relinquished since {since.en}", f"renonciation à la certification avec effet au {since.fr}"
                )
            case CertificateStatus.ANNULLED:
                return Words(
                    f"annulled from its first day, {since.en}",
                    f"certification annulée depuis son premier jour, le {since.fr}",
                )
            case CertificateStatus.EXPIRED:
                return Words(f"expired since {since.en}", f"certification expirée depuis le {since.fr}")
            case CertificateStatus.NOT_YET_VALID:
                return Words(f"not in force before {since.en}", f"pas en vigueur avant le {since.fr}")
            case CertificateStatus.NONE:
                return Words("no certification was granted", "aucune certification n’a été accordée")
            case CertificateStatus.SUPERSEDED:
                return Words(
                    f"superseded by {self.superseded_by} on {since.en}: ask for that certificate",
                    f"remplacé par {self.superseded_by} le {since.fr} : demandez ce certificat",
                )
            case CertificateStatus.SCOPE_REDUCED:
                names = ", ".join(self.lapsed)
                return Words(
                    f"the scope was reduced on {since.en} and lacks {names}: ask for the reissued certificate",
                    f"portée réduite le {since.fr}, qui ne comprend plus {names} : demandez le certificat réémis",
                )
            case _:
                assert_never(self.status)


def status_on(
    day: date, certification: Certification, stated: CertificateContent, replaced: tuple[str, date] | None
) -> StatusOn:
    """Returns the status of a certificate; ``replaced`` is by which number, and on which day it was issued."""
    certified = scope_on(certification.scopes, day)
    lapsed, (by, replaced_on) = sorted(set(stated.scope) - certified), replaced or (None, None)
    status = certificate_status(
        certification.standing.on(day), is_superseded=by is not None, stated=stated.scope, certified=certified
    )
    around = span_around(spans(certification.standing), day)
    since, until = (certification.standing.first_day, None) if around is None else (around.first_day, around.last_day)
    if status is CertificateStatus.NOT_YET_VALID:
        since, until = certification.standing.effective_from, None  # also in the field phase before it
    if status is CertificateStatus.SUPERSEDED:
        return StatusOn(status=status, day=day, since=replaced_on, superseded_by=by)
    if status is CertificateStatus.SCOPE_REDUCED:
        since, until = max(taken_out_on(certification.scopes, competency) for competency in lapsed), None
    return StatusOn(status=status, day=day, since=since, until=until, superseded_by=by, lapsed=tuple(lapsed))
