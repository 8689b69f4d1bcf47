"""The log over HTTP as other people's tools read it: paths, types, caching, and entries for auditors only."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from api.secretariat.inbox import Inbox
from ledger.log.policy import Policy
from ledger.log.tiles import parse_bundle
from ledger.trust import TrustRoot
from tests.api.secretariat.test_http import BASE, Officer
from tests.serving import client_of
from tests.support import World, key_of
from tests.watched import appoint_auditor


def test_tiles_are_immutable_and_the_checkpoint_is_not(client: TestClient, listed: World) -> None:
    size = listed.ledger.size()
    tile = client.get(f"/tile/0/000.p/{size}")
    assert len(tile.content) == 32 * size
    assert tile.headers["content-type"] == "application/octet-stream"
    assert tile.headers["cache-control"] == "public, max-age=31536000, immutable"
    checkpoint = client.get("/checkpoint")
    assert checkpoint.headers["content-type"] == "text/plain; charset=utf-8"
    assert "max-age=10" in checkpoint.headers["cache-control"]
    assert client.get("/checkpoint", headers={"If-None-Match": checkpoint.headers["etag"]}).status_code == 304


def test_a_register_that_asks_no_authority_has_no_time_stamp(client: TestClient) -> None:
    assert client.get("/checkpoint.tsr").status_code == 404


def test_trust_root_and_policy_are_there_to_compare(client: TestClient, listed: World) -> None:
    assert TrustRoot.parse(client.get("/trust.json").content) == listed.ledger.trust
    policy = Policy.parse(client.get("/policy").text)
    assert (policy.asks, policy.origin) == (False, listed.ledger.trust.origin)


@pytest.mark.parametrize(
    "path",
    [
        "0/001",
        "0/000",
        "1/000.p/1",
        "0/0",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "64/000",
        "0/x000/000",
        "0/000.p/999",
        "0/" + "x001/" * 1500 + "001",
        "9" * 5000 + "/001",
    ],
)
def test_another_path_is_no_tile(client: TestClient, path: str) -> None:
    answer = client.get(f"/tile/{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.fixture
def office(workshop: World) -> Iterator[TestClient]:
    workshop.now = datetime.now(UTC)
    appoint_auditor(workshop)
    with closing(Inbox(workshop.ledger)) as inbox, client_of(workshop.ledger, BASE, inbox=inbox) as client:
        yield client


def test_entries_are_for_auditors(office: TestClient, workshop: World) -> None:
    size = workshop.ledger.size()
    path = f"/tile/entries/000.p/{size}"
    answer = Officer(office, "auditor").send("GET", path)
    assert answer.status_code == 200
    assert parse_bundle(answer.content) == [entry.state for entry in workshop.ledger.entries(0, size)]
    assert answer.headers["cache-control"] == "no-store"
    assert office.get(path).status_code == 401
    refused = Officer(office, "registrar").send("GET", path)
    assert (refused.status_code, refused.json()["code"]) == (422, "role-not-held")
    assert Officer(office, "auditor", key_of("eve")).send("GET", path).status_code == 401
    for wrong in ("/tile/entries/001", "/tile/entries/0", f"/tile/entries/000.p/{size + 1}"):
        assert Officer(office, "auditor").send("GET", wrong).status_code == 404


@pytest.mark.parametrize("leaf", ["9" * 5000, "9" * 30, "9" * 19, "-1", "01", "\u0661", "x"])
def test_a_leaf_that_is_no_number_of_this_log_is_not_there(client: TestClient, leaf: str) -> None:
    answer = client.get(f"/proof/{leaf}.tlog-proof", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")
