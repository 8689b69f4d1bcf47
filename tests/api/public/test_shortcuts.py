"""A shortcut to a page gives the same response as the page's route, and is taken only where nothing is to be checked."""

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.testclient import TestClient

from api.public import routers
from api.shortcuts import HANDLERS, Shortcut, shortcuts
from tests.api.observing.conftest import number

__all__ = ["number"]

PATHS = (
    "/",
    "/schemes/pca-advisor",
    "/schemes/none",
    "/advisors",
    "/advisors/awa",
    "/advisors/none",
    "/certificates/NUMBER",
    "/certificates/NUMBER/history",
    "/certificates/none",
)
LONG_WAY = {"Ledger-Position": "0"}


def taken(client: TestClient, target: str, **headers: str) -> str | None:
    """The template of the shortcut that a request takes."""
    path, _, query = target.partition("?")
    lines = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": lines}
    assert isinstance(client.app, FastAPI)
    all_of_them = (route for route in client.app.router.routes if isinstance(route, Shortcut))
    return next((route.path for route in all_of_them if route.matches(scope)[0] is Match.FULL), None)


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_page_is_the_same_by_its_shortcut_and_by_its_route(client: TestClient, number: str, accept: str) -> None:
    for path in PATHS:
        asked = path.replace("NUMBER", number) + "?lang=fr&utm=1"
        assert taken(client, asked)
        assert not taken(client, asked, **LONG_WAY)
        short, long = (client.get(asked, headers={"Accept": accept, **headers}) for headers in ({}, LONG_WAY))
        different = {"x-request-id"}
        heads = [{(n, v) for n, v in answer.headers.items() if n not in different} for answer in (short, long)]
        assert (short.status_code, heads[0]) == (long.status_code, heads[1])
        assert short.content == long.content


@pytest.mark.parametrize("query", ["page=0", "p%61ge=0", "x=1&on=bad", "on=bad", "status=", "page"])
def test_a_parameter_that_is_checked_takes_the_route(client: TestClient, query: str) -> None:
    assert not taken(client, f"/advisors?{query}")


def test_every_parameter_that_is_described_is_one_that_is_checked(client: TestClient) -> None:
    assert isinstance(client.app, FastAPI)
    described = client.app.openapi()["paths"]
    for shortcut in shortcuts():
        for parameter in described.get(shortcut.path, {"get": {"parameters": []}})["get"]["parameters"]:
            if parameter["in"] == "query":
                path = shortcut.path.replace("{", "").replace("}", "")
                assert not taken(client, f"{path}?{parameter['name']}=1")


def test_no_shortcut_hides_another_route(client: TestClient) -> None:
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    assert len(shortcuts()) == len(HANDLERS)
    for route in routes:
        path = route.path.replace("{", "").replace("}", "")
        shortcut = taken(client, path)
        assert shortcut is None or (shortcut == route.path and route.endpoint in HANDLERS), route.path
