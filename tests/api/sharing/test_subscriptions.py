"""Subscriptions are read strictly, and messages go to public addresses unless the operator says otherwise."""

import socket
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.clients.addresses import Reach, pinned, reach, require_address
from api.clients.fetching import Exchanges
from api.sharing.subscriptions import FILE, read_file, subscribe
from tests.api.sharing.subscribed import put_file
from tests.projections.test_changes import NUMBER


def resolving(monkeypatch: pytest.MonkeyPatch, *found: str) -> None:
    answers = [(0, 0, 0, "", (address, 443)) for address in found]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)


def asked(url: str, *, is_internal: bool = False) -> httpx2.Request:
    return pinned(Exchanges(), httpx2.URL(url), is_internal=is_internal, content=b"", headers={})


def test_the_address_that_was_judged_is_the_one_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "93.184.215.14")
    request = asked("https://hooks.example:8443/x")
    assert str(request.url) == "https://93.184.215.14:8443/x"
    assert request.headers["Host"] == "hooks.example:8443"
    assert request.extensions["sni_hostname"] == "hooks.example"


ADDRESSES: dict[Reach, list[str]] = {
    "public": [
        "93.184.215.14",
        "100.63.255.255",
        "172.32.0.1",
        "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
        "::ffff:93.184.215.14",
        "64:ff9b::5db8:d70e",
        "2002:5db8:d70e::1",
    ],
    "internal": [
        "127.0.0.1",
        "127.255.255.254",
        "10.0.0.1",
        "172.16.3.4",
        "192.168.1.1",
        "100.64.0.1",
        "::1",
        "fc00::1",
        "fd12:3456::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::c0a8:101",
        "2002:7f00:1::",
        "2002:a00:1::5",
    ],
    "nowhere": [
        "0.0.0.0",  # noqa: S104 - to be refused
        "0.0.0.1",
        "169.254.169.254",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "203.0.113.9",
        "224.0.0.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::7f00:1",
        "::5db8:d70e",
        "::ffff:169.254.169.254",
        "::ffff:0:127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::5db8:d70e",
        "64:ff9b:1::7f00:1",
        "2002:a9fe:a9fe::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
        "3fff::1",
        "100::1",
        "5f00::1",
        "fe80::1",
        "fe80::1%eth0",
        "2606:2800:21f::1%1",
        "::1%lo",
        "fec0::1",
        "feff::1",
        "fd00:ec2::254",
        "ff02::1",
        "ff0e::1",
    ],
}


@pytest.mark.parametrize(("expected", "address"), [(kind, each) for kind in ADDRESSES for each in ADDRESSES[kind]])
def test_a_message_goes_to_the_internet_or_where_the_operator_allows_it(
    monkeypatch: pytest.MonkeyPatch, expected: Reach, address: str
) -> None:
    assert reach(ip_address(address)) == expected
    url = "https://hooks.example/x"
    resolving(monkeypatch, "93.184.215.14", address)  # one of several is enough
    if expected != "public":
        with pytest.raises(OSError, match={"internal": "has not allowed", "nowhere": "no address of a host"}[expected]):
            asked(url)
    if expected == "nowhere":
        with pytest.raises(OSError, match="no address of a host"):
            asked(url, is_internal=True)
    else:
        assert asked(url, is_internal=True).url.host == "93.184.215.14"


def test_the_name_is_resolved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (a, 443)) for a in next(answers)])
    assert asked("https://hooks.example/x").url.host == "93.184.215.14"
    with pytest.raises(OSError, match="has not allowed"):
        asked("https://hooks.example/x")


@pytest.mark.parametrize(
    "host",
    ["127.1", "0x7f.1", "0177.0.0.1", "2130706433", "0x7f000001", "127.0.0.1.", "10.0.0.256", "1.2.3.4.5", "x.0x"],
)
def test_an_ip_address_is_written_in_its_usual_form(host: str) -> None:
    for url in (f"https://{host}/x", f"http://{host}/x"):
        with pytest.raises(ValueError, match=r"^url: "):
            require_address(url)


def test_plain_http_goes_to_this_machine_whatever_its_name_says(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "93.184.215.14")
    with pytest.raises(OSError, match="is not this machine"):
        asked("http://localhost/x", is_internal=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/x",
        "http://10.0.0.1/x",
        "ftp://hooks.example",
        "https://",
        "https:hooks.example",
        "hooks.example",
        "https://user:word@hooks.example/",
        "https://hooks.example/#x",
        "https://hooks.example:port/",
        "javascript:alert(1)",
        "",
    ],
)
def test_a_wrong_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"^url: "):
        subscribe(url, (), internal=True)


def test_an_address_may_be_https_or_this_machine() -> None:
    for url in ("https://hooks.example/a?b=c", "http://localhost:1/", "http://127.8.8.8/", "http://[::1]:9/x"):
        assert str(require_address(url)) == url


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("id", "a b", "id: "),
        ("id", "", "id: "),
        ("secret", "whsec_!!!!", "secret: "),
        ("secret", "whsec_YWJj", "secret: "),
        ("secret", "YWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJj", "secret: "),
        ("numbers", ["TOA-PCA-FR-2017-01-X"], "numbers: "),
        ("more", 1, "unknown field"),
        ("url", "http://hooks.example", "url: "),
    ],
)
def test_a_file_that_is_not_as_expected_is_refused(tmp_path: Path, field: str, value: Any, says: str) -> None:
    file = put_file(tmp_path, subscribe("https://hooks.example", (), internal=False), **{field: value})
    with pytest.raises(ValueError, match=rf"/webhooks\.json: .*{says}"):
        read_file(file)


def test_v2_numbers_are_read_as_people_write_them(tmp_path: Path) -> None:
    written = f" {NUMBER.lower().replace('-', ' ')}. "
    assert subscribe("https://hooks.example", (written,), internal=False).numbers == (NUMBER,)
    file = put_file(tmp_path, subscribe("https://hooks.example", (), internal=False), numbers=[written])
    assert read_file(file)[0].numbers == (NUMBER,)


def test_an_id_is_there_once_and_a_file_is_bounded(tmp_path: Path) -> None:
    one = subscribe("https://hooks.example", (), internal=False)
    with pytest.raises(ValueError, match="every id once"):
        read_file(put_file(tmp_path, one, one))
    (tmp_path / FILE).write_bytes(b" " * (4 * 1024 * 1024 + 1))
    with pytest.raises(ValueError, match="at most"):
        read_file(tmp_path / FILE)
