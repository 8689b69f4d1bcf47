"""The audit of a ledger's folder. It opens the file itself: a ledger that refuses to start can still be audited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from ledger import vault
from ledger.auditing.judging import Judge, Row
from ledger.auditing.report import Progress, Report
from ledger.domain.reader import Disclosed
from ledger.errors import Unverifiable
from ledger.log.checkpoint import Checkpoint, open_checkpoint
from ledger.log.tree import Node
from ledger.signing.note import VerifierKey
from ledger.signing.verifying import Verifiers
from ledger.store.application import LedgerApplication
from ledger.store.founding import DATABASE, TRUST
from ledger.store.recorder import node_count
from ledger.trust import TrustRoot
from ledger.vault import Disclosure, Held

BATCH = 1000


def audit(folder: Path, progress: Progress | None = None, seen: Sequence[str] = ()) -> Report:
    """Audit a ledger's folder; ``seen`` are checkpoints of it that were kept elsewhere.

    Raises OSError or ValueError when there is no ledger to audit.
    """
    trust = TrustRoot.load(folder / TRUST)
    application = LedgerApplication(folder / DATABASE)
    try:
        # A register may go on recording meanwhile: one moment is audited.
        with application.recorder.datastore.snapshot():
            return _Audit(application, trust, progress).run(seen)
    finally:
        application.close()


class _Audit:
    def __init__(self, application: LedgerApplication, trust: TrustRoot, progress: Progress | None) -> None:
        self._log = application.recorder
        self._trust = trust
        self._progress = progress
        self._vault = {h.digest: (h, _parsed(h)) for h in vault.Vault(self._log.datastore).everything()}
        self._judge = Judge(trust, self._disclosed)

    def run(self, seen: Sequence[str]) -> Report:
        size, judge = self._log.size(), self._judge
        published = self._log.published()
        judge.published(note for _, note in published)
        with Verifiers() as verifiers:
            for batch in self._batches():
                self._nodes(judge.take(batch, verifiers))
                if self._progress is not None:
                    self._progress(batch[-1].position, size)
            opened = partial(_opened, self._trust.verifier_key)
            for standing_as, found in verifiers.each(opened, [*self._log.checkpoints(), *published]):
                if isinstance(found, Checkpoint):
                    judge.checkpoint(found, standing_as)
                else:
                    judge.found(found.code, None, f"checkpoint of {standing_as} entries: {found}")
        judge.end()
        self._node_count()
        self._disclosures()
        judge.seen(seen)
        return judge.report()

    def _batches(self) -> Iterator[list[Row]]:
        last = 0
        while rows := self._log.rows(last, BATCH):
            yield [Row(position, state, (s, version, topic)) for position, s, version, topic, state in rows]
            last = rows[-1][0]

    def _nodes(self, completed: list[Node]) -> None:
        """2. Nodes that the latest entries complete, in their order."""
        end = node_count(self._judge.edge.size) + 1
        stored = self._log.nodes(end - len(completed), end)
        for place, (level, index, digest) in enumerate(completed, end - len(completed)):
            found = stored.get(place)
            if found != digest:
                what = "is missing" if found is None else "is not the hash of what it covers"
                self._judge.found("tree-node", (index << level) + 1, f"node {index} at level {level} {what}")

    def _node_count(self) -> None:
        extra = self._log.count_nodes() - node_count(self._judge.edge.size)
        if extra > 0:
            self._judge.found("tree-node", None, f"{extra} nodes of the tree cover no entry: entries were removed")

    def _disclosures(self) -> None:
        """7. What the vault holds is what entries name, and nothing of those who were erased."""
        judge = self._judge
        for held, disclosure in self._vault.values():
            code = self._fault_of(held, disclosure)
            if code:
                judge.found(code, None, f"vault: {held.name} of {held.person_id} ({held.digest})")
        for digest, person_id in judge.named.items():
            if digest not in self._vault and not judge.is_erased(person_id):
                judge.found("disclosure-missing", None, f"vault: a value of {person_id} is missing ({digest})")

    def _fault_of(self, held: Held, disclosure: Disclosure | None) -> str | None:
        judge = self._judge
        if disclosure is None or (vault.digest_of(held.encoded), disclosure.name) != (held.digest, held.name):
            return "disclosure-changed"
        if judge.intact and judge.named.get(held.digest) != held.person_id:
            return "disclosure-unreferenced"
        return "disclosure-of-erased" if judge.is_erased(held.person_id) else None

    def _disclosed(self, digest: str) -> Disclosed | None:
        _, disclosure = self._vault.get(digest, (None, None))
        return None if disclosure is None else Disclosed(disclosure.name, disclosure.value, disclosure.salt)


def _parsed(held: Held) -> Disclosure | None:
    try:
        return Disclosure.parse(held.encoded)
    except Unverifiable:
        return None  # reported with the vault


def _opened(key: VerifierKey, row: tuple[int, str]) -> tuple[int, Checkpoint | Unverifiable]:
    """The size that a checkpoint stands as, and what it says, or what is wrong with its note."""
    size, note = row
    try:
        return size, open_checkpoint(note, key)
    except Unverifiable as error:
        return size, error
