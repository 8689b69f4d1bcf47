"""What people and programs get at the public addresses, right and wrong, in both languages."""

import re
import time
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from starlette.testclient import TestClient

import api
from api.app import create_app
from api.doors.guard import SECURITY_HEADERS
from api.public.certificates import FORMATS
from api.register import DEMONSTRATION, Register, Settings
from api.secretariat.inbox import Inbox
from ledger.bundle import MEDIA_TYPE
from ledger.domain.events.certification import CertificateIssued
from ledger.domain.record import Stream
from ledger.trust import TrustRoot
from ledger.verdict import Verdict
from ledger.verification import verify_bundle
from tests.api.public.conftest import BASE
from tests.serving import client_of
from tests.support import World

HTML = {"Accept": "text/html"}
FRENCH = {**HTML, "Accept-Language": "fr-CA, en;q=0.5"}
NAME = "awa N&#39;Guessan-Écho"


@pytest.fixture
def number(listed: World) -> str:
    (fact,) = [
        s.event.facts
        for s in listed.ledger.signed_events(Stream("certification", "c-awa"))
        if isinstance(s.event.facts, CertificateIssued)
    ]
    return fact.certificate.number


def withdraw(world: World) -> None:
    """Recorded on 20 March, with effect from 1 March."""
    world.now = datetime(2018, 3, 20, 9, tzinfo=UTC)
    world.do("withdraw-certification", effective_from=date(2018, 3, 1))


def followed(client: TestClient, world: World) -> None:
    """Wait until the pages know what was recorded."""
    for _ in range(200):
        if client.get("/health").json()["read_models"] == world.ledger.size():
            return
        time.sleep(0.02)
    pytest.fail("the read models do not follow")


@pytest.mark.parametrize(
    ("path", "english", "french"),
    [
        ("/", "<dt>certified advisor</dt><dd>1</dd>", "<dt>personne certifiée</dt><dd>1</dd>"),
        ("/advisors", NAME, "Personnes certifiées"),
        ("/advisors?q=echo+awa", NAME, NAME),
        ("/advisors?q=nobody", "No results", "Aucun résultat"),
        ("/advisors?on=2018-01-01&known_on=2018-01-02", "On 1 January 2018, as known on 2 January 2018", "1er janvier 2018"),
        ("/advisors/awa", "Entitled to act as a certified advisor, from 19 May 2017 to 18 May 2020.", "du 19 mai 2017 au 18 mai 2020"),
        ("/advisors/awa?on=2021-01-01", "The current term ends on 18 May 2020.", "prend fin le 18 mai 2020"),
        ("/advisors/awa?on=2017-01-01", "Not yet granted on this day.", "pas encore accordée à cette date"),
        ("/advisors/awa?known_on=2017-01-31", "The register held no certification at that time.", "ne comportait alors"),
        ("/certificates/{number}", "Download the verification bundle", "Télécharger le dossier de vérification"),
        ("/certificates/{number}/history", "Certification granted", "Certification accordée"),
        ("/schemes/toa-pca-fr", "3 out of 5", "3 sur 5"),
        ("/api", "/certificates/{{number}}", "Pour les développeurs"),
    ],
)  # fmt: skip
def test_a_page_is_in_the_language_asked(client: TestClient, number: str, path: str, english: str, french: str) -> None:
    path = path.format(number=number)
    for headers, language, says in ((HTML, "en", english), (FRENCH, "fr", french)):
        answer = client.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Language"] == language
        assert f'<html lang="{language}">' in answer.text
        assert says.format() in answer.text
        assert 'hreflang="fr"' in answer.text
    chosen = client.get(path, params={**dict(_query(path)), "lang": "fr"}, headers=HTML)
    assert chosen.headers["Content-Language"] == "fr"


def _query(path: str) -> list[list[str]]:
    return [pair.split("=") for pair in path.partition("?")[2].split("&") if pair]


def test_the_same_address_answers_programs_in_json(client: TestClient, number: str) -> None:
    roster = client.get("/advisors").json()
    assert [line["name"] for line in roster["advisors"]] == ["awa N'Guessan-Écho"]
    advisor = client.get(roster["advisors"][0]["url"].removeprefix(BASE)).json()
    assert (advisor["status"], advisor["administration"]["id"]) == ("valid", "SN")
    assert advisor["certifications"][0]["certificates"] == [number]
    certificate = client.get(f"/certificates/{number}", headers={"Accept": "application/json"}).json()
    assert certificate["scope"][0] == {
        "id": "theoretical-knowledge",
        "name_en": "theoretical-knowledge",
        "name_fr": "theoretical-knowledge",
    }
    assert certificate["bundle"]["number"] == number
    history = client.get(f"/certificates/{number}/history").json()
    assert [s["event"] for s in history["steps"]][-1] == "certificate-issued/v2"
    assert history["confidential"] > 5
    assert client.get("/schemes/toa-pca-fr").json()["versions"][0]["seats"] == 2


def test_the_bundle_that_is_served_verifies(client: TestClient, number: str, listed: World) -> None:
    trust = TrustRoot.parse(client.get("/trust.json").content)
    assert trust == listed.ledger.trust
    asked = client.get(f"/certificates/{number}?format=bundle")
    negotiated = client.get(f"/certificates/{number}", headers={"Accept": MEDIA_TYPE})
    assert asked.content == negotiated.content
    assert asked.headers["Content-Type"] == MEDIA_TYPE
    assert number in asked.headers["Content-Disposition"]
    report = verify_bundle(asked.content, trust, listed.now)
    assert (report.verdict, report.holder) == (Verdict.IN_FORCE, "awa N'Guessan-Écho")
    assert client.get("/checkpoint").text == listed.ledger.checkpoint()


def test_both_times_are_told_apart(client: TestClient, number: str, listed: World) -> None:
    withdraw(listed)
    followed(client, listed)
    path = f"/certificates/{number}"
    assert client.get(path).json()["status"] == "withdrawn"
    between = {"on": "2018-03-10", "known_on": "2018-03-10"}
    assert client.get(path, params=between).json()["status"] == "valid"
    assert client.get(path, params={"on": "2018-03-10"}).json()["status"] == "withdrawn"
    assert "See today" in client.get(path, params=between, headers=HTML).text
    assert client.get("/advisors", params=between).json()["advisors"] != []
    assert client.get("/advisors").json()["advisors"] == []


def test_a_suspension_is_shown_with_the_day_it_began(client: TestClient, number: str, listed: World) -> None:
    suspended: dict[str, Any] = {
        "certification_id": "c-awa",
        "effective_from": date(2018, 1, 10),
        "reason_code": "other",
    }
    listed.do("suspend-certification", "decider1", **suspended)
    followed(client, listed)
    assert "Suspended" in client.get(f"/certificates/{number}", headers=HTML).text
    assert (
        "Not entitled to act as a certified advisor since 10 January 2018"
        in client.get("/advisors/awa", headers=HTML).text
    )


def test_a_superseded_certificate_still_answers(client: TestClient, number: str, listed: World) -> None:
    listed.do("reissue-certificate", "registrar", certification_id="c-awa", reason_code="lost")
    followed(client, listed)
    page = client.get(f"/certificates/{number}", headers=HTML).text
    new = re.search(r"superseded by <a href=\"/certificates/([^?]+)", page)
    assert new is not None
    assert client.get(f"/certificates/{new[1]}").json()["superseded_by"] is None
    advisor = client.get("/advisors/awa", headers=HTML).text
    assert "Superseded documents" in advisor
    assert number in advisor


def test_what_superseded_a_certificate_is_not_said_as_known_before(
    client: TestClient, number: str, listed: World
) -> None:
    listed.now = datetime(2019, 3, 4, 12, tzinfo=UTC)
    listed.do("reissue-certificate", "registrar", certification_id="c-awa", reason_code="lost")
    followed(client, listed)
    path = f"/certificates/{number}"

    def said(known_on: str) -> tuple[str | None, bool]:
        asked = {"on": "2018-03-10", "known_on": known_on}
        shown = client.get(path, params=asked).json()
        page = client.get(path, params=asked, headers=HTML).text
        return shown["superseded_by"], "superseded" in page

    assert said("2019-03-03") == (None, False)
    new, is_marked = said("2019-03-04")
    assert new not in (None, number)
    assert is_marked


def test_a_name_is_shown_only_with_consent_and_never_once_erased(
    client: TestClient, listed: World, number: str
) -> None:
    listed.do("withdraw-listing-consent", "registrar", person_id="awa")
    followed(client, listed)
    assert "Guessan" not in client.get("/advisors/awa", headers=HTML).text
    assert "Guessan" not in client.get("/advisors").text
    assert client.get(f"/certificates/{number}").json()["bundle"]["disclosures"] == []
    withdraw(listed)
    listed.do("erase-personal-data", "protection", "security", person_id="awa", basis_code="request")
    followed(client, listed)
    assert "have been erased" in client.get("/advisors/awa", headers=HTML).text
    assert "personal data erased" in client.get(f"/certificates/{number}", headers=HTML).text


def test_who_was_only_a_candidate_has_no_page(client: TestClient) -> None:
    for person in ("zoe", "registrar", "nobody"):
        assert client.get(f"/advisors/{person}").status_code == 404


def test_the_french_pages_write_the_first_of_a_month_as_people_do(
    client: TestClient, listed: World, number: str
) -> None:
    withdraw(listed)
    followed(client, listed)
    for address in (f"/certificates/{number}", "/advisors/awa", "/advisors?on=2018-03-01"):
        page = client.get(address, headers=FRENCH).text
        assert "1er mars 2018" in page, address
        assert "1 mars 2018" not in page, address
    assert "1er mars 2018" in client.get("/changes.atom?lang=fr").text


@pytest.mark.parametrize(
    ("path", "status", "code", "says"),
    [
        ("/advisors/nobody", 404, "unknown", "advisor nobody"),
        ("/certificates/TOA-PCA-FR-2017-09-X", 400, "input", "looks mistyped"),
        ("/certificates/TOA-PCA-FR-2022-04-PRJ", 404, "unknown", "TOA-PCA-FR-2022-04-PRJ"),
        ("/certificates/X", 400, "input", "such as TOA-PCA-FR-2017-02-BTJ"),
        ("/certificates?number=", 400, "input", "number"),
        ("/advisors?on=yesterday", 400, "input", "on: expected a date as YYYY-MM-DD"),
        ("/advisors?known_on=2018-02-30", 400, "input", "known_on"),
        ("/advisors?q=" + "x" * 201, 400, "input", "q: String should have at most 200 characters"),
        ("/certificates/{number}?format=xml", 400, "input", "format"),
        ("/schemes/none", 404, "unknown", "scheme none"),
        ("/nowhere", 404, "http-404", "not found"),
    ],
)
def test_what_is_wrong_is_a_problem_document(
    client: TestClient, number: str, path: str, status: int, code: str, says: str
) -> None:
    path = path.format(number=number)
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["code"], problem["type"]) == (status, code, f"urn:pca-ledger:problem:{code}")
    assert says in problem["detail"]
    french = client.get(path, headers=FRENCH)
    assert french.status_code == status
    assert french.headers["Content-Language"] == "fr"
    assert "Retour à l’accueil" in french.text


def test_another_method_is_refused_as_a_problem(client: TestClient) -> None:
    answer = client.post("/advisors")
    assert (answer.status_code, answer.json()["code"]) == (405, "http-405")
    assert "GET" in answer.headers["Allow"]


def test_a_failure_inside_says_nothing_of_it(listed: World) -> None:
    with Register(listed.ledger, Settings(base_url=BASE)) as register:
        app = create_app(register)

        @app.get("/broken")
        def broken() -> None:
            raise ZeroDivisionError("secret")

        with TestClient(app, raise_server_exceptions=False) as client:
            answer = client.get("/broken")
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_a_number_in_the_search_leads_to_the_certificate(client: TestClient, number: str) -> None:
    for path in (f"/advisors?q={number.lower()}", f"/certificates?number=%20{number.lower()}"):
        answer = client.get(path, follow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/certificates/{number}")


def test_an_answer_is_not_sent_again_to_who_has_it(client: TestClient, number: str) -> None:
    for path in ("/advisors", "/advisors/awa", f"/certificates/{number}", "/trust.json", "/checkpoint"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": f'W/"x", {first.headers["ETag"]}'})
        assert (again.status_code, again.content) == (304, b"")
        assert first.headers["Vary"] == "Accept, Accept-Language, Ledger-Position"


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    for path in ("/", "/nowhere", "/static/style.css", "/health"):
        answer = client.get(path)
        assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert client.head("/advisors").status_code == 200


def test_the_banner_is_there_unless_configured_otherwise(listed: World, client: TestClient) -> None:
    assert "Demonstration, not an official register." in client.get("/").text
    assert "simulated clock" not in client.get("/").text
    (listed.ledger.folder / DEMONSTRATION).write_bytes(b"{}")
    with client_of(listed.ledger, BASE) as simulated:
        assert "simulated clock" in simulated.get("/").text
    with (
        Register(listed.ledger, Settings(base_url=BASE, official=True)) as register,
        TestClient(create_app(register)) as official,
    ):
        assert "Demonstration" not in official.get("/").text


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.from_environment("http://127.0.0.1:1") == Settings(base_url="http://127.0.0.1:1")
    monkeypatch.setenv("PCA_LEDGER_URL", "https://register.example.org/")
    monkeypatch.setenv("PCA_LEDGER_OFFICIAL", "1")
    assert Settings.from_environment("http://127.0.0.1:1") == Settings(base_url=BASE, official=True)
    for wrong in ("register.example.org", "https://x/path", "https://x?y", "ftp://x", "https://", "//x", "https://x#y"):
        monkeypatch.setenv("PCA_LEDGER_URL", wrong)
        with pytest.raises(ValueError, match=r"^PCA_LEDGER_URL: "):
            Settings.from_environment("http://127.0.0.1:1")


def test_no_name_is_kept_with_the_bundles_that_are(listed: World) -> None:
    with Register(listed.ledger, Settings(base_url=BASE)) as register:
        (row,) = register.models.certificates.in_use()
        assert len(register.bundle(row).disclosures) == 2
        kept = register._assembled(row.certification_id, row.number, listed.ledger.size(), listed.now.replace(second=0))
        assert register._assembled.cache_info().hits == 1
        assert kept.disclosures == ()
        listed.do("withdraw-listing-consent", "registrar", person_id="awa")
        register.models.catch_up()
        assert register.bundle(row).disclosures == ()


def test_the_openapi_description_names_every_public_address(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert {"/advisors", "/advisors/{person_id}", "/certificates/{number}", "/health", "/checkpoint"} <= set(
        described["paths"]
    )
    assert "AdvisorView" in described["components"]["schemas"]


def test_every_text_of_the_pages_is_translated(listed: World) -> None:
    folder = Path(api.__file__).parent
    catalogue = read_po(BytesIO((folder / "i18n" / "fr.po").read_bytes()), locale="fr")
    translated = {m.id: m.string for m in catalogue if m.id}
    ids = re.findall(r'^msgid ((?:".*"\n)+)', (folder / "i18n" / "fr.po").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(ids) == len(set(ids)), "each text is there once"
    extracted = {
        message[2]
        for message in extract_from_dir(
            folder / "templates", [("**.html", "jinja2")], {"**.html": {"newstyle_gettext": "true"}}
        )
    }
    with client_of(listed.ledger, BASE, inbox=Inbox(listed.ledger)) as client:
        described_by = client.get("/openapi.json")
    operations = [o for methods in described_by.json()["paths"].values() for o in methods.values()]
    described = {operation.get("description", operation["summary"]) for operation in operations}
    described |= {p["description"] for o in operations for p in o.get("parameters", ()) if "description" in p}
    assert set(translated) == extracted | described - {", ".join(FORMATS)}
    for text, french in translated.items():
        for original, translation in zip(_forms(text), _forms(french), strict=True):
            assert translation
            assert set(re.findall(r"%\(\w+\)s", original)) >= set(re.findall(r"%\(\w+\)s", translation))


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())
