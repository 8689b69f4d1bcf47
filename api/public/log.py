"""The log for standard tools (c2sp.org/tlog-tiles): trust root, checkpoint, policy, hash tiles.

Hashes are public; entries are for auditors only (``api.secretariat.entries``).
"""

import re

from fastapi import APIRouter, Request
from starlette.convertors import Convertor, register_url_convertor
from starlette.responses import Response

from api.clients.timestamping import REPLY
from api.negotiation import HTML, JSON
from api.pages import register_as_it_is, respond
from api.publishing.packing import verify_page
from ledger.domain.refusal import Refused
from ledger.errors import Unverifiable
from ledger.log.tiles import Tile


class _TileLevel(Convertor[int]):
    """At most two digits. Starlette's own ``int`` takes any number of digits, and fails on five thousand."""

    regex = "[0-9]{1,2}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("tile_level", _TileLevel())
router = APIRouter(tags=["verification"])
TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
INDEX = re.compile("0|[1-9][0-9]{0,18}")
YEAR = 365 * 24 * 60 * 60
PAGE_POLICY = re.findall(rb'Security-Policy" content="([^"]+)"', verify_page())[0].decode()
IMMUTABLE = f"public, max-age={YEAR}, immutable"


@router.get("/trust.json", response_class=Response)
def trust(request: Request) -> Response:
    """The trust root, to compare with the one that you obtained elsewhere: a register cannot vouch for itself."""
    return respond(request, bytes(register_as_it_is(request).trust), JSON)


@router.get("/checkpoint", responses={200: {"content": {"text/plain": {}}}})
def checkpoint(request: Request) -> Response:
    """The latest signed checkpoint of the log, as a C2SP signed note."""
    return respond(request, register_as_it_is(request).checkpoint().encode(), TEXT)


@router.get("/checkpoint.tsr", responses={200: {"content": {REPLY: {}}}})
def time_stamp(request: Request) -> Response:
    """The time-stamp of the latest checkpoint (RFC 3161), if the register uses a time-stamp authority."""
    reply = register_as_it_is(request).time_stamp()
    if reply is None:
        raise Refused("unknown", kind="time-stamp", id="checkpoint.tsr")
    return respond(request, reply, REPLY)


@router.get("/policy", responses={200: {"content": {"text/plain": {}}}})
def policy(request: Request) -> Response:
    """The verifier key of the log, and the witnesses that must cosign what it publishes (c2sp.org/tlog-policy)."""
    return respond(request, register_as_it_is(request).trust.policy_text.encode(), TEXT)


@router.get("/tile/{level:tile_level}/{index:path}", responses={200: {"content": {BYTES: {}}}})
def tile(request: Request, level: int, index: str) -> Response:
    """Up to 256 hashes of the log's Merkle tree. These bytes never change."""
    wanted = tile_at(request)
    try:
        hashes = register_as_it_is(request).tile(wanted)
    except LookupError:
        raise Refused("unknown", kind="tile", id=str(wanted)) from None
    return respond(request, hashes, BYTES, cached=IMMUTABLE)


@router.get("/proof/{leaf}.tlog-proof", responses={200: {"content": {"text/plain": {}}}})
def proof(request: Request, leaf: str) -> Response:
    """The proof that a leaf, counted from 0, is in the tree of the latest checkpoint (c2sp.org/tlog-proof)."""
    if not INDEX.fullmatch(leaf):
        raise Refused("unknown", kind="entry", id=leaf[:64])
    index = int(leaf)
    return respond(request, register_as_it_is(request).proof(index).encode(), TEXT)


@router.get("/verify.html", response_class=Response)
def verify_page_offline(request: Request) -> Response:
    """The page that verifies a bundle offline, in a browser. Save it and open it from the file."""
    response = respond(request, verify_page(), HTML)
    # The page states its own policy, with the hash of its one script.
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response


def tile_at(request: Request) -> Tile:
    """Returns the tile that the address names. Raises ``Refused`` when it names none."""
    path = request.url.path.removeprefix("/")
    try:
        return Tile.parse(path)
    except Unverifiable:
        raise Refused("unknown", kind="tile", id=path[:64]) from None
