"""Whether a process lives, whether it can answer, and what it counts: over HTTP, as supervisors and Prometheus ask."""

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from msgspec.structs import replace
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from api.app import create_app
from api.logs import formatter
from api.observing.measures import Measures
from api.observing.readiness import LAG_ENTRIES, LATE_SECONDS, Check, Gauge, judged
from api.register import Register, Settings
from api.secretariat.inbox import Inbox
from ledger.signing.keys import MlDsaKey
from ledger.store.publishing import NOTES
from ledger.store.submission import Submission
from ledger.store.writer import Writer
from projections.credentials.forms.event_loop import leave_running_loop
from tests.api.public.conftest import BASE
from tests.api.secretariat.test_http import GRANT, Officer
from tests.serving import client_of, serving
from tests.support import World
from tests.watched import Watched

LOOPBACK = ("127.0.0.1", 50000)


@contextmanager
def observed(
    world: World, metrics: str = "local", client: tuple[str, int] = LOOPBACK, measures: Measures | None = None
) -> Iterator[TestClient]:
    with (
        Register(world.ledger, Settings(base_url=BASE, metrics=metrics)) as register,
        TestClient(create_app(register, measures=measures), base_url=BASE, client=client) as asking,
    ):
        yield asking


def values(client: TestClient) -> dict[str, float]:
    """Returns each sample of /metrics under its name with its labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return {
        sample.name + "".join(f"{{{name}={value}}}" for name, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_a_process_that_lives_and_can_answer_says_so(listed: World) -> None:
    with observed(listed) as client:
        assert (client.get("/livez").status_code, client.get("/livez").text) == (200, "ok\n")
        answer = client.get("/readyz")
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        report = answer.json()
        assert report["ready"]
        assert {name: check["limit"] for name, check in report["checks"].items()} == {
            "database_seconds": 2,
            "head_age_seconds": 10800,
            "read_model_lag_entries": 1000,
            "read_model_lag_seconds": 2,
            "witness_lag_seconds": 10800,
        }
        assert all(check["ok"] for check in report["checks"].values())


def test_a_head_that_nobody_signed_again_is_late(tmp_path: Path) -> None:
    world = World(tmp_path / "ledger", ml_dsa_key=MlDsaKey.generate())
    with world.ledger, observed(world) as client:
        before = client.get("/readyz").json()["checks"]["head_age_seconds"]
        world.now += timedelta(hours=4)
        answer = client.get("/readyz")
        check = answer.json()["checks"]["head_age_seconds"]
        assert before["ok"]
        assert (answer.status_code, check["ok"], check["value"]) == (503, False, before["value"] + 4 * 3600)
        assert values(client)["pca_ledger_head_age_seconds"] == check["value"]


def test_a_database_that_cannot_be_read_is_not_ready(listed: World) -> None:
    with observed(listed) as client:
        assert client.get("/readyz").status_code == 200
        listed.ledger.application.close()
        (listed.ledger.folder / "ledger.db").write_bytes(b"{" * 8192)
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()) == (
            503,
            {"ready": False, "checks": {"database_seconds": {"value": None, "limit": 2.0, "ok": False}}},
        )
        assert client.get("/livez").status_code == 200
        read = values(client)
        assert read["pca_ledger_database_up"] == 0
        assert "pca_ledger_entries" not in read, "an old number would be taken for a new one"
        assert read["http_requests_total{handler=/readyz}{method=GET}{status=503}"] == 1


def test_a_database_that_does_not_answer_is_given_up(listed: World) -> None:
    leave_running_loop(asyncio.run)(given_up(listed))


async def given_up(listed: World) -> None:
    answers = threading.Event()
    with Register(listed.ledger, Settings(base_url=BASE)) as register:
        gauge = Gauge(register, seconds=0.05)
        try:
            assert await gauge.read(answers.wait) is None
            # Its thread is the only one: who asks meanwhile starts no other.
            assert not (await gauge.readiness()).ready
        finally:
            answers.set()
        patient = Gauge(register)
        assert (await patient.readiness()).ready


def test_each_measurement_has_its_limit(listed: World) -> None:
    with Register(listed.ledger, Settings(base_url=BASE)) as register:
        measured = Gauge(register).measure()
    assert judged(measured).ready
    assert judged(measured).checks["read_model_lag_entries"].value == 0
    for value, limit, ok in ((0, 1, True), (1, 1, True), (1.1, 1, False), (-1, 1, False), (None, 1, True)):
        assert Check.of(value, limit).ok is ok


def test_a_process_that_is_still_being_filled_is_not_ready(listed: World) -> None:
    with observed(listed) as client:
        register = client.app.state.register  # type: ignore[attr-defined]  # of our application
        lags = [(0, 0.0), (LAG_ENTRIES, 0.1), (LAG_ENTRIES + 1, 0.1), (1, 2.5), (-1, 0.0)]
        ready = [judged_with(Gauge(register), lag) for lag in lags]
        assert ready == [True, True, False, False, False]


def judged_with(gauge: Gauge, lag: tuple[int, float]) -> bool:
    return judged(replace(gauge.measure(), lag=lag)).ready


def test_who_may_read_the_measurements(listed: World) -> None:
    far = ("192.0.2.7", 1)
    for metrics, client, headers, status in (
        ("local", LOOPBACK, {}, 200),
        ("local", ("::1", 1), {}, 200),
        ("local", far, {}, 404),
        ("local", ("somebody", 1), {}, 404),
        ("local", LOOPBACK, {"X-Forwarded-For": "192.0.2.7"}, 404),
        ("local", LOOPBACK, {"X-Real-IP": "192.0.2.7"}, 404),
        ("local", LOOPBACK, {"Forwarded": "for=192.0.2.7"}, 404),
        ("off", LOOPBACK, {}, 404),
        ("all", far, {"X-Forwarded-For": "192.0.2.7"}, 200),
    ):
        with observed(listed, metrics, client) as asking:
            assert asking.get("/metrics", headers=headers).status_code == status, (metrics, client, headers)


def test_a_setting_that_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("PCA_LEDGER_METRICS", "PCA_LEDGER_LOG"):
        monkeypatch.setenv(variable, "everybody")
        with pytest.raises(ValueError, match=f"^{variable}: everybody: expected l"):
            Settings.from_environment("http://127.0.0.1:1")
        monkeypatch.setenv(variable, "")
    assert Settings.from_environment("http://127.0.0.1:1").metrics == "local"


def test_labels_hold_templates_only(listed: World, number: str) -> None:
    with observed(listed) as client:
        for path in (
            "/advisors/awa",
            "/advisors/awa/",
            f"/certificates/{number}",
            "/certificates/Awa-Ndiaye",
            "/Awa-Ndiaye",
            "/advisors?q=Awa",
        ):
            client.get(path)
        client.request("NDIAYE", "/advisors/awa")
        text = client.get("/metrics").text
        for name in ("awa", "Awa", "ndiaye", "NDIAYE", number):
            assert f'"{name}' not in text
            assert f"/{name}" not in text
        read = {name: value for name, value in values(client).items() if name.startswith(("http_requests", "pca"))}
        assert read["http_requests_total{handler=/advisors/{person_id}}{method=GET}{status=200}"] == 2
        assert read["http_requests_total{handler=none}{method=GET}{status=404}"] == 1
        assert read["http_requests_total{handler=/advisors/{person_id}}{method=other}{status=405}"] == 1
        assert read["pca_ledger_problems_total{code=http-404}"] == 1


def test_the_measurements_are_those_of_the_ledger(listed: World) -> None:
    with observed(listed) as client:
        read = values(client)
        size = listed.ledger.size()
        for name in ("entries", "checkpoint_size", "published_size", "read_model_position"):
            assert read[f"pca_ledger_{name}"] == size
        assert (read["pca_ledger_read_model_lag_entries"], read["pca_ledger_ready"]) == (0, 1)
        assert read["process_start_time_seconds"] > 0
        listed.do("withdraw-listing-consent", "registrar", person_id="awa")
        client.get("/advisors")
        assert values(client)["pca_ledger_read_model_position"] == size + 1


def test_what_the_writer_records_and_refuses_is_counted(listed: World) -> None:
    measures = Measures()
    with observed(listed, measures=measures) as client, Writer(listed.ledger, observe=measures.committed) as writer:
        measures.watch("writer_waiting", "Statements that wait.", writer.waiting)
        good = listed.submission("withdraw-listing-consent", "registrar", person_id="awa")
        writer.record(good)
        forged = listed.submission("give-listing-consent", "registrar", person_id="awa")
        altered = forged.envelope.replace(b'"sig":"', b'"sig":"AAAA')
        assert altered != forged.envelope
        refused = writer.submit(Submission(forged.command, altered, forged.disclosures)).result()
        assert isinstance(refused, Exception)
        read = values(client)
        assert read["pca_ledger_statements_appended_total"] == 1
        assert [name for name in read if name.startswith("pca_ledger_statements_refused_total")] == [
            f"pca_ledger_statements_refused_total{{code={refused.code}}}"
        ]
        assert read["pca_ledger_commit_seconds_count"] == 2
        assert read["pca_ledger_writer_waiting"] == 0


def test_who_cannot_be_asked_is_left_out_of_a_reading(listed: World) -> None:
    measures = Measures()
    measures.watch("leases_held", "Duties that this process holds.", lambda: {"publishing": 1, "webhooks": 0}, "duty")
    measures.watch("broken", "Something that fails.", lambda: 1 / 0)
    with observed(listed, measures=measures) as client:
        read = values(client)
    assert read["pca_ledger_leases_held{duty=publishing}"] == 1
    assert read["pca_ledger_leases_held{duty=webhooks}"] == 0
    assert "pca_ledger_broken" not in read


def test_the_lag_of_each_witness_is_measured(watching: Callable[..., Watched]) -> None:
    watched = watching(quorum="any")
    assert watched.collector.collect()
    ledger = watched.world.ledger
    assert ledger.publications.cosigned() == {"north": ledger.size(), "south": ledger.size()}
    before = ledger.size()
    watched.stop("south")
    watched.world.appoint()
    assert watched.collector.collect()
    assert ledger.publications.cosigned() == {"north": ledger.size(), "south": before}
    with observed(watched.world) as client:
        read = values(client)
        assert read["pca_ledger_witness_lag_entries{witness=south}"] == ledger.size() - before
        assert read["pca_ledger_witness_lag_entries{witness=north}"] == 0
    for number in range(NOTES):
        watched.world.person(f"p{number}")
        assert watched.collector.collect()
    assert ledger.publications.cosigned() == {"north": ledger.size(), "south": 0}, "in none of the last few"


def test_nothing_was_cosigned_before_anything_is_published(watching: Callable[..., Watched]) -> None:
    watched = watching()
    assert watched.world.ledger.publications.cosigned() == {"north": 0, "south": 0}
    assert watched.world.ledger.publications.signed_at() is None
    with observed(watched.world) as client:
        assert client.get("/readyz").json()["checks"]["head_age_seconds"]["value"] is None
        assert "pca_ledger_head_age_seconds" not in values(client)
    assert LATE_SECONDS == 3 * 3600


def test_a_request_has_an_id_on_errors_and_a_line_without_its_address(
    listed: World, number: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "pca-ledger.requests")
    caplog.handler.setFormatter(formatter(is_json=True))
    given = "0123456789abcdef0123456789abcdef"
    with observed(listed) as client:
        client.get(f"/certificates/{number}?q=Awa", headers={"X-Request-ID": given})
        missing = client.get("/advisors/Awa-Ndiaye", headers={"X-Request-ID": "Awa-Ndiaye-" * 3})
        asked = client.get("/nowhere", headers={"X-Request-ID": given})
        client.get("/livez")
        client.request("NDIAYE", "/")
    lines = [json.loads(line) for line in caplog.text.splitlines()]
    assert [(line["method"], line["route"], line["status"], line.get("code")) for line in lines] == [
        ("GET", "/certificates/{number}", 200, None),
        ("GET", "/advisors/{person_id}", 404, "unknown"),
        ("GET", "none", 404, "http-404"),
        ("other", "/", 405, "http-405"),
    ]
    assert lines[0]["request"] == given == lines[2]["request"] == asked.headers["X-Request-ID"]
    assert missing.headers["X-Request-ID"] == lines[1]["request"] != given
    assert {line["event"] for line in lines} == {"request"}
    assert "Ndiaye" not in caplog.text
    assert number not in caplog.text


def test_a_line_for_people_names_the_request_too(listed: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.setFormatter(formatter(is_json=False))
    with client_of(listed.ledger, BASE, inbox=Inbox(listed.ledger)) as client:
        answer = Officer(client, "nobody").prepare(GRANT)
    (line,) = caplog.text.splitlines()
    assert line.endswith(f" request={answer.headers['X-Request-ID']}")
    assert " WARNING pca-ledger.security request-refused key=" in line


def test_it_works_over_a_real_connection(listed: World) -> None:
    with Register(listed.ledger, Settings(base_url=BASE)) as register, serving(create_app(register)) as address:
        assert httpx2.get(f"{address}/livez").text == "ok\n"
        assert httpx2.get(f"{address}/readyz").status_code == 200
        answer = httpx2.get(f"{address}/metrics")
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert "pca_ledger_entries" in answer.text
