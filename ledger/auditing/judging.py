"""Judges the entries of a log in order: steps 1 and 3 to 6 of the audit, for a database and for a published log."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from ledger.auditing.credentials import wrong_with
from ledger.auditing.displaced import ENTRIES
from ledger.auditing.faults import INDEX, NEWER, SCHEMA, SIGNATURES, Fault, as_findings, spoiled_with
from ledger.auditing.hindsight import Asking, Hindsight, tell_otherwise
from ledger.auditing.kept import NOTHING, Kept, digest_of, rules, states_of
from ledger.auditing.leaves import Tree
from ledger.auditing.report import MOST_NAMED, AuditFinding, AuditReport, Unchecked
from ledger.auditing.signatures import Entry, Signatures
from ledger.disclosures import Disclosure, digests_of
from ledger.domain.dating import CLOCK_SKEW, LONG_AGO, Known, is_back_dated
from ledger.domain.deciding import decide_again
from ledger.domain.events.candidacy import ScoreSheetRevealed, ScoreSheetSubmitted
from ledger.domain.events.clock import THE_CLOCK
from ledger.domain.events.office import FOUNDING, AnyFounding, KeyRevoked
from ledger.domain.events.persons import EmploymentRecorded
from ledger.domain.reader import Disclosed
from ledger.domain.record import Event, Fact
from ledger.domain.refusal import Refused
from ledger.domain.subjects import person_concerned
from ledger.errors import LedgerError, Unverifiable
from ledger.log.checkpoint import Checkpoint
from ledger.log.tree import HASH_BYTES, RightEdge, leaf_hash
from ledger.reading import ERASED, Draft
from ledger.signing.envelope import Envelope, open_envelope, pae
from ledger.signing.statement import decode_payload, match_signatures
from ledger.signing.verifying import Claim, claim_of
from ledger.trust import TrustRoot

NOTES = frozenset({"checkpoints", "published", "first_published"})


class Row(msgspec.Struct, frozen=True):
    """An entry in its place: its bytes, None where they are lost; and the stream, version and wire name of its row."""

    position: int
    state: bytes | None
    said: tuple[str, int, str] | None = None


class Judge:
    """Takes every entry, then every checkpoint; ``faults`` says what is wrong."""

    def __init__(
        self,
        trust: TrustRoot,
        disclosed: Callable[[str], Disclosed | None] = lambda _: None,
        since: Kept | None = None,
    ) -> None:
        """``since`` is what was kept of an audit of the first entries: those that come after them are judged."""
        since = NOTHING if since is None else since
        self._judged_by = rules()  # now: another version may be installed before the end
        self._trust = trust
        self._disclosed = disclosed
        self._since = since
        self._memory = since.memory()
        self._known = Known(since.times)
        # With the time stated; a clock may explain it.
        self._post_dated = [(time, Fault("post-dated", position, says)) for time, position, says in since.post_dated]
        self._uncovered = list(since.uncovered)  # times and positions that no witnessed checkpoint covers yet
        self._witnessed = dict(since.witnessed)
        self._witnessed_sizes = sorted(self._witnessed)
        # By key id: when, and at which position.
        self._signed_with = {key: list(signed) for key, signed in since.signed_with.items()}
        self._kept: dict[str, Fault] = {}  # the first fault of each kind that a kept checkpoint shows
        self._published_to = since.published
        self.faults: list[Fault] = []
        self.warnings: list[AuditFinding] = []
        self.tree = Tree(since.edge, since.hashes, since.signed)
        self.named = dict(since.named)  # by digest: the person whom the value is about
        self.checked: Counter[str] = Counter()  # by the names of CHECKS
        self._scored = set(since.scored)  # who scored or was scored
        self._employed_late = since.employed_late
        self._employed_since = False  # whether something was recorded of one who scored, or was scored, before
        self._known_otherwise = dict(since.known_otherwise)  # about whom more is known than was before which entry
        self._hindsight = Hindsight(since, disclosed)
        self._unchecked: list[Unchecked] = []
        self.intact = True  # false in another log than that of the trust root: its rules and officers are others

    def take(self, rows: Iterable[Row], signatures: Signatures) -> None:
        """Judge the next entries, which are laid in the tree already."""
        claims: list[Claim] = []
        entries: dict[int, Entry] = {}
        for row in rows:
            event = None if row.state is None else self._entry(row, row.state, claims)
            witnessed = self._witnessed.get(row.position - 1, LONG_AGO)
            if event is None:
                self._known.skip(witnessed)
            else:
                self._known.add(event, witnessed)
                entries[row.position] = Entry(event.stream, len(self.faults))
        signatures.give(claims, entries)
        self.checked["signatures"] += len(claims)

    def add(
        self,
        code: str,
        position: int | None,
        message: str,
        *,
        rests_on: frozenset[str] = frozenset(),
        spoils: frozenset[str] = frozenset(),
        cause: Fault | None = None,
    ) -> Fault:
        """Note a fault; returns it, so that others can name it as their cause, or what it follows from itself."""
        cause = cause and (cause.cause or cause)
        self.faults.append(Fault(code, position, message, rests_on, spoils, cause))
        return self.faults[-1]

    def published(self, notes: Iterable[str], opened: Mapping[str, Checkpoint | Unverifiable]) -> None:
        """Learn from published notes since when the entries have been witnessed; called before they are taken.

        Only the largest must satisfy the policy: earlier ones may have been published under another. ``opened`` holds
        what each note says, if the log signed it.
        """
        policy = self._trust.witnesses
        for note in notes:
            try:
                checkpoint = opened[note]
                if isinstance(checkpoint, Unverifiable):
                    raise checkpoint
                size, witnessed = self._trust.published(note, checkpoint).size, policy.witnessed(note)
            except Unverifiable as error:
                self._kept[note] = self.add(error.code, None, f"published checkpoint: {error}")
                continue
            self._published_to = max(self._published_to, size)
            if witnessed is not None:
                self._witnessed[size] = min(witnessed.since, self._witnessed.get(size, witnessed.since))
        largest = self._published_to
        if policy.asks and largest not in self._witnessed:
            what = f"the published checkpoint of {largest} entries" if largest >= 0 else "nothing is published: the log"
            self.add("not-witnessed", None, f"{what} is not cosigned")
        self._witnessed_sizes = sorted(self._witnessed)
        uncovered, self._uncovered = self._uncovered, []
        for time, position in uncovered:
            self._cover(position, time)

    def false_note(self, note: str, error: Unverifiable, what: str) -> Fault:
        """Step 6: a stored checkpoint that the log did not sign, which may be known as published already."""
        return self.add(error.code, None, f"{what}: {error}", cause=self._kept.get(note), spoils=NOTES)

    def checkpoint(self, checkpoint: Checkpoint, stored_as: int) -> Fault | None:
        """Step 6: a checkpoint that the log signed for ``stored_as`` entries; called after they were laid."""
        self.checked["checkpoints"] += 1
        size = self.tree.edge.size
        if checkpoint.size == stored_as <= size:
            return None
        says = f"a checkpoint of {checkpoint.size} entries is stored as {stored_as}; the log has {size}"
        return self._follows("checkpoint-ahead", says)

    def head(self, rows: Sequence[Sequence[Any]]) -> None:
        """Step 2: the stored head of the log, one row with a size and a right edge; called after the checkpoints."""
        self.checked["log-head"] = len(rows)
        if len(rows) != 1:
            self.add("log-head", None, f"{len(rows)} rows in place of one", rests_on=frozenset({SCHEMA}))
            return
        edge, (size, peaks) = self.tree.edge, rows[0]
        if isinstance(size, int) and size > edge.size:
            self._follows("log-head", f"it is of {size} entries, the log has {edge.size}", "checkpoint-ahead")
        elif (size, peaks) != (edge.size, bytes(edge)):
            says = f"it is of {size} entries, the log has {edge.size}, and its right edge is another one"
            fault = self.add("log-head", edge.size, says)
            fault.of_entry, fault.since = False, _agreed(peaks, edge)

    def seen(self, notes: Sequence[str], by: str = "a kept checkpoint") -> None:
        """Step 6: checkpoints that somebody kept. Raises ``Unverifiable`` when one is not signed by this log."""
        for note in notes:
            checkpoint = self._trust.opened(note)
            self.checked["kept-checkpoints"] += 1
            if checkpoint.size > self.tree.edge.size:
                says = f"{by} shows {checkpoint.size} entries, the log has {self.tree.edge.size} now"
                self._follows("rolled-back", says, "checkpoint-ahead")
            elif checkpoint.root != self.tree.root(checkpoint.size):
                says = f"the first {checkpoint.size} entries are not those that {by} shows"
                self._follows("log-forked", says, "checkpoint-root")

    def _follows(self, code: str, message: str, *codes: str) -> Fault:
        """Add one more sign of what another fault shows, of the same code or of one of ``codes``; returns the first."""
        first = next((fault for fault in self.faults if fault.code in (code, *codes) and fault.cause is None), None)
        added = self.add(code, None, message, cause=first)
        return first or added

    def end(self) -> None:
        """Step 5, after the last entry: no clock explains what is post-dated."""
        self.faults += [fault for _, fault in self._post_dated]

    def foresee(self, entries: Iterable[tuple[int, bytes]]) -> None:
        """Learn who people are after all entries; called before they are taken, with their positions."""
        self._hindsight.learn(entries)

    def in_hindsight(self) -> None:
        """Step 4, after the last entry: warn of what the rules would refuse by what is known of the people now."""
        if not self.faults and (self._memory.merges.into or self._employed_late):
            self.warnings += self._hindsight.warnings
            if not self._hindsight.is_as_judged(self._memory):
                says = "the entries were read twice, and said something else of people"
                self._unchecked.append(Unchecked("hindsight", "unreadable", says))

    @property
    def knows_people_otherwise(self) -> bool:
        """Whether what was judged in hindsight before could be judged otherwise by what the new entries say."""
        return self._since.merges != self._memory.merges or self._employed_since

    def kept(self, audited_at: datetime, notes: frozenset[bytes]) -> Kept:
        """What the next audit needs; ``notes`` are the digests of those that were verified."""
        report = self.report()
        return Kept(
            rules=self._judged_by,
            trust=digest_of(self._trust),
            audited_at=audited_at,
            size=self.tree.edge.size,
            signed=self.tree.signed_to,
            peaks=bytes(self.tree.edge),
            hashes=bytes(self.tree.hashes),
            times=tuple(self._known),
            states=states_of(self._memory),
            index=self._memory.index,
            merges=self._memory.merges,
            witnessed=self._witnessed,
            published=self._published_to,
            notes=notes,
            post_dated=tuple((time, fault.position or 0, fault.message) for time, fault in self._post_dated),
            uncovered=tuple(self._uncovered),
            signed_with=self._signed_with,
            named=self.named,
            scored=frozenset(self._scored),
            employed_late=self._employed_late,
            known_otherwise=self._known_otherwise,
            findings=tuple(one for one in report.findings if one.code != "post-dated"),  # those are in ``post_dated``
            warnings=report.warnings,
        )

    def named_anew(self) -> dict[str, str]:
        """The digests that only entries after those of before name, or of persons erased there, with the persons."""
        before, read = self._since, Draft(self._memory)
        erased_since = self._memory.found(ERASED)[len(before.index.get(ERASED, ())) :]
        erased = {one for person in erased_since for one in read.ids_of(person)}
        return {
            digest: person
            for digest, person in self.named.items()
            if before.named.get(digest) != person or person in erased
        }

    def is_erased(self, person_id: str) -> bool:
        """Whether the entries say that this person's data was erased."""
        return Draft(self._memory).human(person_id).erased

    def report(self) -> AuditReport:
        """The report of everything so far."""
        findings = as_findings(self.faults)
        return AuditReport(
            self._trust.origin,
            self.checked["entries"],
            self.tree.edge.root().hex(),
            self.checked["signatures"],
            self.checked["checkpoints"],
            self._witnessed[max(self._witnessed)] if self._witnessed else None,
            (*self._since.findings, *(finding for finding in findings if finding.code not in NEWER)),
            (*self._since.warnings, *self.warnings),
            dict(self.checked),
            (*self._unchecked, *(Unchecked("entries", "newer", f.message) for f in findings if f.code in NEWER)),
            self.tree.edge.size,
            self.tree.signed_to,
        )

    def _entry(self, row: Row, state: bytes, claims: list[Claim]) -> Event[Fact] | None:
        """Step 1: one entry. Returns what it says; None if that has no place in this log."""
        position = row.position
        self.checked["entries"] += 1
        try:
            envelope = open_envelope(state)
            event = decode_payload(envelope.payload)
        except Unverifiable as error:
            self.add(error.code, position, f"entry {position}: {error}", spoils=spoiled_with(*(row.said or ())[:1]))
            return None
        says = (event.stream, event.version, event.type)
        if row.said not in (None, says):
            what = f"the row says {row.said}, the statement {says}"
            self.add("row-contradicts-statement", position, what, spoils=frozenset({ENTRIES}))
        if event.ledger != self._trust.origin:
            self.add("ledger-other", position, f"a statement of {event.ledger}", spoils=spoiled_with(event.stream))
            return None
        if position == 1 and leaf_hash(state).hex() != self._trust.founding_leaf:
            self.add("founding-other", position, "leaf 0 is not that of the trust root")
            self.intact = False
        if self.intact:
            self._judge(position, event, envelope, claims)
        return event

    def _judge(self, position: int, event: Event[Fact], envelope: Envelope, claims: list[Claim]) -> None:
        """Steps 3 to 5, and what the vault must hold for this entry."""
        read = Asking(self._memory, self._disclosed)
        try:
            try:
                self._signatures(position, event, envelope, claims, read)
                self._rules(position, event, read)
            except LedgerError as error:
                spoils = spoiled_with(event.stream) if error.code in SIGNATURES else frozenset[str]()
                self.add(error.code, position, str(error), rests_on=_read_by(read), spoils=spoils)
            version = read.version(event.subject)
            if event.version != version + 1:
                says, stream = f"{event.stream} goes from {version} to {event.version}", frozenset({event.stream})
                self.add("version-gap", position, says, rests_on=stream, spoils=spoiled_with(event.stream))
            self._hindsight.judge(position, event, read, self._memory)
            self._known_today(position, event)
            self._dates(position, event)
            self._compromised(position, event.facts)
            if isinstance(event.facts, ScoreSheetSubmitted):
                self._scored |= {event.by[0].person, read.candidate(event.subject.id)}
            self._name(event, read)
            read.add(event)
        except Exception as error:  # noqa: BLE001 - a forgery may contradict whatever the rules take for granted
            says = f"it cannot follow from those before it ({error!r})"
            spoils = spoiled_with(event.stream)
            self.add("entry-impossible", position, says, rests_on=_read_by(read) | {event.stream}, spoils=spoils)
        else:
            read.settle()

    def _known_today(self, position: int, event: Event[Fact]) -> None:
        """Note about whom an event says something that counts for what was decided before it."""
        tell_otherwise(self._known_otherwise, position, event)
        if isinstance(event.facts, EmploymentRecorded):
            self._employed_late |= event.subject.id in self._scored
            ids = self._memory.merges.ids_of(event.subject.id)
            self._employed_since |= not self._since.scored.isdisjoint(ids)

    def _signatures(
        self, position: int, event: Event[Fact], envelope: Envelope, claims: list[Claim], read: Draft
    ) -> None:
        message = pae(envelope.payloadType, envelope.payload)
        for signer, signature in match_signatures(envelope, event):
            claims.append(claim_of(position, signer, signature, message, event, read))
            self._signed_with.setdefault(signature.keyid, []).append((event.time, position))

    def _name(self, event: Event[Fact], read: Draft) -> None:
        """Note whom the values are about that an entry names."""
        for founder in event.facts.founders if isinstance(event.facts, AnyFounding) else ():
            self.named.update({d.digest: founder.person_id for d in founder.details})
        for digest in digests_of(event.facts) if event.subject != FOUNDING else ():
            person_id = person_concerned(event, read) or ""  # a forgery may be about nobody
            named = self.named.get(digest.digest)
            # Of one human, the first id keeps it.
            if person_id if named is None else not read.is_among(person_id, [named]):
                self.named[digest.digest] = person_id

    def _rules(self, position: int, event: Event[Fact], read: Draft) -> None:
        facts = event.facts
        if (wrong := wrong_with(facts, read)) is not None:
            self.add(wrong[0], position, wrong[1])
            return
        if isinstance(facts, AnyFounding):
            return  # what it establishes is in the trust root
        if isinstance(facts, ScoreSheetRevealed):
            sheet = read.candidacy(event.subject.id).sheets.get(facts.sheet_id)
            revealed = Disclosure("levels", facts.levels, facts.salt).digest
            if sheet is None or sheet.commitment != revealed:
                says = "the levels are not those that the assessor sealed"
                self.add("reveal-differs", position, says, rests_on=_read_by(read))
        try:
            decided = decide_again(event, read)
        except Refused as refused:
            if refused.code != "disclosure-missing":
                self.add("rule-broken", position, f"the rules refuse this: {refused}", rests_on=_read_by(read))
            return  # a value that was erased can no longer be read; step 7 audits the vault
        if (decided.stream, decided.fact) != (event.subject, facts):
            says = "the rules answer another fact at this position"
            self.add("fact-differs", position, says, rests_on=_read_by(read))

    def _compromised(self, position: int, facts: Fact) -> None:
        """Step 3: warn of signatures by a key that was reported as compromised, if they are later than that."""
        if not isinstance(facts, KeyRevoked) or facts.compromised_since is None:
            return
        since = facts.compromised_since
        signed = [str(place) for time, place in self._signed_with.get(facts.key_id, ()) if time >= since]
        says = f"key {facts.key_id} of {facts.person_id}, since {since:%Y-%m-%d %H:%M} UTC: {len(signed)} signatures"
        if signed:
            says += f", at entries {', '.join(signed[:MOST_NAMED])}{' and more' if len(signed) > MOST_NAMED else ''}"
        self.warnings.append(AuditFinding("key-compromised", position, says))

    def _clock(self, position: int, event: Event[Fact]) -> None:
        """Step 5: warn of a clock that was ahead, as officers confirmed. It explains later times before it."""
        if event.subject == THE_CLOCK and (ahead := self._known.confirm(event)):
            self._post_dated = [(time, fault) for time, fault in self._post_dated if time <= event.time]
            self._uncovered = [(time, place) for time, place in self._uncovered if time <= event.time]
            says = f"at {event.time:%Y-%m-%d %H:%M} UTC; {ahead} entries before it state a later time or follow one"
            self.warnings.append(AuditFinding("clock-confirmed", position, says))

    def _dates(self, position: int, event: Event[Fact]) -> None:
        """Step 5: the head that the signers saw, and the time that they state."""
        size, witnessed = event.head.size, self._witnessed.get(position - 1, LONG_AGO)
        self._clock(position, event)
        before = max(self._known.last, witnessed)
        if not 0 <= size < position or event.head.root != self.tree.root(size):
            says = "the signers saw a head that the log never had before"
            self.add("head-unknown", position, says, cause=self.tree.other_before(size))
        elif is_back_dated(event.time, self._known[size], before):
            says = f"dated {event.time:%Y-%m-%d %H:%M} UTC, recorded after entries of {before:%Y-%m-%d %H:%M}"
            self.add("back-dated", position, says)
        self._cover(position, event.time)

    def _cover(self, position: int, time: datetime) -> None:
        """Step 5: no entry states a later time than witnesses saw it at."""
        covering = bisect_left(self._witnessed_sizes, position)
        if covering == len(self._witnessed_sizes):
            if self._trust.policy is not None:  # otherwise nothing will ever be witnessed
                self._uncovered.append((time, position))
        elif time > (later := self._witnessed[self._witnessed_sizes[covering]]) + CLOCK_SKEW:
            says = f"dated {time:%Y-%m-%d %H:%M} UTC, and witnessed at {later:%Y-%m-%d %H:%M} already"
            self._post_dated.append((time, Fault("post-dated", position, says)))


def _agreed(stored: object, edge: RightEdge) -> int:
    """How many entries are under the peaks of an edge that are stored as they are."""
    agreed, found = 0, stored if isinstance(stored, bytes) else b""
    for number, peak in enumerate(edge.peaks):
        if found[HASH_BYTES * number : HASH_BYTES * (number + 1)] != peak:
            break
        agreed += 1 << ((edge.size - agreed).bit_length() - 1)
    return agreed


def _read_by(read: Draft) -> frozenset[str]:
    """What a decision read."""
    return frozenset(map(str, read.expects)) | (frozenset({INDEX}) if read.pinned else frozenset())
