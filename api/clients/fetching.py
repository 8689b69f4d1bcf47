"""Reading what a log publishes, from a folder or over HTTP, bounded in size and in time."""

import errno
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from secrets import token_urlsafe
from ssl import SSLCertVerificationError, SSLError
from threading import Event, Timer
from typing import Any

import httpx2
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

from api.words.failures import OF_SYSTEM, of_system
from ledger.errors import Unreachable, Unreadable
from ledger.signing.keys import SigningKey
from ledger.words import Words

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
            raise Unreachable(f"{url}: {error}", f"{url} : adresse non valide ({error})") from None

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
                    raise Unreachable(
                        f"{request.url}: answers in the encoding {encoding[:32]}, which was not asked for",
                        f"{request.url} : réponse dans l’encodage {encoding[:32]}, qui n’a pas été demandé",
                    )
                for chunk in answer.iter_raw():
                    body += chunk
                    if len(body) > self._most:
                        raise Unreachable(
                            f"{request.url}: answers more than {self._most} bytes",
                            f"{request.url} : réponse de plus de {self._most} octets",
                        )
                return answer.status_code, bytes(body)
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            late = Words(
                f"no whole answer within {self._seconds} seconds",
                f"aucune réponse complète en {self._seconds} secondes",
            )
            why = late if overdue.is_set() else _why(error)
            raise Unreachable(f"{request.url}: {why.en}", f"{request.url} : {why.fr}") from None
        finally:
            ending.cancel()


def _why(error: httpx2.HTTPError | httpx2.StreamError) -> Words:
    """Returns why there was no answer, by the error of the system below that of the library."""
    below: BaseException | None = error
    while below is not None and not isinstance(below, OSError):
        below = below.__cause__ or below.__context__
    match below:
        case SSLCertVerificationError():
            why = below.verify_message
            return Words(f"its TLS certificate is not trusted ({why})", f"son certificat TLS n’est pas reconnu ({why})")
        case SSLError():
            why = below.reason or "TLS"
            return Words(f"no TLS connection ({why})", f"connexion TLS impossible ({why})")
        case OSError() if below.errno is not None:
            return of_system(below)
    if isinstance(error, httpx2.TimeoutException):
        return OF_SYSTEM[errno.ETIMEDOUT]
    why = str(error) or type(error).__name__
    return Words(why, f"échange interrompu ({why})")


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
            raise LookupError(request.url)
        if status != httpx2.codes.OK:
            raise Unreachable(f"{request.url}: answers {status}", f"{request.url} : réponse {status}")
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
        raise LookupError(str(path)) from None
    if len(data) > MAX_BYTES:
        raise Unreachable(f"{path}: holds more than {MAX_BYTES} bytes", f"{path} : plus de {MAX_BYTES} octets")
    return data
