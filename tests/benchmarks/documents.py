"""Make every form of a certificate, verify bundles, and serve a certificate's page to several clients at once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path

from msgspec.structs import replace
from rich.console import Console
from rich.progress import track

from api.register import Register, Settings
from ledger.bundle import Bundle
from ledger.signing.envelope import open_envelope, pae
from ledger.signing.keys import verify_ed25519
from ledger.verdict import Verdict
from ledger.verification import verify_bundle
from projections.credentials.forms.catalogue import FORMS
from projections.credentials.forms.form import Material
from projections.credentials.gathering import facts_of
from projections.credentials.issuing import make
from projections.credentials.keys.enrolled import Signers
from tests.benchmarks.measuring import Comparison, Run, Size, seconds
from tests.benchmarks.serving import BARE, REGISTER, started
from tests.issued import KEYS, URL, enrol
from tests.support import World, key_of

GOAL = 20.0  # certificates a second on one core
CLIENTS = 8


def comparisons(folder: Path, size: Size, stack: ExitStack) -> list[Comparison]:
    """Three rows; the first is measured against the goal itself."""
    world = World(folder / "documents")
    world.workshop()
    world.do("establish-issuer", "director", url=URL)
    for key in KEYS:
        enrol(world, key)
    stack.callback(world.ledger.close)
    register = stack.enter_context(Register(world.ledger, Settings(base_url=URL), None, KEYS))
    (row,) = register.models.certificates.in_use()
    bundle = bytes(register.bundle(row))
    port = started(stack, REGISTER, "serve", "--port", "0", "--ledger", str(folder / "documents"))
    bare = started(stack, BARE)
    return [
        Comparison("document", "certificates", "the goal", 1.0, _made(world, register, size), lambda: GOAL),
        Comparison(
            "document-verify",
            "bundles",
            "their signatures alone",
            None,
            _verified(world, bundle, size),
            _signed(bundle, size),
        ),
        Comparison(
            "document-page",
            "pages",
            "a bare ASGI answer",
            None,
            _read(port, f"/certificates/{row.number}", size),
            _read(bare, "/", size),
        ),
    ]


def _made(world: World, register: Register, size: Size) -> Run:
    """Awards that differ in their number and name, as a thousand certificates do."""
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

    return lambda: size.documents / seconds(work)


def _verified(world: World, bundle: bytes, size: Size) -> Run:
    trust, now = world.ledger.trust, world.now

    def work() -> None:
        for _ in range(size.documents):
            assert verify_bundle(bundle, trust, now).verdict is Verdict.IN_FORCE

    return lambda: size.documents / seconds(work)


def _signed(bundle: bytes, size: Size) -> Run:
    """What no verifier can leave out: the Ed25519 signatures of the same statements."""
    claims = []
    public = {key_of(name).key_id: key_of(name).public for name in PEOPLE}
    for included in Bundle.parse(bundle).statements:
        envelope = open_envelope(included.envelope)
        message = pae(envelope.payloadType, envelope.payload)
        claims += [(public[s.keyid], message, s.sig) for s in envelope.signatures]

    def work() -> None:
        for _ in range(size.documents):
            assert all(verify_ed25519(*claim) for claim in claims)

    return lambda: size.documents / seconds(work)


PEOPLE = ("director", "security", "registrar", "decider1", "decider2")


def _read(port: int, path: str, size: Size) -> Run:
    def client(_: int) -> None:
        with closing(HTTPConnection("127.0.0.1", port)) as connection:
            for _ in range(size.reads // CLIENTS + 1):
                connection.request("GET", path, headers={"Accept": "text/html"})
                answer = connection.getresponse()
                assert answer.status == 200
                answer.read()

    def work() -> None:
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(client, range(CLIENTS)))

    return lambda: CLIENTS * (size.reads // CLIENTS + 1) / seconds(work)
