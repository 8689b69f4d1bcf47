"""A certification that ends otherwise than by a withdrawal: given up by its holder, or annulled from the start.

An annulment says that the certification never counted: what is asked of an earlier day is answered so from then on, and
what was known before it can still be read. No number is given again, and the person may be certified anew.
"""

from datetime import date
from typing import ClassVar

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, CertificationCommand
from ledger.domain.decisions.rows import EventType, command_type
from ledger.domain.events import certification as facts
from ledger.domain.events.common import Digest
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role
from ledger.domain.refusal import Refused
from ledger.domain.standing import Status
from ledger.words import Words


class RelinquishCertification(CertificationCommand, frozen=True, kw_only=True):
    sealed_names: ClassVar = {"request": ("evidence",)}
    effective_from: date
    request: Digest


class AnnulCertification(CertificationCommand, frozen=True, kw_only=True):
    sealed_codes: ClassVar = {"reason_code": "annulment_reason"}
    reason_code: Digest
    reason: Digest


def relinquish_certification(command: RelinquishCertification, act: Act, read: Reader) -> Fact:
    """A registrar records that the holder gives up what was granted, be it suspended or only a pre-accreditation."""
    certification, award = require.awarded(command.certification_id, read)
    require.present(award.person_id, read)
    require.not_ended(certification)
    if command.effective_from < award.effective_from:
        raise Refused("effective-too-early", date=award.effective_from)
    for day in (act.day, command.effective_from):
        require.not_expired(certification, day)
        if certification.standing.on(day) is Status.LAPSED:
            raise Refused("lapsed")
    return command.stated_as(facts.CertificationRelinquished)


def annul_certification(command: AnnulCertification, act: Act, read: Reader) -> Fact:
    """A director and one of the decision authority annul a certification, also one that has ended."""
    certification, award = require.awarded(command.certification_id, read)
    require.present(award.person_id, read)
    require.independent(act, read.candidacy(command.certification_id), read)
    require.not_held(command.certification_id, "certification-held", act.day, read)
    if certification.standing.annulled:
        raise Refused("annulled")
    return command.stated_as(facts.CertificationAnnulled, void_from=certification.standing.first_day)


# fmt: off
COMMANDS = (
    command_type("relinquish-certification", RelinquishCertification, relinquish_certification,
        EventType("certification-relinquished/v1", facts.CertificationRelinquished, (Role.REGISTRAR,), "public",
                  Words("Certification relinquished", "Renonciation à la certification"))),
    command_type("annul-certification", AnnulCertification, annul_certification,
        EventType("certification-annulled/v1", facts.CertificationAnnulled, (Role.DIRECTOR, Role.DECISION_AUTHORITY),
                  "public", Words("Certification annulled", "Certification annulée ab initio"))),
)
# fmt: on
