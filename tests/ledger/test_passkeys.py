"""Statements signed with passkeys: recorded, audited and verified offline, by what is allowed where they stand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ledger.auditing import audit
from ledger.auditing.credentials import wrong_with
from ledger.bundle import Bundle
from ledger.domain.events.certification import CertificateIssued
from ledger.domain.events.office import LedgerFoundedV2, PasskeyRegistered
from ledger.domain.events.passkeys import PASSKEY_POLICY
from ledger.domain.record import Event, Fact, Role, Site, Stream
from ledger.domain.refusal import Refused
from ledger.errors import Conflict, Unverifiable
from ledger.log.heads import open_heads, sign_heads
from ledger.reading import Draft, Memory
from ledger.signing.envelope import Signature, open_envelope, pae, seal
from ledger.signing.keys import SigningKey
from ledger.signing.passkey_faults import FAULTS
from ledger.signing.statement import decode_payload, payload_of
from ledger.store import founding
from ledger.store.bundling import assemble
from ledger.store.founding import found_signed, prepare
from ledger.store.ledger import Ledger
from ledger.store.submission import Receipt, Submission
from ledger.verdict import CheckResult, Verdict, VerificationReport
from ledger.verification import verify_bundle
from tests.ledger.signed_with_passkeys import KEYS, held_with_passkeys, put, signed
from tests.passkeys import SITE, SoftKey
from tests.scenario import ORIGIN, names
from tests.support import PasskeyWorld, World, key_of

__all__ = ["held_with_passkeys", "signed"]

AWA = Stream("certification", "c-awa")
SUSPEND = {"effective_from": "2017-06-01", "reason_code": "under-review"}
ELSEWHERE = Site(SITE.rp_id, f"https://other.{SITE.rp_id}")
ELSEWHERE_KEY = SoftKey("registrar", site=ELSEWHERE)  # the registrar's passkey, on another page


def bundle_of(world: World) -> Bundle:
    (issued,) = [s.event.facts for s in world.ledger.signed_events(AWA) if isinstance(s.event.facts, CertificateIssued)]
    return assemble(world.ledger, "c-awa", issued.certificate.number)


def checked(world: World, bundle: Bundle) -> VerificationReport:
    return verify_bundle(bytes(bundle), world.ledger.trust, world.now)


def signatures(report: VerificationReport) -> str:
    (check,) = (check for check in report.checks if check.code == "signatures")
    return check.detail.en


def submitted(world: World, submission: Submission) -> str | None:
    """The code of what is wrong with a statement; None when it was recorded."""
    (answer,) = world.ledger.submit([submission])
    assert isinstance(answer, Receipt | Refused | Unverifiable | Conflict)
    return None if isinstance(answer, Receipt) else answer.code


def found_in(world: World) -> dict[str, str]:
    """The code and the words of each finding of an audit."""
    world.ledger.close()
    return {finding.code: finding.message for finding in audit(world.ledger.folder).findings}


def suspension(world: World, by: str) -> Submission:
    return world.submission("suspend-certification", by, **SUSPEND)


@pytest.mark.usefixtures("engine")
def test_what_passkeys_signed_is_recorded_audited_and_read_again(signed: World) -> None:
    assert submitted(signed, suspension(signed, "decider2")) is None
    signed.ledger.close()
    Ledger.open(signed.ledger.folder, lambda: signed.now).close()
    report = audit(signed.ledger.folder)
    assert report.clean
    assert report.signatures > report.entries


@pytest.mark.usefixtures("engine")
def test_one_gesture_signs_statements_that_are_recorded_together(signed: World) -> None:
    """Each envelope holds its own path: what is recorded without the others holds too."""
    prepared = []
    for name in ("zoe", "ida", "bob", "tom", "eve"):
        command, disclosures = signed.command("register-person", person_id=name, details=names(name))
        by = signed.signers(command, "registrar")
        prepared.append((command, disclosures, signed.ledger.prepare(command, by, disclosures)))
    made = KEYS["registrar"].sign(ORIGIN, [each.to_sign for _, _, each in prepared])
    submissions = [
        Submission(command, seal(each.payload, (signature,)), disclosures)
        for (command, disclosures, each), signature in zip(prepared, made, strict=True)
    ]
    assert all(isinstance(answer, Receipt) for answer in signed.ledger.submit(submissions[1:]))
    assert found_in(signed) == {}


def test_a_passkey_signs_in_the_batch_that_enrols_it(signed: World) -> None:
    """And none that was not enrolled."""
    new, other = SoftKey("new"), SoftKey("other")
    signed.agree("protection", new.key_id)
    signed.passkeys["protection"] = new
    enrolled = signed.submission(
        "register-passkey", "security", "protection", person_id="protection", **new.registration
    )
    erasures = {}
    for person, key in (("zoe", new), ("ida", other)):
        signed.do("register-person", "registrar", person_id=person, details=names(person))
        signed.passkeys["protection"] = key
        asked = {"person_id": person, "basis_code": "request"}
        erasures[person] = signed.submission("erase-personal-data", "protection", "security", **asked)
    answers = signed.ledger.submit([enrolled, *erasures.values()])
    assert [type(answer) for answer in answers] == [Receipt, Receipt, Unverifiable]
    assert signed.read().person("zoe").erased


def test_a_bundle_says_where_and_how_passkeys_count(signed: World) -> None:
    signed.do("allow-origin", rp_id=ELSEWHERE.rp_id, origin=ELSEWHERE.origin)
    bundle = bundle_of(signed)
    assert open_heads(bundle.heads, signed.ledger.trust.verifier_key).versions[PASSKEY_POLICY] == 1
    assert checked(signed, bundle).verdict is Verdict.IN_FORCE


def test_a_policy_in_which_nothing_was_recorded_is_stated_too(signed: World) -> None:
    bundle = bundle_of(signed)
    assert open_heads(bundle.heads, signed.ledger.trust.verifier_key).versions[PASSKEY_POLICY] == 0
    assert checked(signed, bundle).verdict is Verdict.IN_FORCE


def test_a_bundle_of_key_files_says_nothing_of_passkeys(workshop: World) -> None:
    workshop.do("allow-origin", rp_id=SITE.rp_id, origin=SITE.origin)
    bundle = bundle_of(workshop)
    assert PASSKEY_POLICY not in open_heads(bundle.heads, workshop.ledger.trust.verifier_key).versions
    assert checked(workshop, bundle).verdict is not Verdict.NOT_AUTHENTIC


def test_a_bundle_that_leaves_out_the_policy_lacks_something(signed: World) -> None:
    """Even if the log states heads without it: nobody could tell whether a synced passkey counted."""
    signed.do("set-passkey-policy", device_bound=["moderator"])
    bundle = bundle_of(signed)
    stated = open_heads(bundle.heads, signed.ledger.trust.verifier_key)
    without = {stream: version for stream, version in stated.versions.items() if stream != PASSKEY_POLICY}
    left = tuple(s for s in bundle.statements if b"passkey-policy-set" not in open_envelope(s.envelope).payload)
    checkpoint = signed.ledger.trust.opened(bundle.checkpoint)
    heads = sign_heads(checkpoint, stated.time, without, key_of("log"))
    assert len(left) == len(bundle.statements) - 1
    for shorter in (
        msgspec.structs.replace(bundle, statements=left),
        msgspec.structs.replace(bundle, statements=left, heads=heads),
    ):
        report = checked(signed, shorter)
        assert report.verdict is Verdict.NOT_AUTHENTIC
        assert "[statements-left-out: " in report.checks[4].detail.en


def test_a_signature_of_a_later_version_is_not_false_but_not_checked(signed: World) -> None:
    """Of the later version itself nothing can be made: whoever holds the database writes it."""
    put(signed, resigned(lifted(signed, "decider1"), lambda sig: b"\2" + sig[1:]))
    report = checked(signed, bundle_of(signed))
    assert (report.verdict, report.checks[5].result) == (Verdict.NOT_CHECKED, CheckResult.UNKNOWN)
    assert "[passkey-version: " in signatures(report)
    assert "use a later version of this program" in report.sentence.en
    assert "utilisez un programme plus récent" in report.sentence.fr
    signed.ledger.close()
    found = audit(signed.ledger.folder)
    assert found.findings == ()
    assert [(gap.check, gap.reason) for gap in found.unchecked if gap.reason == "newer"] == [("entries", "newer")]


def lifted(world: World, by: str) -> bytes:
    """A suspension, and the envelope of its end."""
    if not world.read().certification("c-awa").standing.pauses:
        world.do("suspend-certification", "decider1", **SUSPEND)
    return world.submission("lift-suspension", by, certification_id="c-awa", effective_from="2017-07-01").envelope


def resigned(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The envelope with another first signature."""
    envelope = open_envelope(data)
    first, *others = envelope.signatures
    return seal(envelope.payload, (Signature(first.keyid, change(first.sig)), *others))


def test_a_bundle_names_what_is_wrong_with_a_passkeys_signature(signed: World) -> None:
    signed.do("suspend-certification", "decider1", **SUSPEND)
    signed.passkeys["decider1"] = SoftKey("decider1", algorithm="Ed25519", site=ELSEWHERE)
    put(signed, lifted(signed, "decider1"))
    report = checked(signed, bundle_of(signed))
    assert report.verdict is Verdict.NOT_AUTHENTIC
    assert f": decider1: {FAULTS['passkey-origin'].en}]" in signatures(report)
    assert FAULTS["passkey-origin"].fr in report.checks[5].detail.fr
    assert found_in(signed) == {"passkey-origin": f"decider1: {FAULTS['passkey-origin'].en}"}


@pytest.mark.usefixtures("engine")
def test_an_origin_counts_from_its_position_on(signed: World) -> None:
    """For the same passkey: what it signed on another page is refused until that page is allowed, and then recorded."""
    signed.passkeys["registrar"] = ELSEWHERE_KEY
    asked = {"person_id": "zoe", "details": names("Zoé")}
    before = signed.submission("register-person", "registrar", **asked)
    assert submitted(signed, before) == "passkey-origin"
    signed.do("allow-origin", rp_id=ELSEWHERE.rp_id, origin=ELSEWHERE.origin)
    assert submitted(signed, signed.submission("register-person", "registrar", **asked)) is None
    assert found_in(signed) == {}


@pytest.mark.usefixtures("engine")
def test_in_a_role_with_a_policy_no_synced_passkey_counts(signed: World) -> None:
    """Neither one of before, nor of the same batch; in other roles it does, and so does what was recorded before."""
    before = suspension(signed, "decider2")
    policy = signed.submission("set-passkey-policy", device_bound=["decision-authority"])
    recorded, refused = signed.ledger.submit([policy, before])
    assert isinstance(recorded, Receipt)
    assert isinstance(refused, Unverifiable)
    assert (refused.code, refused.fr) == (
        "passkey-synced", f"decider2\N{NO-BREAK SPACE}: {FAULTS['passkey-synced'].fr}"
    )  # fmt: skip
    assert submitted(signed, suspension(signed, "decider2")) == "passkey-synced"
    assert submitted(signed, suspension(signed, "decider1")) is None
    put(signed, lifted(signed, "decider2"))
    assert found_in(signed) == {"passkey-synced": f"decider2: {FAULTS['passkey-synced'].en}"}


def test_a_statement_prepared_before_the_policy_is_refused_after_it(signed: World) -> None:
    prepared = suspension(signed, "decider2")
    signed.do("set-passkey-policy", device_bound=["decision-authority"])
    assert submitted(signed, prepared) == "passkey-synced"


def changed_registration(world: World, **changes: Any) -> Submission:
    """A passkey is registered whose facts are not those of its attestation, with signatures that hold."""
    key = SoftKey("new")
    world.agree("moderator", key.key_id)
    world.passkeys["moderator"] = key
    submission = world.submission(
        "register-passkey", "security", "moderator", person_id="moderator", **key.registration
    )
    event = decode_payload(open_envelope(submission.envelope).payload)
    facts = event.facts
    assert isinstance(facts, PasskeyRegistered)
    credential = msgspec.structs.replace(facts.credential, **changes)
    changed: Event[Fact] = msgspec.structs.replace(event, facts=msgspec.structs.replace(facts, credential=credential))
    message = pae(open_envelope(submission.envelope).payloadType, payload_of(changed))
    signed = [world.passkeys[signer.person].sign(ORIGIN, [message])[0] for signer in event.by]
    return msgspec.structs.replace(submission, envelope=seal(payload_of(changed), tuple(signed)))


@pytest.mark.parametrize(
    "changes",
    [
        {"aaguid": "00000000-0000-0000-0000-000000000000"},
        {"backed_up": True},
        {"credential_id": b"other"},
        {"origin": "https://other.example.org"},
    ],
    ids=str,
)
def test_an_audit_reads_each_passkey_in_its_attestation_again(signed: World, changes: dict[str, Any]) -> None:
    lie = changed_registration(signed, **changes)
    assert submitted(signed, lie) == "moved-on"
    put(signed, lie.envelope)
    assert found_in(signed) == {"fact-differs": "the rules answer another fact at this position"}


def test_an_audit_finds_a_passkey_that_is_none(signed: World) -> None:
    put(signed, changed_registration(signed, attestation_object=b"none").envelope)
    found = found_in(signed)
    assert found.keys() == {"rule-broken"}
    assert FAULTS["passkey-attestation"].en in found["rule-broken"]


def test_a_passkey_of_a_later_algorithm_is_not_false_but_not_checked(signed: World) -> None:
    """Neither its enrolment nor what it signs."""
    put(signed, changed_registration(signed, algorithm="ML-DSA-44").envelope)
    signed.ledger.close()
    report = audit(signed.ledger.folder)
    assert report.findings == ()
    assert {gap.reason for gap in report.unchecked} >= {"newer"}


# The founding


def founders(**changes: Any) -> list[Any]:
    key = SoftKey("director")
    return [
        ("director", Role.DIRECTOR, msgspec.structs.replace(key.credential, **changes), []),
        ("security", Role.SECURITY_OFFICER, key_of("security").public, []),
    ]


def test_a_ledger_is_founded_in_two_steps_with_a_passkey_and_a_key_file(tmp_path: Path) -> None:
    world = PasskeyWorld(tmp_path / "other")
    world.ledger.close()
    leaf = prepare(world.now, origin=ORIGIN, body=("Body", "Organisme"), founders=founders(), sites=[SITE])
    (by_passkey,) = SoftKey("director").sign(ORIGIN, [leaf.to_sign])
    by_file = Signature(key_of("security").key_id, key_of("security").sign(leaf.to_sign))
    folder = tmp_path / "ledger"
    wrong = SoftKey("director").sign(ORIGIN, [b"something else"])[0]
    for false in ([wrong, by_file], [by_file, by_passkey], [by_passkey]):
        with pytest.raises(Unverifiable):
            found_signed(folder, leaf, false, log_key=SigningKey.generate())
        assert not folder.exists()
    found_signed(folder, leaf, [by_passkey, by_file], log_key=SigningKey.generate())
    with pytest.raises(FileExistsError):
        found_signed(folder, leaf, [by_passkey, by_file], log_key=SigningKey.generate())
    with_ledger = Ledger.open(folder, lambda: world.now, is_simulated=True)
    assert with_ledger.read().passkey_policy().sites == (SITE,)
    with_ledger.close()
    assert audit(folder).clean


def test_a_founding_may_name_sites_before_anybody_has_a_passkey(tmp_path: Path) -> None:
    by_files = [(person, role, key_of(person).public, d) for person, role, _, d in founders()]
    now = PasskeyWorld.now
    for sites, wire_name in (([], "ledger-founded/v1"), ([SITE], "ledger-founded/v2")):
        leaf = prepare(now, origin=ORIGIN, body=("B", "O"), founders=by_files, sites=sites)
        assert decode_payload(leaf.payload).type == wire_name
    with pytest.raises(Refused, match="cannot be enrolled"):
        prepare(now, origin=ORIGIN, body=("B", "O"), founders=founders())
    with pytest.raises(Refused, match="not what the authenticator said"):
        prepare(now, origin=ORIGIN, body=("B", "O"), founders=founders(backed_up=True), sites=[SITE])


def test_an_audit_reads_the_founders_passkeys_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(founding, "require_credentials", lambda *_: None)
    aaguid = "00000000-0000-0000-0000-000000000000"
    leaf = prepare(PasskeyWorld.now, origin=ORIGIN, body=("B", "O"), founders=founders(aaguid=aaguid), sites=[SITE])
    by_file = Signature(key_of("security").key_id, key_of("security").sign(leaf.to_sign))
    signed = [*SoftKey("director").sign(ORIGIN, [leaf.to_sign]), by_file]
    found_signed(tmp_path / "ledger", leaf, signed, log_key=key_of("log"))
    (finding,) = audit(tmp_path / "ledger").findings
    assert (finding.code, finding.position) == ("fact-differs", 1)
    facts = decode_payload(leaf.payload).facts
    assert isinstance(facts, LedgerFoundedV2)
    assert wrong_with(facts, Draft(Memory())) == ("fact-differs", finding.message)


def test_keys_of_both_kinds_are_read_again_from_states(signed: World) -> None:
    keys = signed.read().officer("decider1").keys
    assert [*keys] == [key_of("decider1").key_id, KEYS["decider1"].key_id]
