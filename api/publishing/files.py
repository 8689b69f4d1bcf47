"""A published log as plain files, for any web server or object store (c2sp.org/tlog-tiles).

Tiles never change, so existing ones are left alone. The checkpoint is written last and each file appears whole, so
that a reader always finds everything that the checkpoint covers.
"""

from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from api.publishing.packing import pack, verify_page
from ledger.bundle import Bundle
from ledger.errors import Corrupt
from ledger.files import PRIVATE, PUBLIC, expecting, read_bounded, write_whole
from ledger.log.tiles import bundles, tiles
from ledger.signing.note import MAX_NOTE_BYTES
from ledger.store.ledger import Ledger

CHECKPOINT, STAMP = "checkpoint", "checkpoint.tsr"


def write(ledger: Ledger, target: Path, *, entries: bool = False, certificates: Iterable[Bundle] = ()) -> int:
    """Writes what is public, and with ``entries`` what is for auditors only. Returns how many entries are covered.

    Raises ``Corrupt``, and writes nothing, when the folder shows more than the ledger has, or another log.
    """
    mode = PRIVATE if entries else PUBLIC  # a web server serves what is public, as another user
    note, checkpoint = ledger.latest()
    _require_continuation(ledger, target / CHECKPOINT)
    sweep(target)
    for tile in chain(tiles(checkpoint.size), bundles(checkpoint.size) if entries else ()):
        path = target / str(tile)
        if not path.exists():
            write_whole(path, ledger.tile(tile), mode)
    for bundle in certificates:
        write_bundle(target, bundle, mode)
    write_whole(target / "verify.html", verify_page(), mode)
    write_whole(target / "trust.json", bytes(ledger.trust), mode)
    write_whole(target / "policy", ledger.trust.policy_text.encode(), mode)
    reply = ledger.notes.time_stamp(note)
    if reply is not None:
        write_whole(target / STAMP, reply, mode)
    else:
        (target / STAMP).unlink(missing_ok=True)  # the time-stamp of an earlier checkpoint
    write_whole(target / CHECKPOINT, note.encode(), mode)
    return checkpoint.size


def write_bundle(target: Path, bundle: Bundle, mode: int = PUBLIC) -> None:
    """Writes the bundle of one certificate, or replaces it."""
    write_whole(bundle_path(target, bundle.number), bytes(bundle), mode)
    write_whole(target / "certificates" / f"{bundle.number}.zip", pack(bundle), mode)


def bundle_path(target: Path, number: str) -> Path:
    """Returns where the bundle of a certificate is."""
    return target / "certificates" / f"{number}.bundle.json"


def covered(ledger: Ledger, target: Path) -> int:
    """Returns how many entries a published folder shows; 0 when it shows no checkpoint."""
    path = target / CHECKPOINT
    return ledger.trust.opened(path.read_text(encoding="utf-8")).size if path.exists() else 0


def sweep(target: Path) -> None:
    """Removes what an earlier run left unfinished."""
    for path in target.rglob("*.tmp"):
        process = path.name.removesuffix(".tmp").rpartition(".")[2]
        if process.isdecimal() and not Path(f"/proc/{process}").exists():
            path.unlink(missing_ok=True)


def _require_continuation(ledger: Ledger, path: Path) -> None:
    if not path.exists():
        return
    note = read_bounded(path, MAX_NOTE_BYTES)
    with expecting(path, "the checkpoint published here before", "le point de contrôle publié ici auparavant"):
        shown = ledger.trust.opened(note.decode())
    size = ledger.size()
    if shown.size > size:
        raise Corrupt("checkpoint-ahead", f"{path} shows {shown.size} entries, the ledger has {size}: was it set back?")
    if shown.root != ledger.tree.root_at(shown.size):
        raise Corrupt("log-forked", f"{path} shows {shown.size} entries that this ledger does not have")
