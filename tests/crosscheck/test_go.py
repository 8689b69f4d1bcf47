"""Go accepts our log and refuses a changed one, and the reverse.

``check.go`` calls ``note`` and ``tlog`` of golang.org/x/mod/sumdb, where ``tile/8/L/N`` is our ``tile/L/N``.
Its ``tlog.ParseTree`` reads another text than a checkpoint, and is not used."""

import os
import re
import shutil
import subprocess
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from api.witness.store import Witness
from ledger.errors import Unverifiable
from ledger.log.checkpoint import MAX_SIZE
from ledger.log.witness import Request
from ledger.signing.keys import verify_ed25519
from ledger.signing.note import Note, NoteSignature, VerifierKey, open_note, sign_note
from tests.crosscheck.reading import read
from tests.crosscheck.served import ALTERED, SIZES, VKEY, Ours, alter, flipped
from tests.ledger.signing.test_ed25519 import every_mixture
from tests.programs import program
from tests.support import key_of

GOPATH = Path("/usr/share/gocode")  # of Debian's packages of Go sources
SOURCE = Path(__file__).with_name("check.go")


class Go:
    """The compiled program."""

    def __init__(self, program: Path) -> None:
        self._program = program

    def __call__(self, *arguments: str | Path, given: bytes = b"") -> bytes:
        """What it prints. Raises ``Refused`` with its words when something does not hold."""
        done = subprocess.run([self._program, *arguments], input=given, capture_output=True)
        if done.returncode:
            raise RefusedByGo(done.stderr.decode().strip())
        return done.stdout


class RefusedByGo(Exception):
    """Go's words."""


@pytest.fixture(scope="session")
def go(tmp_path_factory: pytest.TempPathFactory) -> Go:
    compiler = program("go", GOPATH / "src/golang.org/x/mod/sumdb/tlog")
    check = tmp_path_factory.mktemp("go") / "check"
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": str(GOPATH), "GOFLAGS": "", "GOTOOLCHAIN": "local"}
    subprocess.run([compiler, "build", "-o", check, SOURCE], env=environment, check=True)
    return Go(check)


@pytest.mark.parametrize("size", SIZES)
def test_go_opens_our_checkpoint_reads_our_tiles_and_accepts_our_proofs(go: Go, ours: Ours, size: int) -> None:
    go("read", ours(size))


@pytest.mark.parametrize(
    ("name", "place", "words"),
    [
        ("checkpoint", 0, "checkpoint: invalid signature"),
        ("checkpoint", -9, "checkpoint: invalid signature"),
        ("vkey", 0, "checkpoint: "),
        ("vkey", -9, "checkpoint: "),
        ("tile/entries/001", 700, "entries: the root is"),
        ("tile/entries/002.p/188", -1, "entries: the root is"),
        ("tile/0/000", 0, "tiles: another path"),
        ("tile/0/001", 8191, "tiles: another path"),
        ("tile/0/002.p/188", 0, "tiles: the root is"),
        ("tile/1/000.p/2", 63, "tiles: the root is"),
        ("inclusion", 0, "inclusion of 0: invalid transparency proof"),
        ("inclusion", 699, "inclusion of 699: invalid transparency proof"),
        ("consistency", 254, "consistency of 255 and 700: invalid transparency proof"),
        ("consistency", 255, "consistency of 256 and 700: invalid transparency proof"),
    ],
)
def test_one_altered_byte_of_our_log_is_refused_by_go(
    go: Go, ours: Ours, name: str, place: int, words: str, tmp_path: Path
) -> None:
    shutil.copytree(ours(ALTERED), tmp_path, dirs_exist_ok=True)
    alter(tmp_path, name, place)
    with pytest.raises(RefusedByGo, match=f"^{re.escape(words)}"):
        go("read", tmp_path)


def test_no_byte_of_our_checkpoint_can_be_another(go: Go, ours: Ours) -> None:
    signed = (ours(ALTERED) / "checkpoint").read_bytes()
    changed = [flipped(signed, place) for place in range(len(signed))]
    asked = msgspec.json.encode({"vkey": str(VKEY), "notes": [signed, *changed]})
    opens, *still_opens = msgspec.json.decode(go("open", given=asked))
    assert opens
    assert _opens(signed)
    assert not any(map(_opens, changed))
    # The last two bits of a base64 text of 68 bytes say nothing, and Go does not ask that they are zero. We do.
    assert [place for place, still in enumerate(still_opens) if still] == [signed.rindex(b"=") - 1]


def test_of_keys_of_mixed_order_go_opens_the_notes_that_we_do(go: Go) -> None:
    ours, theirs = [], []
    for public, text, signature in every_mixture():
        key = VerifierKey("example.org/mixed", public)
        note = str(Note(text.decode(), (NoteSignature(key.name, key.hint, signature),)))
        ours.append(verify_ed25519(public, text, signature))
        theirs += msgspec.json.decode(
            go("open", given=msgspec.json.encode({"vkey": str(key), "notes": [note.encode()]}))
        )
    assert theirs == ours
    assert 1 < sum(ours) < 32


def _opens(note: bytes) -> bool:
    try:
        open_note(note.decode(), VKEY)
    except (UnicodeDecodeError, Unverifiable):
        return False
    return True


@pytest.mark.parametrize("size", SIZES)
def test_we_open_gos_checkpoint_read_its_tiles_and_accept_its_proofs(go: Go, size: int, tmp_path: Path) -> None:
    go("make", tmp_path, str(size))
    read(tmp_path)


@pytest.mark.parametrize(
    ("name", "place", "code"),
    [
        ("checkpoint", 0, "note-signature-invalid"),
        ("checkpoint", -9, "note-"),  # Go's key differs in each run: the altered character may not be base64 at all
        ("tile/entries/001", 700, "inclusion-root"),
        ("tile/0/001", 8191, "tiles"),
        ("tile/0/002.p/188", 0, "tiles"),
        ("tile/1/000.p/2", 63, "tiles"),
        ("inclusion", 699, "inclusion-root"),
        ("consistency", 254, "consistency-root"),
    ],
)
def test_one_altered_byte_of_gos_log_is_refused_by_us(go: Go, name: str, place: int, code: str, tmp_path: Path) -> None:
    go("make", tmp_path, str(ALTERED))
    alter(tmp_path, name, place)
    with pytest.raises(Unverifiable) as refused:
        read(tmp_path)
    assert refused.value.code.startswith(code)


@pytest.mark.parametrize(
    "text",
    ["go.sum database tree\n5\n{root}\n", f"log.example/pca\n{MAX_SIZE}\n{{root}}\nmore\nand more\n"],
    ids=["origin with spaces", "extension lines"],
)
def test_go_accepts_what_our_witness_serves(go: Go, text: str, tmp_path: Path) -> None:
    """L1: a checkpoint of anybody's log, with the cosignatures of ours."""
    key, body = key_of("log"), text.format(root=b64encode(bytes(32)).decode())
    log = VerifierKey("sum.example", key.public)
    origin = body.partition("\n")[0]
    witness = Witness(tmp_path, "north.example", {origin: [log]}, lambda: datetime.now(UTC))
    witness.add_checkpoint(str(Request(0, (), sign_note(body, log.name, key))).encode())
    served = str(witness.latest(origin)).encode()
    notes = [served, *(flipped(served, place) for place in range(len(body)))]
    asked = msgspec.json.encode({"vkey": str(log), "cosigner": str(witness.verifier_key), "notes": notes})
    opens, *altered = msgspec.json.decode(go("cosigned", given=asked))
    assert opens
    assert not any(altered)
