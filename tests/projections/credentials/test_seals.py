"""The X.509 chain of a seal ends: documents made before stay authentic, and none are made with it afterwards."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from starlette.testclient import TestClient

from api.app import create_app
from api.clients.timestamping import Authority
from api.register import Register, Settings
from ledger.domain.refusal import Refused
from ledger.store.following import Troubles
from ledger.store.leases import alone
from projections.credentials.forms import pdf_reading
from projections.credentials.issuing import Issuing
from projections.credentials.keys.enrolled import Signers
from projections.credentials.keys.issuer_key import LocalKey
from tests.api.checking.test_verifying import FORM, presented, results
from tests.issued import BEGINS, ED25519, ENDS, KEYS, P256, URL, enrol, make_documents
from tests.projections.credentials.test_auditing import kept, made_again, put, tamper
from tests.support import World

AFTERWARDS = datetime(2046, 6, 1, 12, tzinfo=UTC)
VALID_ON = "2018-01-15"
SEAL = pytest.mark.parametrize(("form", "code"), [("pdf", "seal"), ("sd-jwt", "signature")])


@pytest.fixture
def ended(issued: World, number: str) -> World:
    """``issued``, after the chain of its seal has ended."""
    assert number
    issued.now = AFTERWARDS
    return issued


@contextmanager
def asking(world: World) -> Iterator[TestClient]:
    with Register(world.ledger, Settings(base_url=URL), None, KEYS) as register:
        yield TestClient(create_app(register))


def checked(world: World, document: bytes) -> dict[str, Any]:
    with asking(world) as client:
        return presented(client, document, on=VALID_ON)


def details(found: dict[str, Any], code: str) -> tuple[str, str]:
    (check,) = [check for check in found["checks"] if check["code"] == code]
    return check["detail_en"], check["detail_fr"]


@FORM
def test_every_form_outlives_the_chain(ended: World, number: str, form: str) -> None:
    assert checked(ended, kept(ended, number, form))["verdict"] == "in-force"


@SEAL
def test_that_the_chain_has_ended_is_said_in_both_languages(issued: World, number: str, form: str, code: str) -> None:
    issued.now = ENDS
    english, french = details(checked(issued, kept(issued, number, form)), code)
    assert ("expired" in english, "a expiré" in french) == (False, False)
    issued.now = ENDS + timedelta(seconds=1)
    english, french = details(checked(issued, kept(issued, number, form)), code)
    assert "; its certificate expired on 2046-01-01 but was valid when this was made" in english
    assert " ; son certificat a expiré le 2046-01-01 mais était valide lors de l’établissement du document" in french


def test_a_wallet_s_credential_outlives_it_whatever_its_holder_leaves_out(ended: World, number: str) -> None:
    signed = kept(ended, number, "sd-jwt").partition(b"~")[0]
    found = checked(ended, signed + b"~")
    assert (found["verdict"], found["holder"]) == ("in-force", None)
    tamper(ended, "UPDATE document_sets SET made = ?", AFTERWARDS.isoformat())
    found = checked(ended, signed + b"~")
    assert results(found)["signature"] == "failed", "it is judged when it was made, as what is kept"
    assert "chain-expired" in details(found, "signature")[0]


def test_a_diploma_for_archives_outlives_it(issuer: World, authority: tuple[str, Path]) -> None:
    url, _ = authority
    assert make_documents(issuer, tsa=Authority(url)) == 1
    (made,) = issuer.ledger.documents.sets()
    pdf = kept(issuer, made.number, "pdf")
    assert b"/DocTimeStamp" in pdf
    issuer.now = AFTERWARDS
    found = checked(issuer, pdf)
    assert (found["verdict"], results(found)["seal"]) == ("in-force", "passed")


@SEAL
def test_of_what_is_not_kept_any_more_its_own_word_counts(issued: World, number: str, form: str, code: str) -> None:
    document = kept(issued, number, form)
    issued.now = datetime(2030, 1, 1, tzinfo=UTC)
    issued.do("erase-personal-data", "protection", "security", person_id="awa", basis_code="request")
    issued.now = AFTERWARDS
    found = checked(issued, document)
    assert (found["verdict"], results(found)[code]) == ("in-force", "passed")


def test_a_seal_made_after_the_end_is_refused_and_nobody_says_that_bytes_were_changed(
    ended: World, number: str
) -> None:
    (chain,) = [key.certificates for key in ended.ledger.read().issuer().active if key.certificates]
    again = made_again(ended, number, Signers(ED25519, P256, chain))["pdf"]
    found = checked(ended, again)
    assert (found["verdict"], results(found)["seal"]) == ("not-authentic", "failed")
    assert "[seal-expired: its certificate was not valid when the PDF was made]" in details(found, "seal")[0]


def test_of_a_kept_diploma_the_register_knows_better_than_its_seal_when_it_was_made(issued: World, number: str) -> None:
    signers, now = Signers.of(issued.ledger.read().issuer(), KEYS, issued.now), issued.now
    issued.now = BEGINS - timedelta(days=1)
    early = made_again(issued, number, signers)["pdf"]
    issued.now = now
    assert "[seal-expired:" in details(checked(issued, early), "seal")[0]
    put(issued, number, "pdf", early)
    assert checked(issued, early)["verdict"] == "in-force"


def test_with_a_chain_that_has_ended_or_not_begun_nothing_is_made(issuer: World) -> None:
    for moment in (AFTERWARDS, BEGINS - timedelta(days=1)):
        issuer.now = moment
        with pytest.raises(Refused) as refused:
            make_documents(issuer)
        assert refused.value.code == "issuer-chain-not-valid"
        assert f"key {P256.key_id} is valid from 2016-01-01 to 2046-01-01" in refused.value.words.en
        assert "est valide du 2016-01-01 au 2046-01-01" in refused.value.words.fr
    assert issuer.ledger.documents.sets() == []


def test_the_latest_key_seals_whose_chain_is_valid(issuer: World) -> None:
    brief = LocalKey(derive_private_key(21, SECP256R1()))
    enrol(issuer, brief, end=datetime(2040, 1, 1, tzinfo=UTC))
    established, keys = issuer.ledger.read().issuer(), (*KEYS, brief)
    for year, sealing in ((2039, brief), (2041, P256)):
        assert Signers.of(established, keys, datetime(year, 1, 1, tzinfo=UTC)).p256 is sealing
    with pytest.raises(Refused) as refused:
        Signers.of(established, keys, AFTERWARDS)
    assert refused.value.fields["key"] == brief.key_id


def test_health_says_that_the_chain_has_ended_and_status_lists_are_signed_all_the_same(issuer: World) -> None:
    issuer.now = AFTERWARDS
    troubles = Troubles()
    with Register(issuer.ledger, Settings(base_url=URL), troubles, KEYS) as register:
        client = TestClient(create_app(register))
        with Issuing(issuer.ledger, register.models, KEYS, alone, troubles=troubles).running():
            for _ in range(200):
                if troubles:
                    break
                time.sleep(0.05)
        said = client.get("/health").json()["troubles"]["documents"]["why"]
        assert "is valid from 2016-01-01 to 2046-01-01: enrol a key" in said
        assert client.get("/status/revocation/0").status_code == 200


def test_a_certificate_of_before_the_chain_is_sealed_on_the_day_when_it_is_made(workshop: World) -> None:
    """The certificate states 2017, and the seal the day of making, when the signer's certificate is valid."""
    workshop.do("give-listing-consent", "registrar", person_id="awa")
    workshop.do("establish-issuer", "director", url=URL)
    begin = datetime(2018, 1, 10, tzinfo=UTC)
    workshop.now = begin + timedelta(days=2)
    for key in KEYS:
        enrol(workshop, key, begin=begin)
    assert make_documents(workshop) == 1
    (made,) = workshop.ledger.documents.sets()
    documents = {form: kept(workshop, made.number, form) for form in ("pdf", "sd-jwt")}
    (chain,) = [key.certificates for key in workshop.ledger.read().issuer().active if key.certificates]
    seal = pdf_reading.read_seal(documents["pdf"], chain[-1:], None)
    assert (seal.signed_at, seal.trusted) == (made.made, True)
    assert made.made > begin
    workshop.now = datetime.fromisoformat(VALID_ON).replace(tzinfo=UTC)
    for document in documents.values():
        assert checked(workshop, document)["verdict"] == "in-force"
    workshop.now = datetime(2030, 1, 1, tzinfo=UTC)
    workshop.do("erase-personal-data", "protection", "security", person_id="awa", basis_code="request")
    for document in documents.values():  # one that says 2017, and one that says when it was made
        assert checked(workshop, document)["verdict"] == "in-force"
