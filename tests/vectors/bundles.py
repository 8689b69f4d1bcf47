"""Bundles, genuine and with one fault each, with what a verifier must answer: for the program and for the page."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from api.publishing.packing import pack
from ledger.bundle import Bundle
from ledger.domain.events.certification import CertificateIssued
from ledger.domain.events.office import KeyRegistered
from ledger.domain.number import CertificateNumber
from ledger.domain.record import Role, Signer, Stream
from ledger.log.checkpoint import Checkpoint, sign_checkpoint
from ledger.log.cosignature import Cosigner
from ledger.log.heads import open_heads, sign_heads
from ledger.signing.envelope import STATEMENT_TYPE, Signature, open_envelope, pae, seal
from ledger.signing.keys import MlDsaKey, key_id
from ledger.signing.note import Note, VerifierKey, sign_note
from ledger.signing.statement import decode_payload, payload_of
from ledger.store.bundling import assemble
from ledger.trust import TrustRoot
from tests.ledger.auditing.test_forged import Forged, append, founded_again, later
from tests.ledger.test_first_seen import FIRST_FAULTS, POLICY, seen_first
from tests.ledger.test_scope_in_bundles import SCOPE_FAULTS, change_scope
from tests.ledger.test_verification import FAULTS, GRANT, ISSUE, NUMBER, REWRITTEN, Operator, bundle_of
from tests.scenario import SESSION
from tests.support import World, key_of
from tests.vectors.passkeys import bundled
from tests.vectors.stories.cases import PANEL, seat
from tests.vectors.stories.competence import with_key
from tests.vectors.stories.standing import accompany, pre_accredit, uphold

SECOND_KEY = MlDsaKey.from_seed(b"second".ljust(32, b"."))
NORTH, SOUTH = Cosigner("north.example", key_of("north")), Cosigner("south.example", SECOND_KEY)
AWA = {"certification_id": "c-awa"}


class Vector(msgspec.Struct, frozen=True):
    """What is verified, against which trust root, and when; ``day`` is the day asked about."""

    name: str
    trust: TrustRoot
    data: bytes
    now: datetime
    day: date


def vectors(folder: Path) -> Iterator[Vector]:
    """Every vector, on ledgers made below an empty folder."""
    held = World(folder / "held")
    held.workshop()
    held.ledger.close()
    for number, tell in enumerate(
        (
            _faults,
            _forgeries,
            _witnessed,
            _compromised,
            _superseded,
            _refused_standing,
            _earlier_versions,
            _scopes,
            _seen_first,
            _granted_again,
            _issued_again,
            _signed_with_passkeys,
            _issued_by_delegation,
            _relinquished,
            _annulled,
            _field_phase,
        )
    ):
        world = held.copy(folder / str(number))
        yield from tell(world)
        world.ledger.close()


def _vector(world: World, name: str, data: object, **changes: object) -> Vector:
    made = Vector(name, world.ledger.trust, bytes(data), world.now, world.now.date())  # type: ignore[call-overload]  # a bundle or bytes
    return msgspec.structs.replace(made, **changes)


def _faults(world: World) -> Iterator[Vector]:
    bundle = bundle_of(world)
    yield _vector(world, "genuine", bundle)
    yield _vector(world, "genuine, as a zip file", pack(bundle))
    yield _vector(world, "no name", bundle_of(world, named=False))
    yield _vector(world, "not valid yet", bundle, day=date(2017, 5, 18))
    yield _vector(world, "a day to come", bundle, day=date(2099, 1, 1))
    yield _vector(world, "expired", bundle, now=datetime(2021, 1, 1, tzinfo=world.now.tzinfo), day=date(2021, 1, 1))
    yield _vector(world, "stated long ago", bundle, now=world.now + timedelta(days=8))
    yield _vector(world, "stated in the future", bundle, now=world.now - timedelta(days=1))
    for how, write in REWRITTEN.items():
        yield _vector(world, f"written anew: {how}", write(bytes(bundle)))
    for fault, (_, change) in FAULTS.items():
        yield _vector(world, fault, change(bundle))
    own = world.ledger.trust
    elsewhere = TrustRoot("other.example", str(VerifierKey("other.example", key_of("log").public)), own.founding_leaf)
    yield _vector(world, "of another log", bundle, trust=elsewhere)
    yield _vector(world, "another founding", bundle, trust=msgspec.structs.replace(own, founding_leaf="00" * 32))


def _forgeries(world: World) -> Iterator[Vector]:
    """By an operator who holds the log's key."""
    issued = world.ledger.signed_events(Stream("certification", "c-awa"))[1].event.facts
    assert isinstance(issued, CertificateIssued)
    longer = msgspec.structs.replace(issued.certificate, expires_on=date(2099, 1, 1))
    authority, registrar = Signer("decider1", Role.DECISION_AUTHORITY), Signer("registrar", Role.REGISTRAR)
    forgeries: dict[str, Callable[[Operator], None]] = {
        "nothing changed": lambda _: None,
        "another officer's key": lambda o: o.replace(*GRANT, "decider1", "registrar"),
        "one person twice": lambda o: o.replace(*GRANT, by=(authority, authority)),
        "another role": lambda o: o.replace(*GRANT, by=(authority, registrar)),
        "a role not held": lambda o: o.replace(*GRANT, by=(authority, Signer("registrar", Role.DECISION_AUTHORITY))),
        "a longer certificate": lambda o: o.replace(*ISSUE, facts=CertificateIssued(certificate=longer)),
        "another ledger": lambda o: o.replace(*ISSUE, ledger="other.example"),
        "another stream": lambda o: o.replace(*ISSUE, stream="officer:registrar"),
        "signatures of nobody": _unsigned,
        "a key under which anybody signs": _signed_by_nobody,
        "a signature too few": lambda o: _resigned(o, 1),
        "a signature too many": lambda o: _resigned(o, 3),
    }
    for name, change in forgeries.items():
        operator = Operator(world)
        change(operator)
        yield _vector(world, f"forged: {name}", operator.bundle())
    yield _vector(world, "forged: founded again", founded_again(world))
    operator = Operator(world)
    for name, changes in (("other heads: size", {"size": 3}), ("other heads: none", {"versions": {}})):
        yield _vector(world, name, operator.bundle(**changes))


def _unsigned(operator: Operator) -> None:
    leaf, _ = operator.world.ledger.statements([GRANT[0]], len(operator.leaves))[0]
    envelope = open_envelope(operator.leaves[leaf])
    operator.leaves[leaf] = seal(envelope.payload, tuple(Signature(s.keyid, bytes(64)) for s in envelope.signatures))


def _signed_by_nobody(operator: Operator) -> None:
    """The registrar's key is the identity point, with the signature that is valid under it for every message."""
    identity = (1).to_bytes(32, "little")
    of_nobody = Signature(key_id(identity), identity + bytes(32))
    enrolments = operator.world.ledger.statements([Stream("officer", "registrar")], len(operator.leaves))
    events = {leaf: decode_payload(open_envelope(operator.leaves[leaf]).payload) for leaf, _ in enrolments}
    ((leaf, event),) = ((leaf, event) for leaf, event in events.items() if isinstance(event.facts, KeyRegistered))
    facts = KeyRegistered(person_id="registrar", key_id=of_nobody.keyid, public_key=identity)
    payload = payload_of(msgspec.structs.replace(event, facts=facts))
    security = key_of("security")
    by_security = Signature(security.key_id, security.sign(pae(STATEMENT_TYPE, payload)))
    operator.leaves[leaf] = seal(payload, (by_security, of_nobody))
    issued, _ = operator.world.ledger.statements([ISSUE[0]], len(operator.leaves))[ISSUE[1] - 1]
    operator.leaves[issued] = seal(open_envelope(operator.leaves[issued]).payload, (of_nobody,))


def _resigned(operator: Operator, count: int) -> None:
    leaf, _ = operator.world.ledger.statements([GRANT[0]], len(operator.leaves))[0]
    envelope = open_envelope(operator.leaves[leaf])
    operator.leaves[leaf] = seal(envelope.payload, (envelope.signatures * 2)[:count])


def _witnessed(world: World) -> Iterator[Vector]:
    """Second signatures and cosignatures, there, missing, forged and of another tree."""
    bundle, own = bundle_of(world), world.ledger.trust
    log, checkpoint = Cosigner(own.origin, SECOND_KEY), world.ledger.latest()[1]
    policy = (
        f"log {own.log_key}\nwitness n {NORTH.verifier_key} http://n.example\nwitness s {SOUTH.verifier_key}\n"
        "# a comment\ngroup both all n s\nquorum {}\n"
    )
    second = msgspec.structs.replace(own, log_key_ml_dsa=str(log.verifier_key))
    at = int(world.now.timestamp())
    other = Checkpoint(checkpoint.origin, checkpoint.size, bytes(32))
    lines = {
        "log": log.cosign(checkpoint, at),
        "north": NORTH.cosign(checkpoint, at),
        "south": SOUTH.cosign(checkpoint, at + 60),
        "false log": log.cosign(other, at),
        "false north": NORTH.cosign(other, at),
        "false south": SOUTH.cosign(other, at),
        "timeless log": log.cosign(checkpoint, 0),
        "timeless north": NORTH.cosign(checkpoint, 0),
        "late north": NORTH.cosign(checkpoint, at + 86_400),
        "north again": NORTH.cosign(checkpoint, at + 29 * 86_400),
        "south again": SOUTH.cosign(checkpoint, at + 29 * 86_400),
    }

    def vector(names: str, trust: TrustRoot, quorum: str | None) -> Vector:
        note = Note.parse(bundle.checkpoint).signed_too(*(lines[n] for n in names.split(", ") if n))
        asked = trust if quorum is None else msgspec.structs.replace(trust, policy=policy.format(quorum))
        changed = msgspec.structs.replace(bundle, checkpoint=str(note))
        return _vector(world, f"signed by {names or 'the log'}, wanted: {quorum}", changed, trust=asked)

    for names in ("", "log", "false log", "timeless log", "north"):
        yield vector(names, second, None)
    for name, names in (("old", "north, south"), ("seen again lately", "north, south, north again, south again")):
        later = world.now + timedelta(days=30)
        heads = sign_heads(checkpoint, later, open_heads(bundle.heads, own.verifier_key).versions, key_of("log"))
        stated = msgspec.structs.replace(
            vector(names, own, "both"), name=f"fresh heads on a witnessed checkpoint: {name}"
        )
        changed = msgspec.structs.replace(Bundle.parse(stated.data), heads=heads)
        yield msgspec.structs.replace(stated, data=bytes(changed), now=later, day=later.date())
    for quorum in ("none", "n", "s", "both"):
        for names in (
            "north",
            "south",
            "north, south",
            "false north",
            "false south",
            "north, false south",
            "late north",
            "timeless north",
            "timeless north, south",
        ):
            yield vector(names, own, quorum)
    yield vector("log, north, south", second, "both")
    extended = sign_note(f"{checkpoint}more\n", own.origin, key_of("log"))
    yield _vector(world, "a checkpoint with more", msgspec.structs.replace(bundle, checkpoint=extended))
    stranger = sign_checkpoint(checkpoint, key_of("stranger"))
    yield _vector(world, "a stranger's checkpoint", msgspec.structs.replace(bundle, checkpoint=stranger))


def _issued_by_delegation(world: World) -> Iterator[Vector]:
    """A certificate that was issued in a role that was lent: on its last day, and by an operator a day after it."""
    with_key(world, "deputy")
    lent = {"person_id": "deputy", "delegator_id": "registrar", "role": "registrar"}
    until = world.now.date() + timedelta(days=1)
    world.do("grant-delegation", "registrar", "director", **lent, until=until)
    world.do("reissue-certificate", "deputy", reason_code="lost")
    reissued = world.ledger.signed_events(Stream("certification", "c-awa"))[-1].event
    number = str(reissued.facts.certificate.number)  # type: ignore[attr-defined]  # a certificate
    later = world.now + timedelta(days=2)
    for name, days in (("the day before its last", 0), ("on its last day", 1), ("a day after it", 2)):
        operator = Operator(world)
        operator.replace(Stream("certification", "c-awa"), reissued.version, time=world.now + timedelta(days=days))
        yield _vector(world, f"issued by delegation, {name}", operator.bundle(number), now=later, day=later.date())
    world.do("revoke-role", "director", person_id="registrar", role="registrar")
    world.do("grant-role", "director", person_id="registrar", role="registrar")
    yield _vector(world, "issued by delegation, of a role that ended later", bundle_of(world, number=number))


def _signed_with_passkeys(world: World) -> Iterator[Vector]:
    for name, bundle in bundled.bundles(world):
        yield _vector(world, name, bundle)


def _compromised(world: World) -> Iterator[Vector]:
    key = {"person_id": "decider1", "key_id": key_of("decider1").key_id}
    world.do("revoke-key", "security", **key, reason_code="superseded")
    yield _vector(world, "a key that has ended", bundle_of(world))
    earlier = datetime(2017, 5, 1, tzinfo=world.now.tzinfo)
    world.do("revoke-key", "security", **key, reason_code="compromised", compromised_since=earlier)
    yield _vector(world, "a compromised key", bundle_of(world))


def _superseded(world: World) -> Iterator[Vector]:
    old = bundle_of(world).number
    world.do("reissue-certificate", "registrar", **AWA, reason_code="lost")
    yield _vector(world, "superseded", bundle_of(world))
    yield _vector(world, "the one that supersedes", bundle_of(world, number=f"{old[:-2]}.2-{'X'}"))


def _refused_standing(world: World) -> Iterator[Vector]:
    """Suspended, resumed and withdrawn, asked of each time between."""
    world.do("suspend-certification", "decider1", **AWA, effective_from=date(2017, 6, 1), reason_code="under-review")
    world.do("lift-suspension", "decider1", **AWA, effective_from=date(2017, 7, 1))
    by = ("decider1", "decider2")
    world.do("withdraw-certification", *by, **AWA, effective_from=date(2017, 8, 1), reason_code="other")
    world.now = datetime(2017, 9, 1, tzinfo=world.now.tzinfo)
    for month in range(5, 9):
        yield _vector(
            world, f"withdrawn in August, asked in month {month}", bundle_of(world), day=date(2017, month, 20)
        )


def _earlier_versions(world: World) -> Iterator[Vector]:
    """Suspended, reissued and withdrawn by events of the first version, whose reasons are in clear."""
    by = ("decider1", "decider2")
    world.do("suspend-certification/v1", "decider1", **AWA, effective_from=date(2017, 6, 1), reason_code="other")
    world.do("lift-suspension", "decider1", **AWA, effective_from=date(2017, 7, 1))
    removal = {"removed": ["communication"], "effective_from": date(2017, 7, 10), "reason_code": "other"}
    world.do("reduce-scope/v1", *by, **AWA, **removal)
    world.now = datetime(2017, 7, 15, tzinfo=world.now.tzinfo)
    world.do("reissue-certificate/v1", "registrar", **AWA, reason_code="scope-changed")
    world.do("withdraw-certification/v1", *by, **AWA, effective_from=date(2017, 8, 1), reason_code="other")
    world.now = datetime(2017, 9, 1, tzinfo=world.now.tzinfo)
    number = str(CertificateNumber(SESSION, 1, 2, first_form=True))
    for month in range(5, 9):
        for made in (bundle_of(world), bundle_of(world, number=number)):
            name = f"earlier versions, {made.number}, asked in month {month}"
            yield _vector(world, name, made, day=date(2017, month, 20))


def _scopes(world: World) -> Iterator[Vector]:
    """Reduced, extended, reissued each time; asked of each certificate, each time between."""
    numbers = change_scope(world)
    world.now = datetime(2017, 9, 1, tzinfo=world.now.tzinfo)
    for number in numbers:
        for month in (5, 6, 7, 8):
            made = bundle_of(world, number=number)
            yield _vector(world, f"scope: {number}, asked in month {month}", made, day=date(2017, month, 20))
    for fault, (number, _, change) in SCOPE_FAULTS.items():
        yield _vector(world, f"scope: {fault}", change(Operator(world), number))


def _seen_first(world: World) -> Iterator[Vector]:
    """The earlier checkpoint that a bundle brings: witnessed as asked, less than that, and with each fault."""
    bundle, trust = seen_first(world), world.ledger.trust
    for name, policy in (("one", POLICY + "north\n"), ("both", POLICY + "both\n"), ("nobody", None)):
        asked = msgspec.structs.replace(trust, policy=policy)
        yield _vector(world, f"seen first, {name} asked", bundle, trust=asked)
        for fault, (_, change) in FIRST_FAULTS.items():
            yield _vector(world, f"seen first: {fault}, {name} asked", change(bundle), trust=asked)


def _granted_again(world: World) -> Iterator[Vector]:
    """By deciders who collude, after the withdrawal."""
    return _appended(world, "granted again", *later(world)[:2])


def _issued_again(world: World) -> Iterator[Vector]:
    return _appended(world, "issued again", later(world)[3])


def _appended(world: World, name: str, *forged: Forged) -> Iterator[Vector]:
    append(world, *forged)
    world.do("give-listing-consent", "registrar", person_id="awa")  # which signs a checkpoint over it
    yield _vector(world, f"forged: {name}", assemble(world.ledger, "c-awa", NUMBER))


def _relinquished(world: World) -> Iterator[Vector]:
    """A withdrawal that an appeal annuls, then a relinquishment, asked of each time between."""
    world.now = datetime(2017, 6, 1, 9, tzinfo=world.now.tzinfo)
    for member in PANEL:
        seat(world, member)
    removal: dict[str, Any] = {"removed": ["communication"], "effective_from": date(2017, 5, 19)}
    for number, (command, disputed, said) in enumerate(
        (
            ("suspend-certification", "certification-suspended", {"effective_from": date(2017, 6, 1)}),
            ("reduce-scope", "scope-reduced", removal),
            ("withdraw-certification", "certification-withdrawn", {"effective_from": date(2017, 6, 1)}),
        )
    ):
        world.do(command, **AWA, **said)
        yield _vector(world, f"annulled on appeal later: {disputed}", bundle_of(world))
        uphold(world, "awa", disputed, "annul", f"a-{number}")
        world.do("annul-decision", **AWA, appeal_id=f"a-{number}")
        yield _vector(world, f"annulled on appeal: {disputed}", bundle_of(world))
    letter = {"name": "evidence", "value": "a letter"}
    world.do("relinquish-certification", **AWA, effective_from=date(2017, 6, 10), request=letter)
    world.now = datetime(2017, 7, 1, tzinfo=world.now.tzinfo)
    for day in (date(2017, 6, 9), date(2017, 6, 10)):
        yield _vector(world, f"relinquished, asked on {day}", bundle_of(world), day=day)
    yield _vector(world, "relinquished, stated long ago", bundle_of(world), now=world.now + timedelta(days=30))


def _annulled(world: World) -> Iterator[Vector]:
    """Annulled from the start, after a withdrawal; asked of days before and after."""
    world.do("withdraw-certification", **AWA, effective_from=date(2017, 5, 22), reason_code="other")
    world.now = datetime(2017, 7, 1, tzinfo=world.now.tzinfo)
    reason = {"name": "reason", "value": "forged"}
    world.do("annul-certification", **AWA, reason_code="fraud", reason=reason)
    for day in (date(2017, 5, 1), date(2017, 5, 20), date(2017, 7, 1)):
        yield _vector(world, f"annulled, asked on {day}", bundle_of(world), day=day)


def _field_phase(world: World) -> Iterator[Vector]:
    """Refused for want of a seat, remitted, pre-accredited, recognised, certified at last; asked of each time."""
    world.do("register-key", "security", "awa", person_id="awa", public_key=key_of("awa").public)
    world.now = datetime(2018, 1, 8, 9, tzinfo=world.now.tzinfo)
    world.do("confirm-clock", reason_code="long-silence")
    world.do("record-employment", person_id="awa", administration_id="SN", since=date(2010, 1, 1))
    world.do("register-advisor", person_id="awa", certification_id="c-awa")
    pre_accredit(world, "dia", "eli", seats=1)
    name = "eli"
    for member in PANEL:
        seat(world, member)
    for decider in ("decider3", "decider4"):
        seat(world, decider, Role.DECISION_AUTHORITY)
    uphold(world, name, "certification-refused", "remit")
    certification = {"certification_id": f"c-{name}"}
    world.do("remit-decision", **certification, appeal_id=f"a-{name}")
    world.do("decide-certification", "decider3", "decider4", candidacy_id=f"c-{name}", effective_from=date(2018, 1, 26))
    accompany(world, **{name: "recognise"})
    world.do("decide-field-phase", **certification, mission_id="m-1", effective_from=date(2018, 3, 12))
    world.now = datetime(2019, 3, 1, 9, tzinfo=world.now.tzinfo)
    world.do("confirm-clock", reason_code="long-silence")
    later = {"start": date(2019, 3, 4), "end": date(2019, 3, 8)}
    accompany(world, "m-2", later, **{name: "certify"})
    world.do("decide-field-phase", **certification, mission_id="m-2", effective_from=date(2019, 3, 11))
    world.do("issue-certificate", **certification)
    world.now = datetime(2019, 3, 12, tzinfo=world.now.tzinfo)
    number = world.read().certification(f"c-{name}").number
    bundle = assemble(world.ledger, f"c-{name}", number)
    for day in (date(2018, 1, 1), date(2018, 2, 1), date(2018, 4, 1), date(2019, 2, 1), date(2019, 3, 11)):
        yield _vector(world, f"field phase, asked on {day}", bundle, day=day)
