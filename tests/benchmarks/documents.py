"""Make every form of a certificate, and verify bundles.

Nothing is written or synced: the rows are in memory, on one core. *document* makes six forms, signs
them with keys in memory and seals the diploma without a time-stamp; beside it, Typst sets the same diplomas, from the
same texts, and nothing else. *document-verify* runs all twelve checks of a bundle; beside it, the signatures in that
bundle are verified, those of the log included, and nothing else. Inside the clock is what a row names; what is made
before it, such as keys and facts, is outside. The goals: the signatures, the seal and five forms more take half as
long again as Typst, and eleven checks in Python little more than the signatures in C.
"""

from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

from msgspec.structs import replace
from rich.console import Console
from rich.progress import track

from api.register import Register, Settings
from ledger.bundle import Bundle
from ledger.signing.envelope import open_envelope, pae
from ledger.signing.keys import verify_ed25519
from ledger.signing.note import Note
from ledger.verdict import Verdict
from ledger.verification import verify_bundle
from projections.credentials.forms import diploma, open_badge, typesetting
from projections.credentials.forms.catalogue import FORMS
from projections.credentials.forms.form import Material
from projections.credentials.gathering import facts_of
from projections.credentials.issuing import make
from projections.credentials.keys.enrolled import Signers
from tests.benchmarks.measuring import Comparison, Run, Size, seconds
from tests.issued import KEYS, URL, enrol
from tests.support import World, key_of

GOAL = 0.65
VERIFY_GOAL = 0.45


def comparisons(folder: Path, size: Size, stack: ExitStack) -> list[Comparison]:
    """Two rows."""
    world = World(folder / "documents")
    world.workshop()
    world.do("establish-issuer", "director", url=URL)
    for key in KEYS:
        enrol(world, key)
    stack.callback(world.ledger.close)
    register = stack.enter_context(Register(world.ledger, Settings(base_url=URL), None, KEYS))
    (row,) = register.models.certificates.in_use()
    bundle = bytes(register.bundle(row))
    made, typst = _made(world, register, size)
    return [
        Comparison("document", "certificates", "typst alone", GOAL, made, typst),
        Comparison(
            "document-verify",
            "bundles",
            "their signatures alone",
            VERIFY_GOAL,
            _verified(world, bundle, size),
            _signed(world, bundle, size),
        ),
    ]


def _made(world: World, register: Register, size: Size) -> tuple[Run, Run]:
    """Awards that differ in their number and name, as a thousand certificates do: every form, and Typst alone."""
    (row,) = register.models.certificates.in_use()
    facts, issuer = facts_of(world.ledger, row, "salt"), register.documents.issuer()
    assert facts is not None
    assert issuer is not None
    now, place = world.ledger.now(), world.ledger.documents.place(row.number)
    signers = Signers.of(world.read().issuer(), KEYS, now)
    material = Material(facts=facts, issuer=issuer, status=place, signers=signers, made=now, official=False)
    every = [
        replace(material, facts=replace(facts, number=f"{facts.number}{n}", holder=f"{facts.holder} {n}"))
        for n in range(size.documents)
    ]

    def work() -> None:
        for one in track(every, "making documents", console=Console(stderr=True), transient=True):
            assert len(make(one)) == len(FORMS)

    set_by_typst: list[tuple[str, dict[str, str], datetime]] = []
    with patch.object(diploma, "pdf", lambda *texts: set_by_typst.append(texts)):
        for one in every:
            diploma.diploma(one.facts, one.issuer, open_badge.signed(one), one.official, one.emblems)

    def typst() -> None:
        for texts in set_by_typst:
            typesetting.pdf(*texts)

    return lambda: size.documents / seconds(work), lambda: size.documents / seconds(typst)


def _verified(world: World, bundle: bytes, size: Size) -> Run:
    trust, now = world.ledger.trust, world.now

    def work() -> None:
        for _ in range(size.documents):
            assert verify_bundle(bundle, trust, now).verdict is Verdict.IN_FORCE

    return lambda: size.documents / seconds(work)


def _signed(world: World, data: bytes, size: Size) -> Run:
    """What no verifier can leave out: the Ed25519 signatures of the same statements, and of the log."""
    bundle, claims = Bundle.parse(data), []
    public = {key_of(name).key_id: key_of(name).public for name in PEOPLE}
    for note in map(Note.parse, (bundle.checkpoint, bundle.heads)):
        claims += [(world.ledger.trust.verifier_key.public, note.text.encode(), s.blob) for s in note.signatures]
    for included in bundle.statements:
        envelope = open_envelope(included.envelope)
        message = pae(envelope.payloadType, envelope.payload)
        claims += [(public[s.keyid], message, s.sig) for s in envelope.signatures]

    def work() -> None:
        for _ in range(size.documents):
            assert all(verify_ed25519(*claim) for claim in claims)

    return lambda: size.documents / seconds(work)


PEOPLE = ("director", "security", "registrar", "decider1", "decider2")
