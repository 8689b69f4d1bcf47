"""The status of a certificate: of the document that a person shows, not only of the certification behind it.

A document that was superseded, or that states more than is certified now, is not in force even while the certification
is. Pages, JSON, badge and verification all use this function.
"""

from collections.abc import Collection
from enum import StrEnum

from ledger.domain.standing import NOT_CERTIFIED_YET, Status
from ledger.words import Words


class CertificateStatus(StrEnum):
    """What a certificate is on a day. Only ``VALID`` means that all that it states is certified."""

    NONE = "none"
    NOT_YET_VALID = "not-yet-valid"
    VALID = "valid"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    RELINQUISHED = "relinquished"
    ANNULLED = "annulled"
    SUPERSEDED = "superseded"
    SCOPE_REDUCED = "scope-reduced"


STATUS_LABELS: dict[CertificateStatus, Words] = {
    CertificateStatus.NONE: Words("Not certified", "Sans certification"),
    CertificateStatus.NOT_YET_VALID: Words("Not yet in force", "Pas encore en vigueur"),
    CertificateStatus.VALID: Words("In force", "En vigueur"),
    CertificateStatus.SUSPENDED: Words("Suspended", "Suspendue"),
    CertificateStatus.EXPIRED: Words("Expired", "Expirée"),
    CertificateStatus.WITHDRAWN: Words("Withdrawn", "Retirée"),
    CertificateStatus.RELINQUISHED: Words("Relinquished", "Renonciation"),
    CertificateStatus.ANNULLED: Words("Annulled", "Annulée"),
    CertificateStatus.SUPERSEDED: Words("Superseded", "Document remplacé"),
    CertificateStatus.SCOPE_REDUCED: Words("Scope reduced", "Portée réduite"),
}

CERTIFICATION_LABELS: dict[Status, Words] = {
    **{status: STATUS_LABELS[CertificateStatus(status)] for status in Status if status not in NOT_CERTIFIED_YET},
    Status.PRE_ACCREDITED: Words("Pre-accredited", "Pré-accréditation"),
    Status.RECOGNISED: Words("Recognised, not certified", "Reconnaissance, sans certification"),
    Status.LAPSED: Words("Pre-accreditation lapsed", "Pré-accréditation caduque"),
}
"""Of certifications: also where there is no certificate."""


def status_label(status: str) -> Words:
    """The label of a status of either kind. Raises ValueError for another text."""
    return CERTIFICATION_LABELS[Status(status)] if status in list(Status) else STATUS_LABELS[CertificateStatus(status)]


def certificate_status(
    certification: Status, *, is_superseded: bool, stated: Collection[str], certified: Collection[str]
) -> CertificateStatus:
    """Returns the status of a certificate from that of its certification on the same day, as known at the same moment.

    ``stated`` is the scope in the document, ``certified`` that of the certification. A certification that is not in
    force decides alone: that matters more than that there is a newer document.
    """
    if certification in NOT_CERTIFIED_YET:
        return CertificateStatus.NOT_YET_VALID
    if certification is not Status.VALID:
        return CertificateStatus(certification)
    if is_superseded:
        return CertificateStatus.SUPERSEDED
    return CertificateStatus.VALID if set(stated) <= set(certified) else CertificateStatus.SCOPE_REDUCED
