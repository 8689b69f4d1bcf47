"""Once a body issues documents, pages show the name that those state."""

from starlette.testclient import TestClient

from api.app import create_app
from api.looks import Looks
from api.register import Register, Settings
from ledger.words import Words
from tests.issued import URL
from tests.support import World


def test_pages_name_an_issuer_as_its_documents_do(issued: World) -> None:
    looks = Looks(name=Words("Body of the Settings", "Organisme des réglages"))
    with (
        Register(issued.ledger, Settings(base_url=URL, looks=looks)) as register,
        TestClient(create_app(register), base_url=URL) as client,
    ):
        page = client.get("/", headers={"Accept": "text/html"}).text
    assert "Body of the Settings" not in page
    assert register.body.en in page
