"""Our client: it reads a folder that another party wrote, and takes nothing in it on trust."""

from pathlib import Path

from ledger.errors import Unverifiable
from ledger.log.checkpoint import open_checkpoint
from ledger.log.tiles import Tile, TileReader, bundles, parse_bundle
from ledger.log.tree import consistency_path, inclusion_path, leaf_hash, root_at, verify_consistency, verify_inclusion
from ledger.signing.note import VerifierKey
from tests.crosscheck.served import proofs_in, sampled


def read(folder: Path) -> None:
    """All that a client does with a log that it does not trust. Raises ``Unverifiable``."""
    key = VerifierKey.parse((folder / "vkey").read_text())
    checkpoint = open_checkpoint((folder / "checkpoint").read_text(), key)
    entries = [
        entry for bundle in bundles(checkpoint.size) for entry in parse_bundle((folder / str(bundle)).read_bytes())
    ]
    get_node = TileReader(checkpoint.size, lambda tile: _tile(folder, tile)).get_node
    if root_at(checkpoint.size, get_node) != checkpoint.root:
        raise Unverifiable("tiles", "the tiles have another root than the checkpoint")
    proofs = proofs_in(folder)
    for proof in proofs.inclusion:
        verify_inclusion(leaf_hash(entries[proof.index]), proof.index, checkpoint.size, proof.path, checkpoint.root)
    wanted = sampled(checkpoint.size)
    for proof in proofs.inclusion:
        if proof.index in wanted and inclusion_path(proof.index, checkpoint.size, get_node) != proof.path:
            raise Unverifiable("tiles", f"leaf {proof.index} has another path in the tiles")
    for consistency in proofs.consistency:
        old, new = consistency.old, consistency.new
        verify_consistency(old, new, consistency.path, root_at(old, get_node), root_at(new, get_node))
        assert consistency_path(old, new, get_node) == consistency.path


def _tile(folder: Path, tile: Tile) -> bytes:
    return (folder / str(tile)).read_bytes()
