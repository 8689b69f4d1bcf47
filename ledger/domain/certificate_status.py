"""The status of a certificate: of the document that a person shows, not only of the certification behind it.

A document that was superseded, or that states more than is certified now, is not in force even while the certification
is. Pages, JSON, badge and verification all use this function.
"""

from collections.abc import Collection
from enum import StrEnum

from ledger.domain.standing import Status
from ledger.words import Words


class CertificateStatus(StrEnum):
    """What a certificate is on a day. Only ``VALID`` means that all that it states is certified."""

    NONE = "none"
    NOT_YET_VALID = "not-yet-valid"
    VALID = "valid"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    SCOPE_REDUCED = "scope-reduced"


STATUS_LABELS: dict[CertificateStatus, Words] = {
    CertificateStatus.NONE: Words("Not certified", "Sans certification"),
    CertificateStatus.NOT_YET_VALID: Words("Not yet in force", "Pas encore en vigueur"),
    CertificateStatus.VALID: Words("In force", "En vigueur"),
    CertificateStatus.SUSPENDED: Words("Suspended", "Suspendue"),
    CertificateStatus.EXPIRED: Words("Expired", "Expirée"),
    CertificateStatus.WITHDRAWN: Words("Withdrawn", "Retirée"),
    CertificateStatus.SUPERSEDED: Words("Superseded", "Document remplacé"),
    CertificateStatus.SCOPE_REDUCED: Words("Scope reduced", "Portée réduite"),
}


def certificate_status(
    certification: Status, *, is_superseded: bool, stated: Collection[str], certified: Collection[str]
) -> CertificateStatus:
    """Returns the status of a certificate from that of its certification on the same day, as known at the same moment.

    ``stated`` is the scope in the document, ``certified`` that of the certification. A certification that is not in
    force decides alone: that matters more than that there is a newer document.
    """
    if certification is not Status.VALID:
        return CertificateStatus(certification)
    if is_superseded:
        return CertificateStatus.SUPERSEDED
    return CertificateStatus.VALID if set(stated) <= set(certified) else CertificateStatus.SCOPE_REDUCED
