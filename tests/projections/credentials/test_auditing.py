"""The audit of kept documents: no finding for documents as they were made, and one for each way of tampering."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from ledger.store.documents import DocumentSet, StatusIndex, value_of
from ledger.words import Words
from projections.credentials.auditing import audit_documents
from projections.credentials.facts import CertificateFacts, IssuerIdentity
from projections.credentials.forms.catalogue import by_name
from projections.credentials.forms.form import Material
from projections.credentials.gathering import facts_of, levels_reached
from projections.credentials.issuing import make
from projections.credentials.keys.enrolled import Signers
from projections.credentials.keys.issuer_key import LocalKey
from projections.credentials.keys.seal_chain import make_chain
from projections.credentials.proofs import data_integrity
from projections.credentials.proofs.json_ld import CREDENTIALS
from projections.read_models import ReadModels
from tests.commands import run
from tests.issued import AUTHORITY, BODY, ED25519, KEYS, URL, make_documents
from tests.projections.credentials.certified import with_changes
from tests.projections.credentials.test_scope import reduce, reissue
from tests.support import World, key_of

FORM_NAMES = sorted(by_name())
AWA = {"person_id": "awa"}


def audited(world: World, progress: Callable[[int, int], None] | None = None) -> list[str]:
    """The findings, each as its code and the beginning of its message."""
    with ReadModels(world.ledger) as models:
        found = audit_documents(world.ledger, models, progress)
    assert all(finding.words[0] != finding.words[1] for finding in found), "each has its words"
    return [f"{finding.code} {finding.message}" for finding in found]


def tamper(world: World, statement: str, *parameters: Any) -> None:
    with world.ledger.database.transaction(commit=True) as cursor:
        cursor.execute(statement, parameters)
        cursor.execute("SELECT changes() AS changed")
        assert cursor.fetchone()["changed"]


def put(world: World, number: str, form: str, body: bytes) -> None:
    sealed = sealed_by(world, number, form, body)
    tamper(world, "UPDATE sealed_documents SET sealed = ? WHERE number = ? AND form = ?", sealed, number, form)


def sealed_by(world: World, number: str, form: str, body: bytes) -> bytes:
    """A document as whoever has the keys of persons writes it."""
    kept = world.ledger.documents.set_of(number)
    assert kept is not None
    (sealed,) = world.ledger.keys.sealed([value_of(kept.person_id, number, form, body)])
    return sealed


def kept(world: World, number: str, form: str) -> bytes:
    body = world.ledger.documents.get(number, form)
    assert body is not None
    return body


def made_again(
    world: World,
    number: str,
    signers: Signers | None = None,
    change: Callable[[CertificateFacts], CertificateFacts] = lambda facts: facts,
    url: str = URL,
    status: StatusIndex | None = None,
) -> dict[str, bytes]:
    """Every form again, signed by the body with other facts."""
    with ReadModels(world.ledger) as models:
        row = models.certificates.by_number(number)
    assert row is not None
    facts = facts_of(world.ledger, row, "0" * 32)
    assert facts is not None
    issuer = IssuerIdentity(url=url, name=facts.body)
    signers = signers or Signers.of(world.ledger.read().issuer(), KEYS, world.now)
    place = status or world.ledger.documents.place(number)
    material = Material(
        facts=change(facts), issuer=issuer, status=place, signers=signers, made=world.now, official=False
    )
    return make(material)


def with_levels(world: World, more: int = 0) -> Callable[[CertificateFacts], CertificateFacts]:
    reached = levels_reached(world.ledger, "c-awa")
    return lambda facts: with_changes(
        facts, scope=tuple(msgspec.structs.replace(one, achieved=reached[one.id] + more) for one in facts.scheme.scope)
    )


def test_documents_as_they_were_made_are_in_order(issued: World) -> None:
    told: list[tuple[int, int]] = []
    assert audited(issued, lambda done, of: told.append((done, of))) == []
    assert told == [(1, 1)]


def test_all_forms_of_a_certificate_are_read_in_one_statement(issued: World, monkeypatch: pytest.MonkeyPatch) -> None:
    database, asked = issued.ledger.database, list[str]()
    run_one = database.run

    def counting(statement: Any, *parameters: Any) -> Any:
        asked.append(str(statement))
        return run_one(statement, *parameters)

    monkeypatch.setattr(database, "run", counting)
    assert audited(issued) == []
    assert len([statement for statement in asked if "sealed_documents.sealed" in statement]) == 1


def test_what_happens_later_is_no_fault_of_a_document(issued: World, number: str) -> None:
    reduce(issued)
    reissue(issued)
    for key in KEYS:
        issued.do("revoke-issuer-key", "security", key_id=key.key_id, reason_code="compromised", compromised_since=None)
    issued.now = datetime(2050, 1, 1, tzinfo=UTC)  # when the chain of its seal has long expired
    assert audited(issued) == []
    issued.do("erase-personal-data", "protection", "security", **AWA, basis_code="request")
    assert issued.ledger.documents.kept() == []
    assert audited(issued) == []


def test_levels_that_were_agreed_to_then_are_in_order_for_ever(issuer: World) -> None:
    issuer.do("give-results-consent", "registrar", **AWA)
    make_documents(issuer)
    (made,) = issuer.ledger.documents.sets()
    assert b'"Result"' in kept(issuer, made.number, "jsonld")
    issuer.do("withdraw-results-consent", "registrar", **AWA)
    assert audited(issuer) == []


@pytest.mark.parametrize("form", FORM_NAMES)
def test_an_altered_byte_is_found(issued: World, number: str, form: str) -> None:
    body = bytearray(kept(issued, number, form))
    body[body.find(b"licenseNumber") if form == "svg" else len(body) // 2] ^= 1
    put(issued, number, form, bytes(body))
    (found,) = audited(issued)
    assert found.startswith(f"document-altered {number}: {form}: ")


@pytest.mark.parametrize("form", FORM_NAMES)
def test_a_removed_document_is_found(issued: World, number: str, form: str) -> None:
    tamper(issued, "DELETE FROM sealed_documents WHERE number = ? AND form = ?", number, form)
    assert audited(issued) == [f"document-missing {number}: {form}"]


def test_all_documents_of_a_certificate_removed_are_found(issued: World, number: str) -> None:
    tamper(issued, "DELETE FROM document_sets")
    assert audited(issued) == [
        f"document-unreferenced {number}: its set is not kept",
        f"document-missing {number}: every form",
    ]
    tamper(issued, "DELETE FROM sealed_documents")
    assert audited(issued) == [f"document-missing {number}: every form"]


def test_documents_of_two_certificates_exchanged_are_found(issued: World, number: str) -> None:
    issued.do("reissue-certificate", "registrar", certification_id="c-awa", reason_code="name-changed")
    make_documents(issued)
    other = issued.ledger.documents.sets()[-1].number
    for new, old in ((number, "x"), (other, number), ("x", other)):
        tamper(issued, "UPDATE sealed_documents SET number = ? WHERE number = ?", old, new)
    found = [": ".join(finding.split(": ")[:3]) for finding in audited(issued)]
    altered = "sealed-value-altered"
    assert found == [f"document-altered {n}: {form}: {altered}" for n in (number, other) for form in FORM_NAMES]


@pytest.mark.parametrize(
    "change",
    [
        lambda facts: msgspec.structs.replace(facts, holder="Eve Exemple"),
        lambda facts: with_changes(facts, title=Words("Director", "Directrice")),
        lambda facts: with_changes(facts, scope=facts.scheme.scope[1:]),
        lambda facts: msgspec.structs.replace(facts, expires_on=None),
    ],
    ids=["holder", "title", "scope", "dates"],
)
def test_what_the_body_signed_but_the_entries_do_not_say_is_found(
    issued: World, number: str, change: Callable[[CertificateFacts], CertificateFacts]
) -> None:
    for form, body in made_again(issued, number, change=change).items():
        put(issued, number, form, body)
    assert audited(issued) == [f"document-differs {number}: {form}" for form in FORM_NAMES]


def test_levels_that_were_not_reached_are_found(issued: World, number: str) -> None:
    for form, body in made_again(issued, number, change=with_levels(issued)).items():
        put(issued, number, form, body)
    assert audited(issued) == []
    for form, body in made_again(issued, number, change=with_levels(issued, -1)).items():
        put(issued, number, form, body)
    assert audited(issued) == [f"document-differs {number}: {form}" for form in FORM_NAMES]


def test_keys_that_the_body_did_not_enrol_are_found(issued: World, number: str) -> None:
    ed25519, p256 = LocalKey(key_of("eve").private), LocalKey(derive_private_key(8, SECP256R1()))
    begin, end = datetime(2016, 1, 1, tzinfo=UTC), datetime(2046, 1, 1, tzinfo=UTC)
    signers = Signers(ed25519, p256, make_chain(p256.public, BODY, URL, AUTHORITY, begin, end))
    for form, body in made_again(issued, number, signers).items():
        put(issued, number, form, body)
    found = [one.split(": ")[:2] for one in audited(issued)]
    assert found == [[f"document-altered {number}", form] for form in FORM_NAMES]


def test_another_thing_that_the_body_signed_is_no_certificate(issued: World, number: str) -> None:
    moment = datetime(2018, 1, 1, tzinfo=UTC)
    issuer = IssuerIdentity(url=URL, name=Words(BODY, BODY))
    subject = {"id": "urn:example:other"}
    other = {
        "@context": [CREDENTIALS],
        "type": ["VerifiableCredential"],
        "issuer": issuer.did,
        "credentialSubject": subject,
    }
    signed = data_integrity.sign(other, ED25519, issuer.verification_method(ED25519.key_id), moment)
    put(issued, number, "jsonld", msgspec.json.encode(signed))
    assert audited(issued) == [f"document-differs {number}: jsonld"]


@pytest.mark.parametrize(("form", "body"), [("jsonld", b"{"), ("jwt", b"\xff"), ("pdf", b"%PDF-"), ("sd-jwt", b"")])
def test_what_is_no_document_at_all_is_found(issued: World, number: str, form: str, body: bytes) -> None:
    put(issued, number, form, body)
    (found,) = audited(issued)
    assert found.startswith(f"document-altered {number}: {form}: ")


def test_a_document_in_no_form_is_found(issued: World, number: str) -> None:
    tamper(
        issued, "INSERT INTO sealed_documents VALUES (?, 'docx', ?)", number, sealed_by(issued, number, "docx", b"0")
    )
    (found,) = audited(issued)
    assert found.startswith(f"document-altered {number}: docx: document-form")


def test_documents_of_nobody_and_of_somebody_else_are_found(issued: World, number: str) -> None:
    made = issued.ledger.documents.set_of(number)
    assert made is not None
    other = msgspec.structs.replace(made, number="NONE", token=made.token[1:])
    issued.ledger.documents.keep(other, issued.ledger.documents.place("NONE"), {})
    assert audited(issued) == [
        "document-unreferenced NONE: no such certificate of awa",
        "status-place NONE: no such certificate",
    ]
    tamper(issued, "UPDATE document_sets SET person_id = 'zoe' WHERE number = ?", number)
    assert f"document-unreferenced {number}: no such certificate of zoe" in audited(issued)


def test_documents_of_an_erased_person_that_are_back_are_found(issued: World, number: str) -> None:
    made, bodies = issued.ledger.documents.set_of(number), {form: kept(issued, number, form) for form in FORM_NAMES}
    assert isinstance(made, DocumentSet)
    issued.now = datetime(2030, 1, 1, tzinfo=UTC)
    issued.do("erase-personal-data", "protection", "security", **AWA, basis_code="request")
    assert not issued.ledger.documents.keep(made, issued.ledger.documents.place(number), bodies)
    moment = made.made.isoformat()
    tamper(issued, "INSERT INTO document_sets VALUES (?, ?, ?, ?, '', 0)", number, made.person_id, made.token, moment)
    assert audited(issued) == [f"document-of-erased {number}: awa was erased"]


def test_another_place_in_the_status_lists_is_found(issued: World, number: str) -> None:
    tamper(issued, "UPDATE status_places SET place = (place + 1) % 131072")
    assert audited(issued) == [f"document-differs {number}: {form}" for form in FORM_NAMES]
    tamper(issued, "DELETE FROM status_places")
    assert audited(issued) == [f"status-place {number}: it has no place"]


def test_a_place_that_two_have_or_nobody_is_found(issued: World, number: str) -> None:
    issued.do("reissue-certificate", "registrar", certification_id="c-awa", reason_code="name-changed")
    make_documents(issued)
    other, index = issued.ledger.documents.sets()[-1].number, issued.ledger.documents.place(number)
    with issued.ledger.database.transaction(commit=True) as cursor:
        cursor.execute("ALTER TABLE status_places RENAME TO guarded")
        cursor.execute("CREATE TABLE status_places AS SELECT * FROM guarded")
        cursor.execute("UPDATE status_places SET list = ?, place = ?", (index.number, index.index))
        cursor.execute("INSERT INTO status_places VALUES ('NONE', 7, 7)")
    for form, body in made_again(issued, other, status=index).items():
        put(issued, other, form, body)
    assert audited(issued) == [
        f"status-place {other}: its place {index.index} is that of {number} too",
        "status-place NONE: no such certificate",
    ]


def test_the_command_names_what_it_found(issued: World, number: str, tmp_path: Path) -> None:
    put(issued, number, "jwt", b"a.b.c")
    issued.ledger.close()
    (tmp_path / "there").mkdir()
    issued.ledger.folder.rename(tmp_path / "there" / "ledger")
    printed = run(tmp_path / "there", "audit", "--report", "found", code=1)
    assert f"({number}: jwt: document-form" in printed
    assert "FAILED" in printed
    assert f"{number}: jwt" in (tmp_path / "there" / "found.html").read_text(encoding="utf-8")
