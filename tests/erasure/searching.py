"""A certified person whom the body's documents, the vault and the inbox name, and the search for her in files."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

from api.secretariat.inbox import Inbox
from api.secretariat.proposals import proposal
from api.secretariat.signing_all import sign_all
from ledger.store.keystore.folder import PROPOSALS
from ledger.store.keystore.one_file import PLACE_BYTES
from ledger.store.keystore.port import KEY_BYTES
from ledger.store.ledger import Ledger
from tests.api.secretariat.test_erasure import EMAIL, FAMILY, GIVEN, forms
from tests.issued import SUBJECT, make_documents, withdraw
from tests.scenario import names, value
from tests.support import World, key_of

PERSON = "awa"
MARKER = SUBJECT.encode()
"""The id of her certification, which every copy of the record has in clear."""
OFFICERS = {name: key_of(name) for name in ("protection", "security")}


def coded(plain: bytes) -> set[bytes]:
    """Return the forms of bytes in a file: themselves, in hexadecimal, in base64 at each of its three alignments."""
    base64 = {
        code(b"." * shift + plain).rstrip(b"=")[2 + shift : -2]
        for code in (b64encode, urlsafe_b64encode)
        for shift in range(3)
    }
    return {plain, plain.hex().encode(), plain.hex().upper().encode(), *base64}


NAMES = {form for says in (GIVEN, FAMILY, EMAIL) for form in forms(says) | coded(says.encode())}


def found_in(folder: Path, wanted: Iterable[bytes]) -> list[str]:
    """Return the files below a folder, or the file, that hold any of these bytes."""
    wanted = list(wanted)
    paths = sorted(folder.rglob("*")) if folder.is_dir() else [folder]
    files = ((path, path.read_bytes()) for path in paths if path.is_file())
    return [str(path) for path, held in files if any(form in held for form in wanted)]


def keys_in(folder: Path) -> dict[str, bytes]:
    """Return the keys of persons and proposals in a folder, by the hash of their owner."""
    kept = (folder / PROPOSALS).read_bytes() if (folder / PROPOSALS).exists() else b""
    places = (kept[start : start + PLACE_BYTES] for start in range(0, len(kept), PLACE_BYTES))
    of_proposals = {place[KEY_BYTES:].hex(): place[:KEY_BYTES] for place in places if any(place)}
    return of_proposals | {path.stem: path.read_bytes() for path in folder.glob("*.key")}


def name_her(world: World) -> None:
    """She is called so in the vault, in documents, and in what waits or was refused in the inbox."""
    details = [*names(GIVEN, FAMILY), value("email", EMAIL)]
    world.do("update-person-details", "registrar", person_id=PERSON, details=details)
    world.do("give-listing-consent", "registrar", person_id=PERSON)
    assert make_documents(world) == 1
    world.now = datetime(2018, 1, 15, 12, tzinfo=UTC)
    of_hers = {"certification_id": SUBJECT, "effective_from": date(2018, 1, 20), "reason_code": "under-review"}
    reasoned = proposal("suspend-certification", "decider1", **of_hers, reason=value("reason", f"{FAMILY} is ill"))
    changes = [
        proposal("update-person-details", "registrar", person_id=PERSON, details=[value("email", f"{n}.{EMAIL}")])
        for n in range(3)
    ]
    with closing(Inbox(world.ledger)) as inbox:
        *_, last = inbox.file([reasoned, *changes], "test")
        inbox.refuse(last, "registrar", f"{GIVEN} {FAMILY} has another address")
        assert len(inbox.waiting()) == 3


def erase_her(world: World) -> None:
    """Once her certification has ended: both officers sign the proposal."""
    withdraw(world)
    world.now = datetime(2018, 3, 2, tzinfo=UTC)
    erase = proposal("erase-personal-data", *OFFICERS, person_id=PERSON, basis_code="request")
    with closing(Inbox(world.ledger)) as inbox:
        inbox.file([erase], "test")
        assert len(sign_all(inbox, OFFICERS)) == 1
        assert inbox.waiting() == []


def opened_of_her(ledger: Ledger) -> list[str]:
    """Return where a ledger still opens something of her: her names, or a document, which is drawn and compressed."""
    with closing(Inbox(ledger)) as inbox:
        held = {"vault": ledger.vault.everything(), "waiting": inbox.waiting(), "ended": inbox.ended()}
    opened = [place for place, values in held.items() if any(form in repr(values).encode() for form in NAMES)]
    documents = [ledger.documents.get(*each) for each in ledger.documents.kept()]
    return [*opened, "documents"] if any(documents) else opened
