"""Facts about one workshop: when and where, who trains, who assesses, and the ranking at its end."""

from datetime import date

import msgspec

from ledger.domain.events.common import Ratio
from ledger.domain.record import Fact


class SessionPlanned(Fact, frozen=True, kw_only=True):
    """``language`` is an ISO 639-1 code; the days ``start`` and ``end`` are both included."""

    session_id: str
    scheme_id: str
    scheme_version: str
    title_en: str
    title_fr: str
    start: date
    end: date
    place: str
    language: str
    funder: str


class FacilitatorAssigned(Fact, frozen=True, kw_only=True):
    """The person trains everyone who attends this workshop."""

    person_id: str


class AssessorAssigned(Fact, frozen=True, kw_only=True):
    """The person may score the candidates of this workshop."""

    person_id: str


class CallForNominationsIssued(Fact, frozen=True, kw_only=True):
    """Administrations are asked to nominate until a day, included, by the criteria of the workshop's scheme version."""

    administrations: tuple[str, ...]
    until: date


class CallForNominationsClosed(Fact, frozen=True, kw_only=True):
    """No nomination is accepted any more, unless administrations are called again."""


class SessionClosed(Fact, frozen=True, kw_only=True):
    """After this, no nomination and no first score sheet is accepted: what is missing stays missing."""


class Ranked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A candidacy that meets every competency, with the sum of its competency means."""

    candidacy_id: str
    composite: Ratio


class RankingComputed(Fact, frozen=True, kw_only=True):
    """``order`` holds only candidacies that meet everything, best first, ties by candidacy id.

    ``selected`` holds the seats and everyone tied at the last one, by candidacy id, so that the
    serial of a certificate (position in ``selected``, from 1) tells nothing about the score.
    """

    seats: int
    order: tuple[Ranked, ...]
    selected: tuple[str, ...]
