"""Reading what a log publishes, from a folder or over HTTP, bounded in size and in time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import httpx2
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

from ledger.signing.keys import SigningKey

SECONDS = 10
MAX_BYTES = 32 * 1024 * 1024  # more than the largest entry bundle: 256 entries of 65,535 bytes
TAG = "pca-ledger"

Read = Callable[[str], bytes]
"""What stands at a path. Raises LookupError where nothing does, OSError when it cannot be read."""


def reader(source: str, key: SigningKey | None = None) -> Read:
    """Reads below an http(s) address or a folder; with an auditor's ``key`` each request is signed (RFC 9421)."""
    if source.startswith(("http://", "https://")):
        return _Web(source.rstrip("/"), key).read
    folder = Path(source)
    if not folder.is_dir():
        raise FileNotFoundError(f"{source}: expected a folder or an http(s) address")
    return lambda path: _read_file(folder / path)


def send(client: httpx2.Client, request: httpx2.Request, most: int = MAX_BYTES) -> tuple[httpx2.Response, bytes]:
    """The answer and its body. Raises OSError when none comes, or more than ``most`` bytes."""
    try:
        answer = client.send(request, stream=True)
        try:
            body = b""
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > most:
                    raise OSError(f"{request.url}: answers more than {most} bytes")
        finally:
            answer.close()
    except httpx2.HTTPError as error:
        raise OSError(f"{request.url}: {str(error) or type(error).__name__}") from None
    return answer, body


class _Web:
    def __init__(self, base: str, key: SigningKey | None) -> None:
        self._base, self._key = base, key
        self._client = httpx2.Client(timeout=SECONDS, headers={"Accept": "application/json, */*;q=0.5"})

    def read(self, path: str) -> bytes:
        request = self._client.build_request("GET", f"{self._base}/{path}")
        if self._key is not None:
            _sign(request, self._key)
        answer, body = send(self._client, request)
        if answer.status_code == httpx2.codes.NOT_FOUND:
            raise LookupError(f"{request.url}: not there")
        if answer.status_code != httpx2.codes.OK:
            raise OSError(f"{request.url}: answers {answer.status_code}")
        return body


def _sign(request: httpx2.Request, key: SigningKey) -> None:
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_OneKey(key))
    signer.sign(request, key_id=key.key_id, tag=TAG, covered_component_ids=("@method", "@target-uri"))


class _OneKey(HTTPSignatureKeyResolver):
    def __init__(self, key: SigningKey) -> None:
        self._key = key

    def resolve_private_key(self, key_id: str) -> Any:  # noqa: ARG002 - the library's signature
        return self._key.private

    def resolve_public_key(self, key_id: str) -> NoReturn:
        raise NotImplementedError("answers are not signed")


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise LookupError(f"{path}: not there") from None
