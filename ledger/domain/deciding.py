"""The single entry to the rules: who may act, the form of the command, whose case it is, then the subject's decision.

``decide`` reads no clock: ``act.time`` is the time that the statement will state.
"""

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, Command, Decided
from ledger.domain.events.office import (
    KeyRegistered,
    KeyRotated,
    LedgerFounded,
    LedgerFoundedV2,
    PasskeyRecovered,
    PasskeyRegistered,
)
from ledger.domain.form import require_form
from ledger.domain.reader import Reader
from ledger.domain.record import Accepted, Event, Fact, Head, OfficerKey, Passkey, Role, Signer
from ledger.domain.refusal import Refused
from ledger.domain.states.office import enrolled_key
from ledger.domain.states.passkeys import PasskeyPolicy
from ledger.domain.subjects import BY_COMMAND, BY_FACT, COMMAND_OF, person_concerned


def decide(command: Command, act: Act, read: Reader) -> Decided:
    """The stream and the fact to be recorded if those who act sign it. Raises ``Refused``."""
    row = BY_COMMAND[type(command)]
    require_seats(row.seats, act, read)
    require_form(command, read.disclosure)
    concerned = person_concerned(command, read)
    if concerned is not None and row.own_case is None:
        require.not_in_own_case(act, concerned, read)
    return Decided(command.subject, row.decide(command, act, read))


def next_event(command: Command, act: Act, read: Reader, ledger: str, head: Head, nonce: bytes) -> Event[Fact]:
    """The event to be recorded if those who act sign it: the next of its stream. Raises ``Refused``."""
    decided = decide(command, act, read)
    return Event(
        ledger=ledger,
        type=BY_FACT[type(decided.fact)].wire_name,
        stream=str(decided.stream),
        version=read.state(decided.stream).version + 1,
        time=act.time,
        nonce=nonce,
        head=head,
        by=act.by,
        facts=decided.fact,
    )


def decide_again(event: Event[Fact], read: Reader) -> Decided:
    """The decision on the command that led to an event, by the same people at the same time.

    Raises ``Refused``, and KeyError for the founding, to which no command leads.
    """
    return decide(COMMAND_OF[type(event.facts)].inverse(event), Act(event.by, event.time), read)


def require_seats(seats: tuple[Role, ...], act: Act, read: Reader) -> None:
    """Require every seat to be filled, in order, by a different person who holds that role now.

    A role that was lent to them counts until its last day, by the time of the statement.
    """
    by = act.by
    named = tuple([signer.role for signer in by])
    if named != seats:
        raise Refused("seats-not-filled", expected=seats, named=named)
    humans = [read.one(signer.person) for signer in by]
    for signer, human in zip(by, humans, strict=True):
        if humans.count(human) > 1:
            same = dict.fromkeys(s.person for s, other in zip(by, humans, strict=True) if other == human)
            raise Refused("signers-not-distinct", person=" = ".join(same))
        # A key holder need not hold a role yet: they prove possession of the key instead.
        if signer.role is not Role.KEY_HOLDER and not read.holds(signer.person, signer.role, act.day):
            raise Refused("role-not-held", person=signer.person, role=signer.role)


def public_key_for(signer: Signer, key_id: str, event: Event[Fact], read: Reader) -> OfficerKey | None:
    """The key of that id if ``signer`` may sign ``event`` with it, else None."""
    if signer.role is not Role.KEY_HOLDER:
        return read.officer(signer.person).keys.get(key_id)
    match event.facts:
        case LedgerFounded(founders=founders) | LedgerFoundedV2(founders=founders):
            offered = {founder.person_id: enrolled_key(founder) for founder in founders}
        case KeyRegistered() | KeyRotated() | PasskeyRegistered() | PasskeyRecovered() as enrolled:
            offered = {enrolled.person_id: enrolled_key(enrolled)}
        case _:  # in their own name, with a key that they have
            return read.officer(signer.person).keys.get(key_id)
    key = offered.get(signer.person)
    return key if key is not None and read.key_id(key.public) == key_id else None


def accepted_of(signer: Signer, key: OfficerKey, event: Event[Fact], read: Reader) -> Accepted | None:
    """What is accepted of a passkey where the event stands, in the role of ``signer``; None for another key."""
    if not isinstance(key, Passkey):
        return None
    founded = event.facts
    policy = PasskeyPolicy(sites=founded.sites) if isinstance(founded, LedgerFoundedV2) else read.passkey_policy()
    return Accepted(event.ledger, policy.origins_of(key.rp_id), signer.role not in policy.device_bound)


def require_seats_of(event: Event[Fact], read: Reader) -> None:
    """Require the seats of a recorded event to be filled at its position."""
    require_seats(BY_FACT[type(event.facts)].seats, Act(event.by, event.time), read)
