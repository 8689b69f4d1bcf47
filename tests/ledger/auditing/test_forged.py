"""Whoever holds the database appends statements past every rule: audit, replay and verification say so, and go on."""

import secrets
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ledger.auditing import audit
from ledger.auditing.words import WORDS
from ledger.bundle import Bundle
from ledger.domain.events.candidacy import ScoreSheetRevealed, ScoreSheetSuperseded
from ledger.domain.events.certification import CertificateIssued, CertificationGranted, CertificationWithdrawnV1
from ledger.domain.events.common import Digest
from ledger.domain.events.office import FOUNDING, Founder, LedgerFounded, RoleGranted
from ledger.domain.events.persons import PersonsMerged
from ledger.domain.record import Event, Fact, Head, Role, Signer, Stream
from ledger.domain.subjects import BY_FACT
from ledger.errors import Corrupt, Unverifiable
from ledger.log.heads import open_heads
from ledger.signing.envelope import STATEMENT_TYPE, Signature, pae, seal
from ledger.signing.keys import MlDsaKey, SigningKey
from ledger.signing.statement import SignedEvent, decode_payload, payload_of, read_stored
from ledger.store.bundling import assemble
from ledger.store.ledger import Ledger
from ledger.verdict import Verdict
from tests.ledger.test_verification import NUMBER, Operator, bundle_of, checked, failed
from tests.support import World, key_of

By = tuple[tuple[str, Role], ...]
Forged = tuple[str, int, Fact, By]
TWO_DECIDERS: By = (("decider1", Role.DECISION_AUTHORITY), ("decider2", Role.DECISION_AUTHORITY))
STRANGERS: By = (("mallory1", Role.KEY_HOLDER), ("mallory2", Role.KEY_HOLDER))
ROLE = RoleGranted(person_id="x", role=Role.MODERATOR)
FOUNDED = LedgerFounded(
    body_en="B",
    body_fr="O",
    founders=tuple(Founder(p, Role.DECISION_AUTHORITY, key_of(p).public, ()) for p, _ in STRANGERS),
)
WITHDRAWN = CertificationWithdrawnV1(effective_from=date(2017, 6, 1), reason_code="other", reason=None)


def statement(world: World, stream: str, version: int, facts: Fact, by: By) -> SignedEvent:
    """Signed by those it names, whoever they are."""
    size = world.ledger.log.size()
    event = Event(
        ledger=world.ledger.trust.origin,
        type=BY_FACT[type(facts)].wire_name,
        stream=stream,
        version=version,
        time=world.now,
        nonce=secrets.token_bytes(16),
        head=Head(size, world.ledger.tree.root_at(size)),
        by=tuple(Signer(person, role) for person, role in by),
        facts=facts,
    )
    message = pae(STATEMENT_TYPE, payload_of(event))
    signatures = (Signature(key_of(person).key_id, key_of(person).sign(message)) for person, _ in by)
    return SignedEvent(event, seal(payload_of(event), tuple(signatures)))


def append(world: World, *forged: Forged) -> None:
    for one in forged:
        world.ledger.application.events.put([statement(world, *one)])


def codes(world: World) -> set[str]:
    world.ledger.close()
    causes = audit(world.ledger.folder).findings
    found = {one.code for cause in causes for one in (cause, *cause.consequences.first)}
    assert found <= WORDS.keys() | {"seats-not-filled"}
    return found


SHEET = Digest("levels", "d")
IMPOSSIBLE: dict[str, tuple[str, str, Fact, By]] = {
    "a stream of no kind": ("stream-other", "foo:bar", ROLE, (("director", Role.DIRECTOR),)),
    "a stream of another kind": ("stream-other", "person:x", ROLE, (("director", Role.DIRECTOR),)),
    "a second founding beside the first": ("founded-again", "ledger:other", FOUNDED, STRANGERS),
    "a stream without a kind": ("stream-other", "x", ROLE, (("director", Role.DIRECTOR),)),
    "a founding of an officer": ("stream-other", "officer:x", FOUNDED, STRANGERS),
    "signers too few": ("seats-not-filled", "officer:x", ROLE, ()),
    "signers too many": ("seats-not-filled", "officer:x", ROLE, TWO_DECIDERS),
    "an unknown sheet revealed": (
        *("entry-impossible", "candidacy:c-new"),
        ScoreSheetRevealed(sheet_id="nope", levels={"a": 1}, salt="x" * 22),
        (("registrar", Role.REGISTRAR),),
    ),
    "an unknown sheet superseded": (
        *("entry-impossible", "candidacy:c-new"),
        ScoreSheetSuperseded(old_sheet_id="no", sheet_id="n", commitment=SHEET, reason_code="omission", reason=None),
        (("assessor1", Role.ASSESSOR), ("moderator", Role.MODERATOR)),
    ),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_the_audit_names_what_cannot_be_and_goes_on(workshop: World, case: str) -> None:
    code, stream, facts, by = IMPOSSIBLE[case]
    append(workshop, (stream, 1, facts, by))
    assert code in codes(workshop)


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_a_ledger_with_it_does_not_open_and_says_why(workshop: World, case: str) -> None:
    _, stream, facts, by = IMPOSSIBLE[case]
    append(workshop, (stream, 1, facts, by))
    workshop.ledger.close()
    with pytest.raises(Corrupt):
        Ledger.open(workshop.ledger.folder, lambda: workshop.now)


def test_officers_named_by_a_second_founding_are_nobody(workshop: World) -> None:
    append(workshop, (str(FOUNDING), 2, FOUNDED, STRANGERS))
    with pytest.raises(Corrupt, match="founded once"):
        workshop.do("give-listing-consent", "registrar", person_id="awa")
    assert "founded-again" in codes(workshop)


@pytest.mark.parametrize(
    "by", [(("registrar", Role.REGISTRAR),), (("registrar", Role.REGISTRAR), ("director", Role.DIRECTOR))], ids=len
)
@pytest.mark.parametrize("pairs", [["awa awa"], ["awa zoe", "panel1 awa", "zoe panel1"]], ids=len)
def test_a_human_who_is_merged_into_themselves_does_not_keep_the_audit_from_ending(
    workshop: World, pairs: list[str], by: By
) -> None:
    """Who is one person is learned from entries before they are judged: also from one that too few signed."""
    read = workshop.read()
    versions = {person: read.version(Stream("person", person)) + 1 for person in ("awa", "zoe", "panel1")}
    for survivor, merged in map(str.split, pairs):
        facts = PersonsMerged(person_id=survivor, merged_id=merged, reason=Digest("reason", "d"))
        append(workshop, (f"person:{survivor}", versions[survivor], facts, by))
    size = workshop.ledger.log.size()
    workshop.ledger.close()
    findings = audit(workshop.ledger.folder).findings
    forged = {*range(size - len(pairs) + 1, size + 1)}
    assert {finding.position for finding in findings if finding.code != "disclosure-missing"} == forged


def founded_again(world: World) -> Bundle:
    """By an operator with the log's key: strangers are deciders where a decider's key was enrolled."""
    operator, stream = Operator(world), Stream("officer", "decider2")
    last = world.read().version(stream)
    wire_name = BY_FACT[LedgerFounded].wire_name
    by = tuple(Signer(person, role) for person, role in STRANGERS)
    changed = {"type": wire_name, "stream": str(FOUNDING), "version": 2, "by": by, "facts": FOUNDED}
    operator.replace(stream, last, *(person for person, _ in STRANGERS), **changed)
    versions = open_heads(bundle_of(world).heads, world.ledger.trust.verifier_key).versions
    others = {stream: last - 1, FOUNDING: 2, **{Stream("officer", person): 0 for person, _ in STRANGERS}}
    return operator.bundle(versions=versions | others)


def test_a_bundle_with_a_second_founding_is_not_authentic(workshop: World) -> None:
    assert failed(checked(workshop, founded_again(workshop))) == "completeness"


@pytest.mark.parametrize(
    "change",
    [{"stream": "officer:registrar"}, {"version": 2}, {"by": ()}, {"type": "role-revoked/v1"}],
    ids=lambda change: str(*change),
)
def test_a_statement_has_the_shape_of_its_type(workshop: World, change: dict[str, Any]) -> None:
    signed = workshop.ledger.signed_events(FOUNDING)[0]
    if "by" in change:
        signed = workshop.ledger.signed_events(Stream("officer", "registrar"))[0]
    wire_name = signed.event.type
    payload = payload_of(msgspec.structs.replace(signed.event, **change))
    with pytest.raises(Unverifiable):
        decode_payload(payload)
    with pytest.raises(Corrupt):
        read_stored(wire_name, seal(payload, ()))


def test_whole_numbers_are_below_two_to_the_53rd(workshop: World) -> None:
    (event,) = (s.event for s in workshop.ledger.signed_events(Stream("officer", "registrar"))[:1])
    within = msgspec.structs.replace(event, version=2**53 - 1)
    assert decode_payload(payload_of(within)) == within
    with pytest.raises(Unverifiable, match="below 2\\^53"):
        decode_payload(payload_of(msgspec.structs.replace(event, version=2**53)))


def later(world: World) -> list[Forged]:
    """What deciders who collude append after a certificate: it was granted to awa, in two statements."""
    granted, issued = (s.event.facts for s in world.ledger.signed_events(Stream("certification", "c-awa")))
    assert isinstance(granted, CertificationGranted)
    assert isinstance(issued, CertificateIssued)
    registrar: By = (("registrar", Role.REGISTRAR),)
    return [
        ("certification:c-awa", 3, WITHDRAWN, TWO_DECIDERS),
        ("certification:c-awa", 4, granted, TWO_DECIDERS),
        ("certification:c-awa", 3, granted, TWO_DECIDERS),
        ("certification:c-awa", 3, issued, registrar),
    ]


@pytest.mark.parametrize("chosen", [(0, 1), (2,), (3,)], ids=["after its withdrawal", "granted twice", "issued twice"])
def test_a_certification_lives_once(workshop: World, chosen: tuple[int, ...]) -> None:
    forged = later(workshop)
    append(workshop, *(forged[n] for n in chosen))
    workshop.do("give-listing-consent", "registrar", person_id="awa")  # which signs a checkpoint over it
    assert failed(checked(workshop, assemble(workshop.ledger, "c-awa", NUMBER))) == "certificate"
    assert {"rule-broken"} <= codes(workshop)


def test_withdrawn_is_the_end_and_no_fault(workshop: World) -> None:
    append(workshop, later(workshop)[0])
    workshop.do("give-listing-consent", "registrar", person_id="awa")
    report = checked(workshop, assemble(workshop.ledger, "c-awa", NUMBER), now=datetime(2017, 7, 1, tzinfo=UTC))
    assert report.verdict is Verdict.NOT_IN_FORCE


@pytest.mark.parametrize(("name", "other"), [("log.key", SigningKey), ("log-ml-dsa.key", MlDsaKey)])
def test_keys_that_are_not_those_of_the_trust_root_sign_nothing(tmp_path: Path, name: str, other: Any) -> None:
    world = World(tmp_path / "ledger", ml_dsa_key=MlDsaKey.from_seed(bytes(32)))
    world.ledger.close()
    (world.ledger.folder / name).unlink()
    other.from_seed(b"x" * 32).save(world.ledger.folder / name)
    with pytest.raises(Corrupt, match=name):
        Ledger.open(world.ledger.folder, lambda: world.now)
