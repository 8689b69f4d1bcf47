"""tlog-scales accepts our log and refuses a changed one, and the reverse. It shares no code with Go's packages.

It verifies with RFC 9162 2.1.3.2 and 2.1.4.2. Its parsers are lenient, so it is given nothing malformed."""

import shutil
from pathlib import Path

import msgspec
import pytest
from cryptography.exceptions import InvalidSignature
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import PlainEd25519Signer, Vkey
from tlog_scales.tiles import leaf_hash
from tlog_scales.tlog import ConsistencyProof, ConsistencyProofInvalid, InclusionProof, InclusionProofInvalid
from tlog_scales.writer import TilesWriter

from ledger.errors import Unverifiable
from tests.crosscheck.reading import read
from tests.crosscheck.served import (
    ALTERED,
    SIZES,
    Consistency,
    Inclusion,
    Ours,
    Proofs,
    alter,
    entry,
    pairs,
    proofs_in,
    sampled,
    write,
)


class TilesDiffer(Exception):
    """What is computed from the tiles is not what the checkpoint or a proof says."""


@pytest.mark.parametrize("size", SIZES)
def test_it_opens_our_checkpoint_reads_our_tiles_and_accepts_our_proofs(ours: Ours, size: int) -> None:
    _read_by_theirs(ours(size))


@pytest.mark.parametrize(
    ("name", "place", "refusal"),
    [
        ("checkpoint", 0, InvalidSignature),
        ("checkpoint", -9, InvalidSignature),
        ("tile/entries/001", 700, InclusionProofInvalid),
        ("tile/0/001", 8191, TilesDiffer),
        ("tile/0/002.p/188", 0, TilesDiffer),
        ("tile/1/000.p/2", 63, TilesDiffer),
        ("inclusion", 699, InclusionProofInvalid),
        ("consistency", 254, ConsistencyProofInvalid),
    ],
)
def test_one_altered_byte_of_our_log_is_refused_by_it(
    ours: Ours, name: str, place: int, refusal: type[Exception], tmp_path: Path
) -> None:
    shutil.copytree(ours(ALTERED), tmp_path, dirs_exist_ok=True)
    alter(tmp_path, name, place)
    with pytest.raises(refusal):
        _read_by_theirs(tmp_path)


@pytest.mark.parametrize("size", SIZES)
def test_we_open_its_checkpoint_read_its_tiles_and_accept_its_proofs(size: int, tmp_path: Path) -> None:
    _write_by_theirs(tmp_path / "log", size)
    read(tmp_path / "log")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("theirs") / "log"
    _write_by_theirs(folder, ALTERED)
    return folder


@pytest.mark.parametrize(
    ("name", "place"), [("checkpoint", 0), ("tile/0/001", 0), ("inclusion", 0), ("consistency", 1)]
)
def test_one_altered_byte_of_its_log_is_refused_by_us(theirs: Path, name: str, place: int, tmp_path: Path) -> None:
    shutil.copytree(theirs, tmp_path, dirs_exist_ok=True)
    alter(tmp_path, name, place)
    with pytest.raises(Unverifiable):
        read(tmp_path)


def _read_by_theirs(folder: Path) -> None:
    """What our client does, with none of our code."""
    reader = TilesReader(LocalBackend(folder))
    checkpoint = reader.get_checkpoint()
    checkpoint.verify(Vkey.from_string((folder / "vkey").read_text()))
    size, root = checkpoint.size, checkpoint.root_hash
    if reader.calculate_root_hash() != root:
        raise TilesDiffer
    proofs = proofs_in(folder)
    for index in sampled(size):
        path = proofs.inclusion[index].path
        InclusionProof(index, size, path).check(leaf_hash(reader.get_entry(index)), root)
        if reader.get_inclusion_proof(index, size).node_hashes != path:
            raise TilesDiffer
    for consistency in proofs.consistency:
        old, new = consistency.old, consistency.new
        ConsistencyProof(old, new, consistency.path).check(reader.mth(0, old), reader.mth(0, new))
        assert reader.get_consistency_proof(old, new).node_hashes == consistency.path


def _write_by_theirs(folder: Path, size: int) -> None:
    writer = TilesWriter.create(folder, "scales.example/log")
    for index in range(size):
        writer.add_leaf(entry(index))
    signer = PlainEd25519Signer("scales.example/log", bytes(range(32)))
    writer.commit([signer])
    reader = writer.reader
    proofs = Proofs(
        [Inclusion(index, reader.get_inclusion_proof(index, size).node_hashes) for index in sampled(size)],
        [Consistency(old, new, reader.get_consistency_proof(old, new).node_hashes) for old, new in pairs(size)],
    )
    write(folder / "vkey", signer.vkey.serialize().encode())
    write(folder / "proofs.json", msgspec.json.encode(proofs))
