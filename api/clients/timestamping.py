"""Requests to a time-stamp authority over HTTP (RFC 3161), for checkpoints and for seals."""

import httpx2
from rfc3161_client import TimestampRequestBuilder

from api.clients.fetching import Exchanges
from ledger.errors import Unfit, Unreachable, Unverifiable
from projections.time_stamps import MAX_REPLY_BYTES, decoded_reply

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"


class Authority:
    """A time-stamp authority at an http(s) address. Raises ValueError for any other."""

    def __init__(self, url: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise Unfit(
                f"--tsa: {url}: expected an http(s) address", f"--tsa : {url} : une adresse http(s) est attendue"
            )
        self._url = url
        self._exchanges = Exchanges(most=MAX_REPLY_BYTES)

    def ask(self, request: bytes) -> bytes:
        """Returns the authority's reply to a request, both in DER. Raises OSError when it grants none."""
        query = self._exchanges.request("POST", self._url, content=request, headers={"Content-Type": QUERY})
        status, body = self._exchanges.send(query)
        if status != httpx2.codes.OK:
            raise Unreachable(f"{self._url}: answers {status}", f"{self._url} : réponse {status}")
        try:
            decoded_reply(body)
        except Unverifiable as error:
            raise Unreachable(f"{self._url}: {error}", f"{self._url} : réponse inutilisable ({error})") from None
        return body

    def stamp(self, data: bytes) -> bytes:
        """Returns the authority's reply about ``data``, in DER. Raises OSError when it grants none."""
        request = TimestampRequestBuilder().data(data).build()
        body = self.ask(request.as_bytes())
        if decoded_reply(body).tst_info.nonce != request.nonce:
            raise Unreachable(f"{self._url}: answers another request", f"{self._url} : réponse à une autre demande")
        return body
