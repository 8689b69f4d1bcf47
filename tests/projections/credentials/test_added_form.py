"""New certificates are made in a form that is added, and it is not missing in older ones."""

import pytest
from starlette.testclient import TestClient

from ledger.words import Words
from projections.credentials.forms import catalogue, open_badge
from projections.credentials.forms.form import Form
from tests.api.checking.test_verifying import presented, results
from tests.issued import make_documents
from tests.projections.credentials.test_auditing import audited, kept, put, tamper
from tests.support import World

PREFIX = b"CREDENTIAL "
ADDED = Form(
    name="sham",
    media_types=("text/vnd.example.credential",),
    label=Words("Text", "Texte"),
    kind=Words("a text", "un texte"),
    make=lambda _, credential: PREFIX + credential,
    recognise=lambda data: data.removeprefix(PREFIX).decode() if data.startswith(PREFIX) else None,
    issuer=open_badge.issuer_named,
    verify=open_badge.verify,
)


@pytest.fixture
def older(number: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The number of a certificate whose documents were made before the form was added."""
    monkeypatch.setattr(catalogue, "FORMS", (*catalogue.FORMS, ADDED))
    return number


@pytest.fixture
def newer(issued: World, older: str) -> str:
    """The number of its reissue, made afterwards."""
    assert older
    issued.do("reissue-certificate", "registrar", certification_id="c-awa", reason_code="name-changed")
    assert make_documents(issued) == 1
    return issued.ledger.documents.sets()[-1].number


def shown(client: TestClient, number: str) -> list[str]:
    answer = client.get(f"/certificates/{number}?format=json").json()
    return [document["form"] for document in answer["documents"]]


def test_older_certificates_are_not_asked_for_it(issued: World, older: str) -> None:
    assert older == issued.ledger.documents.sets()[0].number
    assert audited(issued) == []
    assert make_documents(issued) == 0


def test_it_is_on_no_page_of_an_older_certificate(issued: World, older: str, client: TestClient) -> None:
    assert len(shown(client, older)) == len(catalogue.FORMS) - 1
    (made,) = issued.ledger.documents.sets()
    assert ".sham?" not in client.get(f"/holder/{made.token}").text


def test_new_certificates_are_made_in_it_too(issued: World, newer: str, client: TestClient) -> None:
    assert kept(issued, newer, "sham").startswith(PREFIX)
    assert shown(client, newer)[-1] == "sham"
    assert f"{newer}.sham?" in client.get(f"/holder/{issued.ledger.documents.sets()[-1].token}").text


def test_it_is_recognised_and_verified_when_presented(issued: World, newer: str, client: TestClient) -> None:
    document = kept(issued, newer, "sham")
    found = presented(client, document)
    assert (found["verdict"], found["number"]) == ("in-force", newer)
    assert found["checks"][0]["detail_en"] == "a text"
    found = presented(client, document.replace(b"Guessan", b"Guessen"))
    assert (found["verdict"], results(found)["signature"]) == ("not-authentic", "failed")


def test_it_is_audited(issued: World, newer: str) -> None:
    assert audited(issued) == []
    put(issued, newer, "sham", kept(issued, newer, "sham").replace(b"Guessan", b"Guessen"))
    (finding,) = audited(issued)
    assert finding.startswith(f"document-altered {newer}: sham: proof-invalid")


@pytest.mark.parametrize("form", ["sham", "pdf"])
def test_a_recorded_form_that_is_missing_is_found(issued: World, newer: str, form: str) -> None:
    tamper(issued, "DELETE FROM sealed_documents WHERE number = ? AND form = ?", newer, form)
    assert audited(issued) == [f"document-missing {newer}: {form}"]


def test_a_document_in_a_form_that_is_not_served_was_never_made(older: str, client: TestClient) -> None:
    answer = client.get(f"/certificates/{older}", headers={"Accept": "text/vnd.example.credential"})
    assert (answer.status_code, answer.json()["code"]) == (404, "document-missing")
