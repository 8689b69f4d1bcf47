"""Announcements of changes: the same in JSON, in the feed and in webhooks, and never with a name.

Consent can be withdrawn, an announcement cannot. The name is on the page that an announcement links to.
"""

from datetime import date, datetime
from urllib.parse import quote

import msgspec
from pydantic import BaseModel, Field

from api.register import Register
from ledger.words import Words
from projections.changes import Change, Kind

LABELS: dict[Kind, Words] = {
    Kind.ISSUED: Words("Certificate issued", "Certificat délivré"),
    Kind.REISSUED: Words("Certificate reissued", "Certificat réémis"),
    Kind.SUSPENDED: Words("Certification suspended", "Certification suspendue"),
    Kind.LIFTED: Words("Suspension lifted", "Suspension levée"),
    Kind.WITHDRAWN: Words("Certification withdrawn", "Certification retirée"),
    Kind.RELINQUISHED: Words("Certification relinquished", "Renonciation à la certification"),
    Kind.ANNULLED: Words("Certification annulled", "Certification annulée"),
    Kind.RESTORED: Words("Decision annulled on appeal", "Décision annulée sur recours"),
    Kind.RENEWED: Words("Certification renewed", "Certification renouvelée"),
    Kind.SCOPE_REDUCED: Words("Scope reduced", "Portée réduite"),
    Kind.SCOPE_EXTENDED: Words("Scope extended", "Portée étendue"),
}


class Announcement(BaseModel, frozen=True):
    """A change of a certificate's public status. ``position`` counts the log's entries from 1."""

    position: int
    kind: Kind
    label_en: str
    label_fr: str
    certification: str
    number: str | None = Field(description="the certificate in use after it; null when none was issued yet")
    old_number: str | None = Field(description="the certificate that a reissue supersedes")
    effective_from: date = Field(description="the first day on which it holds")
    expires_on: date | None = Field(description="the last day of validity after it; null without end")
    recorded: datetime
    url: str = Field(description="the certificate's page, or the advisor's while no certificate was issued")


class Announcements(BaseModel, frozen=True):
    """Changes in the order of the log. The next ones are at ``?after=`` with the value of ``last``."""

    changes: list[Announcement]
    last: int
    next: str | None = Field(description="the address of the next ones; null when these were all")


def announcement(register: Register, change: Change) -> Announcement:
    """Returns the announcement of a change, with its words and its address."""
    where = f"certificates/{quote(change.number)}" if change.number else f"advisors/{quote(change.person_id)}"
    label = LABELS[change.kind]
    return Announcement(
        **msgspec.structs.asdict(change),
        label_en=label.en,
        label_fr=label.fr,
        certification=change.certification_id,
        url=f"{register.settings.base_url}/{where}",
    )
