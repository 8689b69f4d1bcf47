"""Everything that states a status agrees, over a grid of what may happen to a certificate and of days (case V8)."""

import csv
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, cast

import pytest
from fastapi import FastAPI
from icalendar import Calendar
from starlette.testclient import TestClient

from ledger.domain.certificate_status import STATUS_LABELS, CertificateStatus
from ledger.trust import TrustRoot
from ledger.verdict import Verdict
from ledger.verification import verify_bundle
from projections.credentials.status.lists import out_of_force
from tests.issued import KEYS, SUBJECT, URL, established_issuer, issued, made_documents, make_documents, number
from tests.serving import client_of
from tests.support import World

__all__ = ["established_issuer", "issued", "made_documents", "number"]

HTML, JSON = {"Accept": "text/html"}, {"Accept": "application/json"}
AWA = {"certification_id": SUBJECT}
PANEL = r'<div class="panel ([a-z-]+)".*?<strong class="tag ([a-z-]+)">'
DECIDERS = ("decider1", "decider2")


def do(world: World, when: date, name: str, *people: str, **arguments: Any) -> None:
    world.now = max(world.now, datetime(when.year, when.month, when.day, 9, tzinfo=UTC))
    world.do(name, *people, **AWA, **arguments)


def nothing(_: World) -> None:
    pass


def suspended(world: World) -> None:
    do(
        world,
        date(2018, 2, 1),
        "suspend-certification",
        "decider1",
        effective_from=date(2018, 2, 10),
        reason_code="other",
    )


def lifted(world: World) -> None:
    suspended(world)
    do(world, date(2018, 2, 20), "lift-suspension", "decider1", effective_from=date(2018, 3, 1))


def withdrawn(world: World) -> None:
    do(
        world,
        date(2018, 2, 1),
        "withdraw-certification",
        *DECIDERS,
        effective_from=date(2018, 2, 10),
        reason_code="other",
    )


def superseded(world: World) -> None:
    do(world, date(2018, 2, 1), "reissue-certificate", "registrar", reason_code="lost")


def superseded_and_withdrawn(world: World) -> None:
    superseded(world)
    withdrawn(world)


def reduced(world: World) -> None:
    do(
        world,
        date(2018, 2, 1),
        "reduce-scope",
        *DECIDERS,
        removed=("communication",),
        effective_from=date(2018, 2, 10),
        reason_code="other",
    )


def reduced_and_reissued(world: World) -> None:
    reduced(world)
    do(world, date(2018, 2, 12), "reissue-certificate", "registrar", reason_code="scope-changed")


def renewed(world: World) -> None:
    do(
        world,
        date(2020, 3, 10),
        "renew-certification",
        *DECIDERS,
        method="reassessment",
        evidence={"name": "evidence", "value": "x"},
    )


def renewed_and_reissued(world: World) -> None:
    renewed(world)
    do(world, date(2020, 3, 11), "reissue-certificate", "registrar", reason_code="renewed")


V, S, W, E = (CertificateStatus(text) for text in ("valid", "suspended", "withdrawn", "expired"))
OLD, CUT = CertificateStatus.SUPERSEDED, CertificateStatus.SCOPE_REDUCED
DAYS = [date(2018, 2, 5), date(2018, 2, 15), date(2018, 3, 5), date(2020, 5, 18), date(2020, 5, 19), date(2023, 5, 19)]
GRID: list[tuple[Callable[[World], None], list[CertificateStatus]]] = [
    (nothing, [V, V, V, V, E, E]),
    (suspended, [V, S, S, S, E, E]),
    (lifted, [V, S, V, V, E, E]),
    (withdrawn, [V, W, W, W, W, W]),
    (superseded, [OLD, OLD, OLD, OLD, E, E]),
    (superseded_and_withdrawn, [OLD, W, W, W, W, W]),
    (reduced, [V, CUT, CUT, CUT, E, E]),
    (reduced_and_reissued, [V, OLD, OLD, OLD, E, E]),
    (renewed, [V, V, V, V, V, E]),
    (renewed_and_reissued, [V, V, V, OLD, OLD, E]),
]


class Said(NamedTuple):
    """What one source says: a status, or only whether it is one to rely on."""

    source: str
    status: CertificateStatus | None
    is_in_force: bool


def of(source: str, status: str | None) -> Said:
    assert status is not None, source
    return Said(source, CertificateStatus(status), status == V)


def everything(client: TestClient, world: World, number: str) -> Iterator[Said]:
    """Whatever states the status of a certificate today."""
    page, seen = (
        client.get(f"/certificates/{number}", headers=HTML).text,
        client.get(f"/certificates/{number}", headers=JSON).json(),
    )
    yield of("JSON", seen["status"])
    for language in ("en", "fr"):
        label = STATUS_LABELS[CertificateStatus(seen["status"])].into(language)
        translated = client.get(f"/certificates/{number}?lang={language}", headers=HTML).text
        panel, tag = re.findall(PANEL, translated, re.DOTALL)[0]
        yield of(f"page, {language}", panel)
        yield of(f"tag, {language}", tag)
        assert f">{label}</strong>" in translated
        badge = client.get(f"/certificates/{number}/status.svg?lang={language}").text
        title = re.findall(r'<title id="title">.* \| (.*)</title>', badge)[0]
        assert title.startswith(label.lower()), (title, label)
    assert seen["sentence_en"] in page
    form = client.get("/verify", params={"number": number}, headers=JSON).json()
    yield of("/verify, number", form["status"])
    yield Said("/verify, verdict", None, form["verdict"] == Verdict.IN_FORCE)
    bundle = client.get(f"/certificates/{number}.bundle.json").content
    report = verify_bundle(bundle, TrustRoot.parse(client.get("/trust.json").content), world.now)
    yield of("bundle", report.status)
    yield Said("bundle, verdict", None, report.verdict is Verdict.IN_FORCE)
    shown = client.post("/verify", content=client.get(f"/certificates/{number}.svg").content, headers=JSON).json()
    yield of("/verify, document", shown["status"])
    # A document that states an earlier end than the renewed certification is not one to rely on after that end.
    has_run_out = str(world.now.date()) > seen["expires_on"]
    yield Said("/verify, document", None, shown["verdict"] == Verdict.IN_FORCE or (has_run_out and seen["status"] == V))
    table = client.post("/verify", content=f"number\n{number}\n".encode(), headers={"Content-Type": "text/csv"}).text
    (row,) = csv.DictReader(table.lstrip("\ufeff").splitlines())
    yield Said("/verify, table", None, row["result"] == Verdict.IN_FORCE)


@pytest.mark.parametrize(("happens", "statuses"), GRID, ids=[case.__name__ for case, _ in GRID])
@pytest.mark.parametrize("place", range(len(DAYS)), ids=map(str, DAYS))
def test_everything_that_states_a_status_agrees(
    issued: World, number: str, happens: Callable[[World], None], statuses: list[CertificateStatus], place: int
) -> None:
    happens_by_then(issued, happens, DAYS[place])
    make_documents(issued)
    with client_of(issued.ledger, URL, KEYS) as client:
        expected = statuses[place]
        for said in everything(client, issued, number):
            assert said.is_in_force == (expected is V), said
            assert said.status in (None, expected), said
        seen = client.get(f"/certificates/{number}", headers=JSON).json()
        models = cast(FastAPI, client.app).state.register.models
        kept, today = issued.ledger.documents.indexes()[number], issued.now.date()
        listed = out_of_force(issued.ledger.documents, models.certificates, kept.number, today, issued.now)
        ended, paused = (kept.index in places.positions for places in (listed.ended, listed.suspended))
        assert not (expected is V and (ended or paused))
        assert paused or expected not in (S, CUT)
        assert ended == (expected is W or seen["superseded_by"] is not None)
        # Feed, webhooks and calendar tell of changes: the last one fits the status of the certification.
        kinds = [change["kind"] for change in client.get("/changes").json()["changes"]]
        (event,) = Calendar.from_ical(client.get(f"/certificates/{number}/expiry.ics").content).walk("VEVENT")
        assert (event["STATUS"] == "CANCELLED") == ("withdrawn" in kinds)
        atom = client.get("/changes.atom").text
        assert all(f'term="{kind}"' in atom for kind in kinds)
        advisor = client.get("/advisors/awa", headers=JSON).json()
        assert advisor["status"] == seen["certification_status"]
        found = client.get("/advisors?q=guessan", headers=JSON).json()["advisors"]
        is_past = expected is W and DAYS[place].year == 2023  # five years after the end
        assert [line["status"] for line in found] == ([] if is_past else [seen["certification_status"]])


def happens_by_then(world: World, happens: Callable[[World], None], day: date) -> None:
    """Let the story happen as far as it is recorded by noon of that day, which is today then."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    record = world.do

    def recorded(name: str, *people: str, **arguments: Any) -> str:
        return record(name, *people, **arguments) if world.now < noon else ""

    world.do = recorded  # type: ignore[method-assign]
    happens(world)
    world.do = record  # type: ignore[method-assign]
    world.now = noon
