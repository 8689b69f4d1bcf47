"""Many statements that one officer signs together: listed first, each in full, then recorded in groups as listed.

A statement of a group is prepared on top of those before it that will be complete, and the group is appended in one
commit. The append decides each of them again, in the same order: one that it refuses takes nothing from the others.
What an officer agreed to is compared with what they would sign now: a fact that has changed since is not signed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import TypeGuard

import msgspec

from api.secretariat.desk import WAITS
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import Waiting
from ledger.domain.events.clock import THE_CLOCK
from ledger.domain.record import Event, Fact
from ledger.domain.refusal import Refused
from ledger.errors import Conflict, LedgerError
from ledger.reading import Draft
from ledger.signing.canonical import encode
from ledger.signing.envelope import Signature
from ledger.signing.keys import SigningKey
from ledger.store.ledger import Ledger
from ledger.store.submission import Prepared, Receipt

GROUP = 100  # statements in one commit, as the writer takes

NotReady = Refused | LedgerError
Requirement = Callable[[int, Prepared], NotReady | None]
"""Whether a statement may be signed as it is now: what it is that prevents it, if anything does."""


class Line(msgspec.Struct, frozen=True):
    """What waits, with its statement as it would be signed now, or the reason why it cannot be signed."""

    number: int
    statement: Prepared | NotReady


class Signed(msgspec.Struct, frozen=True):
    """What became of a statement: its receipt, or what waits for another signature, or why it is not signed."""

    number: int
    statement: Prepared | NotReady
    result: Receipt | Waiting | NotReady


def listed(inbox: Inbox, ledger: Ledger, person: str, waiting: Sequence[Waiting] | None = None) -> Iterator[Line]:
    """Yield what waits for an officer, or some of it, each on top of what they can sign before it. Nothing is written.

    Whoever needs a statement in words makes them before the next line: ``Prepared.read`` goes on with the list. The
    clock is confirmed by itself, unless its time is fixed: signed later, the statement would confirm another time.
    """
    for item, statement in _on_top(inbox, ledger, inbox.waiting(person) if waiting is None else waiting, person):
        if isinstance(statement, Prepared) and _confirms_clock(statement.event) and statement.payload != item.payload:
            yield Line(item.number, Conflict("moved-on", "this confirms the time at which it is signed: sign it alone"))
        else:
            yield Line(item.number, statement)


def digest_of(lines: Iterable[Line]) -> str:
    """Return what is the same for two lists only if an officer would sign the same facts: 32 hexadecimal digits."""
    digest = sha256()
    for line in lines:
        if isinstance(line.statement, Prepared):
            digest.update(encode([line.number, _agreed_to(line.statement.event).hex()]))
    return digest.hexdigest()[:32]


def agreements(lines: Iterable[Line]) -> dict[int, bytes]:
    """Return what :func:`sign_listed` compares with, by number, for the lines that are ready."""
    return {line.number: _agreed_to(line.statement.event) for line in lines if isinstance(line.statement, Prepared)}


def sign_listed(
    inbox: Inbox, ledger: Ledger, person: str, key: SigningKey, agreed: Mapping[int, bytes]
) -> Iterator[Signed]:
    """Sign what was agreed to, in groups, and yield what became of each. What has changed since is not signed."""
    for numbers in _groups(list(agreed)):
        yield from _sign_group(inbox, ledger, person, _by(key), numbers, _as_agreed(agreed))


def sign_ready(inbox: Inbox, ledger: Ledger, person: str, key: SigningKey) -> Iterator[Signed]:
    """Sign whatever is ready, unseen, and what this makes ready; at the end yield what is not.

    Of what waits when this begins: what is filed meanwhile is left for another time.
    """
    numbers = [item.number for item in inbox.waiting(person)]
    while True:
        left: list[Signed] = []
        for group in _groups(numbers):
            for signed in _sign_group(inbox, ledger, person, _by(key), group):
                if isinstance(signed.result, NotReady):
                    left.append(signed)
                else:
                    yield signed
        if len(left) in (0, len(numbers)):
            yield from left
            return
        numbers = [signed.number for signed in left]


def prepare_listed(inbox: Inbox, ledger: Ledger, person: str, agreed: Mapping[int, bytes]) -> dict[int, Prepared]:
    """Prepare what was agreed to, for signatures that are made elsewhere: see :func:`add_signatures`.

    Raises ``Refused`` or a ``LedgerError`` when one of them cannot be signed as it was agreed to.
    """
    prepared: dict[int, Prepared] = {}
    with inbox.desk.transaction():
        found = [w for w in inbox.found_to_sign(list(agreed), person).values() if _raised(w)]
        for item, statement in _on_top(inbox, ledger, found, person, _as_agreed(agreed)):
            if isinstance(statement, NotReady):
                raise statement
            prepared[item.number] = statement
            if statement.payload != item.payload:
                inbox.desk.update(item.number, WAITS, payload=statement.payload, signatures=b"{}")
    return prepared


def add_signatures(
    inbox: Inbox, ledger: Ledger, person: str, signed: Mapping[int, tuple[bytes, Signature]]
) -> Iterator[Signed]:
    """Add signatures of payloads that :func:`prepare_listed` prepared, and yield what became of each.

    One whose statement was prepared anew meanwhile signs nothing: that statement is to be signed again. Raises
    ``Unverifiable`` for a signature that does not hold.
    """

    def genuine(number: int, statement: Prepared) -> NotReady | None:
        payload, signature = signed[number]
        if statement.payload != payload:
            return _moved_on()
        inbox.require_genuine(payload, person, signature)
        return None

    for numbers in _groups(list(signed)):
        yield from _sign_group(inbox, ledger, person, lambda number, _: signed[number][1], numbers, genuine)


def _groups(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), GROUP):
        yield numbers[start : start + GROUP]


def _by(key: SigningKey) -> Callable[[int, Prepared], Signature]:
    return lambda _, statement: statement.signed_by(key)


def _as_agreed(agreed: Mapping[int, bytes]) -> Requirement:
    return lambda number, statement: None if _agreed_to(statement.event) == agreed[number] else _moved_on()


def _moved_on() -> Conflict:
    return Conflict("moved-on", "what this statement says changed since it was listed: list it again")


def _raised(found: Waiting | Refused) -> TypeGuard[Waiting]:
    if isinstance(found, Refused):
        raise found
    return True


def _sign_group(
    inbox: Inbox,
    ledger: Ledger,
    person: str,
    sign: Callable[[int, Prepared], Signature],
    numbers: Sequence[int],
    requirement: Requirement | None = None,
) -> list[Signed]:
    """Sign some of what waits, and record in one commit what is complete with that."""
    statements: dict[int, Prepared | NotReady] = {}
    items: dict[int, Waiting] = {}  # with the signature
    with inbox.desk.transaction():  # nobody else signs or ends one in between
        found: list[Waiting] = []
        for number, item in inbox.found_to_sign(numbers, person).items():
            if isinstance(item, Refused):
                statements[number] = item
            else:
                found.append(item)
        for item, statement in _on_top(inbox, ledger, found, person, requirement):
            statements[item.number] = statement
            if isinstance(statement, Prepared):
                items[item.number] = _with_signature(item, statement, person, sign(item.number, statement))
        inbox.desk.sign(items.values())
    submissions = {number: inbox.submission(item) for number, item in items.items() if item.is_complete}
    answers = dict(zip(submissions, ledger.submit(list(submissions.values())), strict=True)) if submissions else {}
    inbox.answered((items[number], submissions[number], answer) for number, answer in answers.items())
    results: dict[int, Receipt | Waiting | NotReady] = {n: s for n, s in statements.items() if isinstance(s, NotReady)}
    results |= items
    results |= answers
    return [Signed(number, statements[number], results[number]) for number in numbers]


def _on_top(
    inbox: Inbox, ledger: Ledger, waiting: Sequence[Waiting], person: str, requirement: Requirement | None = None
) -> Iterator[tuple[Waiting, Prepared | NotReady]]:
    """Prepare each on top of those before it: what this person completes, on what they complete; the rest on all.

    So several that wait for another officer can be signed together, in one stream too, and again by that officer.
    """
    completed, expected = _draft(ledger, waiting), _draft(ledger, waiting)
    for item in waiting:
        is_last = item.people <= {*item.signatures, person}
        statement: Prepared | NotReady
        try:
            statement = inbox.preview(item, completed if is_last else expected)
        except (Refused, LedgerError) as error:
            statement = error
        else:
            if requirement is not None:
                statement = requirement(item.number, statement) or statement
        yield item, statement
        if isinstance(statement, Prepared):
            event = statement.event
            if item.people <= {*_signatures(item, statement), person}:
                completed.add(event)
            if event.version == expected.version(event.subject) + 1:  # else what was expected before it moves on
                expected.add(event)


def _draft(ledger: Ledger, waiting: Iterable[Waiting]) -> Draft:
    return ledger.read([disclosure for item in waiting for disclosure in item.proposal.disclosures])


def _signatures(item: Waiting, statement: Prepared) -> Mapping[str, object]:
    """Return the signatures that count: those of a statement that was prepared anew are void."""
    return item.signatures if statement.payload == item.payload else {}


def _with_signature(item: Waiting, statement: Prepared, person: str, signature: Signature) -> Waiting:
    signatures = {**_signatures(item, statement), person: signature}
    return msgspec.structs.replace(item, payload=statement.payload, signatures=signatures)


def _agreed_to(event: Event[Fact]) -> bytes:
    """Return a digest of what an officer agrees to: all of a statement but its place, its time and its nonce.

    One that confirms the clock says its time.
    """
    signers = [[signer.person, signer.role] for signer in event.by]
    confirmed = [event.time.isoformat()] if _confirms_clock(event) else []
    return sha256(encode([event.type, event.stream, signers, *confirmed]) + encode(event.facts)).digest()


def _confirms_clock(event: Event[Fact]) -> bool:
    return event.subject == THE_CLOCK
