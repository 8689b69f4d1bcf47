"""Who asks too often is told when to come back; who shares an address with them is hindered late, others never."""

from collections.abc import Iterator

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.testclient import TestClient

from api.app import create_app
from api.doors import rates
from api.doors.rates import LIMITS, WINDOW_SECONDS, Counter, Proxies, Rates
from api.register import Register, Settings
from tests.serving import serving
from tests.support import World

PERSON, OTHER = "93.184.215.14", "93.184.215.15"
VERIFY, NAME, _, _, WALLET = LIMITS


@pytest.fixture
def register(workshop: World) -> Iterator[Register]:
    with Register(workshop.ledger, Settings(base_url="", proxies="127.0.0.1")) as register:
        yield register


def refused(_: object, seconds: int) -> Response:
    return PlainTextResponse(str(seconds), 429)


def asking(proxies: str, host: str, *limits: rates.Limit) -> TestClient:
    app = Rates(Starlette(), Proxies(proxies), refused, limits or LIMITS)
    return TestClient(app, client=(host, 1))


def test_a_client_is_told_its_quota_and_when_it_has_used_it_up(register: Register) -> None:
    with serving(create_app(register), proxies=("127.0.0.1/32",)) as address, httpx2.Client(base_url=address) as client:

        def ask(person: str, **more: str) -> httpx2.Response:
            return client.get("/verify?number=X", headers={"X-Forwarded-For": f"203.0.113.9, {person}", **more})

        answers = [ask(PERSON) for _ in range(VERIFY.of_client)]
        assert {answer.status_code for answer in answers} == {200}
        assert answers[-1].headers["RateLimit-Policy"] == '"verify-client";q=120;w=60, "verify-all";q=3000;w=60'
        assert answers[0].headers["RateLimit"] == '"verify-client";r=119;t=60, "verify-all";r=2999;t=60'
        again = ask(PERSON, Accept="text/html", **{"Accept-Language": "fr"})
        assert again.status_code == 429
        wait = int(again.headers["Retry-After"])
        assert 0 < wait <= WINDOW_SECONDS
        assert again.headers["RateLimit"] == f'"verify-client";r=0;t={wait}'
        assert f"Trop de demandes en une minute\u00a0: réessayez dans {wait} secondes" in again.text
        problem = ask(PERSON)
        assert (problem.headers["Content-Type"], problem.json()["code"]) == ("application/problem+json", "http-429")
        assert problem.headers["Access-Control-Allow-Origin"] == "*"
        assert ask(OTHER).status_code == 200, "another person behind the same proxy"
        assert ask(f"{PERSON}, 127.0.0.1").status_code == 429, "a chain of proxies"
        assert client.get("/verify", headers={"X-Forwarded-For": PERSON}).status_code == 400, (
            "the form itself is no check"
        )
        assert "RateLimit" not in client.get("/advisors", headers={"X-Forwarded-For": PERSON}).headers


@pytest.mark.parametrize(
    ("proxies", "host", "counted"),
    [
        ("", PERSON, False),
        ("none", PERSON, True),
        ("none", "10.0.0.1", True),
        ("10.0.0.0/8", PERSON, True),
        ("10.0.0.0/8", "10.0.0.1", False),
        ("10.0.0.0/8, fd00::/8", "fd00::1", False),
        ("10.0.0.0/8", "unknown", False),
    ],
)
def test_a_client_is_told_apart_only_where_the_operator_has_said_how(proxies: str, host: str, counted: bool) -> None:
    answer = asking(proxies, host).post("/verify")
    assert ("verify-client" in answer.headers["RateLimit"]) == counted
    assert "verify-all" in answer.headers["RateLimit"]


@pytest.mark.parametrize("setting", ["10.0.0.1/8", "proxy.example", "*", "127.0.0.1, x"])
def test_a_setting_that_is_no_address_is_refused(setting: str) -> None:
    with pytest.raises(ValueError, match=r"^PCA_LEDGER_PROXIES: "):
        Proxies(setting)


def test_a_subscriber_of_ipv6_is_one_client() -> None:
    proxies = Proxies("none")
    assert proxies.client("2606:2800:21f::1") == proxies.client("2606:2800:21f:0:ffff::2")
    assert proxies.client("2606:2800:21f::1") != proxies.client("2606:2800:21f:1::1")
    assert proxies.client(f"::ffff:{PERSON}") == proxies.client(PERSON) != proxies.client(f"::ffff:{OTHER}")
    assert Proxies("10.0.0.0/8").client("::ffff:10.0.0.1") is None


def test_what_one_client_sends_too_often_is_taken_from_nobody_else() -> None:
    limit = rates.Limit("verify", VERIFY.path, of_client=2, of_all=3)
    client = asking("none", PERSON, limit)
    assert [client.post("/verify").status_code for _ in range(9)] == [404, 404, *[429] * 7]
    assert client.post("/verify").headers["RateLimit"].startswith('"verify-client";r=0')
    everybody = asking("", PERSON, limit)
    assert [everybody.post("/verify").status_code for _ in range(5)] == [404] * 3 + [429] * 2


@pytest.mark.parametrize("path", ["/wallet/token", "/wallet/credential", "/holder/x/wallet"])
def test_wallets_have_a_limit_of_their_own(path: str) -> None:
    assert asking("", PERSON).post(path).headers["RateLimit-Policy"] == f'"wallet-all";q={WALLET.of_all};w=60'


def test_a_window_ends_and_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MOST_CLIENTS", 3)
    now = [0.0]
    counter = Counter(lambda: now[0])
    assert [counter.count("a", 2) for _ in range(3)] == [(1, 60), (0, 60), (-1, 60)]
    now[0] = 59.9
    assert counter.count("a", 2) == (-1, 1)
    now[0] = 60.0
    assert counter.count("a", 2) == (1, 60)
    for client in "bcda":
        counter.count(client, 2)
    assert len(counter._windows) == 3
