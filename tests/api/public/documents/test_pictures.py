"""V1: the diploma as it was issued, as a picture to compare with what somebody presents."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO
from threading import Event, Semaphore
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

from api import confined
from api.checking import qr
from api.problems import NotNow
from api.public import pictures
from ledger.errors import Corrupt
from projections.credentials.forms.pdf_picture import first_page
from tests.issued import URL, follow, make_documents
from tests.projections.credentials.specimen import unsealed
from tests.support import World


def test_v1_the_picture_is_the_first_page_of_the_kept_pdf(client: TestClient, issued: World, number: str) -> None:
    answer = client.get(f"/certificates/{number}/diploma.png")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.content == first_page(issued.ledger.documents.get(number, "pdf") or b"")
    drawn = Image.open(BytesIO(answer.content))
    assert (drawn.format, drawn.size) == ("PNG", (1200, 849))
    assert next(qr.texts(answer.content)) == [f"{URL}/certificates/{number}"]
    assert len(answer.content) < 120_000


def test_a_picture_is_cached_by_its_validator_and_shown_on_other_sites(client: TestClient, number: str) -> None:
    address = f"/certificates/{number}/diploma.png"
    first = client.get(address)
    assert first.headers["cross-origin-resource-policy"] == "cross-origin"
    again = client.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_picture_is_private_as_soon_as_its_documents_are(client: TestClient, issued: World, number: str) -> None:
    address = f"/certificates/{number}/diploma.png"
    assert client.get(address).status_code == 200
    issued.do("withdraw-listing-consent", "registrar", person_id="awa")
    follow(client)
    answer = client.get(address)
    assert (answer.status_code, answer.json()["code"]) == (403, "holder-not-listed")
    token = issued.ledger.documents.sets()[0].token
    private = client.get(f"{address}?token={token}")
    assert (private.status_code, private.headers["cache-control"]) == (200, "private, no-cache")
    assert private.headers.get("cross-origin-resource-policy") != "cross-origin"


def test_a_picture_is_gone_with_what_was_erased(client: TestClient, issued: World, number: str) -> None:
    address = f"/certificates/{number}/diploma.png"
    assert client.get(address).status_code == 200
    issued.now = datetime(2030, 1, 1, tzinfo=UTC)
    issued.do("erase-personal-data", "protection", "security", person_id="awa", basis_code="request")
    follow(client)
    answer = client.get(address)
    assert (answer.status_code, answer.json()["code"]) == (410, "document-erased")


def test_a_superseded_diploma_keeps_its_own_picture(client: TestClient, issued: World, number: str) -> None:
    before = client.get(f"/certificates/{number}/diploma.png").content
    issued.do("reissue-certificate", "registrar", certification_id="c-awa", reason_code="lost")
    follow(client)
    superseding = client.get("/advisors/awa").json()["certifications"][0]["certificates"][-1]
    assert client.get(f"/certificates/{superseding}/diploma.png").json()["code"] == "document-missing"
    make_documents(issued)
    assert client.get(f"/certificates/{number}/diploma.png").content == before
    assert client.get(f"/certificates/{superseding}/diploma.png").content != before


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_badge_is_served_in_either_language(client: TestClient, issued: World, number: str, kind: str) -> None:
    english, french = (client.get(f"/certificates/{number}/badge-{language}.{kind}") for language in ("en", "fr"))
    assert (english.status_code, french.status_code) == (200, 200)
    assert english.content != french.content
    assert english.headers["cross-origin-resource-policy"] == "cross-origin"
    assert b"openbadge" not in french.content, "no credential is in it"
    issued.do("withdraw-listing-consent", "registrar", person_id="awa")
    follow(client)
    assert client.get(f"/certificates/{number}/badge-en.{kind}").json()["code"] == "holder-not-listed"


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The PDFs that are drawn, in order."""
    drawn: list[bytes] = []

    def counted(limits: confined.Limits, patience: confined.Patience | None, function: Any, pdf: bytes) -> Any:
        drawn.append(pdf)
        return function(pdf)

    monkeypatch.setattr(pictures, "run_within", counted)
    return drawn


def test_a_picture_is_drawn_once_until_the_log_grows(calls: list[bytes]) -> None:
    held = pictures.Pictures()
    assert held.of(unsealed(), 7) == held.of(unsealed(), 7)
    assert len(calls) == 1
    held.of(unsealed(), 8)
    assert len(calls) == 2, "the new entry may be an erasure"


def test_few_pictures_are_held(calls: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "HELD", 2)
    held, documents = pictures.Pictures(), [unsealed() + b"\n" * n for n in range(3)]
    for document in (*documents, documents[0]):
        held.of(document, 7)
    assert calls == [*documents, documents[0]]


def test_whoever_asks_for_many_pictures_waits_in_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two are drawn at once; a third waits for its turn, and is told to come again when it takes too long."""
    drawing, go_on = Semaphore(0), Event()

    def slow(_limits: confined.Limits, _patience: confined.Patience | None, _function: Any, pdf: bytes) -> bytes:
        drawing.release()
        go_on.wait(30)
        return pdf

    monkeypatch.setattr(pictures, "run_within", slow)
    monkeypatch.setattr(pictures, "SECONDS_IN_LINE", 0.05)
    held = pictures.Pictures()
    with ThreadPoolExecutor(2) as pool:
        drawn = [pool.submit(held.of, pdf, 7) for pdf in (b"one", b"two")]
        assert all(drawing.acquire(timeout=30) for _ in drawn)
        with pytest.raises(NotNow):
            held.of(b"three", 7)
        go_on.set()
        assert [one.result() for one in drawn] == [b"one", b"two"]
    assert held.of(b"three", 7) == b"three"


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7", unsealed()[:400]])
def test_a_kept_file_that_is_no_pdf_is_corrupt(pdf: bytes) -> None:
    with pytest.raises(Corrupt, match="cannot be drawn"):
        pictures.Pictures().of(pdf, 7)
