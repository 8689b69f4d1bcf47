"""Documents of another body are checked by that body's register if the operator allows it, and by no other."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
import segno
from starlette.testclient import TestClient

from api.app import create_app
from api.cli.listening import address, listening
from api.clients.asking import HOPS
from api.register import Register, Settings
from projections.credentials.forms.catalogue import FORMS
from tests.api.checking.test_verifying import kept, presented, results
from tests.commands import run
from tests.issued import KEYS, become_issuer, make_documents
from tests.serving import serving
from tests.support import World

HTML = {"Accept": "text/html"}
ON = "2018-01-15"


class Peer:
    """Another body's register, served over HTTP, which certified awa."""

    def __init__(self, world: World, url: str) -> None:
        self.world, self.url = world, url
        self.number = world.ledger.documents.sets()[-1].number


@pytest.fixture(scope="module")
def peer(held_workshop: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    world = held_workshop.copy(tmp_path_factory.mktemp("peer") / "ledger")
    with listening("127.0.0.1", 0) as listener:
        url = address(listener)
        become_issuer(world, url).do("give-listing-consent", "registrar", person_id="awa")
        make_documents(world)
        world.now = datetime(2018, 1, 15, 12, tzinfo=UTC)
        with (
            Register(world.ledger, Settings(base_url=url), None, KEYS) as register,
            serving(create_app(register), listener),
        ):
            yield Peer(world, url)
    world.ledger.close()


def asking(world: World, *peers: str) -> Register:
    return Register(world.ledger, Settings(base_url="https://asking.example.org", peers=peers))


@pytest.mark.parametrize("form", [form.name for form in FORMS])
def test_its_own_register_answers_for_every_form(world: World, peer: Peer, form: str) -> None:
    with asking(world, "https://other.example", peer.url) as register, TestClient(create_app(register)) as client:
        document = kept(peer.world, peer.number, form)
        found = presented(client, document, on=ON)
        assert (found["verdict"], found["answered_by"]) == ("in-force", peer.url)
        assert found["number"] == peer.number
        assert results(found)["log"] == "passed"
        if form == "jsonld":
            altered = presented(client, document.replace(b"awa", b"Awa"), on=ON)
            assert (altered["verdict"], altered["answered_by"]) == ("not-authentic", peer.url)


def test_the_page_names_the_register_and_leads_there(world: World, peer: Peer) -> None:
    with asking(world, peer.url) as register, TestClient(create_app(register)) as client:
        picture = BytesIO()
        segno.make(f"{peer.url}/certificates/{peer.number}", error="m").save(picture, kind="png", scale=6)
        for language, words in (
            ("en", "This result comes from its register"),
            ("fr", "Ce résultat provient de son registre"),
        ):
            asked = {"lang": language, "on": ON}
            page = client.post("/verify", content=picture.getvalue(), params=asked, headers=HTML).text
            assert words in page
            assert f'href="{peer.url}/certificates/{peer.number}?lang={language}"' in page


def test_who_is_not_named_by_the_operator_is_not_asked(world: World, peer: Peer) -> None:
    document = kept(peer.world, peer.number, "jsonld")
    with asking(world) as register, TestClient(create_app(register)) as client:
        found = presented(client, document, on=ON)
    assert (found["verdict"], found["answered_by"]) == ("not-checked", None)


def test_a_register_that_is_asked_asks_no_other(world: World, peer: Peer) -> None:
    with asking(world, peer.url) as register, TestClient(create_app(register)) as client:
        document = kept(peer.world, peer.number, "jsonld")
        answer = client.post("/verify", content=document, headers={HOPS: "0"})
        assert answer.json()["verdict"] == "not-checked"


def test_a_register_that_cannot_be_reached_leaves_it_unknown(world: World, peer: Peer) -> None:
    away = "http://127.0.0.1:9"
    other = kept(peer.world, peer.number, "jsonld").replace(
        peer.url.removeprefix("http://").replace(":", "%3A").encode(), b"127.0.0.1%3A9"
    )
    with asking(world, away) as register, TestClient(create_app(register)) as client:
        found = presented(client, other)
        assert (found["verdict"], found["answered_by"]) == ("not-checked", None)
        assert results(found) == {"form": "passed", "issuer": "unknown"}
        assert away in found["checks"][1]["detail_fr"]
        page = client.post("/verify", content=other, params={"lang": "fr"}, headers=HTML).text
        assert "Rien n’a pu être vérifié" in page
        assert "est injoignable" in page


def test_a_peer_is_named_by_its_address(world: World, tmp_path: Path) -> None:
    said = run(tmp_path, "serve", "--port", "0", "--peer", "http://register.example", code=64)
    assert (
        said.strip()
        == "pca-ledger: --peer: http://register.example: expected https:// (http:// only to this machine itself)"
    )
