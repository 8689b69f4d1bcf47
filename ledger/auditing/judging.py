"""Judges the entries of a log in order: steps 1 and 3 to 6 of the audit, for a database and for a published log."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import msgspec

from ledger.auditing.hindsight import refused_today
from ledger.auditing.report import MOST_NAMED, AuditFinding, AuditReport
from ledger.disclosures import Disclosure, digests_of
from ledger.domain.dating import CLOCK_SKEW, LONG_AGO, Known, is_back_dated
from ledger.domain.deciding import decide_again
from ledger.domain.events.candidacy import ScoreSheetRevealed, ScoreSheetSubmitted
from ledger.domain.events.clock import THE_CLOCK
from ledger.domain.events.office import FOUNDING, KeyRevoked, LedgerFounded
from ledger.domain.events.persons import EmploymentRecorded
from ledger.domain.reader import Disclosed
from ledger.domain.record import Event, Fact
from ledger.domain.refusal import Refused
from ledger.domain.subjects import person_concerned
from ledger.errors import LedgerError, Unverifiable
from ledger.log.checkpoint import Checkpoint
from ledger.log.tree import EMPTY_ROOT, Node, RightEdge, leaf_hash
from ledger.reading import Draft, Memory
from ledger.signing.envelope import Envelope, open_envelope, pae
from ledger.signing.statement import decode_payload, match_signatures
from ledger.signing.verifying import Claim, Verifiers, claim_of
from ledger.trust import TrustRoot


class Row(msgspec.Struct, frozen=True):
    """An entry as it is stored; ``said`` are the other columns of its row: stream, version, wire name."""

    position: int
    state: bytes
    said: tuple[str, int, str] | None = None


class Judge:
    """Takes every entry, then every checkpoint; ``findings`` says what is wrong."""

    def __init__(self, trust: TrustRoot, disclosed: Callable[[str], Disclosed | None] = lambda _: None) -> None:
        self._trust = trust
        self._disclosed = disclosed
        self._memory = Memory()
        self._position = 0
        self._known = Known()
        self._post_dated: list[tuple[datetime, AuditFinding]] = []  # with the time stated; a clock may explain it
        self._witnessed: dict[int, datetime] = {}
        self._witnessed_sizes: list[int] = []
        self._checkpoints = 0
        self._signed_with: dict[str, list[tuple[datetime, int]]] = {}  # by key id: when, and at which position
        self.findings: list[AuditFinding] = []
        self.warnings: list[AuditFinding] = []
        self.edge = RightEdge()
        self.roots = [EMPTY_ROOT]  # of each size, up to the last entry that was read
        self.named: dict[str, str] = {}  # by digest: the person whom the value is about
        self.signatures = 0
        self._scored: set[str | None] = set()  # who scored or was scored
        self._employed_late = False
        self.intact = True  # false once the record breaks: the rules cannot judge what follows

    def take(self, rows: Iterable[Row], verifiers: Verifiers) -> list[Node]:
        """Judge the next entries; returns the nodes of the tree that they complete."""
        claims: list[Claim] = []
        nodes: list[Node] = []
        for row in rows:
            self._entry(row, claims)
            self.edge, completed = self.edge.append([leaf_hash(row.state)])
            self.roots.append(self.edge.root())
            nodes += completed
        for claim in verifiers.false(claims):
            self.add("signature-invalid", claim.number, f"the signature of {claim.person} does not hold")
        self.signatures += len(claims)
        return nodes

    def add(self, code: str, position: int | None, message: str) -> None:
        self.findings.append(AuditFinding(code, position, message))

    def published(self, notes: Iterable[str]) -> None:
        """Learn from published notes since when the entries have been witnessed; called before they are taken.

        Only the largest must satisfy the policy: earlier ones may have been published under another.
        """
        largest = -1
        for note in notes:
            try:
                size, witnessed = self._trust.opened(note).size, self._trust.witnesses.witnessed(note)
            except Unverifiable as error:
                self.add(error.code, None, f"published checkpoint: {error}")
                continue
            largest = max(largest, size)
            if witnessed is not None:
                self._witnessed[size] = min(witnessed.since, self._witnessed.get(size, witnessed.since))
        if self._trust.witnesses.asks and largest not in self._witnessed:
            what = f"the published checkpoint of {largest} entries" if largest >= 0 else "nothing is published: the log"
            self.add("not-witnessed", None, f"{what} is not cosigned")
        self._witnessed_sizes = sorted(self._witnessed)

    def checkpoint(self, checkpoint: Checkpoint, stored_as: int) -> None:
        """Step 6: a checkpoint that the log signed for ``stored_as`` entries; called after they were taken."""
        self._checkpoints += 1
        if checkpoint.size != stored_as or checkpoint.size > self.edge.size:
            says = f"a checkpoint of {checkpoint.size} entries is stored as {stored_as}; the log has {self.edge.size}"
            self.add("checkpoint-ahead", None, says)
        elif checkpoint.root != self.roots[checkpoint.size]:
            self.add("checkpoint-root", None, f"the checkpoint of {checkpoint.size} entries has another root")

    def seen(self, notes: Sequence[str], by: str = "a kept checkpoint") -> None:
        """Step 6: checkpoints that somebody kept. Raises ``Unverifiable`` when one is not signed by this log."""
        for note in notes:
            checkpoint = self._trust.opened(note)
            if checkpoint.size > self.edge.size:
                says = f"{by} shows {checkpoint.size} entries, the log has {self.edge.size} now"
                self.add("rolled-back", None, says)
            elif checkpoint.root != self.roots[checkpoint.size]:
                says = f"the first {checkpoint.size} entries are not those that {by} shows"
                self.add("log-forked", None, says)

    def end(self) -> None:
        """Steps 1 and 5, after the last entry: there was a first, and no clock explains what is post-dated."""
        if not self._position:
            self.add("entry-missing", 1, "there are no entries: the founding is missing")
        self.findings += [finding for _, finding in self._post_dated]

    def in_hindsight(self, entries: Callable[[], Iterable[bytes]]) -> None:
        """Step 4, after the last entry: warn of what the rules would refuse by what is known of the people now."""
        if self.intact and (self._memory.merges.into or self._employed_late):
            self.warnings += refused_today(entries(), self._memory, self._disclosed)

    def is_erased(self, person_id: str) -> bool:
        """Whether the entries say that this person's data was erased."""
        return Draft(self._memory).human(person_id).erased

    def report(self) -> AuditReport:
        """The report of everything so far."""
        return AuditReport(
            self._trust.origin,
            self.edge.size,
            self.edge.root().hex(),
            self.signatures,
            self._checkpoints,
            self._witnessed[max(self._witnessed)] if self._witnessed else None,
            tuple(self.findings),
            tuple(self.warnings),
        )

    def _broken(self, code: str, position: int, message: str) -> None:
        self.add(code, position, message)
        self.intact = False

    def _entry(self, row: Row, claims: list[Claim]) -> None:
        """Step 1: one entry."""
        expected, self._position = self._position + 1, row.position
        position, state = row.position, row.state
        if position != expected:
            self._broken("entry-missing", expected, f"no entry between positions {expected} and {position}")
        try:
            envelope = open_envelope(state)
            event = decode_payload(envelope.payload)
        except Unverifiable as error:
            self._broken(error.code, position, str(error))
            return
        says = (event.stream, event.version, event.type)
        if row.said not in (None, says):
            self._broken("row-contradicts-statement", position, f"the row says {row.said}, the statement {says}")
        if event.ledger != self._trust.origin:
            self._broken("ledger-other", position, f"a statement of {event.ledger}")
        if position == 1 and leaf_hash(state).hex() != self._trust.founding_leaf:
            self._broken("founding-other", position, "leaf 0 is not that of the trust root")
        if self.intact:
            try:
                self._judge(position, event, envelope, claims)
            except Exception as error:  # noqa: BLE001 - a forgery may contradict whatever the rules take for granted
                self._broken("entry-impossible", position, f"it cannot follow from those before it ({error!r})")

    def _judge(self, position: int, event: Event[Fact], envelope: Envelope, claims: list[Claim]) -> None:
        """Steps 3 to 5, and what the vault must hold for this entry."""
        read = Draft(self._memory, self._disclosed)
        message = pae(envelope.payloadType, envelope.payload)
        try:
            for signer, signature in match_signatures(envelope, event):
                claims.append(claim_of(position, signer, signature, message, event, read))
                self._signed_with.setdefault(signature.keyid, []).append((event.time, position))
            self._rules(position, event, read)
        except LedgerError as error:
            self.add(error.code, position, str(error))
        if event.version != read.version(event.subject) + 1:
            self._broken(
                "version-gap", position, f"{event.stream} goes from {read.version(event.subject)} to {event.version}"
            )
            return
        self._dates(position, event)
        self._compromised(position, event.facts)
        if isinstance(event.facts, ScoreSheetSubmitted):
            self._scored |= {event.by[0].person, read.candidate(event.subject.id)}
        self._employed_late |= isinstance(event.facts, EmploymentRecorded) and event.subject.id in self._scored
        for founder in event.facts.founders if isinstance(event.facts, LedgerFounded) else ():
            self.named.update({d.digest: founder.person_id for d in founder.details})
        for digest in digests_of(event.facts) if event.subject != FOUNDING else ():
            person_id = person_concerned(event, read) or ""  # a forgery may be about nobody
            if not read.is_among(person_id, [self.named.get(digest.digest, "")]):  # of one human, the first id keeps it
                self.named[digest.digest] = person_id
        read.add(event)
        read.settle()

    def _rules(self, position: int, event: Event[Fact], read: Draft) -> None:
        facts = event.facts
        if isinstance(facts, LedgerFounded):
            return  # what it establishes is in the trust root
        if isinstance(facts, ScoreSheetRevealed):
            sheet = read.candidacy(event.subject.id).sheets.get(facts.sheet_id)
            revealed = Disclosure("levels", facts.levels, facts.salt).digest
            if sheet is None or sheet.commitment != revealed:
                self.add("reveal-differs", position, "the levels are not those that the assessor sealed")
        try:
            decided = decide_again(event, read)
        except Refused as refused:
            if refused.code != "disclosure-missing":
                self.add("rule-broken", position, f"the rules refuse this: {refused}")
            return  # a value that was erased can no longer be read; step 7 audits the vault
        if (decided.stream, decided.fact) != (event.subject, facts):
            self.add("fact-differs", position, "the rules answer another fact at this position")

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
        """Step 5: warn of a clock that officers confirmed. It explains later times before it."""
        if event.subject == THE_CLOCK:
            ahead = self._known.confirm(event)
            self._post_dated = [(time, finding) for time, finding in self._post_dated if time <= event.time]
            says = f"at {event.time:%Y-%m-%d %H:%M} UTC; {ahead} entries before it state a later time or follow one"
            self.warnings.append(AuditFinding("clock-confirmed", position, says))

    def _dates(self, position: int, event: Event[Fact]) -> None:
        """Step 5: the head that the signers saw, and the time that they state."""
        size, witnessed = event.head.size, self._witnessed.get(position - 1, LONG_AGO)
        self._clock(position, event)
        before = max(self._known.last, witnessed)
        if not 0 <= size < position or event.head.root != self.roots[size]:
            self.add("head-unknown", position, "the signers saw a head that the log never had before")
        elif is_back_dated(event.time, self._known[size], before):
            says = f"dated {event.time:%Y-%m-%d %H:%M} UTC, recorded after entries of {before:%Y-%m-%d %H:%M}"
            self.add("back-dated", position, says)
        covering = bisect_left(self._witnessed_sizes, position)
        later = self._witnessed[self._witnessed_sizes[covering]] if covering < len(self._witnessed) else None
        if later is not None and event.time > later + CLOCK_SKEW:
            says = f"dated {event.time:%Y-%m-%d %H:%M} UTC, and witnessed at {later:%Y-%m-%d %H:%M} already"
            self._post_dated.append((event.time, AuditFinding("post-dated", position, says)))
        self._known.add(event, witnessed)
