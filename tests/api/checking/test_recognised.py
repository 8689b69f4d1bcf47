"""V2, V4, V5, V6: what somebody presents is recognised however another program saved, wrapped or typed it."""

import json
from base64 import urlsafe_b64encode
from contextlib import suppress
from io import BytesIO
from typing import Any

import pikepdf
import pytest
import segno
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image
from starlette.testclient import TestClient

from api.checking.confinement import LIMITS
from api.checking.encodings import as_utf8
from api.checking.presented import Presented, recognise
from api.confined import run_within
from ledger.domain.number import CertificateNumber
from ledger.errors import Unverifiable
from tests.api.checking.test_verifying import kept, presented
from tests.issued import URL
from tests.support import World

NUMBER = str(CertificateNumber("TOA-PCA-FR-2024", 5, 1))
SECOND = str(CertificateNumber("TOA-PCA-FR-2024", 6, 1))
ENCODINGS = ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]


def refusal(data: bytes) -> Unverifiable:
    with pytest.raises(Unverifiable) as error:
        recognise(data)
    assert error.value.fr
    return error.value


def token(claims: dict[str, Any], typ: str = "JWT") -> str:
    """Signed by nobody."""
    parts = ({"alg": "ES256", "typ": typ}, claims)
    return ".".join([*(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts), "AAAA"])


def code(text: str) -> Image.Image:
    drawn = BytesIO()
    segno.make(text, error="m").save(drawn, kind="png", scale=4)
    return Image.open(drawn).convert("L")


def saved(image: Image.Image, kind: str = "PNG") -> bytes:
    data = BytesIO()
    image.save(data, kind)
    return data.getvalue()


# Numbers and addresses


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        NUMBER.lower(),
        f"<{NUMBER}>",
        f"« {NUMBER} »",
        f"{NUMBER}.",
        f"[{NUMBER}]",
        NUMBER.replace("-", "–"),
        NUMBER.replace("-", "\u2011"),
        NUMBER.replace("-", " "),
        NUMBER.replace("0", "O"),
        f"{URL}/certificates/{NUMBER.replace('-', '%E2%80%93')}",
        f"{URL}/certificates/{NUMBER}#share",
        f"{URL}/certificates/{NUMBER}?lang=fr#share",
        f"{URL}/certificates/{NUMBER}.pdf",
        f"{URL}/certificates/{NUMBER}.bundle.json?x=1",
        f"{URL}/certificates/{NUMBER}/history?lang=fr",
        f"{URL}/certificates/{NUMBER}/status.svg",
        f"<{URL}/certificates/{NUMBER}/>.",
        f"{URL}/verify?lang=fr&number={NUMBER}",
        f"{URL}/certificates?number={NUMBER.lower()}",
        f"Certificat n° {NUMBER}, délivré à Bruxelles",
        f"Voir {URL}/certificates/{NUMBER}. Merci",
        f"Voir {URL}/certificates/{NUMBER}.",
        f"{URL}/certificates/{NUMBER} (merci)",
    ],
)
def test_v2_a_number_is_found_in_what_people_paste(text: str) -> None:
    known = recognise(text.encode())
    assert (known.kind, known.number) == ("number", NUMBER)
    assert known.host == (URL.removeprefix("https://") if URL in text else None)


def test_v4_a_text_with_two_numbers_is_called_so() -> None:
    for one, other in ((NUMBER, SECOND), (f"{URL}/certificates/{NUMBER}", SECOND)):
        assert refusal(f"{one} {other}".encode()).code == "presented-several"
    assert recognise(f"{NUMBER} {NUMBER}".encode()).number == NUMBER


@pytest.mark.parametrize("around", ["{}", "{}/certificates/{}", "n° {} !"])
def test_v3_a_mistyped_number_is_called_so(around: str) -> None:
    wrong = NUMBER.replace("2024", "2025")
    error = refusal(around.format(*[URL] * (around.count("{}") - 1), wrong).encode())
    assert (error.code, error.fr) == (
        "number-mistyped",
        "vérifiez le numéro du certificat\N{NO-BREAK SPACE}: un caractère semble mal saisi",
    )


@given(st.text(max_size=60))
@example("/")
@example("//")
@example("https://[/certificates/x")
@example("/certificates/%ff?number=%ff&number")
def test_any_text_has_an_answer(text: str) -> None:
    known = None
    with suppress(Unverifiable):
        known = recognise(text.encode())
    if known is not None and known.number is not None:
        assert str(CertificateNumber.parse(known.number)) == known.number


# Encodings


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("form", ["jsonld", "svg", "jwt", "sd-jwt"])
def test_v5_a_document_in_another_encoding_is_the_same_document(
    client: TestClient, issued: World, number: str, form: str, encoding: str
) -> None:
    text = kept(issued, number, form).decode()
    if form == "svg":
        text = f'<?xml version="1.0" encoding="{encoding}"?>\n{text}'
    found = presented(client, text.encode(encoding))
    assert found["verdict"] == presented(client, text.encode())["verdict"] != "not-authentic"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_v5_a_bundle_in_another_encoding_is_the_same_bundle(client: TestClient, number: str, encoding: str) -> None:
    bundle = client.get(f"/certificates/{number}.bundle.json").text
    plain, other = (presented(client, bundle.encode(name)) for name in ("utf-8", encoding))
    assert (other["verdict"], len(other["checks"])) == (plain["verdict"], 12)


@given(st.text(st.characters(min_codepoint=1, max_codepoint=255), min_size=2, max_size=99), st.sampled_from(ENCODINGS))
def test_text_in_any_of_the_encodings_becomes_utf_8(text: str, encoding: str) -> None:
    assert as_utf8(text.encode(encoding)) == text.encode()


@given(st.binary(max_size=80))
def test_other_bytes_are_left_alone_or_become_text(data: bytes) -> None:
    read = as_utf8(data)
    assert read == data or read.decode()


# What is around a credential


def wrapped(credential: dict[str, Any]) -> dict[str, Any]:
    presentation = {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiablePresentation"]}
    return {
        "presentation": {**presentation, "holder": "did:key:z6", "verifiableCredential": [credential]},
        "single": {**presentation, "verifiableCredential": credential},
        "list": [credential],
        "twice": [credential, credential],
        "vc-api": {"verifiablePresentation": {**presentation, "verifiableCredential": [credential]}},
        "openid4vp": {"vp_token": {"diploma": [{**presentation, "verifiableCredential": [credential]}]}, "state": "x"},
        "openid4vci": {"credentials": [{"credential": credential}], "notification_id": "y"},
        "text": {"vp_token": json.dumps({**presentation, "verifiableCredential": [credential]})},
        "chapi": {"type": "web", "dataType": "VerifiablePresentation", "data": {"verifiableCredential": [credential]}},
    }


@pytest.mark.parametrize("around", wrapped({}))
def test_v6_a_badge_inside_something_is_taken_out(client: TestClient, issued: World, number: str, around: str) -> None:
    credential = kept(issued, number, "jsonld")
    data = json.dumps(wrapped(json.loads(credential))[around], indent=1).encode()
    known = recognise(data)
    assert (known.kind, "taken out" in known.words.en) == ("jsonld", True)
    found = presented(client, data)
    assert found["verdict"] == presented(client, credential)["verdict"]
    assert found["number"] == number


@pytest.mark.parametrize("form", ["jwt", "sd-jwt"])
def test_v6_a_token_inside_something_is_taken_out(issued: World, number: str, form: str) -> None:
    signed = kept(issued, number, form).decode()
    enveloped = {
        "type": "EnvelopedVerifiableCredential",
        "id": f"data:application/vc+{form},{signed.replace('~', '%7E')}",
    }
    for text in (
        json.dumps([signed]),
        json.dumps({"verifiableCredential": [enveloped]}),
        json.dumps({"vp_token": {"diploma": [signed]}}),
        f"vp_token={signed}&state=x",
        f"openid://?state=x&vp_token={signed}",
        token({"vp": {"verifiableCredential": [signed]}}),
        token({"type": ["VerifiablePresentation"], "verifiableCredential": [enveloped]}, "vp+jwt"),
        f'"{signed}"' if form == "nothing" else json.dumps({"credential": signed, "format": "x"}),
    ):
        known = recognise(text.encode())
        assert (known.kind, known.text) == (form, signed)


def test_v6_the_key_binding_after_a_wallet_credential_is_left_out(issued: World, number: str) -> None:
    signed = kept(issued, number, "sd-jwt").decode()
    known = recognise((signed + token({"nonce": "n", "aud": "me"}, "kb+jwt")).encode())
    assert (known.kind, known.text) == ("sd-jwt", signed)


def test_what_holds_none_or_several_is_called_so(issued: World, number: str) -> None:
    credential = json.loads(kept(issued, number, "jsonld"))
    several = refusal(json.dumps([credential, credential | {"id": "urn:other"}]).encode())
    assert (several.code, str(several)) == ("presented-several", "2 certificates are in it: present one at a time")
    for text in ("{}", "[]", '{"a": 1}', '["x"]', token({"sub": "x"}), "data:,", "data:text/plain,hello"):
        assert refusal(text.encode()).code == "presented-unknown", text
    for text in ("{", "[1,", '["', '{"a": [}', "[" * 3_000, '{"a":' * 3_000):
        assert refusal(text.encode()).code in ("presented-malformed", "presented-too-deep"), text
    deep: Any = credential
    for _ in range(9):
        deep = [deep]
    assert refusal(json.dumps(deep).encode()).code == "presented-too-deep"
    assert refusal(json.dumps([0] * 2_001).encode()).code == "presented-too-deep"


@pytest.mark.parametrize(
    "text", ["register.example.org", "1.2.3", "a.b.c", "v1.2.3", "Hello, I hold a certificate", ""]
)
def test_other_text_is_neither_a_token_nor_a_number(text: str) -> None:
    assert refusal(text.encode()).code == "presented-unknown"


# Pictures and scans


def recognised(data: bytes) -> Presented:
    return run_within(LIMITS, None, recognise, data)


def test_v4_codes_that_say_the_same_are_one_and_others_are_passed_over() -> None:
    sheet = Image.new("L", (900, 700), 255)
    address = f"{URL}/certificates/{NUMBER}"
    for place, text in enumerate((address, address, "https://elsewhere.example", "WIFI:S:guest;;")):
        sheet.paste(code(text), (20 + 400 * (place % 2), 20 + 300 * (place // 2)))
    known = recognised(saved(sheet))
    assert (known.number, known.host) == (NUMBER, URL.removeprefix("https://"))
    assert known.words.en == "a certificate number, in the QR code of a picture"
    sheet.paste(code(f"{URL}/certificates/{SECOND}"), (420, 20))
    assert refusal(saved(sheet)).code == "presented-several"


@pytest.mark.parametrize("kind", ["PDF", "TIFF", "WEBP"])
def test_v4_a_scan_is_read_by_its_code(client: TestClient, number: str, kind: str) -> None:
    page = Image.new("L", (1240, 1754), 255)
    page.paste(code(f"{URL}/certificates/{number}"), (700, 1300))
    assert presented(client, saved(page, kind))["number"] == number


def test_a_picture_without_a_certificate_says_what_it_is() -> None:
    assert "no credential and no readable QR code" in str(refusal(saved(Image.new("L", (300, 300), 255))))
    assert "'https://elsewhere.example'" in str(refusal(saved(code("https://elsewhere.example"))))


@pytest.mark.parametrize("is_resaved", [True, False])
def test_v1_a_sealed_pdf_without_its_credential_is_proved_altered_by_its_seal(
    client: TestClient, issued: World, number: str, is_resaved: bool
) -> None:
    sealed = kept(issued, number, "pdf")
    altered = sealed.replace(b"/EmbeddedFiles", b"/EmbeddedFilez")
    if is_resaved:
        with pikepdf.open(BytesIO(sealed)) as pdf:
            for name in list(pdf.attachments):
                del pdf.attachments[name]
            pdf.save(into := BytesIO())
            altered = into.getvalue()
    report = presented(client, altered)
    assert (report["verdict"], report["verdict_en"]) == ("not-authentic", "Not authentic")
    assert report["sentence_en"].startswith("The seal is not valid.")


def test_v1_a_diploma_put_into_another_pdf_counts_by_its_number_and_leaves_a_doubt(
    client: TestClient, issued: World, number: str
) -> None:
    with pikepdf.open(BytesIO(kept(issued, number, "pdf"))) as pdf:
        for name in ("/AcroForm", "/Perms", "/AF", "/Names"):  # the seal is only on the page, which others may take
            if name in pdf.Root:
                del pdf.Root[name]
        with pytest.warns(pikepdf.PageCopyWarning):
            pdf.save(into := BytesIO())
    report = presented(client, into.getvalue())
    assert (report["verdict"], report["read"], report["number"]) == ("not-checked", "number", number)
    assert report["sentence_en"].startswith(f"Number {number} belongs to ")
    assert report["sentence_en"].endswith(" ask for the original file.")


def test_v1_a_diploma_without_its_seal_counts_by_its_number_alone(
    client: TestClient, issued: World, number: str
) -> None:
    with pikepdf.open(BytesIO(kept(issued, number, "pdf"))) as pdf:
        for name in ("/AcroForm", "/Perms", "/AF", "/Names"):
            if name in pdf.Root:
                del pdf.Root[name]
        for page in pdf.pages:
            if "/Annots" in page:
                del page["/Annots"]
        pdf.save(into := BytesIO())
    report = presented(client, into.getvalue())
    assert (report["verdict_en"], report["read"], report["number"]) == ("Number in force", "number", number)


def test_a_number_read_from_a_paper_is_the_headline_and_its_status_a_tag(client: TestClient, number: str) -> None:
    """Case V1."""
    page = client.get("/verify", params={"number": number}, headers={"Accept": "text/html"}).text
    panel = page[page.index('<div class="panel verdict of-number">') :]
    panel = panel[: panel.index("</div>")]
    assert panel.index(f"Number {number}") < panel.index('<strong class="tag in-force">Number in force</strong>')


def test_v4_a_pdf_with_a_password_says_so(client: TestClient, issued: World, number: str) -> None:
    with pikepdf.open(BytesIO(kept(issued, number, "pdf"))) as pdf:
        pdf.save(into := BytesIO(), encryption=pikepdf.Encryption(user="secret", owner="secret"))
    report = presented(client, into.getvalue())
    assert report["verdict"] == "not-checked"
    assert "The PDF asks for a password" in report["sentence_en"]


def test_v5_a_table_as_spreadsheets_save_it_in_utf_16(client: TestClient, number: str) -> None:
    table = f"number\tnote\r\n{number}\tÉté\r\n".encode("utf-16")
    answer = client.post("/verify", content=table, headers={"Content-Type": "text/csv"}).text
    assert answer.splitlines()[1].startswith(f"{number}\tÉté\tin-force\t")
