"""The audit of a published log with its entries: in an export's folder, or over HTTP with an auditor's key.

The values of digests stay with the operator: rules that need one are not judged here.
"""

from collections.abc import Sequence
from contextlib import closing

from ledger.auditing.judging import Judge, Row
from ledger.auditing.report import AuditReport, Progress
from ledger.errors import Unverifiable
from ledger.log.tiles import HEIGHT, tile_bytes, tiles
from ledger.published import PublishedLog
from ledger.signing.verifying import Verifiers


def audit_published(log: PublishedLog, progress: Progress | None = None, seen: Sequence[str] = ()) -> AuditReport:
    """Audit what a log publishes; ``seen`` are checkpoints of it that were kept elsewhere.

    Raises OSError when it cannot be read, ``Unverifiable`` when one of ``seen`` is not signed by this log.
    """
    judge = Judge(log.trust)
    try:
        note = log.note()
        checkpoint = log.checkpoint(note)
    except Unverifiable as error:
        judge.add(error.code, None, f"checkpoint: {error}")
        return judge.report()
    judge.published([note])
    size, nodes = checkpoint.size, {}
    log.require_entries(size)
    try:
        with closing(Verifiers()) as verifiers:
            for batch in log.entries(size):
                start = judge.edge.size
                rows = [Row(position, state) for position, state in enumerate(batch, start + 1)]
                for level, index, digest in judge.take(rows, verifiers):
                    if level % HEIGHT == 0:
                        nodes[level, index] = digest
                if progress is not None:
                    progress(judge.edge.size, size)
        for tile in tiles(size):
            if log.file(tile) != tile_bytes(tile, lambda level, index: nodes[level, index]):
                judge.add("tree-node", None, f"{tile} is not what the entries hash to")
        judge.in_hindsight(lambda: (entry for batch in log.entries(size) for entry in batch))
    except Unverifiable as error:
        judge.add(error.code, None, str(error))
        return judge.report()
    judge.end()
    judge.checkpoint(checkpoint, size)
    judge.seen(seen)
    return judge.report()
