"""A genuine bundle verifies offline; whatever is changed, left out or taken from elsewhere does not."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.bundle import MAX_BUNDLE_BYTES, Bundle, Included
from ledger.disclosures import Disclosure
from ledger.domain.certificate_status import CertificateStatus
from ledger.domain.events.certification import CertificateIssued
from ledger.domain.events.office import RoleGranted
from ledger.domain.record import Role, Signer, Stream
from ledger.domain.standing import Status
from ledger.errors import Unverifiable
from ledger.log.checkpoint import Checkpoint, sign_checkpoint
from ledger.log.heads import FIRST_LINE, Heads, open_heads, sign_heads
from ledger.log.tree import RightEdge, inclusion_path, leaf_hash
from ledger.signing.envelope import STATEMENT_TYPE, Signature, open_envelope, pae, seal
from ledger.signing.note import VerifierKey, sign_note
from ledger.signing.statement import decode_payload, payload_of
from ledger.store.bundling import assemble, disclosures_of
from ledger.trust import TrustRoot
from ledger.verdict import RESULTS, VERDICTS, CheckResult, Verdict, VerificationReport
from ledger.verification import PLAN, Step, verify_bundle
from tests.support import World, key_of

NUMBER = "TOA-PCA-FR-2017-01-BTH"


@pytest.fixture
def certified(workshop: World) -> World:
    """Awa's certificate, on the day after it was issued."""
    workshop.now = datetime(2017, 5, 20, 8, tzinfo=UTC)
    return workshop


def bundle_of(world: World, *, named: bool = True, number: str = "") -> Bundle:
    (issued,) = [s.event.facts for s in world.ledger.signed_events(AWA) if isinstance(s.event.facts, CertificateIssued)]
    disclosures = disclosures_of(world.ledger, issued.certificate) if named else ()
    return assemble(world.ledger, "c-awa", number or issued.certificate.number, disclosures)


def checked(world: World, bundle: Bundle | bytes, **options: Any) -> VerificationReport:
    trust, now = options.pop("trust", world.ledger.trust), options.pop("now", world.now)
    return verify_bundle(bytes(bundle), trust, now, **options)


def failed(report: VerificationReport) -> str:
    """The code of the check that ended it; the verdict must say so. What is no bundle of this log proves nothing."""
    check = next(check for check in report.checks if check.result is not CheckResult.PASSED)
    is_unread = check.code == "format" or "[log-other: " in check.detail.en
    assert report.verdict is (Verdict.NOT_CHECKED if is_unread else Verdict.NOT_AUTHENTIC)
    assert check.result is (CheckResult.UNKNOWN if is_unread else CheckResult.FAILED)
    assert report.sentence.en.startswith(
        ("This is not", "It comes from") if is_unread else step_of(check.code).failed.en[:1].upper()
    )
    assert (report.number, report.holder, report.status, report.stated) == (None,) * 4
    assert all(later.result is CheckResult.UNKNOWN for later in report.checks[check.number :])
    return check.code


def step_of(code: str) -> Step:
    return next(step for step in PLAN if step.code == code)


def test_a_genuine_bundle_is_authentic_and_in_force(certified: World) -> None:
    report = checked(certified, bundle_of(certified))
    assert report.verdict is Verdict.IN_FORCE
    assert [check.number for check in report.checks] == list(range(1, len(PLAN) + 1))
    unknown = [check.code for check in report.checks if check.result is not CheckResult.PASSED]
    assert unknown == ["witnesses"]  # the trust root names none
    assert (report.holder, report.status, report.stated) == (
        "awa N'Guessan-Écho",
        CertificateStatus.VALID,
        certified.now,
    )
    assert report.sentence == ("Valid until 18 May 2020.", "Valide jusqu’au 18 mai 2020.")
    assert all(text for check in report.checks for text in (*check.title, *check.detail))


def test_every_result_and_verdict_has_words() -> None:
    assert set(RESULTS) == set(CheckResult)
    assert set(VERDICTS) == set(Verdict)


def test_a_bundle_is_written_and_read_back(certified: World) -> None:
    bundle = bundle_of(certified)
    assert Bundle.parse(bytes(bundle)) == bundle


def test_the_name_stays_unknown_when_it_is_not_disclosed(certified: World) -> None:
    report = checked(certified, bundle_of(certified, named=False))
    assert report.verdict is Verdict.IN_FORCE  # a name that is not shown is not in doubt
    assert report.holder is None
    assert [c.code for c in report.checks if c.result is CheckResult.UNKNOWN] == ["holder", "witnesses"]


def test_the_holder_may_disclose_a_part_of_the_name(certified: World) -> None:
    issued = certified.ledger.signed_events(AWA)[1].event.facts
    assert isinstance(issued, CertificateIssued)
    part = disclosures_of(certified.ledger, issued.certificate, ("family_name",))
    bundle = msgspec.structs.replace(bundle_of(certified), disclosures=part)
    assert checked(certified, bundle).holder == "N'Guessan-Écho"
    with pytest.raises(ValueError, match="age: expected one of: "):
        disclosures_of(certified.ledger, issued.certificate, ("age",))


@pytest.mark.parametrize(
    ("day", "status", "says"),
    [
        (date(2017, 5, 18), Status.NOT_YET_VALID, "On 18 May 2017: not in force before 19 May 2017."),
        (date(2017, 5, 19), Status.VALID, "On 19 May 2017: valid."),
        (date(2017, 6, 3), Status.SUSPENDED, "On 3 June 2017: suspended since 1 June 2017."),
        (date(2017, 7, 1), Status.VALID, "On 1 July 2017: valid."),
        (date(2017, 8, 5), Status.WITHDRAWN, "Withdrawn since 1 August 2017."),
    ],
)
def test_the_status_is_that_of_the_day_asked_and_says_since_when(
    certified: World, day: date, status: Status, says: str
) -> None:
    certified.do("suspend-certification", effective_from=date(2017, 6, 1), reason_code="under-review")
    certified.do("lift-suspension", "decider1", certification_id="c-awa", effective_from=date(2017, 7, 1))
    certified.do("withdraw-certification", effective_from=date(2017, 8, 1))
    later = datetime(2017, 8, 5, tzinfo=UTC)
    report = checked(certified, bundle_of(certified), day=day, now=later, recent=timedelta(days=90))
    assert report.status is CertificateStatus(status)
    assert report.verdict is (Verdict.IN_FORCE if status is Status.VALID else Verdict.NOT_IN_FORCE)
    assert report.sentence.en == says


def test_a_day_to_come_is_said_to_be_one(certified: World) -> None:
    """Case V11: nothing is claimed about a day that has not come."""
    report = checked(certified, bundle_of(certified), day=date(2030, 1, 1))
    assert (report.verdict, report.status) == (Verdict.NOT_CHECKED, None)
    assert report.sentence == (
        "1 January 2030 is a day to come: nothing is known about it yet. Today, 20 May 2017: valid until 18 May 2020.",
        "Le 1er janvier 2030 n’est pas encore arrivé : rien n’en est connu. Aujourd’hui, 20 mai 2017 : valide jusqu’au "
        "18 mai 2020.",
    )


def test_an_expired_certificate_says_since_when(certified: World) -> None:
    now = datetime(2021, 1, 1, tzinfo=UTC)
    report = checked(certified, bundle_of(certified), now=now, recent=timedelta(days=5000))
    assert (report.verdict, report.sentence.en) == (Verdict.NOT_IN_FORCE, "Expired since 19 May 2020.")
    old = checked(certified, bundle_of(certified), now=now)
    assert old.sentence.en == (
        "Expired since 19 May 2020. The status may have changed since: it was stated 1321 days ago; get a newer bundle."
    )


def test_an_old_statement_of_status_is_no_yes(certified: World) -> None:
    bundle = bundle_of(certified)
    later = certified.now + timedelta(days=8)
    old = checked(certified, bundle, now=later)
    assert old.verdict is Verdict.NOT_CHECKED
    assert (
        old.sentence.fr
        == "Le statut a pu changer depuis : déclaré il y a 8 jours ; procurez-vous un dossier plus récent."
    )
    assert checked(certified, bundle, now=later, recent=timedelta(days=9)).verdict is Verdict.IN_FORCE
    assert failed(checked(certified, bundle, now=certified.now - timedelta(days=1))) == "completeness"


def test_a_superseded_certificate_says_by_which(certified: World) -> None:
    certified.do("reissue-certificate", "registrar", certification_id="c-awa", reason_code="lost")
    report = checked(certified, bundle_of(certified))
    assert report.verdict is Verdict.NOT_IN_FORCE
    assert (report.status, report.standing and report.standing.since) == ("superseded", date(2017, 5, 20))
    assert re.fullmatch(
        r"Superseded by TOA-PCA-FR-2017-01\.2-[A-Z]{3} on 20 May 2017: ask for that certificate\.", report.sentence.en
    )
    assert report.checks[9].detail.fr.startswith("remplacé par TOA-PCA-FR-2017-01.2-")
    certified.do("suspend-certification", effective_from=date(2017, 5, 20), reason_code="under-review")
    report = checked(certified, bundle_of(certified))
    assert re.fullmatch(
        r"Suspended since 20 May 2017; superseded by TOA-PCA-FR-2017-01\.2-[A-Z]{3}\.", report.sentence.en
    )


def test_a_certification_without_expiry_verifies(staffed: World) -> None:
    staffed.certify(validity_months=None)
    assert checked(staffed, bundle_of(staffed)).verdict is Verdict.IN_FORCE


def test_a_compromised_key_leaves_a_doubt_and_an_earlier_signature_none(certified: World) -> None:
    key_id = key_of("decider1").key_id
    certified.do(
        "revoke-key",
        person_id="decider1",
        key_id=key_id,
        reason_code="compromised",
        compromised_since=datetime(2017, 5, 1, tzinfo=UTC),
    )
    assert checked(certified, bundle_of(certified)).verdict is Verdict.NOT_CHECKED


@pytest.mark.parametrize("ended_by", ["revoked", "rotated"])
def test_a_compromise_found_after_the_key_ended_leaves_the_same_doubt(certified: World, ended_by: str) -> None:
    """Case R6."""
    key = {"person_id": "decider1", "key_id": key_of("decider1").key_id}
    if ended_by == "revoked":
        certified.do("revoke-key", **key, reason_code="superseded")
    else:
        certified.agree("decider1", key_of("second").key_id)
        certified.keys["decider1"] = key_of("second")
        new = {"person_id": "decider1", "old_key_id": key["key_id"], "public_key": key_of("second").public}
        certified.do("rotate-key", "security", "decider1", **new)
    assert checked(certified, bundle_of(certified)).verdict is Verdict.IN_FORCE
    since = datetime(2017, 5, 1, tzinfo=UTC)
    certified.do("revoke-key", **key, reason_code="compromised", compromised_since=since)
    assert checked(certified, bundle_of(certified)).verdict is Verdict.NOT_CHECKED


def test_a_key_that_was_compromised_only_later_leaves_none(certified: World) -> None:
    certified.do(
        "revoke-key",
        person_id="decider1",
        key_id=key_of("decider1").key_id,
        reason_code="compromised",
        compromised_since=certified.now,
    )
    assert checked(certified, bundle_of(certified)).verdict is Verdict.IN_FORCE


def _changed(bundle: Bundle, number: int, **changes: Any) -> Bundle:
    statements = list(bundle.statements)
    statements[number] = msgspec.structs.replace(statements[number], **changes)
    return msgspec.structs.replace(bundle, statements=tuple(statements))


def _without(bundle: Bundle, number: int) -> Bundle:
    statements = [s for n, s in enumerate(bundle.statements) if n != number % len(bundle.statements)]
    return msgspec.structs.replace(bundle, statements=tuple(statements))


FAULTS: dict[str, tuple[str, Callable[[Bundle], Bundle | bytes]]] = {
    "no JSON": ("format", lambda _: b"no"),
    "no UTF-8": ("format", lambda _: b"\xff"),
    "deeply nested": ("format", lambda _: b"[" * 100_000),
    "another format": ("format", lambda b: bytes(b).replace(b"bundle/v1", b"bundle/v2")),
    "an unknown field": ("format", lambda b: bytes(b).replace(b'"number"', b'"trust":1,"number"', 1)),
    "a name twice": ("format", lambda b: bytes(b).replace(b'"number"', b'"number":"TOA-PCA-FR-2017-02-BTJ","number"', 1)),
    "the format left out": ("format", lambda b: bytes(b).replace(b'\n "format": "pca-ledger-bundle/v1",', b"", 1)),
    "a number as a fraction": ("format", lambda b: bytes(b).replace(b'"index": 0,', b'"index": 0.0,', 1)),
    "a number below zero": ("format", lambda b: bytes(b).replace(b'"index": 0,', b'"index": -1,', 1)),
    "half a character": ("format", lambda b: bytes(b).replace(b'"number": "', rb'"number": "\ud800', 1)),
    "a text for a list": ("format", lambda b: re.sub(rb'"disclosures": \[.*?\]', b'"disclosures": "A"', bytes(b), flags=re.DOTALL)),
    "another base64": ("format", lambda b: re.sub(rb'A==(?=")|Q==(?=")|w==(?=")|g==(?=")', b"B==", bytes(b), count=1)),
    "nothing as a first": ("format", lambda b: bytes(b).replace(b"\n}\n", b',\n "first": null\n}\n')),
    "too many bytes": ("format", lambda _: b" " * (MAX_BUNDLE_BYTES + 1)),
    "too many statements": (
        "format",
        lambda b: msgspec.structs.replace(b, statements=(Included(0, b"", ()),) * 10_001),
    ),
    "too many disclosures": ("format", lambda b: msgspec.structs.replace(b, disclosures=b.disclosures * 51)),
    "a statement too large": ("format", lambda b: _changed(b, 3, envelope=b" " * 65_536)),
    "a path too long": ("format", lambda b: _changed(b, 3, path=(bytes(32),) * 65)),
    "a hash too short": ("format", lambda b: _changed(b, 3, path=(bytes(31),))),
    "no checkpoint": ("checkpoint", lambda b: msgspec.structs.replace(b, checkpoint="")),
    "a checkpoint of another size": (
        "checkpoint",
        lambda b: msgspec.structs.replace(b, checkpoint=b.checkpoint.replace("\n1", "\n2", 1)),
    ),
    "heads in the place of the checkpoint": ("checkpoint", lambda b: msgspec.structs.replace(b, checkpoint=b.heads)),
    "no statements": ("founding", lambda b: msgspec.structs.replace(b, statements=())),
    "no founding": ("founding", lambda b: _without(b, 0)),
    "another order": ("inclusion", lambda b: msgspec.structs.replace(b, statements=(*b.statements[:1], *b.statements[:0:-1]))),
    "another place": ("inclusion", lambda b: _changed(b, 3, index=b.statements[3].index + 1)),
    "a changed statement": (
        "inclusion",
        lambda b: _changed(b, 3, envelope=b.statements[3].envelope.replace(b"A", b"B", 1)),
    ),
    "a path cut short": ("inclusion", lambda b: _changed(b, 3, path=b.statements[3].path[:-1])),
    "a statement left out": ("completeness", lambda b: _without(b, 3)),
    "the grant left out": ("completeness", lambda b: _without(b, -2)),
    "the last statement left out": ("completeness", lambda b: _without(b, -1)),
    "no heads": ("completeness", lambda b: msgspec.structs.replace(b, heads="")),
    "the checkpoint in the place of the heads": ("completeness", lambda b: msgspec.structs.replace(b, heads=b.checkpoint)),
    "another number": ("certificate", lambda b: msgspec.structs.replace(b, number="TOA-PCA-FR-2017-02-BTJ")),
    "no disclosure": ("holder", lambda b: msgspec.structs.replace(b, disclosures=("AAAA",))),
    "another name": (
        "holder",
        lambda b: msgspec.structs.replace(b, disclosures=(Disclosure("given_name", "Eve", "s" * 22).encoded,)),
    ),
}  # fmt: skip


# The same values, written by other programs.
REWRITTEN: dict[str, Callable[[bytes], bytes]] = {
    "names sorted": lambda b: json.dumps(json.loads(b), indent=1, sort_keys=True).encode() + b"\n",
    "in ASCII": lambda b: json.dumps(json.loads(b), ensure_ascii=True).encode(),
    "two spaces": lambda b: msgspec.json.format(b, indent=2) + b"\n",
    "on one line": lambda b: msgspec.json.format(b, indent=-1),
    "another line at the end": lambda b: b + b"\n",
    "no line at the end": lambda b: b[:-1],
    "a character escaped": lambda b: b.replace(b"checkpoint", rb"c\u0068eckpoint", 1),
}


@pytest.mark.parametrize("how", REWRITTEN)
def test_a_bundle_that_another_program_wrote_anew_says_the_same(certified: World, how: str) -> None:
    """Case V7: only what is signed has one form."""
    data = bytes(bundle_of(certified))
    assert REWRITTEN[how](data) != data
    assert checked(certified, REWRITTEN[how](data)) == checked(certified, data)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bundle_with_one_fault_is_not_authentic_or_not_checked(certified: World, fault: str) -> None:
    code, change = FAULTS[fault]
    assert failed(checked(certified, change(bundle_of(certified)))) == code


def test_the_trust_root_is_the_callers(certified: World, tmp_path: Path) -> None:
    other = World(tmp_path / "other")
    bundle = bytes(bundle_of(certified))
    assert failed(verify_bundle(bundle, other.ledger.trust, certified.now)) == "founding"  # the same log key in tests
    own = certified.ledger.trust
    elsewhere = TrustRoot("other.example", str(VerifierKey("other.example", key_of("log").public)), own.founding_leaf)
    report = verify_bundle(bundle, elsewhere, certified.now)
    assert failed(report) == "checkpoint"
    assert (report.verdict, own.origin in report.sentence.fr) == (Verdict.NOT_CHECKED, True)
    stranger = TrustRoot(own.origin, str(VerifierKey(own.origin, key_of("stranger").public)), own.founding_leaf)
    assert failed(verify_bundle(bundle, stranger, certified.now)) == "checkpoint"
    other.ledger.close()


class Operator:
    """Who holds the log's key and appends what the ledger would refuse, with a right tree and right heads."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.leaves = [entry.state for entry in world.ledger.entries(0, world.ledger.size())]

    def replace(self, stream: Stream, version: int, /, *signers: str, **changes: Any) -> None:
        """Change a statement and sign it again, by the same people or by others."""
        index, envelope = self.world.ledger.statements([stream], len(self.leaves))[version - 1]
        event = msgspec.structs.replace(decode_payload(open_envelope(envelope).payload), **changes)
        payload = payload_of(event)
        keys = [key_of(person) for person in signers or [signer.person for signer in event.by]]
        signatures = tuple(Signature(k.key_id, k.sign(pae(STATEMENT_TYPE, payload))) for k in keys)
        self.leaves[index] = seal(payload, signatures)

    def bundle(self, number: str = "", **changes: Any) -> Bundle:
        """The bundle of awa's certificate in the operator's log; ``changes`` are those of its heads."""
        genuine = bundle_of(self.world, number=number)
        edge, nodes = RightEdge().append([leaf_hash(leaf) for leaf in self.leaves])
        known = {(level, index): digest for level, index, digest in nodes}
        checkpoint = Checkpoint(self.world.ledger.trust.origin, edge.size, edge.root())
        heads = open_heads(genuine.heads, self.world.ledger.trust.verifier_key)
        stated = msgspec.structs.replace(heads, **changes)
        statements = tuple(
            Included(
                s.index, self.leaves[s.index], tuple(inclusion_path(s.index, edge.size, lambda lv, i: known[lv, i]))
            )
            for s in genuine.statements
        )
        return msgspec.structs.replace(
            genuine,
            checkpoint=sign_checkpoint(checkpoint, key_of("log")),
            heads=sign_note(str(stated), checkpoint.origin, key_of("log")),
            statements=statements,
        )


def test_an_operator_who_changes_nothing_is_believed(certified: World) -> None:
    assert checked(certified, Operator(certified).bundle()).verdict is Verdict.IN_FORCE


AWA = Stream("certification", "c-awa")
GRANT, ISSUE = (AWA, 1), (AWA, 2)


def test_an_operator_who_signs_for_an_officer_is_found(certified: World) -> None:
    operator = Operator(certified)
    operator.replace(*GRANT, "decider1", "registrar")
    assert failed(checked(certified, operator.bundle())) == "signatures"
    operator.replace(*GRANT, by=(Signer("decider1", Role.DECISION_AUTHORITY),) * 2)
    assert failed(checked(certified, operator.bundle())) == "signatures"
    operator.replace(*GRANT, by=(Signer("decider1", Role.DECISION_AUTHORITY), Signer("registrar", Role.REGISTRAR)))
    assert failed(checked(certified, operator.bundle())) == "signatures"
    operator.replace(*GRANT)
    leaf = operator.world.ledger.statements([AWA], len(operator.leaves))[0][0]
    envelope = open_envelope(operator.leaves[leaf])
    operator.leaves[leaf] = seal(envelope.payload, tuple(Signature(s.keyid, bytes(64)) for s in envelope.signatures))
    assert failed(checked(certified, operator.bundle())) == "signatures"


def test_an_operator_who_certifies_more_than_was_granted_is_found(certified: World) -> None:
    operator = Operator(certified)
    issued = certified.ledger.signed_events(AWA)[1].event.facts
    assert isinstance(issued, CertificateIssued)
    longer = msgspec.structs.replace(issued.certificate, expires_on=date(2099, 1, 1))
    operator.replace(*ISSUE, facts=CertificateIssued(certificate=longer))
    assert failed(checked(certified, operator.bundle())) == "certificate"


def test_an_operator_who_certifies_without_a_grant_is_found(certified: World) -> None:
    operator = Operator(certified)
    issued = certified.ledger.signed_events(AWA)[1].event.facts
    by = (Signer("registrar", Role.REGISTRAR),)
    operator.replace(*GRANT, type="certificate-issued/v2", by=by, facts=issued)
    assert failed(checked(certified, operator.bundle())) == "certificate"


def test_an_operator_who_puts_statements_where_they_do_not_belong_is_found(certified: World) -> None:
    operator = Operator(certified)
    operator.replace(*ISSUE, ledger="other.example")
    assert failed(checked(certified, operator.bundle())) == "completeness"
    operator.replace(*ISSUE, type="role-granted/v1", facts=RoleGranted(person_id="registrar", role=Role.MODERATOR))
    assert failed(checked(certified, operator.bundle())) == "completeness"


def test_an_operator_who_misstates_the_heads_is_found(certified: World) -> None:
    operator = Operator(certified)
    heads = open_heads(bundle_of(certified).heads, certified.ledger.trust.verifier_key)
    fewer = {stream: version for stream, version in heads.versions.items() if stream != Stream("officer", "security")}
    assert failed(checked(certified, operator.bundle(versions=fewer))) == "completeness"
    assert failed(checked(certified, operator.bundle(size=3))) == "completeness"
    two = {**heads.versions, Stream("certification", "c-zoe"): 0}
    assert failed(checked(certified, operator.bundle(versions=two))) == "completeness"


def test_heads_without_any_statement_of_the_certification_prove_nothing(certified: World) -> None:
    genuine = bundle_of(certified)
    statements = tuple(s for s in genuine.statements if b"certification:c-awa" not in open_envelope(s.envelope).payload)
    note, checkpoint = certified.ledger.latest()
    heads = open_heads(genuine.heads, certified.ledger.trust.verifier_key)
    needed = {s.subject for s in map(_event, statements)} | {
        Stream("officer", signer.person) for s in map(_event, statements) for signer in s.by
    }
    versions = {stream: v for stream, v in heads.versions.items() if stream in needed} | {AWA: 0}
    bundle = msgspec.structs.replace(
        genuine,
        checkpoint=note,
        heads=sign_heads(checkpoint, certified.now, versions, key_of("log")),
        statements=tuple(s for s in statements if _event(s).subject in versions),
    )
    assert failed(checked(certified, bundle)) == "certificate"


def _event(included: Included) -> Any:
    return decode_payload(open_envelope(included.envelope).payload)


Genuine = tuple[Bundle, TrustRoot, datetime]


@pytest.fixture(scope="module")
def genuine(tmp_path_factory: pytest.TempPathFactory) -> Genuine:
    """One bundle for all examples."""
    world = World(tmp_path_factory.mktemp("genuine") / "ledger")
    world.workshop()
    made = bundle_of(world), world.ledger.trust, world.now
    world.ledger.close()
    return made


@given(data=st.data())
def test_whatever_character_is_changed_nothing_false_is_believed(genuine: Genuine, data: st.DataObject) -> None:
    bundle, trust, now = genuine
    text = bytes(bundle)
    place = data.draw(st.integers(0, len(text) - 1))
    changed = text[:place] + bytes([data.draw(st.integers(0, 255))]) + text[place + 1 :]
    report = verify_bundle(changed, trust, now)
    if report.number is not None:
        assert json.loads(changed) == json.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"{FIRST_LINE}\nlog.example\n3\n2017-05-19T16:00:00Z",
        f"{FIRST_LINE}\nlog.example\n3\n2017-05-19 16:00\n",
        f"{FIRST_LINE}\nlog.example\n03\n2017-05-19T16:00:00Z\n",
        f"{FIRST_LINE}\nlog example\n3\n2017-05-19T16:00:00Z\n",
        f"{FIRST_LINE}\nlog.example\n3\n2017-05-19T16:00:00Z\nofficer:x +1\n",
        f"{FIRST_LINE}\nlog.example\n3\n2017-05-19T16:00:00Z\nofficer:x\n",
        f"{FIRST_LINE}\nlog.example\n3\n2017-05-19T16:00:00Z\na 1\na 1\n",
        "pca-ledger/heads/v2\nlog.example\n3\n2017-05-19T16:00:00Z\n",
    ],
)
def test_heads_have_one_form(text: str) -> None:
    with pytest.raises(Unverifiable, match="expected"):
        Heads.parse(text)


def test_heads_of_another_log_are_refused() -> None:
    heads = Heads("log.example", 3, datetime(2017, 5, 19, 16, tzinfo=UTC), {Stream("officer", "x"): 1})
    assert Heads.parse(str(heads)) == heads
    note = sign_note(str(heads), "other.example", key_of("log"))
    with pytest.raises(Unverifiable, match=r"expected other\.example"):
        open_heads(note, VerifierKey("other.example", key_of("log").public))
