"""The table of subjects, and what is derived from it: events and commands by name and by class."""

from collections.abc import Mapping

from ledger.domain.decisions.acting import Command
from ledger.domain.decisions.advisor import ADVISOR
from ledger.domain.decisions.appeal import APPEAL
from ledger.domain.decisions.calibration import CALIBRATION
from ledger.domain.decisions.candidacy import CANDIDACY
from ledger.domain.decisions.certification import CERTIFICATION
from ledger.domain.decisions.clock import CLOCK
from ledger.domain.decisions.competence import COMPETENCE
from ledger.domain.decisions.complaint import COMPLAINT
from ledger.domain.decisions.development import DEVELOPMENT
from ledger.domain.decisions.history import HISTORY
from ledger.domain.decisions.impartiality import RISK
from ledger.domain.decisions.issuer import ISSUER
from ledger.domain.decisions.mission import MISSION
from ledger.domain.decisions.office import LEDGER, OFFICER
from ledger.domain.decisions.passkeys import PASSKEYS
from ledger.domain.decisions.persons import ADMINISTRATION, PERSON
from ledger.domain.decisions.privacy import HOLD, REQUEST, TRANSFER
from ledger.domain.decisions.rows import CommandType, EventType
from ledger.domain.decisions.scheme import SCHEME
from ledger.domain.decisions.session import SESSION
from ledger.domain.reader import Reader
from ledger.domain.record import Event, Fact

_ALL = (
    LEDGER,
    CLOCK,
    PASSKEYS,
    OFFICER,
    ISSUER,
    PERSON,
    ADMINISTRATION,
    SCHEME,
    SESSION,
    CANDIDACY,
    CERTIFICATION,
    REQUEST,
    HOLD,
    TRANSFER,
    HISTORY,
    ADVISOR,
    MISSION,
    APPEAL,
    COMPLAINT,
    RISK,
    COMPETENCE,
    CALIBRATION,
    DEVELOPMENT,
)
SUBJECTS = {subject.kind: subject for subject in _ALL}

EVENT_TYPES: tuple[EventType, ...] = tuple(row for subject in _ALL for row in subject.event_types)
CURRENT_TYPES: tuple[EventType, ...] = tuple(row for subject in _ALL for row in subject.current)
BY_WIRE_NAME = {row.wire_name: row for row in EVENT_TYPES}
BY_FACT = {row.fact: row for row in EVENT_TYPES}
KIND_OF = {row.fact: subject.kind for subject in _ALL for row in subject.event_types}

COMMAND_TYPES: tuple[CommandType, ...] = tuple(row for subject in _ALL for row in subject.commands)
BY_COMMAND_NAME = {row.name: row for row in COMMAND_TYPES}
EARLIER_TYPES: tuple[CommandType, ...] = tuple(row for subject in _ALL for row in subject.earlier)
BY_COMMAND = {row.command: row for row in (*COMMAND_TYPES, *EARLIER_TYPES)}
COMMAND_OF = {fact: row for row in BY_COMMAND.values() for fact in row.facts}


def person_concerned(
    said: Command | Event[Fact], read: Reader, expected: Mapping[str, str] | None = None
) -> str | None:
    """Whom a command or an event is about; None when it is about nobody, or the record does not know whom.

    ``expected`` holds the persons of streams that are not recorded yet, by id.
    """
    names, stream = named_by(said), said.subject
    person = SUBJECTS[stream.kind].person
    if names is not None or person is None:
        return names
    return person(stream.id, read) or (expected or {}).get(stream.id)


def named_by(said: Command | Event[Fact]) -> str | None:
    """The person that a command or an event names itself; None when its stream says whom it is about."""
    stated = said.facts if isinstance(said, Event) else said
    row = COMMAND_OF.get(type(said.facts)) if isinstance(said, Event) else BY_COMMAND[type(said)]
    return None if row is None or row.names is None else row.names(stated)
