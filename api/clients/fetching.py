"""Reading what a log publishes, from a folder or over HTTP, bounded in size and in time."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from secrets import token_urlsafe
from threading import Event, Timer
from typing import Any

import httpx2
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

from ledger.errors import Unreadable
from ledger.signing.keys import SigningKey

SECONDS = 10
MAX_BYTES = 32 * 1024 * 1024  # more than the largest entry bundle: 256 entries of 65,535 bytes
TAG = "pca-ledger"
ACCEPT = {"Accept": "application/json, */*;q=0.5"}
AS_IT_IS = {"Accept-Encoding": "identity"}  # a few bytes of a compressed body may become gigabytes at once

Read = Callable[[str], bytes]
"""What stands at a path. Raises LookupError where nothing does, OSError when it cannot be read."""


def reader(source: str, key: SigningKey | None = None) -> Read:
    """Returns a reader below an http(s) address or a folder. An auditor's ``key`` signs the requests (RFC 9421)."""
    if source.startswith(("http://", "https://")):
        return _Web(source.rstrip("/"), key).read
    folder = Path(source)
    if not folder.is_dir():
        raise Unreadable(
            f"{source}: expected a folder or an http(s) address",
            f"{source} : un dossier ou une adresse http(s) est attendu",
        )
    return lambda path: _read_file(folder / path)


class Exchanges:
    """Requests to one server, one after the other. Each ends within ``seconds``, whatever the server does, and reads at
    most ``most`` bytes. Redirects are not followed; ``direct`` requests use no proxy of the environment.
    """

    def __init__(self, seconds: float = SECONDS, most: int = MAX_BYTES, *, direct: bool = False) -> None:
        self._seconds, self._most, self._direct = seconds, most, direct
        self._opened: httpx2.Client | None = None

    @property
    def _client(self) -> httpx2.Client:
        if self._opened is None:  # only when needed: it reads every root certificate of the machine
            self._opened = httpx2.Client(timeout=self._seconds, follow_redirects=False, trust_env=not self._direct)
        return self._opened

    def close(self) -> None:
        """Closes the connection; a later request opens another."""
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    def request(
        self, method: str, url: str, *, content: bytes = b"", headers: dict[str, str] | None = None
    ) -> httpx2.Request:
        """Returns a request to send. Raises OSError when the address is not valid."""
        try:
            return self._client.build_request(method, url, content=content, headers=AS_IT_IS | (headers or {}))
        except (httpx2.InvalidURL, ValueError) as error:
            raise OSError(f"{url}: {error}") from None

    def send(self, request: httpx2.Request) -> tuple[int, bytes]:
        """Returns the status and the body. Raises OSError when the response is missing, late or too large."""
        overdue, client = Event(), self._client

        def end() -> None:
            # A server that sends a byte at a time never meets the timeout of a read, so the connection is closed.
            overdue.set()
            self.close()

        ending = Timer(self._seconds, end)
        ending.daemon = True
        ending.start()
        try:
            with closing(client.send(request, stream=True)) as answer:
                body = bytearray()
                if encoding := answer.headers.get("Content-Encoding"):
                    raise OSError(f"{request.url}: answers in the encoding {encoding[:32]}, which was not asked for")
                for chunk in answer.iter_raw():
                    body += chunk
                    if len(body) > self._most:
                        raise OSError(f"{request.url}: answers more than {self._most} bytes")
                return answer.status_code, bytes(body)
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            late = f"no whole answer within {self._seconds} seconds" if overdue.is_set() else ""
            raise OSError(f"{request.url}: {late or str(error) or type(error).__name__}") from None
        finally:
            ending.cancel()


class _Web:
    def __init__(self, base: str, key: SigningKey | None) -> None:
        self._base, self._key = base, key
        self._exchanges = Exchanges()

    def read(self, path: str) -> bytes:
        request = self._exchanges.request("GET", f"{self._base}/{path}", headers=ACCEPT)
        if self._key is not None:
            signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_OneKey(self._key))
            signer.sign(
                request,
                key_id=self._key.key_id,
                nonce=token_urlsafe(),  # a signature is accepted once
                tag=TAG,
                covered_component_ids=("@method", "@target-uri"),
            )
        status, body = self._exchanges.send(request)
        if status == httpx2.codes.NOT_FOUND:
            raise LookupError(f"{request.url}: not there")
        if status != httpx2.codes.OK:
            raise OSError(f"{request.url}: answers {status}")
        return body


class _OneKey(HTTPSignatureKeyResolver):
    def __init__(self, key: SigningKey) -> None:
        self._key = key

    def resolve_private_key(self, key_id: str) -> Any:  # noqa: ARG002 - the library's signature
        return self._key.private


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise LookupError(f"{path}: not there") from None
    if len(data) > MAX_BYTES:
        raise OSError(f"{path}: holds more than {MAX_BYTES} bytes")
    return data
