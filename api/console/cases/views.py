"""What the pages of an appeal and of a complaint show."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

from api.console.application import Console
from api.console.certifications.views import Past, past_of
from api.console.commands.views import record_of
from api.console.commands.words import TITLES
from api.console.routing import PREFIX
from api.lists.cases import Clock, clock_of_appeal, clock_of_complaint
from api.lists.labels import CODES
from api.lists.readers import Reader, is_withheld
from api.words.record import Record
from ledger.domain.decisions import require
from ledger.domain.decisions.appeal import clocks_of
from ledger.domain.decisions.panel import CHECKS, checks
from ledger.domain.events.common import Digest
from ledger.domain.record import ROLE_LABELS, Role, Stream
from ledger.domain.refusal import Refused
from ledger.domain.states.appeal import Appeal
from ledger.domain.states.complaint import Complaint
from ledger.domain.subjects import BY_COMMAND_NAME
from ledger.words import LANGUAGES, Language, Words

Deed = tuple[Words, str, Words]
"""Something that can be done: its title, the address of its form, and who signs."""


class Checked(NamedTuple):
    """Somebody who could hear an appeal, or does: what each check found, in words; ``why`` is empty if none did."""

    name: Words
    is_member: bool
    results: tuple[tuple[Words, str], ...]
    why: tuple[Words, ...]


class AppealPage(NamedTuple):
    appeal: Appeal
    clock: Clock
    state: Words
    appellant: Words
    disputed: Words
    decision_address: str
    is_overdue: bool
    texts: tuple[tuple[Words, str], ...]
    panel: tuple[Checked, ...]
    deeds: tuple[Deed, ...]
    outcome: Words | None
    remedy: Words | None
    measure: Words | None
    past: tuple[Past, ...]


class ComplaintPage(NamedTuple):
    complaint: Complaint
    clock: Clock
    state: Words
    concerns: Words
    answerable: Words
    is_overdue: bool
    texts: tuple[tuple[Words, str], ...]
    deeds: tuple[Deed, ...]
    outcome: Words | None
    past: tuple[Past, ...]


def appeal_of(console: Console, appeal_id: str, person: str, language: Language) -> AppealPage:
    """Return an appeal. Raises ``Refused`` for one that is not there, and in one's own case."""
    record, stream = record_of(console), Stream("appeal", appeal_id)
    appeal: Appeal = require.known(stream, record.read)
    lodged, read, ledger = appeal.lodged, record.read, console.office.ledger
    _not_own(person, stream, record)
    _not_own(person, Stream("candidacy", lodged.candidacy_id), record)
    today, clock = ledger.now().date(), clock_of_appeal(appeal, clocks_of(lodged.candidacy_id, read))
    on_certification = lodged.disputed not in ("eligibility-refused", "candidate-excluded")
    kind, decision = ("certification" if on_certification else "candidacy"), appeal.decision
    return AppealPage(
        appeal,
        clock,
        CODES[clock.state],
        record.person_labels([lodged.person_id])[lodged.person_id],
        CODES[lodged.disputed],
        f"{PREFIX}/history/{kind}/{lodged.candidacy_id}",
        clock.due is not None and clock.due < today,
        _texts(record, {"grounds": lodged.grounds, "reason": None if decision is None else decision.reason}),
        () if appeal.is_over else _panel(appeal, today, record),
        tuple(_deeds_of_appeal(appeal)),
        None if decision is None else CODES[decision.outcome],
        None if decision is None else CODES[decision.remedy],
        None if appeal.measure is None else CODES[appeal.measure.measure],
        past_of(console, record, stream, language, [lodged.person_id, *appeal.members]),
    )


def complaint_of(console: Console, complaint_id: str, person: str, language: Language) -> ComplaintPage:
    """Return a complaint. Raises ``Refused`` for one that is not there, and for whoever it concerns."""
    record, stream = record_of(console), Stream("complaint", complaint_id)
    complaint: Complaint = require.known(stream, record.read)
    _not_own(person, stream, record)
    lodged, clock, resolution = complaint.lodged, clock_of_complaint(complaint), complaint.resolution
    today = console.office.ledger.now().date()
    return ComplaintPage(
        complaint,
        clock,
        CODES[clock.state],
        CODES[lodged.concerns],
        record.person_labels([lodged.answerable_id])[lodged.answerable_id],
        clock.due is not None and clock.due < today,
        _texts(record, {"grounds": lodged.grounds, "reason": None if resolution is None else resolution.reason}),
        tuple(_deeds_of_complaint(complaint)),
        None if resolution is None else CODES[resolution.outcome],
        past_of(console, record, stream, language, [lodged.answerable_id]),
    )


def _not_own(person: str, stream: Stream, record: Record) -> None:
    if is_withheld(Reader(person, frozenset()), stream, record.read):
        raise Refused("own-case", person=person)


_TEXTS = {"grounds": Words("Grounds", "Motifs"), "reason": Words("Reasons for the decision", "Motifs de la décision")}


def _texts(record: Record, digests: Mapping[str, Digest | None]) -> tuple[tuple[Words, str], ...]:
    """The sealed texts that are held."""
    held = {name: record.read.disclosure(one.digest) for name, one in digests.items() if one is not None}
    return tuple((_TEXTS[name], str(value.value)) for name, value in held.items() if value is not None)


def _panel(appeal: Appeal, today: date, record: Record) -> tuple[Checked, ...]:
    """Everybody who holds the role, members first, as the rules find them today."""
    people = [one for one in record.holders(Role.APPEAL_PANEL) if not record.read.human(one).erased]
    labels, found = record.person_labels(people), list[Checked]()
    for person in people:
        results = checks(person, appeal.lodged, today, record.read)
        why = tuple(_found(CHECKS[check], where) for check, where in results.items() if where)
        found.append(
            Checked(
                labels[person],
                record.read.is_among(person, appeal.members),
                tuple((CHECKS[check], where) for check, where in results.items()),
                why,
            )
        )
    return tuple(sorted(found, key=lambda one: (not one.is_member, bool(one.why), one.name.en)))


def _found(check: Words, where: str) -> Words:
    return Words(f"{check.en} ({where})", f"{check.fr} ({where})")


def _deeds_of_appeal(appeal: Appeal) -> Iterator[Deed]:
    at = {"appeal_id": appeal.lodged.appeal_id}
    if not appeal.is_over:
        if appeal.acknowledged_on is None:
            yield _deed("acknowledge-appeal", at)
        if appeal.admissible is None:
            yield _deed("decide-admissibility", at)
        else:
            yield _deed("appoint-appeal-panel", at)
        if appeal.members:
            yield _deed("order-interim-measure", at)
            yield _deed("decide-appeal", at)
        return
    if not appeal.closed:
        yield _deed("close-appeal", at)
    if appeal.remedy == "remit" and appeal.lodged.disputed in ("eligibility-refused", "candidate-excluded"):
        yield _deed("remit-selection", {"candidacy_id": appeal.lodged.candidacy_id, **at})
    elif appeal.remedy in ("remit", "annul", "rescore"):
        if appeal.remedy == "rescore":
            yield _deed("reopen-assessment", {"candidacy_id": appeal.lodged.candidacy_id, **at})
        command = "annul-decision" if appeal.remedy == "annul" else "remit-decision"
        yield _deed(command, {"certification_id": appeal.lodged.candidacy_id, **at})


def _deeds_of_complaint(complaint: Complaint) -> Iterator[Deed]:
    at = {"complaint_id": complaint.lodged.complaint_id}
    if complaint.resolution is None:
        if complaint.acknowledged_on is None:
            yield _deed("acknowledge-complaint", at)
        yield _deed("investigate-complaint", at)
        if complaint.investigators:
            yield _deed("resolve-complaint", at)
    if complaint.investigators:
        yield _deed("open-corrective-action", at)
    if complaint.actions.keys() > complaint.results.keys():
        yield _deed("close-corrective-action", at)


def _deed(command: str, given: Mapping[str, str]) -> Deed:
    seats = BY_COMMAND_NAME[command].seats
    count = "" if len(seats) == 1 else f"{len(seats)}\N{NO-BREAK SPACE}\N{MULTIPLICATION SIGN} "
    who = Words(*(f"{count}{ROLE_LABELS[seats[0]].into(each)}" for each in LANGUAGES))
    return TITLES[command], f"{PREFIX}/commands/{command}?{urlencode(given)}", who
