"""The configuration of nginx, in front of two processes of one register, as clients meet it."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from tests.api.cli.test_serving import started
from tests.commands import run
from tests.postgresql import free_port
from tests.programs import program
from tests.support import World

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nginx.conf"
NUMBER = "TOA-PCA-FR-2017-01-BTH"
SECONDS = 60


class Site:
    """nginx with its two processes, of which ``first`` can be ended."""

    def __init__(self, folder: Path, ledger: Path) -> None:
        self.folder, self.published = folder, folder / "published"
        self._stack, self.first = ExitStack(), ExitStack()
        run(folder, "publish", str(self.published), "--ledger", str(ledger))
        serve = ("serve", "--port", "0", "--ledger", str(ledger))
        self.direct, _ = self.first.enter_context(started(folder, *serve))
        other, _ = self._stack.enter_context(started(folder, *serve))
        self._stack.callback(self.first.close)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        text = CONFIGURATION.read_text(encoding="utf-8")
        for written, here in (
            # First: the other paths are below it here.
            ("/tmp/", f"{folder}/"),  # noqa: S108 - of the container
            ("api-1:8000", self.direct.removeprefix("http://")),
            ("api-2:8000", other.removeprefix("http://")),
            ("listen 8080", f"listen 127.0.0.1:{port}"),
            ("/srv/published", str(self.published)),
            ("/dev/stdout", f"{folder}/access.log"),
        ):
            assert written in text
            text = text.replace(written, here)
        (folder / "nginx.conf").write_text(text, encoding="utf-8")
        user = "user root;" if os.geteuid() == 0 else ""  # whose files the folders of the test are
        command = [program("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]
        self._nginx = subprocess.Popen([*command, "-g", f"daemon off; {user}"], stderr=subprocess.DEVNULL)
        self._stack.callback(self._stop)
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                httpx2.get(f"{self.url}/livez")
            except httpx2.TransportError:
                assert self._nginx.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
            else:
                break

    def _stop(self) -> None:
        self._nginx.send_signal(signal.SIGQUIT)
        self._nginx.wait(SECONDS)

    def close(self) -> None:
        self._stack.close()


@pytest.fixture(scope="module")
def site(held_workshop: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    program("nginx")
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PCA_LEDGER_PROXIES", "127.0.0.1")
        world = held_workshop.copy(folder / "ledger")
        world.ledger.close()
        site = Site(folder, folder / "ledger")
        yield site
        site.close()


def test_tiles_are_served_from_the_folder(site: Site) -> None:
    (tile,) = (site.published / "tile" / "0" / "000.p").iterdir()
    path = tile.relative_to(site.published)
    answer = httpx2.get(f"{site.url}/{path}")
    assert (answer.status_code, answer.content) == (200, tile.read_bytes())
    assert answer.headers["X-Cache-Status"] == "FILE"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    # One that is not there yet is asked of the register, and entries always are.
    later = httpx2.get(f"{site.url}/tile/0/000.p/1")
    assert (later.status_code, later.headers["X-Cache-Status"]) == (200, "MISS")
    assert later.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert httpx2.get(f"{site.url}/tile/entries/{path.relative_to('tile/0')}").status_code == 401


def test_what_may_be_cached_is(site: Site) -> None:
    url = f"{site.url}/certificates/{NUMBER}?on=2018-01-01"
    first, again = httpx2.get(url), httpx2.get(url)
    assert [answer.headers["X-Cache-Status"] for answer in (first, again)] == ["MISS", "HIT"]
    assert (again.status_code, again.content, again.headers["ETag"]) == (200, first.content, first.headers["ETag"])
    assert again.headers["Ledger-Position"] == first.headers["Ledger-Position"]
    # The cache holds it for ten seconds; who asks the cache asks each time.
    assert again.headers["Cache-Control"] == "public, no-cache"
    assert httpx2.get(url, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    page = httpx2.get(url, headers={"Accept": "text/html", "Accept-Language": "fr"})
    assert (page.headers["X-Cache-Status"], page.headers["Content-Language"]) == ("MISS", "fr")


def test_static_files_are_cached_for_ever(site: Site) -> None:
    page = httpx2.get(f"{site.url}/", headers={"Accept": "text/html"}).text
    address = next(part for part in page.split('"') if part.startswith("/static/") and part.endswith(".css"))
    first, again = httpx2.get(site.url + address), httpx2.get(site.url + address)
    assert [answer.headers["X-Cache-Status"] for answer in (first, again)] == ["MISS", "HIT"]
    assert "immutable" in again.headers["Cache-Control"]


def test_what_must_not_be_cached_is_not(site: Site) -> None:
    for path in ("/health", "/readyz", "/nowhere", "/holder/x"):
        answers = [httpx2.get(f"{site.url}{path}") for _ in range(2)]
        assert {answer.headers.get("X-Cache-Status", "MISS") for answer in answers} == {"MISS"}
        assert answers[1].headers["Cache-Control"] == "no-store"
    # A signed request is neither answered from the cache nor kept in it.
    signed = {"Signature-Input": "sig=()"}
    answers = [httpx2.get(f"{site.url}/checkpoint", headers=signed) for _ in range(2)]
    assert [answer.headers["X-Cache-Status"] for answer in answers] == ["BYPASS", "BYPASS"]


def test_clients_are_counted_by_the_address_that_connects(site: Site) -> None:
    """One that states another address in each request is still one, and takes nothing of the others'."""

    def ask(client: httpx2.Client, stated: str) -> httpx2.Response:
        form = {"number": NUMBER, "name": "Somebody"}
        return client.post(f"{site.url}/verify/name", data=form, headers={"X-Forwarded-For": stated})

    with httpx2.Client(transport=httpx2.HTTPTransport(local_address="127.0.0.2")) as client:
        answers = [ask(client, f"192.0.2.{last}") for last in range(21)]
    # Each of the two processes counts for itself.
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert '"name-client"' in answers[0].headers["RateLimit-Policy"]
    with httpx2.Client(transport=httpx2.HTTPTransport(local_address="127.0.0.3")) as other:
        assert ask(other, "127.0.0.2").status_code == 200


def test_measurements_are_not_public(site: Site) -> None:
    assert httpx2.get(f"{site.url}/metrics").status_code == 404
    assert "pca_ledger_entries" in httpx2.get(f"{site.direct}/metrics").text


def test_no_address_is_logged(site: Site) -> None:
    httpx2.get(f"{site.url}/advisors?q=Ndiaye")
    httpx2.get(f"{site.url}/certificates/{NUMBER}")
    written = (site.folder / "access.log").read_text(encoding="utf-8")
    assert written
    assert "Ndiaye" not in written
    assert NUMBER not in written


def test_when_one_process_dies_the_other_answers(site: Site) -> None:
    assert httpx2.get(f"{site.url}/advisors?q=before").status_code == 200
    site.first.close()
    answers = [httpx2.get(f"{site.url}/advisors?q=after{number}") for number in range(20)]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.headers["X-Cache-Status"] for answer in answers} == {"MISS"}
