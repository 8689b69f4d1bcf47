"""What must hold after processes and databases died: nothing acknowledged is lost, doubled or forked."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from ledger.auditing import audit
from ledger.log.checkpoint import open_checkpoint
from ledger.signing.envelope import open_envelope
from ledger.store.ledger import Ledger
from ledger.trust import TrustRoot
from tests.load.clients import Acknowledged


def faults(
    folder: Path, acknowledged: Iterable[Acknowledged], seen: Iterable[str], last: Mapping[str, str]
) -> list[str]:
    """What is wrong with a ledger, a sentence each.

    ``acknowledged`` is what clients were told, ``seen`` are the checkpoints that processes showed, and ``last`` are
    those that each shows in the end.
    """
    found = []
    with Ledger.open(folder, lambda: datetime.now(UTC)) as ledger:
        entries = [open_envelope(entry.state).payload for entry in ledger.entries(0, ledger.size())]
        counts = Counter(entries)
        for said in acknowledged:
            if not counts[said.payload]:
                found.append(f"lost: leaf {said.leaf}, {said.stream} {said.version}")
            elif counts[said.payload] > 1:
                found.append(f"doubled: {said.stream} {said.version}")
            elif entries[said.leaf] != said.payload:
                found.append(f"moved: leaf {said.leaf}, {said.stream} {said.version}")
        trust = TrustRoot.load(folder / "trust.json")
        key = trust.verifier_key
        for note in set(seen):
            checkpoint = open_checkpoint(note, key)
            if checkpoint.size > ledger.size() or ledger.tree.root_at(checkpoint.size) != checkpoint.root:
                found.append(f"forked: a checkpoint of {checkpoint.size} entries is not of this log")
        found += [
            f"behind: {url} shows {open_checkpoint(note, key).size} of {ledger.size()} entries"
            for url, note in last.items()
            if open_checkpoint(note, key).size != ledger.size()
        ]
    return found + [f"audit: {finding.code}: {finding.message}" for finding in audit(folder).findings]
