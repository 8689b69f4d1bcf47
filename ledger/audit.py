"""The full audit: everything in the ledger's file is computed again from the signed bytes.

1. Entries: positions without gaps, each in its one form, of this ledger, in the row that it names.
2. The Merkle tree: every stored node is the hash of what it covers, none is missing, none is extra.
3. Signatures: each by a key and in a role that counted at that position, by distinct people.
4. Rules: each fact is what the rules answer again, separation of duties and computed results included.
5. Heads: each statement's signers saw a head that the log had before it.
6. Checkpoints: signed by the log, and of the tree that stands here.
7. The vault: each value hashes to a digest that an entry names, about that person; none is missing.

The audit opens the file itself: a ledger that refuses to start can still be audited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import msgspec

from ledger import vault
from ledger.domain.deciding import public_key_for
from ledger.domain.events.candidacy import ScoreSheetRevealed
from ledger.domain.events.office import LedgerFounded
from ledger.domain.reader import Disclosed
from ledger.domain.record import Event, Fact
from ledger.domain.refusal import Refused
from ledger.domain.replaying import decided_again
from ledger.errors import LedgerError, Unverifiable
from ledger.log.checkpoint import Checkpoint, open_checkpoint
from ledger.log.tree import EMPTY_ROOT, Node, RightEdge, leaf_hash
from ledger.signing.envelope import Envelope, open_envelope, pae
from ledger.signing.note import VerifierKey
from ledger.signing.statement import decode_payload, match_signatures
from ledger.signing.verifying import Claim, Verifiers
from ledger.store.application import LedgerApplication
from ledger.store.ledger import DATABASE, TRUST, owner_of
from ledger.store.reading import FOUNDING, Draft, Memory
from ledger.store.recorder import node_count
from ledger.trust import TrustRoot
from ledger.vault import Disclosure, Held

BATCH = 1000

Progress = Callable[[int, int], None]
Row = tuple[int, str, int, str, bytes]


class Finding(msgspec.Struct, frozen=True):
    """What is wrong and where; ``position`` counts entries from 1, and is None for what is no entry."""

    code: str
    position: int | None
    message: str


class Report(msgspec.Struct, frozen=True):
    """What was audited and what was found; clean when nothing was."""

    entries: int
    signatures: int
    findings: tuple[Finding, ...]

    @property
    def clean(self) -> bool:
        return not self.findings


def audit(folder: Path, progress: Progress | None = None) -> Report:
    """Audit a ledger's folder. Raises OSError or ValueError when there is no ledger to audit."""
    trust = TrustRoot.load(folder / TRUST)
    application = LedgerApplication(folder / DATABASE)
    try:
        return _Audit(application, trust, progress).run()
    finally:
        application.close()


class _Audit:
    def __init__(self, application: LedgerApplication, trust: TrustRoot, progress: Progress | None) -> None:
        self._log = application.recorder
        self._trust = trust
        self._progress = progress
        self._findings: list[Finding] = []
        self._memory = Memory()
        self._edge = RightEdge()
        self._roots = [EMPTY_ROOT]  # of each size, as far as the entries were read
        self._vault = {h.digest: (h, _parsed(h)) for h in vault.Vault(self._log.datastore).everything()}
        self._named: dict[str, str] = {}
        self._signatures = 0
        self._intact = True  # once the record breaks, what follows cannot be judged by the rules

    def run(self) -> Report:
        size, position = self._log.size(), 0
        with Verifiers() as verifiers:
            for batch in self._batches():
                claims: list[Claim] = []
                nodes: list[Node] = []
                for row in batch:
                    position = self._entry(row, position + 1, claims)
                    nodes += self._grown(row[4])
                for claim in verifiers.false(claims):
                    self._found("signature-invalid", claim.number, f"the signature of {claim.person} does not hold")
                self._signatures += len(claims)
                self._nodes(nodes)
                if self._progress is not None:
                    self._progress(position, size)
            opened = partial(_opened, self._trust.verifier_key)
            self._checkpoints(verifiers.each(opened, self._log.checkpoints()))
        self._node_count()
        self._disclosures()
        return Report(size, self._signatures, tuple(self._findings))

    def _found(self, code: str, position: int | None, message: str) -> None:
        self._findings.append(Finding(code, position, message))

    def _broken(self, code: str, position: int, message: str) -> None:
        self._found(code, position, message)
        self._intact = False

    def _batches(self) -> Iterator[list[Row]]:
        last = 0
        while batch := self._log.rows(last, BATCH):
            yield batch
            last = batch[-1][0]

    def _entry(self, row: Row, expected: int, claims: list[Claim]) -> int:
        """1. One entry; answers its position."""
        position, stream, version, topic, state = row
        if position != expected:
            self._broken("entry-missing", expected, f"no entry between positions {expected} and {position}")
        try:
            envelope = open_envelope(state)
            event = decode_payload(envelope.payload)
        except Unverifiable as error:
            self._broken(error.code, position, str(error))
            return position
        if (event.stream, event.version, event.type) != (stream, version, topic):
            says = f"{event.stream} version {event.version} {event.type}"
            self._broken(
                "row-contradicts-statement",
                position,
                f"the row says {stream} version {version} {topic}, the statement {says}",
            )
        if event.ledger != self._trust.origin:
            self._broken("ledger-other", position, f"a statement of {event.ledger}")
        if position == 1 and leaf_hash(state).hex() != self._trust.founding_leaf:
            self._broken("founding-other", position, "leaf 0 is not that of the trust root")
        if self._intact:
            self._judge(position, event, envelope, claims)
        return position

    def _judge(self, position: int, event: Event[Fact], envelope: Envelope, claims: list[Claim]) -> None:
        """3. to 5., and what the vault must hold for this entry."""
        read = Draft(self._memory, self._disclosed)
        message = pae(envelope.payloadType, envelope.payload)
        try:
            for signer, signature in match_signatures(envelope, event):
                public = public_key_for(signer, signature.keyid, event, read)
                if public is None:
                    raise Unverifiable(
                        "signature-unknown-key", f"{signature.keyid} was no active key of {signer.person}"
                    )
                claims.append(Claim(position, signer.person, public, message, signature.sig))
            self._rules(position, event, read)
        except LedgerError as error:
            self._found(error.code, position, str(error))
        if event.version != read.version(event.stream) + 1:
            self._broken(
                "version-gap", position, f"{event.stream} goes from {read.version(event.stream)} to {event.version}"
            )
            return
        self._head(position, event)
        for founder in event.facts.founders if isinstance(event.facts, LedgerFounded) else ():
            self._named.update({d.digest: founder.person_id for d in founder.details})
        for digest in vault.digests_of(event.facts) if event.stream != FOUNDING else ():
            self._named[digest.digest] = owner_of(event, read)
        read.add(event)
        read.settle()

    def _rules(self, position: int, event: Event[Fact], read: Draft) -> None:
        facts = event.facts
        if isinstance(facts, LedgerFounded):
            return  # what it establishes is in the trust root
        if isinstance(facts, ScoreSheetRevealed):
            sheet = read.candidacy(event.stream.partition(":")[2]).sheets.get(facts.sheet_id)
            revealed = Disclosure("levels", facts.levels, facts.salt).digest
            if sheet is None or sheet.commitment != revealed:
                self._found("reveal-differs", position, "the levels are not those that the assessor sealed")
        try:
            decided = decided_again(event, read)
        except Refused as refused:
            if refused.code != "disclosure-missing":
                self._found("rule-broken", position, f"the rules refuse this: {refused.en}")
            return  # what was sealed and then erased can no longer be asked; the vault is audited below
        if (decided.stream, decided.fact) != (event.stream, facts):
            self._found("fact-differs", position, "the rules answer another fact at this position")

    def _head(self, position: int, event: Event[Fact]) -> None:
        size = event.head.size
        if not 0 <= size < position or event.head.root != self._roots[size]:
            self._found("head-unknown", position, "the signers saw a head that the log never had before")

    def _grown(self, state: bytes) -> list[Node]:
        """The nodes of the tree that one more entry completes."""
        self._edge, completed = self._edge.append([leaf_hash(state)])
        self._roots.append(self._edge.root())
        return completed

    def _nodes(self, completed: list[Node]) -> None:
        """2. Nodes that the latest entries complete, in their order."""
        end = node_count(self._edge.size) + 1
        stored = self._log.nodes(end - len(completed), end)
        for place, (level, index, digest) in enumerate(completed, end - len(completed)):
            found = stored.get(place)
            if found != digest:
                what = "is missing" if found is None else "is not the hash of what it covers"
                self._found("tree-node", (index << level) + 1, f"node {index} at level {level} {what}")

    def _node_count(self) -> None:
        extra = self._log.count_nodes() - node_count(self._edge.size)
        if extra > 0:
            self._found("tree-node", None, f"{extra} nodes of the tree cover no entry: entries were removed")

    def _checkpoints(self, opened: Iterable[tuple[int, Checkpoint | Finding]]) -> None:
        """6. Every checkpoint that was signed."""
        for size, checkpoint in opened:
            if isinstance(checkpoint, Finding):
                self._findings.append(checkpoint)
            elif checkpoint.size != size or not 0 <= size <= self._edge.size:
                self._found(
                    "checkpoint-ahead",
                    None,
                    f"a checkpoint of {checkpoint.size} entries stands as {size}; the log has {self._edge.size}",
                )
            elif checkpoint.root != self._roots[size]:
                self._found("checkpoint-root", None, f"the checkpoint of {size} entries has another root")

    def _disclosures(self) -> None:
        """7. What the vault holds is what entries name, and nothing of those who were erased."""
        read = Draft(self._memory)
        for held, disclosure in self._vault.values():
            code = self._fault_of(held, disclosure, read)
            if code:
                self._found(code, None, f"vault: {held.name} of {held.person_id} ({held.digest})")
        for digest, person_id in self._named.items():
            if digest not in self._vault and not read.person(person_id).erased:
                self._found("disclosure-missing", None, f"vault: a value of {person_id} is missing ({digest})")

    def _fault_of(self, held: Held, disclosure: Disclosure | None, read: Draft) -> str | None:
        if disclosure is None or (vault.digest_of(held.encoded), disclosure.name) != (held.digest, held.name):
            return "disclosure-changed"
        if self._intact and self._named.get(held.digest) != held.person_id:
            return "disclosure-unreferenced"
        return "disclosure-of-erased" if read.person(held.person_id).erased else None

    def _disclosed(self, digest: str) -> Disclosed | None:
        _, disclosure = self._vault.get(digest, (None, None))
        return None if disclosure is None else Disclosed(disclosure.name, disclosure.value, disclosure.salt)


def _parsed(held: Held) -> Disclosure | None:
    try:
        return Disclosure.parse(held.encoded)
    except Unverifiable:
        return None  # reported with the vault


def _opened(key: VerifierKey, row: tuple[int, str]) -> tuple[int, Checkpoint | Finding]:
    """The size that a checkpoint stands as, and what it says, or what is wrong with its note."""
    size, note = row
    try:
        return size, open_checkpoint(note, key)
    except Unverifiable as error:
        return size, Finding(error.code, None, f"checkpoint of {size} entries: {error}")
