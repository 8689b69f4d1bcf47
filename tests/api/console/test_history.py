"""The history in the browser: search, lists with filters and files, a timeline with signatures, and results explained."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.console.history.charts import charts
from api.lists.catalogue import LISTS, ask
from ledger.store.ledger import Ledger
from tests.api.console.conftest import console_over
from tests.api.console.pages import Browser
from tests.api.lists.conftest import held_history, told
from tests.scenario import SESSION
from tests.support import World

__all__ = ["held_history", "told"]

LIST = "/console/history/lists"


@pytest.fixture(scope="module")
def served(told: World) -> Iterator[TestClient]:
    with console_over(told) as client:
        yield client


@pytest.fixture
def history_client(served: TestClient) -> TestClient:
    """Nobody is signed in, and no language is chosen."""
    served.cookies.clear()
    return served


@pytest.fixture
def registrar(history_client: TestClient) -> Browser:
    return Browser(history_client).enter("registrar")


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_a_sound_page_in_both_languages(name: str, history_client: TestClient) -> None:
    listing = LISTS[name]
    for language, title in (("en", listing.title.en), ("fr", listing.title.fr)):
        page = Browser(history_client, language).enter("director").get(f"{LIST}/{name}?on=2018-06-01&lang={language}")
        assert page.h1 == title
        assert len(page.texts("thead th")) == len(listing.on_screen)


def test_filters_are_in_the_address_and_files_have_the_same_rows(registrar: Browser) -> None:
    page = registrar.get(f"{LIST}/candidates?on=2018-06-01&session_id={SESSION}&decision=not-met&page=1")
    assert [row.split()[0] for row in page.texts("tbody tr")] == [SESSION]
    assert page.form(f"{LIST}/candidates")["decision"] == ["not-met"]
    files = {
        address.partition("format=")[2].partition("&")[0]: address
        for address in page.values("main a", "href")
        if "/file?" in address
    }
    assert set(files) == {"xlsx", "csv", "jsonl", "parquet"}
    (row,) = csv.DictReader(io.StringIO(registrar.client.get(files["csv"]).text))
    assert row["candidacy_id"] == "c-zoe"
    assert json.loads(registrar.client.get(files["jsonl"]).text)["decision"] == "not-met"
    assert registrar.client.get(files["xlsx"]).headers["cache-control"] == "no-store"


def test_a_form_with_empty_fields_asks_for_everything(registrar: Browser) -> None:
    page = registrar.get(f"{LIST}/late?on=&known_on=&days=&name=&event=")
    assert len(page.texts("tbody tr")) == 2
    assert len(registrar.get(f"{LIST}/late?days=90").texts("tbody tr")) == 1


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{LIST}/nothing", 404),
        (f"{LIST}/candidates?on=soon", 400),
        (f"{LIST}/candidates?known_on=9999-01-01", 400),
        (f"{LIST}/late?days=many", 400),
        (f"{LIST}/late?days=99999999", 400),
        (f"{LIST}/candidates?mood=good", 400),
        (f"{LIST}/candidates/file?format=pdf", 400),
        ("/console/history/people/nobody", 404),
        ("/console/history/candidacies/c-nobody", 404),
        ("/console/history/entries/999999", 404),
        ("/console/history/entries/999999/proof", 404),
        ("/console/history/what-if?scheme=none&version=1", 400),
    ],
)
def test_what_is_not_there_is_said(registrar: Browser, address: str, status: int) -> None:
    assert registrar.client.get(address).status_code == status


def test_a_list_is_for_its_roles_only(history_client: TestClient) -> None:
    security = Browser(history_client).enter("security")
    assert security.get("/console/history").texts("main ul.commands a") == ["Recorded late", "Compromised keys"]
    assert history_client.get(f"{LIST}/candidates").status_code == 403
    assert history_client.get(f"{LIST}/candidates/file?format=csv").status_code == 403
    assert history_client.get("/console/history/people/zoe").status_code == 403


def test_a_result_is_explained_and_a_version_tried_on(registrar: Browser) -> None:
    page = registrar.get("/console/history/candidacies/c-kofi")
    assert "settled at 3 by Moderator Exemple" in page.text
    assert "something else" not in page.text
    tried = registrar.get("/console/history/what-if?scheme=toa-pca-fr&version=1.0.0")
    assert len(tried.texts("tbody tr")) == 3


def test_two_days_are_compared(registrar: Browser) -> None:
    address = f"{LIST}/advisors/compared?on=2018-02-01&known_on=2018-02-01&with_on=2018-02-01&with_known_on="
    page = registrar.get(address)
    gone, new = page.texts("table")
    assert "awa Exemple" in gone
    assert "awa Exemple" not in new
    same = registrar.get(f"{LIST}/advisors/compared?on=2018-06-01&with_on=2018-06-01")
    assert "awa Exemple" not in same.text
    assert registrar.client.get(f"{LIST}/advisors/compared?with_on=soon").status_code == 400


def test_rates_are_drawn_with_their_intervals_where_there_are_enough(demonstration: Path) -> None:
    with Ledger.open(demonstration / "ledger", lambda: datetime.now(UTC), read_only=True) as ledger:
        answer, others = ask(ledger, "pass-rates"), ask(ledger, "sessions")
    bars = [bar for chart in charts(answer, "fr") for bar in chart.bars]
    rates = [row.rate for row in answer.rows if row.rate is not None and row.by != "all"]  # type: ignore[attr-defined]
    assert sorted(bar.size for bar in bars) == sorted(rates)
    assert len(bars) > 3
    assert all(
        0 <= bar.low <= bar.size <= bar.high <= 1 for bar in bars if bar.low is not None and bar.high is not None
    )
    assert all(bar.low is not None and bar.text.endswith("\N{NO-BREAK SPACE}%") for bar in bars)
    assert charts(others, "en") == []
