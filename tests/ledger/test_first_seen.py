"""A bundle brings the earliest witnessed checkpoint that covers its certificate: by then it had been recorded."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from msgspec import UNSET

from ledger.bundle import Bundle, Seen, is_of_certificate
from ledger.log.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from ledger.log.cosignature import Cosigner
from ledger.signing.envelope import open_envelope
from ledger.signing.note import Note, VerifierKey
from ledger.signing.statement import decode_payload
from ledger.store.founding import TRUST
from ledger.store.ledger import Ledger
from ledger.trust import TrustRoot
from ledger.verdict import Verdict
from tests.ledger.test_verification import bundle_of, checked, failed
from tests.support import World, copied, key_of

NORTH, SOUTH = (Cosigner(f"{name}.example", key_of(name)) for name in ("north", "south"))
LOG = VerifierKey("ledger.example.org/pca", key_of("log").public)
POLICY = f"witness north {NORTH.verifier_key}\nwitness south {SOUTH.verifier_key}\ngroup both all north south\nquorum "
RECORDED, LATER = datetime(2017, 5, 19, 17, 30, tzinfo=UTC), datetime(2018, 3, 1, 9, tzinfo=UTC)


def publish(world: World, at: datetime, *cosigners: Cosigner) -> None:
    """Publish the latest checkpoint, cosigned at a moment."""
    world.now = at
    candidate = world.ledger.publications.candidate()
    assert candidate is not None
    publish_note(world.ledger, candidate, at, *cosigners)


def publish_note(ledger: Ledger, candidate: Note, at: datetime, *cosigners: Cosigner) -> None:
    checkpoint = open_checkpoint(str(candidate), ledger.trust.verifier_key)
    lines = [cosigner.cosign(checkpoint, int(at.timestamp())) for cosigner in cosigners]
    ledger.publications.publish(candidate.signed_too(*lines))


def go_on(world: World) -> None:
    world.now = LATER
    world.do("give-listing-consent", "registrar", person_id="awa")


@pytest.fixture(scope="module")
def witnessed(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Witnessed by one when the certificate was issued, and by both a year later. Closed, to be copied."""
    world = World(tmp_path_factory.mktemp("witnessed") / "ledger", policy=POLICY + "north\n")
    world.workshop()
    publish(world, RECORDED, NORTH)
    go_on(world)
    publish(world, LATER, NORTH, SOUTH)
    world.ledger.close()
    return world


seen = copied("witnessed")


def bounds(world: World, bundle: Bundle, trust: TrustRoot | None = None) -> tuple[str, str]:
    """What is said of witnesses, in English and French."""
    report = checked(world, bundle) if trust is None else checked(world, bundle, trust=trust)
    (check,) = [check for check in report.checks if check.code == "witnesses"]
    return check.detail


def test_the_certificate_was_recorded_before_it_was_witnessed_first(seen: World) -> None:
    bundle = bundle_of(seen)
    assert isinstance(bundle.first, Seen)
    assert Bundle.parse(bytes(bundle)) == bundle
    english, french = bounds(seen, bundle)
    assert english.startswith("north, south: the certificate (entry ")
    assert english.endswith("and before 19 May 2017, 17:30 UTC")
    assert french.endswith("et avant le 19 mai 2017, 17:30 UTC")
    without = msgspec.structs.replace(bundle, first=UNSET)
    assert bounds(seen, without)[0].endswith("and before 1 March 2018, 09:00 UTC")


def test_who_asks_for_more_witnesses_has_the_word_of_the_later_checkpoint(seen: World) -> None:
    trust = msgspec.structs.replace(seen.ledger.trust, policy=POLICY + "both\n")
    assert bounds(seen, bundle_of(seen), trust)[0].endswith("and before 1 March 2018, 09:00 UTC")


def test_the_checkpoint_itself_is_not_brought_twice(seen: World, tmp_path: Path) -> None:
    world = World(tmp_path / "other", policy=POLICY + "north\n")
    world.workshop()
    publish(world, RECORDED, NORTH)
    assert bundle_of(world).first is UNSET
    world.ledger.close()


def test_what_was_witnessed_under_another_policy_is_passed_over(seen: World) -> None:
    folder = seen.ledger.folder
    seen.ledger.close()
    trust = msgspec.structs.replace(TrustRoot.load(folder / TRUST), policy=POLICY + "both\n")
    (folder / TRUST).write_bytes(bytes(trust))
    seen.ledger = Ledger.open(folder, lambda: seen.now)
    assert bundle_of(seen).first is UNSET
    seen.do("withdraw-listing-consent", "registrar", person_id="awa")
    publish(seen, seen.now, NORTH, SOUTH)
    assert bounds(seen, bundle_of(seen))[0].endswith("and before 1 March 2018, 09:00 UTC")


def test_what_was_passed_over_once_is_not_looked_at_again(seen: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(2, 8):
        seen.do("withdraw-listing-consent" if day % 2 == 0 else "give-listing-consent", "registrar", person_id="awa")
        publish(seen, LATER.replace(day=day), NORTH)
    folder = seen.ledger.folder
    seen.ledger.close()
    trust = msgspec.structs.replace(TrustRoot.load(folder / TRUST), policy=POLICY + "south\n")
    (folder / TRUST).write_bytes(bytes(trust))
    seen.ledger = Ledger.open(folder, lambda: seen.now)
    asked: list[int] = []
    looked_up = seen.ledger.notes.next_published

    def counted(size: int) -> tuple[int, str] | None:
        asked.append(size)
        return looked_up(size)

    monkeypatch.setattr(seen.ledger.notes, "next_published", counted)
    publications, last = seen.ledger.publications, seen.ledger.size()
    first = publications.first_witnessed(0)
    assert first is not None
    assert len(asked) == 2, "the first was witnessed by the other one only"
    assert publications.first_witnessed(1) == first
    assert len(asked) == 3
    assert publications.first_witnessed(first[0]) is None, "later ones were witnessed by the other one only"
    assert len(asked) == 3 + 7
    assert publications.first_witnessed(last - 1) is None
    assert len(asked) == 3 + 7 + 1


def test_without_witnesses_there_is_none(workshop: World) -> None:
    size = workshop.ledger.latest()[1].size
    go_on(workshop)
    assert workshop.ledger.latest()[1].size > size
    assert bundle_of(workshop).first is UNSET


def seen_first(world: World) -> Bundle:
    """The same of a ledger without witnesses, for the vectors that program and page share."""
    note, checkpoint = world.ledger.latest()
    first = Note.parse(note).signed_too(NORTH.cosign(checkpoint, int(RECORDED.timestamp())))
    go_on(world)
    bundle = bundle_of(world)
    (index,) = (
        included.index
        for included in bundle.statements
        if is_of_certificate(decode_payload(open_envelope(included.envelope).payload).facts, bundle.number)
    )
    later = world.ledger.latest()[1]
    lines = [witness.cosign(later, int(LATER.timestamp())) for witness in (NORTH, SOUTH)]
    return msgspec.structs.replace(
        bundle,
        checkpoint=str(Note.parse(bundle.checkpoint).signed_too(*lines)),
        first=Seen(str(first), tuple(*world.ledger.tree.inclusions([index], checkpoint.size))),
    )


def first_of(bundle: Bundle) -> Seen:
    assert isinstance(bundle.first, Seen)
    return bundle.first


def with_checkpoint(change: Callable[[Checkpoint], Checkpoint], key: str = "log") -> Callable[[Bundle], bytes]:
    """Another earlier checkpoint, signed by the log (or somebody else) and by a witness."""

    def changed(bundle: Bundle) -> bytes:
        seen = first_of(bundle)
        checkpoint = change(open_checkpoint(seen.checkpoint, LOG))
        note = Note.parse(sign_checkpoint(checkpoint, key_of(key)))
        cosigned = str(note.signed_too(NORTH.cosign(checkpoint, int(RECORDED.timestamp()))))
        return bytes(msgspec.structs.replace(bundle, first=msgspec.structs.replace(seen, checkpoint=cosigned)))

    return changed


def with_path(change: Callable[[tuple[bytes, ...]], tuple[bytes, ...]]) -> Callable[[Bundle], bytes]:
    def changed(bundle: Bundle) -> bytes:
        seen = first_of(bundle)
        return bytes(msgspec.structs.replace(bundle, first=msgspec.structs.replace(seen, path=change(seen.path))))

    return changed


def cosigned_falsely(bundle: Bundle) -> bytes:
    seen = first_of(bundle)
    other = msgspec.structs.replace(open_checkpoint(seen.checkpoint, LOG), root=bytes(32))
    lines = Note.parse(seen.checkpoint).signed_too(NORTH.cosign(other, int(RECORDED.timestamp())))
    return bytes(msgspec.structs.replace(bundle, first=msgspec.structs.replace(seen, checkpoint=str(lines))))


# Each fault, with the check that finds it.
FIRST_FAULTS: dict[str, tuple[str, Callable[[Bundle], bytes]]] = {
    "null": ("format", lambda b: bytes(b).replace(b'"first": {', b'"first": null, "other": {')),
    "a path of short hashes": ("format", with_path(lambda path: (b"short", *path[1:]))),
    "a path that is too long": ("format", with_path(lambda path: path * 64)),
    "a path less one": ("witnesses", with_path(lambda path: path[:-1])),
    "a path more one": ("witnesses", with_path(lambda path: (*path, bytes(32)))),
    "another path": ("witnesses", with_path(lambda path: (bytes(32), *path[1:]))),
    "another root": ("witnesses", with_checkpoint(lambda c: msgspec.structs.replace(c, root=bytes(32)))),
    "before the certificate": ("witnesses", with_checkpoint(lambda c: msgspec.structs.replace(c, size=9))),
    "another log": ("witnesses", with_checkpoint(lambda c: msgspec.structs.replace(c, origin="other.example"))),
    "signed by another": ("witnesses", with_checkpoint(lambda c: c, key="stranger")),
    "cosigned falsely": ("witnesses", cosigned_falsely),
}


@pytest.mark.parametrize("fault", FIRST_FAULTS)
@pytest.mark.parametrize("asks", [True, False], ids=["witnesses asked", "nobody asked"])
def test_a_fault_in_it_is_found(seen: World, fault: str, asks: bool) -> None:
    code, change = FIRST_FAULTS[fault]
    trust = seen.ledger.trust if asks else msgspec.structs.replace(seen.ledger.trust, policy=None)
    report = checked(seen, change(bundle_of(seen)), trust=trust)
    if fault == "cosigned falsely" and not asks:
        assert report.verdict is Verdict.IN_FORCE
    else:
        assert failed(report) == code


def test_a_note_without_witnesses_is_offered_to_them_although_no_quorum_is_asked(tmp_path: Path) -> None:
    world = World(tmp_path / "ledger", policy=POLICY + "none\n")
    publications = world.ledger.publications
    offered = publications.candidate()
    assert offered is not None
    publications.publish(offered.signed_too(NORTH.cosign(publications.latest()[1], int(world.now.timestamp()))))
    assert publications.candidate() is None, "until the next entry"
    world.ledger.close()
