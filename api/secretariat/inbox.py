"""The inbox: commands that wait for the officers who must sign them.

A command becomes a statement when it is prepared: this fixes its stream, version and time. A prepared statement
stays as it is while it can be recorded. When the record has moved on, or the statement is too old, it is prepared
anew, and the signatures given so far are void.

A proposal ends without being recorded when who filed it withdraws it, when one of its signers refuses it, when it has
waited for too long, or when its import is taken back. Personal values stay here until the proposal is recorded or
ends, or the person is erased; the arguments of a command hold only their digests.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial

import msgspec
from eventsourcing.persistence import PersistenceError
from sqlalchemy import ColumnElement, and_, or_

from api.secretariat import imports, requests
from api.secretariat.concerning import require_may_withdraw
from api.secretariat.desk import ROW, WAITS, DeskTables
from api.secretariat.endings import COMMAND_LINE, IN_WORDS, LIFETIME, REASON, REGISTER, Ending, How
from api.secretariat.erasing import forget_erased
from api.secretariat.forthcoming import require_new
from api.secretariat.importing.answers import Answer as ImportAnswer
from api.secretariat.importing.answers import keep
from api.secretariat.proposals import Proposal, Trace, Waiting
from api.secretariat.refusals import NotFiled
from api.secretariat.replays import Replays
from api.secretariat.requests import Request
from api.secretariat.settling import settlement
from api.secretariat.taking_in import take_in_desk
from ledger.domain.dating import STATEMENT_LIFETIME
from ledger.domain.form import require_text
from ledger.domain.refusal import Refused
from ledger.errors import Conflict, LedgerError, Unverifiable
from ledger.reading import Draft
from ledger.signing.envelope import STATEMENT_TYPE, Signature, open_envelope, pae, seal
from ledger.signing.keys import SigningKey
from ledger.signing.statement import decode_payload, match_signatures
from ledger.signing.verifying import claim_of
from ledger.store.erasures import persons
from ledger.store.ledger import Ledger
from ledger.store.port import LARGEST
from ledger.store.submission import Answer, Prepared, Receipt, Submission, received


class Inbox:
    """The proposals that wait, in the order in which they were filed. Safe for threads, and beside other processes.

    ``record`` records a complete statement; through a ``Writer``, officers who sign at once share a commit.
    """

    def __init__(self, ledger: Ledger, record: Callable[[Submission], Receipt] | None = None) -> None:
        self._ledger = ledger
        self._record = record or ledger.record
        self.desk = DeskTables(ledger)
        take_in_desk(self.desk, ledger.folder, ledger.size(), self._now())
        self.replays = Replays(ledger.database)
        self._erasures: object = None  # those of which nothing is left here
        with self.desk.transaction() as cursor:
            self.desk.sealing.finish(cursor)
        self._note_recorded()
        # The inbox of a backup may hold persons of whose erasure its log does not know.
        self._tidy(persons(ledger.keys.store.destroyed()))

    def close(self) -> None:
        """Nothing is held open: the database and the key store are the ledger's."""

    def file(
        self, proposals: Iterable[Proposal], source: str, files: dict[str, str] | None = None, by: str = COMMAND_LINE
    ) -> list[int]:
        """File proposals, all or none, and return their numbers. ``by`` is who files them: see ``Waiting.filed_by``.

        ``files`` maps the digests of an import to names. Raises ``Refused`` when it was imported before.
        """
        with self.desk.transaction():
            if files is not None:
                self.require_not_imported(source, files)
                imports.note_files(self.desk, source, files)
            return self.desk.insert(list(proposals), source, self._now(), by)

    def file_planned(
        self,
        plan: Iterable[Proposal],
        on: list[int],
        source: str,
        files: dict[str, str],
        answers: Iterable[ImportAnswer],
        by: str = COMMAND_LINE,
    ) -> None:
        """File an import that was planned ``on`` the numbers that waited, with the answers to its questions.

        Raises ``Refused`` when it was imported before, and ``Conflict`` when something else waits now.
        """
        with self.desk.transaction() as cursor:
            waiting = [item.number for item in self.waiting()]
            self.file(plan, source, files, by)
            if waiting != on:
                raise Conflict("moved-on", "what waits changed since the import was planned: import again")
            keep(cursor, source, answers, self._now())

    def require_not_imported(self, source: str, files: dict[str, str]) -> None:
        """Require that the source is new, and each of its files that names people or scores. Raises ``Refused``."""
        imports.require_not_imported(self.desk, source, files)

    def propose(
        self, proposal: Proposal, source: str, request: Request | None = None
    ) -> tuple[Waiting, Prepared | None]:
        """File one proposal that can be signed now, and prepare its statement; :meth:`sync` before it is acknowledged.

        A ``request`` that was sent before files nothing: the earlier proposal is returned, with its statement for a
        signer, and with None for others. A request is remembered for as long as a statement can wait for signatures.
        Raises ``Refused``, also when the earlier proposal has ended, and ``Conflict`` when the key came with a
        different request before.
        """
        with self.desk.transaction(durable=False):
            if request is not None and (filed := requests.filed_by(self.desk, request, self._now())) is not None:
                if any(signer.person == request.person for signer in proposal.signers):
                    return self.prepare(filed, request.person)
                return _not_ended(self.find(filed), filed), None
            prepared = self._ledger.prepare(proposal.command, proposal.signers, proposal.disclosures)
            if self.desk.resemblances(proposal, self._now(-LIFETIME)):  # else what waits need not be read
                require_new(proposal, self._ledger, self.waiting())
            now, by = self._now(), COMMAND_LINE if request is None else request.person
            (number,) = self.desk.insert([proposal], source, now, by, prepared.payload)
            if request is not None:
                requests.remember(self.desk, request, number, self._now(STATEMENT_LIFETIME))
            return Waiting(number, proposal, source, prepared.payload, {}, None, now, by), prepared

    def waiting(self, person: str | None = None, numbers: Collection[int] | None = None) -> list[Waiting]:
        """Return what is not recorded yet; for a person, what wants their signature. Nothing is prepared.

        With ``numbers`` only these are read, however many wait.
        """
        waiting = self._tidy() if numbers is None else self._rows(WAITS, ROW.id.in_(numbers))
        return waiting if person is None else [item for item in waiting if item.wants(person)]

    def read(self) -> Draft:
        """Return the record as it is now."""
        return self._ledger.read()

    def unreadable(self) -> list[Trace]:
        """Return what waits and cannot be read, such as what a later version of this program filed."""
        return self.desk.unreadable()

    def ended(self) -> list[Trace]:
        """Return what ended without being recorded, the latest first."""
        self._tidy()
        ended = [(t.ending.at, t.number, t) for t in self.desk.traces(ROW.ended.is_not(None)) if t.ending is not None]
        return [trace for _, _, trace in sorted(ended, reverse=True)]

    def find(self, number: int) -> Waiting | None:
        """Return a proposal by its number, or None; once recorded, with the signatures of its statement."""
        item = self._row(number)
        return item if item is None or item.leaf is None else self._as_recorded(item, item.leaf)[0]

    def preview(self, item: Waiting, on: Draft | None = None) -> Prepared:
        """Return what would be signed now, or after what is to be recorded ``on`` a draft; nothing is written.

        Raises ``Refused``, and ``Conflict`` while the clock is implausible.
        """
        prepared = self._prepared(item, on)
        if isinstance(prepared, Receipt):  # elsewhere, since this was read
            raise _unknown(item.number)
        return prepared

    def prepare(self, number: int, person: str) -> tuple[Waiting, Prepared]:
        """Return the statement for one of its signers: as prepared before while it can be recorded, else prepared anew.

        A statement that is prepared anew has no signatures. Once recorded, it is returned as it was signed.
        Raises ``Refused``.
        """
        with self.desk.transaction():
            item = self.found(number, person)
            if item.leaf is not None:
                return self._as_recorded(item, item.leaf)
            prepared = self._prepared(item)
            if isinstance(prepared, Receipt):  # elsewhere, as from a copy of the log
                settlement(self.desk, self._ledger, item)(prepared)
                return self._as_recorded(item, prepared.index)
            if prepared.payload != item.payload:
                self.desk.update(number, WAITS, payload=prepared.payload, signatures=b"{}")
                item = msgspec.structs.replace(item, payload=prepared.payload, signatures={})
            return item, prepared

    def sign(self, number: int, person: str, key: SigningKey) -> Receipt | Waiting:
        """Sign with a key at hand, and return as :meth:`add` does.

        Raises ``Refused`` while the rules say no, and ``Conflict`` when signatures became void.
        """
        return self.add(number, person, self.prepare(number, person)[1].signed_by(key))

    def add(self, number: int, person: str, signature: Signature) -> Receipt | Waiting:
        """Add one officer's signature of the prepared statement, and submit the statement with the last one.

        Returns the receipt, or the proposal that waits for another signature. The same signature sent again has the
        same result.
        Raises ``Refused`` or a ``LedgerError``.
        """
        added = self._added(number, person, signature)
        if isinstance(added, Receipt):
            return added
        if added.is_complete:
            return self._submit(added)  # which makes the last signature durable, too
        self.sync()
        return added

    def _added(self, number: int, person: str, signature: Signature) -> Receipt | Waiting:
        """Keep a signature, and return the proposal with it, or its receipt; :meth:`sync` before it is acknowledged."""
        with self.desk.transaction(durable=False) as cursor:  # nobody else signs or ends it in between
            item = self.found(number, person)
            if item.leaf is not None:
                self.desk.sealing.finish(cursor)  # what was to be destroyed with it before it was acknowledged
                signed, prepared = self._as_recorded(item, item.leaf)
                if signature not in signed.signatures.values():
                    raise _unknown(number)
                return Receipt(item.leaf, prepared.event.stream, prepared.event.version, prepared.event.type)
            if item.payload is None:
                raise Unverifiable("signature-not-wanted", f"no signature of {person} is wanted here")
            self.require_genuine(item.payload, person, signature)
            item = msgspec.structs.replace(item, signatures={**item.signatures, person: signature})
            self.desk.sign([item])
            return item

    def sync(self) -> None:
        """Wait, together with others, until what was proposed and signed is on the disk."""
        self.desk.database.sync()

    def withdraw(self, number: int, by: str, reason: str | None = None) -> Trace:
        """Withdraw a proposal, as who filed it. Raises ``Refused``."""
        if (trace := self.desk.trace(number)) is None:
            raise _unknown(number)
        require_may_withdraw(trace, by, self._ledger.read())
        return self._end(number, How.WITHDRAWN, by, reason)

    def refuse(self, number: int, by: str, reason: str) -> Trace:
        """Refuse a proposal, as one of its signers. Raises ``Refused``."""
        if (item := self.desk.proposal(number)) is None or not self._ledger.read().is_among(by, item.people):
            raise _unknown(number)
        return self._end(number, How.REFUSED, by, reason)

    def take_back(self, source: str, by: str, reason: str | None = None) -> int:
        """End all proposals of an import of which nothing is signed, so that it can be imported again, corrected.

        Returns how many there were. Raises ``Refused``.
        """
        with self.desk.transaction():
            ending = self._ending(How.TAKEN_BACK, by, reason)
            return imports.take_back(self.desk, source, ending, self._ledger.read())

    def _end(self, number: int, how: How, by: str, reason: str | None) -> Trace:
        """End a proposal that waits. What all have signed is recorded instead, if the rules still allow it."""
        ending = self._ending(how, by, reason)
        with self.desk.transaction() as cursor:
            item, trace = self._row(number), self.desk.trace(number)
            if trace is None:  # removed meanwhile, with a person who was erased
                raise _unknown(number)
            if trace.ending is not None and (trace.ending.how, trace.ending.by) == (how, by):
                self.desk.sealing.finish(cursor)
                return trace  # the same request, sent again
            if item is not None and item.leaf is not None:
                raise NotFiled("proposal-recorded", number=number, leaf=item.leaf)
            if item is not None:
                _not_ended(item, number)
            if item is None or not item.is_complete:
                self.desk.end([number], ending)
                trace, item = msgspec.structs.replace(trace, ending=ending), None
        if item is None:
            return trace
        try:
            receipt = self._submit(item)
        except (Refused, LedgerError):
            return self._end(number, how, by, reason)  # its signatures are void now
        raise NotFiled("proposal-recorded", number=number, leaf=receipt.index)

    def _ending(self, how: How, by: str, reason: str | None) -> Ending:
        if reason is not None:
            require_text("reason", reason, REASON)
        return Ending(how, self._ledger.now(), by, reason)

    def _submit(self, item: Waiting) -> Receipt:
        """Record a complete statement. The ledger knows whether it is recorded already."""
        submission = self.submission(item)
        try:
            answer: Answer = self._record(submission)
        except (Refused, LedgerError) as error:
            answer = error
        self.answered([(item, submission, answer)])
        return received(answer)

    def submission(self, item: Waiting) -> Submission:
        """Return a complete statement as it is submitted."""
        proposal = item.proposal
        assert item.payload is not None  # it was signed
        envelope = seal(item.payload, tuple(item.signatures[signer.person] for signer in proposal.signers))
        settle = settlement(self.desk, self._ledger, item)
        return Submission(proposal.command, envelope, proposal.disclosures, settle)

    def answered(self, answers: Iterable[tuple[Waiting, Submission, Answer]]) -> None:
        """Do what follows from the answers for the proposals."""
        recorded: dict[int, Callable[[], object]] = {}
        for item, submission, answer in answers:
            if isinstance(answer, Receipt):
                assert submission.settle is not None  # by :meth:`submission`
                recorded[item.number] = partial(submission.settle, answer)
            else:
                # Not what was prepared anew meanwhile, and signed again.
                self.desk.update(item.number, WAITS, ROW.payload == item.payload, payload=None, signatures=b"{}")
        if recorded:
            for number in self.desk.numbers(ROW.id.in_(recorded), ROW.leaf.is_(None)):
                recorded[number]()  # it was in the log already, from a copy of it

    def _note_recorded(self) -> None:
        """Settle what the log holds although it waits here: of a copy of the log, or of an earlier version's inbox."""
        for item in self.desk.select(WAITS, ROW.payload.is_not(None)):
            assert item.payload is not None
            with suppress(Unverifiable, RecursionError):  # what is no statement was not recorded
                if (receipt := self._ledger.receipt(item.payload)) is not None:
                    settlement(self.desk, self._ledger, item)(receipt)

    def require_genuine(self, payload: bytes, person: str, signature: Signature) -> None:
        """Raise ``Unverifiable`` at once for a false signature, rather than with the last one."""
        event, read = decode_payload(payload), self._ledger.read()
        signer = next(signer for signer in event.by if signer.person == person)
        fault = claim_of(0, signer, signature, pae(STATEMENT_TYPE, payload), event, read).fault()
        if fault is not None:
            raise fault

    def _tidy(self, erased: Collection[str] = ()) -> list[Waiting]:
        """Remove what has expired and what is about a person who was erased; return what waits."""
        self._expire()
        erasures, read = self._ledger.erasures(), self._ledger.read()
        waiting = forget_erased(self.desk, read, erased, requests_too=erasures != self._erasures)
        self._erasures = erasures
        return waiting

    def _expire(self) -> None:
        """End what has waited for too long, and remove the reasons of what ended as long ago.

        Not by a clock that cannot be right: what is removed does not come back.
        """
        before = self._now(-LIFETIME)
        due, old = and_(WAITS, ROW.filed <= before), and_(ROW.reason.is_not(None), ROW.ended_at <= before)
        if not self.desk.is_there(or_(due, old)):
            return
        with suppress(Conflict), self.desk.transaction() as cursor:
            self._ledger.require_plausible_clock()
            self.desk.remove_reasons(cursor, self.desk.numbers(old))
            self.desk.end(self.desk.numbers(due), self._ending(How.EXPIRED, REGISTER, None))

    def _prepared(self, item: Waiting, on: Draft | None = None) -> Prepared | Receipt:
        """Return the statement prepared before while it can be recorded, else a new one.

        Returns its receipt when it is recorded, which was not noted here. Raises ``Refused``.
        """
        proposal = item.proposal
        try:
            if item.payload is not None:
                with suppress(Unverifiable):  # what is no statement is prepared anew
                    resumed = self._ledger.resume(item.payload, proposal.command, proposal.disclosures, on)
                    if resumed is not None:
                        return resumed
            if proposal.follows:
                imports.require_steps_before(self.desk, item)
            imports.require_drafts_before(self.desk, item)
            return self._ledger.prepare(proposal.command, proposal.signers, proposal.disclosures, on)
        except Refused as refused:
            raise imports.explained(self.desk, item, refused) from None
        except (LedgerError, PersistenceError):
            raise
        except Exception as error:  # noqa: BLE001 - what one proposal makes the rules fail by hides no other
            raise NotFiled("undecidable", error=type(error).__name__) from None

    def _as_recorded(self, item: Waiting, leaf: int) -> tuple[Waiting, Prepared]:
        """Return a proposal and its statement as they were signed and recorded."""
        (entry,) = self._ledger.entries(leaf, leaf + 1)
        envelope = open_envelope(entry.state)
        event = decode_payload(envelope.payload)
        signatures = {signer.person: signature for signer, signature in match_signatures(envelope, event)}
        item = msgspec.structs.replace(item, payload=envelope.payload, signatures=signatures, leaf=leaf)
        return item, Prepared(envelope.payload, event, self._ledger.read())

    def _rows(self, *where: ColumnElement[bool]) -> list[Waiting]:
        """Return proposals, expired if they are due."""
        items = self.desk.select(*where)
        due = self._now(-LIFETIME)
        if any(item.waits and item.filed <= due for item in items):
            self._expire()
            items = self.desk.select(*where)
        return items

    def _row(self, number: int) -> Waiting | None:
        """Return a proposal by its number, expired if it is due."""
        return next(iter(self._rows(ROW.id == number)), None) if 0 < number <= LARGEST else None

    def found(self, number: int, person: str) -> Waiting:
        """Return a proposal that this person signs, and that has not ended. Raises ``Refused``."""
        return _signed_by(person, self._row(number), number)

    def found_to_sign(self, numbers: Sequence[int], person: str) -> dict[int, Waiting | Refused]:
        """Return what waits for this person, or why it does not, by number: all read at once."""
        items = {item.number: item for item in self._rows(ROW.id.in_(numbers))}
        found: dict[int, Waiting | Refused] = {}
        for number in numbers:
            try:
                item = _signed_by(person, items.get(number), number)
                found[number] = item if item.leaf is None else _unknown(number)
            except Refused as error:
                found[number] = error
        return found

    def _now(self, later: timedelta = timedelta()) -> int:
        """Return the ledger's time in seconds, so much later."""
        return int((self._ledger.now() + later).timestamp())


def _signed_by(person: str, item: Waiting | None, number: int) -> Waiting:
    if item is None or person not in item.people:
        raise _unknown(number)
    return _not_ended(item, number)


def _not_ended(item: Waiting | None, number: int) -> Waiting:
    if item is None:
        raise _unknown(number)
    if item.ending is not None:
        how, on = IN_WORDS[item.ending.how], item.ending.at.date()
        raise NotFiled("proposal-ended", number=number, how=how, date=on)
    return item


def _unknown(number: int) -> Refused:
    return Refused("unknown", kind="statement", id=number)
