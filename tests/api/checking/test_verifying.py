"""Presented documents are checked in every form, in plain language, and no altered one passes."""

import csv
import time
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from typing import Any

import msgspec
import pytest
import segno
from starlette.testclient import TestClient

from api.checking import checks, many
from api.checking.presented import MAX_BYTES
from api.register import Register, Settings
from ledger.domain.number import CertificateNumber
from projections.credentials.forms.catalogue import FORMS
from projections.credentials.keys.issuer_key import LocalKey
from projections.credentials.proofs import data_integrity, vc_jwt
from tests.issued import BODY, ED25519, P256, URL, make_documents, suspend, withdraw
from tests.support import World, key_of

HTML = {"Accept": "text/html"}
FORM = pytest.mark.parametrize("form", [form.name for form in FORMS])
NEVER_GIVEN = str(CertificateNumber("TOA-PCA-FR-2017", 7, 1))
BYTES = {"Content-Type": "application/octet-stream"}


def presented(client: TestClient, data: bytes, **asked: str) -> dict[str, Any]:
    answer = client.post("/verify", content=data, params=asked, headers=BYTES)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def results(found: dict[str, Any]) -> dict[str, str]:
    return {check["code"]: check["result"] for check in found["checks"]}


def dates(found: dict[str, Any]) -> dict[str, str]:
    return next(check for check in found["checks"] if check["code"] == "dates")


def kept(world: World, number: str, form: str) -> bytes:
    body = world.ledger.documents.get(number, form)
    assert body is not None
    return body


def signed_anew(world: World, number: str, **changed: Any) -> bytes:
    """The Open Badge with other contents, signed by the body's own key."""
    badge = msgspec.json.decode(kept(world, number, "jsonld"))
    del badge["proof"]
    method = f"did:web:register.example.org#{ED25519.key_id}"
    return msgspec.json.encode(data_integrity.sign({**badge, **changed}, ED25519, method, world.now))


@FORM
def test_every_form_is_authentic_and_valid(client: TestClient, issued: World, number: str, form: str) -> None:
    found = presented(client, kept(issued, number, form))
    assert (found["verdict"], found["number"]) == ("in-force", number)
    assert found["holder"] == "awa N'Guessan-Écho"
    passed = {"form", "issuer", "signature", "register", "log", "dates", "status"} | (
        {"seal"} if form == "pdf" else set()
    )
    assert {code for code, result in results(found).items() if result == "passed"} == passed
    assert "byte for byte" in next(c["detail_en"] for c in found["checks"] if c["code"] == "register")


@FORM
def test_no_altered_byte_passes(client: TestClient, issued: World, number: str, form: str) -> None:
    document = kept(issued, number, form)
    for place in range(0, len(document), max(1, len(document) // 23)):
        altered = bytearray(document)
        altered[place] ^= 1
        found = presented(client, bytes(altered))
        # Where the byte was part of what makes it readable, or of the picture around a credential, nothing is proved.
        assert found["verdict"] in ("not-authentic", "not-checked"), place


def test_a_bundle_and_its_zip_bring_their_own_checks(client: TestClient, number: str) -> None:
    for end in ("bundle.json", "zip"):
        found = presented(client, client.get(f"/certificates/{number}.{end}").content)
        assert found["verdict"] == "in-force"
        assert len(found["checks"]) == 12


def test_a_number_an_address_and_a_qr_code_are_looked_up(client: TestClient, number: str) -> None:
    picture = BytesIO()
    segno.make(f"{URL}/certificates/{number}", error="m").save(picture, kind="png", scale=6)
    for data in (
        number.encode(),
        number.lower().encode(),
        f"{URL}/certificates/{number}?lang=fr".encode(),
        f"{URL}:443/certificates/{number}".encode(),
        f"/certificates/{number}".encode(),
        f"{number}?seen=here/there".encode(),
        picture.getvalue(),
    ):
        found = presented(client, data)
        assert (found["verdict"], found["number"], found["holder"]) == ("in-force", number, "awa N'Guessan-Écho")
        assert "signature" not in results(found)
    assert client.get("/verify", params={"number": number}).json()["verdict"] == "in-force"


@pytest.mark.parametrize(
    "address",
    [
        "https://other-body.example/certificates/",
        "other-body.example/certificates/",
        f"{URL}@other-body.example/certificates/",
        f"https://other-body.example\\@{URL.removeprefix('https://')}/certificates/",
        f"{URL}.other-body.example/certificates/",
        f"https://other-body.example/{URL}/certificates/",
        "//other-body.example/",
        "https:///other-body.example/",
    ],
)
def test_a_number_at_another_body_s_address_is_not_looked_up(client: TestClient, number: str, address: str) -> None:
    picture = BytesIO()
    segno.make(f"{address}{number}", error="m").save(picture, kind="png", scale=6)
    for data in (f" {address}{number}?lang=fr\n".encode(), picture.getvalue()):
        found = presented(client, data)
        assert (found["verdict"], found["number"], found["status"]) == ("not-checked", number, None)
        assert results(found) == {"form": "passed", "issuer": "unknown"}
        assert found["sentence_en"].startswith("This is a number at ")
        assert found["sentence_en"].endswith(", the address of another body: ask it there.")
        assert address in found["sentence_fr"]
    table = client.post(
        "/verify", content=f"number\n{address}{number}\n".encode(), headers={"Content-Type": "text/csv"}
    )
    assert "not-checked" in table.text


@pytest.mark.parametrize("base_url", ["https://www.example.org", "https://www.example.org:8443/register"])
def test_a_number_at_the_register_s_or_the_issuer_s_address_is_ours(issued: World, number: str, base_url: str) -> None:
    with Register(issued.ledger, Settings(base_url=base_url)) as register:
        for address in (base_url, base_url.replace("https", "http"), URL, URL.removeprefix("https://"), URL.upper()):
            report = checks.check_presented(f"{address}/certificates/{number}".encode(), register)
            assert report.verdict == "in-force", address


def test_a_number_that_was_never_given_is_not_authentic(client: TestClient) -> None:
    found = presented(client, NEVER_GIVEN.encode())
    assert found["verdict"] == "not-authentic"
    assert results(found)["register"] == "failed"
    assert "log" not in results(found), "nothing is checked after that"
    assert (found["read"], found["verdict_en"]) == ("number", "No such certificate")


def test_status_and_dates_are_those_of_the_day_asked(client: TestClient, issued: World, number: str) -> None:
    document = kept(issued, number, "jwt")
    issued.now = datetime(2018, 1, 20, 12, tzinfo=UTC)
    suspend(issued)
    followed(client, issued)
    found = presented(client, document)
    assert (found["verdict"], found["status"]) == ("authentic-but-not-in-force", "suspended")
    assert presented(client, document, on="2018-01-19")["verdict"] == "in-force"
    issued.now = datetime(2018, 3, 2, tzinfo=UTC)
    withdraw(issued)
    followed(client, issued)
    assert presented(client, document)["status"] == "withdrawn"
    late = presented(client, document, on="2031-01-01")
    assert (late["verdict"], late["status"]) == ("not-checked", None)
    assert (results(late)["dates"], results(late)["status"]) == ("unknown", "unknown")
    assert late["sentence_en"] == (
        "1 January 2031 is a day to come: nothing is known about it yet. Today, 2 March 2018: withdrawn since "
        "1 March 2018."
    )


def test_after_a_renewal_the_number_is_valid_and_the_old_document_says_what_to_ask_for(
    client: TestClient, issued: World, number: str
) -> None:
    document = kept(issued, number, "jsonld")
    issued.now = datetime(2020, 3, 10, 12, tzinfo=UTC)
    issued.do("renew-certification", "decider1", "decider2", certification_id="c-awa", method="reassessment")
    followed(client, issued)
    assert presented(client, document)["verdict"] == "in-force", "until the end that it states"
    issued.now = datetime(2021, 3, 10, tzinfo=UTC)
    found = presented(client, number.encode())
    assert (found["verdict"], found["status"]) == ("in-force", "valid")
    assert dates(found)["detail_en"] == "valid from 19 May 2017 to 18 May 2023"
    many = client.post("/verify", content=f"number\n{number}\n".encode(), headers={"Content-Type": "text/csv"})
    assert "in-force" in many.text
    old = presented(client, document)
    assert (old["verdict"], dates(old)["result"]) == ("authentic-but-not-in-force", "failed")
    assert dates(old)["detail_en"] == (
        "valid from 19 May 2017 to 18 May 2020; the certification was renewed until 18 May 2023: "
        "ask for the reissued document"
    )
    assert dates(old)["detail_fr"] == (
        "valide du 19 mai 2017 au 18 mai 2020 ; la certification a été renouvelée jusqu’au 18 mai 2023 : "
        "demandez le document réémis"
    )
    for data, on in ((number.encode(), "2017-05-18"), (document, "2017-05-18")):
        outside = dates(presented(client, data, on=on))
        assert outside["result"] == "failed"
        assert "renewed" not in outside["detail_en"]
    suspended = {"effective_from": date(2021, 3, 11), "reason_code": "under-review", "reason": None}
    issued.do("suspend-certification", "decider1", certification_id="c-awa", **suspended)
    followed(client, issued)
    assert "renewed" not in dates(presented(client, document, on="2021-03-11"))["detail_en"]
    issued.do("reissue-certificate", "registrar", certification_id="c-awa", reason_code="renewed")
    make_documents(issued)
    followed(client, issued)
    reissued = issued.ledger.documents.sets()[-1].number
    assert presented(client, kept(issued, reissued, "jsonld"))["verdict"] == "in-force"
    superseded = presented(client, number.encode())
    assert results(superseded)["dates"] == "passed"
    assert superseded["verdict"] == "authentic-but-not-in-force"


def test_a_superseded_document_is_not_valid_any_more(client: TestClient, issued: World, number: str) -> None:
    document = kept(issued, number, "pdf")
    issued.do("reissue-certificate", "registrar", certification_id="c-awa", reason_code="lost")
    make_documents(issued)
    followed(client, issued)
    found = presented(client, document)
    assert found["verdict"] == "authentic-but-not-in-force"
    assert "superseded by" in next(c["detail_en"] for c in found["checks"] if c["code"] == "status")


@pytest.mark.parametrize("revoked", [ED25519, P256], ids=["Ed25519", "P-256"])
@FORM
def test_what_a_revoked_key_signed_is_in_doubt_and_nothing_else_is(
    client: TestClient, issued: World, number: str, form: str, revoked: LocalKey
) -> None:
    signed_by = {"jwt": {"signature": P256}, "sd-jwt": {"signature": P256}, "pdf": {"signature": ED25519, "seal": P256}}
    doubtful = {code for code, key in signed_by.get(form, {"signature": ED25519}).items() if key is revoked}
    issued.do("revoke-issuer-key", "security", key_id=revoked.key_id, reason_code="lost", compromised_since=None)
    found = presented(client, kept(issued, number, form))
    assert found["verdict"] == ("not-checked" if doubtful else "in-force")
    assert {code for code in ("signature", "seal") if results(found).get(code) == "unknown"} == doubtful


def test_a_retired_key_still_verifies(client: TestClient, issued: World, number: str) -> None:
    issued.do("retire-issuer-key", "security", key_id=ED25519.key_id)
    assert presented(client, kept(issued, number, "jsonld"))["verdict"] == "in-force"


def test_the_body_s_own_key_vouches_for_no_other_dates_nor_numbers(
    client: TestClient, issued: World, number: str
) -> None:
    longer = presented(client, signed_anew(issued, number, validUntil="2030-01-01T23:59:59Z"))
    assert (longer["verdict"], results(longer)["register"]) == ("not-authentic", "failed")
    badge = msgspec.json.decode(kept(issued, number, "jsonld"))
    other = {**badge["credentialSubject"], "licenseNumber": NEVER_GIVEN}
    found = presented(client, signed_anew(issued, number, credentialSubject=other))
    assert (found["verdict"], results(found)["register"]) == ("not-authentic", "failed")


def test_somebody_else_s_credential_is_not_ours(client: TestClient, issued: World, number: str) -> None:
    badge = msgspec.json.decode(kept(issued, number, "jsonld"))
    foreign = {**badge, "issuer": {**badge["issuer"], "id": "did:web:elsewhere.example"}}
    found = presented(client, msgspec.json.encode(foreign))
    assert (found["verdict"], results(found)["issuer"]) == ("not-checked", "unknown")
    assert found["sentence_en"] == "This was issued by https://elsewhere.example, another body: ask it."


def test_a_key_that_the_body_never_enrolled_signs_nothing_of_it(client: TestClient, issued: World, number: str) -> None:
    stranger = LocalKey(key_of("stranger").private)
    badge = msgspec.json.decode(kept(issued, number, "jsonld"))
    del badge["proof"]
    method = f"did:web:register.example.org#{stranger.key_id}"
    forged = msgspec.json.encode(data_integrity.sign(badge, stranger, method, issued.now))
    token = vc_jwt.sign(badge, P256, f"{URL}/keys/{stranger.key_id}.jwk").encode()
    for data in (forged, token):
        found = presented(client, data)
        assert (found["verdict"], results(found)["signature"]) == ("not-authentic", "failed")


@pytest.mark.parametrize(
    "data",
    [
        b"hello",
        b"\xff\xfe",
        b"{",
        b"[1]",
        b'{"a": 1}',
        b'{"a": 1, "a": 2}',
        b"{" * 20_000,
        b"%PDF-1.7\n",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"PK\x03\x04",
        b"<svg/>",
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><svg>&a;</svg>",
        b"a.b.c",
        b"a.b.c~d~",
        b"x" * 1_100_000,
    ],
    ids=lambda data: repr(data[:12]),
)
def test_what_is_no_certificate_is_said_to_be_none(client: TestClient, data: bytes) -> None:
    found = presented(client, data)
    assert (found["verdict"], found["verdict_en"]) == ("not-checked", "Nothing could be checked")
    assert [check["result"] for check in found["checks"]] == ["unknown"]
    assert found["sentence_fr"].endswith(".")
    assert all(check["detail_fr"] for check in found["checks"])


def test_a_badge_with_nothing_of_a_certificate_in_it_is_refused(client: TestClient, issued: World, number: str) -> None:
    badge = msgspec.json.decode(kept(issued, number, "jsonld"))
    subject = {k: v for k, v in badge["credentialSubject"].items() if k != "licenseNumber"}
    found = presented(client, signed_anew(issued, number, credentialSubject=subject))
    assert (found["verdict"], results(found)["signature"]) == ("not-authentic", "failed")


def test_nothing_and_too_much_are_refused(client: TestClient) -> None:
    assert client.post("/verify", content=b" ", headers=BYTES).json()["errors"][0]["field"] == "file"
    assert client.get("/verify", headers={"Accept": "application/json"}).status_code == 400
    found = presented(client, b"0" * (MAX_BYTES + 1))
    assert results(found)["form"] == "unknown"


def test_the_form_takes_a_file_or_a_text_and_answers_a_report_in_both_languages(
    client: TestClient, issued: World, number: str
) -> None:
    form = client.get("/verify?lang=fr", headers=HTML)
    assert "Vérifier un certificat" in form.text
    pdf = kept(issued, number, "pdf")
    french = client.post("/verify?lang=fr", files={"file": ("diploma.pdf", pdf)}, headers=HTML)
    assert "En vigueur" in french.text
    assert "awa N&#39;Guessan-Écho" in french.text
    english = client.post("/verify?lang=en", data={"text": kept(issued, number, "sd-jwt").decode()}, headers=HTML)
    assert "Valid until 18 May 2020." in english.text
    assert english.headers["cache-control"] == "no-store"
    assert client.post("/verify", files={"file": ("empty", b"")}).status_code == 400
    assert client.post("/verify", data={"other": "x"}).status_code == 400
    broken = client.post("/verify", content=b"--x", headers={"Content-Type": "multipart/form-data; boundary="})
    assert broken.status_code == 400


def test_a_report_on_a_file_is_in_the_other_language_on_the_same_page(
    client: TestClient, issued: World, number: str
) -> None:
    """The file is gone once the report is there: no link could ask for it again."""
    pdf = {"file": ("diploma.pdf", kept(issued, number, "pdf"))}
    english = client.post("/verify?lang=en", files=pdf, headers=HTML).text
    first, translated = english.split('<section id="fr" class="translated" lang="fr">')
    assert '<a href="#fr" hreflang="fr" lang="fr">Français</a>' in first
    assert '<a href="#content" hreflang="en" lang="en">English</a>' in translated
    assert '?lang=fr"' not in first, "a link would ask for the page without the file"
    assert (f"sealed by {BODY}<" in first, "Résultat de la vérification" in first) == (True, False)
    assert (f"cachet de {BODY}<" in translated, "Result of the verification" in translated) == (True, False)
    assert "<h1>Résultat de la vérification</h1>" in translated
    french = client.post("/verify?lang=fr", files=pdf, headers=HTML).text
    assert '<a href="#en" hreflang="en" lang="en">English</a>' in french.split('<section id="en"')[0]


def test_a_report_on_a_number_and_a_refused_form_lead_to_the_other_language(client: TestClient, number: str) -> None:
    page = client.get(f"/verify?number={number}&lang=en", headers=HTML).text
    assert f'<a href="?number={number}&amp;lang=fr" hreflang="fr" lang="fr">Français</a>' in page
    assert "translated" not in page
    refused = client.post("/verify?lang=fr", files={"file": ("empty", b"")}, headers=HTML).text
    assert '<a href="/verify?lang=en" hreflang="en" lang="en">English</a>' in refused


def test_many_numbers_come_back_with_a_result_each(client: TestClient, number: str) -> None:
    table = f"who;Number\r\n=1+1;{number}\r\nB;{NEVER_GIVEN}\r\n\r\nC\r\n"
    answer = client.post("/verify", content=table.encode("utf-8-sig"), headers={"Content-Type": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(StringIO(answer.text), delimiter=";"))
    assert [(row["who"], row["result"], row["status"]) for row in rows] == [
        ("'=1+1", "in-force", "valid"),
        ("B", "not-authentic", ""),
        ("C", "not-checked", ""),
    ]
    assert rows[2]["result_en"] == "Nothing could be checked. Empty."
    assert rows[0]["result_fr"].endswith("Valide jusqu’au 18 mai 2020.")
    uploaded = client.post("/verify", files={"file": ("numbers.csv", f"number\n{number}\n".encode())})
    assert "in-force" in uploaded.text


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (b"\xff", "UTF-8"),
        (b"name\nA\n", "column number"),
        (b'number\n"a', "table"),
        (b"number\n" + b"N\n" * 1001, "1000 rows"),
        (b"number\n" + b"N" * many.MAX_BYTES, "bytes"),
    ],
)
def test_a_table_must_be_one_with_numbers(client: TestClient, table: bytes, expected: str) -> None:
    answer = client.post("/verify", content=table, headers={"Content-Type": "text/csv"})
    assert answer.status_code == 400
    assert expected in answer.json()["errors"][0]["expected"]


def followed(client: TestClient, world: World) -> None:
    for _ in range(200):
        if client.get("/health").json()["read_models"] == world.ledger.size():
            return
        time.sleep(0.05)
    pytest.fail("the read models do not follow")
