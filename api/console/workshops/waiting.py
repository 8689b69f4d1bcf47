"""What of a workshop waits for signatures: what it is, whom it is about, and who signs it. No value is shown."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import NamedTuple

from api.console.workshops.standing import Workshop
from api.secretariat.concerning import concerns
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import Waiting
from api.words.record import Record
from api.words.vocabulary import CHOICES
from ledger.domain.decisions.candidacy import NominateCandidate
from ledger.domain.decisions.persons import RegisterPerson
from ledger.domain.events.persons import full_name
from ledger.domain.record import ROLE_LABELS, Signer
from ledger.domain.subjects import BY_COMMAND
from ledger.words import Words


class Pending(NamedTuple):
    """Something that waits; ``is_mine`` to sign, ``is_open`` to whoever looks: they signed or filed it, or sign it."""

    number: int
    title: Words
    about: str
    unsigned: tuple[tuple[str, Words], ...]
    since: date
    is_mine: bool
    is_open: bool


def pending(inbox: Inbox, workshop: Workshop, record: Record, person: str) -> list[Pending]:
    """Return what waits and is about a workshop or somebody nominated for it, in the order of filing."""
    waiting = inbox.waiting()
    about = {workshop.id: "", **{one.id: one.name for one in workshop.candidates}}
    commands = [item.proposal.command for item in waiting]
    nominated = {
        c.candidacy_id: c.person_id
        for c in commands
        if isinstance(c, NominateCandidate) and c.session_id == workshop.id
    }
    # Their registration may wait too: the two are signed together.
    names = {**record.names({*nominated.values()}), **_being_registered(waiting)}
    about |= {candidacy: names.get(one, one) for candidacy, one in nominated.items()}
    about |= {one: names.get(one, one) for one in nominated.values()}
    return [
        _pending(item, about[subject], workshop, person)
        for item in waiting
        if (subject := _subject(item, about)) is not None
    ]


def _being_registered(waiting: Iterable[Waiting]) -> dict[str, str]:
    """Return the names of those who wait to be registered, by the person id that they will have."""
    return {
        item.proposal.command.person_id: full_name({d.name: str(d.value) for d in item.proposal.disclosures})
        for item in waiting
        if isinstance(item.proposal.command, RegisterPerson)
    }


def of_candidates(inbox: Inbox, workshop: Workshop, command: str) -> dict[str, Waiting]:
    """Return what waits of one command, by candidacy."""
    ids = {one.id for one in workshop.candidates}
    waiting = [item for item in inbox.waiting() if item.proposal.name == command]
    return {item.proposal.command.subject.id: item for item in waiting if item.proposal.command.subject.id in ids}


def unsigned(item: Waiting) -> list[Signer]:
    """Return who still has to sign."""
    return [signer for signer in item.proposal.signers if signer.person not in item.signatures]


def title_of(item: Waiting) -> Words:
    """Return what a command asks for, without whom and what it is about."""
    row = BY_COMMAND[type(item.proposal.command)]
    return row.event_types[0].label if len(row.event_types) == 1 else CHOICES[row.name]


def _subject(item: Waiting, about: Mapping[str, str]) -> str | None:
    command = item.proposal.command
    subjects = (command.subject.id, getattr(command, "session_id", ""))
    return next((subject for subject in subjects if subject in about), None)


def _pending(item: Waiting, about: str, workshop: Workshop, person: str) -> Pending:
    signers = tuple((workshop.names[signer.person], ROLE_LABELS[signer.role]) for signer in unsigned(item))
    since = datetime.fromtimestamp(item.filed, UTC).date()
    is_open = concerns(item, person, workshop.read)
    return Pending(item.number, title_of(item), about, signers, since, item.wants(person), is_open)
