"""What Prometheus reads of a process. No label holds an id, a name or an address: each has a few values, known before.

Handlers are the templates of the routes that answered, and methods are those that this register knows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, Summary, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.types import Scope

from api.observing.readiness import Measured, judged
from ledger.domain.refusal import Refused
from ledger.errors import LedgerError
from ledger.store.submission import Answer

PREFIX = "pca_ledger"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})
OTHER = "other"
REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
COMMIT_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)

Value = float | Mapping[str, float]


class _Labelled(NamedTuple):
    """What is counted of requests with the same labels."""

    requests: Counter
    received: Summary
    sent: Summary
    seconds: Histogram


class Measures:
    """The metrics of one process. Each has its own registry, so that a test can have many."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter("http_requests", "Requests.", ("handler", "status", "method"), registry=self.registry)
        self._received = Summary(
            "http_request_size_bytes", "Bytes of the bodies of requests.", ("handler",), registry=self.registry
        )
        self._sent = Summary(
            "http_response_size_bytes", "Bytes of the bodies of responses.", ("handler",), registry=self.registry
        )
        self._seconds = Histogram(
            "http_request_duration_seconds",
            "Seconds from a request until its response was sent.",
            ("method", "handler"),
            buckets=REQUEST_SECONDS,
            registry=self.registry,
        )
        self._of = cache(self._labelled)  # the library takes twice as long to find them as to count
        self._asked = _Asked()
        self.registry.register(self._asked)
        self._appended = self._counter("statements_appended", "Statements that this process recorded.")
        self._refused = self._counter("statements_refused", "Signed statements that were not recorded.", "code")
        self._problems = self._counter("problems", "Requests that were answered with a problem.", "code")
        self._commits = Histogram(
            f"{PREFIX}_commit_seconds",
            "Seconds to decide, record and sign one batch of statements.",
            buckets=COMMIT_SECONDS,
            registry=self.registry,
        )

    def answered(self, method: str, route: str, status: int, seconds: float, sizes: tuple[str, str]) -> None:
        """Counts a request: the template of its address, and the sizes of both bodies in bytes, ``0`` without one."""
        of = self._of(method, route, status)
        of.requests.inc()
        of.received.observe(int(sizes[0]))
        of.sent.observe(int(sizes[1]))
        of.seconds.observe(seconds)

    def failed(self, code: str) -> None:
        """Counts a request that was answered with a problem."""
        self._problems.labels(code).inc()

    def committed(self, answers: Sequence[Answer], seconds: float) -> None:
        """Counts a batch of the writer."""
        self._commits.observe(seconds)
        for answer in answers:
            if isinstance(answer, Refused | LedgerError):
                self._refused.labels(answer.code).inc()
            else:
                self._appended.inc()

    def watch(self, name: str, text: str, ask: Callable[[], Value], label: str = "") -> None:
        """Adds a gauge, ``pca_ledger_<name>``, that is asked at each reading; with a label, a value for each of it.

        Whoever cannot be asked is left out of that reading. Text and label are constants of the program.
        """
        self._asked.gauges.append((f"{PREFIX}_{name}", text, ask, label))

    def text(self, measured: Measured | None) -> bytes:
        """Returns everything in Prometheus's text format; without what was measured when nothing could be."""
        self._asked.measured = measured
        return generate_latest(self.registry)

    def _labelled(self, method: str, route: str, status: int) -> _Labelled:
        return _Labelled(
            self._requests.labels(route, status, method),
            self._received.labels(route),
            self._sent.labels(route),
            self._seconds.labels(method, route),
        )

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"{PREFIX}_{name}", text, labels, registry=self.registry)


class _Asked(Collector):
    """The gauges: what was measured of the register, and what others in the process are asked for."""

    def __init__(self) -> None:
        self.measured: Measured | None = None
        self.gauges: list[tuple[str, str, Callable[[], Value], str]] = []

    def describe(self) -> Iterable[GaugeMetricFamily]:
        return ()  # nothing is measured yet when it is registered

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from () if self.measured is None else _of_register(self.measured)
        yield _family(f"{PREFIX}_database_up", "Whether the database answered this reading.", self.measured is not None)
        for name, text, ask, label in self.gauges:
            try:
                value = ask()
            except Exception:  # noqa: BLE001, S112 - the other values are read none the less
                continue
            yield _family(name, text, value, label)


def _of_register(measured: Measured) -> Iterator[GaugeMetricFamily]:
    health, (lag_entries, lag_seconds) = measured.health, measured.lag
    for name, text, value, label in (
        ("entries", "Entries in the log.", health.entries, ""),
        ("checkpoint_size", "Entries under the latest signed checkpoint.", health.checkpoint, ""),
        ("published_size", "Entries that are public.", health.published, ""),
        ("read_model_position", "Entries that the read models of this process hold.", health.read_models, ""),
        ("read_model_lag_entries", "Public entries that they do not hold yet.", lag_entries, ""),
        ("read_model_lag_seconds", "Seconds for which they have stood still behind.", lag_seconds, ""),
        (
            "unpublished_seconds",
            "Seconds for which the latest entries were not public.",
            measured.unpublished_seconds,
            "",
        ),
        ("database_seconds", "Seconds to read all this.", measured.database_seconds, ""),
        ("ready", "Whether /readyz returns 200.", judged(measured).ready, ""),
        (
            "witness_lag_entries",
            "Entries that each witness has not cosigned on a published checkpoint.",
            {name: health.checkpoint - size for name, size in measured.cosigned.items()},
            "witness",
        ),
        (
            "trouble_seconds",
            "For how long something has not worked, by its name in /health.",
            {name: trouble.seconds for name, trouble in health.troubles.items()},
            "trouble",
        ),
    ):
        yield _family(f"{PREFIX}_{name}", text, value, label)
    if measured.head_age is not None:
        yield _family(f"{PREFIX}_head_age_seconds", "Age of the latest published checkpoint.", measured.head_age)


def _family(name: str, text: str, value: Value, label: str = "") -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label] if label else [])
    for labels, number in value.items() if isinstance(value, Mapping) else [("", value)]:
        family.add_metric([labels] if label else [], float(number))
    return family


def template_of(scope: Scope) -> str:
    """Returns the template of the address that answered a request; ``none`` when none did."""
    return str(getattr(scope.get("route"), "path", "none"))
