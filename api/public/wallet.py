"""The endpoints for wallets (OpenID4VCI 1.0, pre-authorized code): metadata, token, credential.

They are public; a code decides which certificate a wallet gets, and only the holder is given it.
"""

from base64 import b64encode
from typing import Annotated, Any, cast, get_args

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response
from zxingcpp import BarcodeFormat, create_barcode

from api.negotiation import JSON
from api.pages import page, register_of, respond
from api.public.documents import FOR_THE_HOLDER
from api.public.identity import issuer_of
from api.wallet import flow as wallet
from api.wallet.codes import Codes
from api.wallet.flow import FORM_OF, Format, WalletError
from ledger.domain.refusal import Refused
from projections.credentials.facts import IssuerIdentity
from projections.credentials.forms.sd_jwt import TYPE_NAME
from projections.credentials.proofs.jws import write_json

router = APIRouter(tags=["wallet"], max_body_size=wallet.MAX_REQUEST_BYTES)
OAUTH_ERROR: dict[str, Any] = {"description": "an error in the words of OAuth 2.0", "content": {JSON: {}}}


def codes_of(request: Request) -> Codes:
    return cast(Codes, request.app.state.codes)


async def body_of(request: Request) -> bytes:
    return await request.body()


Known = Annotated[Codes, Depends(codes_of)]
Established = Annotated[IssuerIdentity, Depends(issuer_of)]
Body = Annotated[bytes, Depends(body_of)]


@router.post("/holder/{token}/wallet", include_in_schema=False)
def offer(request: Request, codes: Known, issuer: Established, token: Annotated[str, Path(max_length=64)]) -> Response:
    """An offer for the holder's wallet: a QR code and a link that work once, for some minutes."""
    kept = register_of(request).documents.set_of_token(token)
    if kept is None:
        raise Refused("unknown", kind="holder", id="")
    formats = get_args(Format)
    uri = wallet.offer_uri(wallet.offer(issuer, codes.offer(kept.number, formats), formats))
    svg = create_barcode(uri, BarcodeFormat.QRCode, ec_level="M").to_svg(scale=4)
    picture = f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
    response = page(request, "wallet.html", number=kept.number, uri=uri, picture=picture, token=token)
    response.headers.update(FOR_THE_HOLDER)
    return response


@router.get(wallet.ISSUER_PATH, response_class=Response, responses={200: {"content": {JSON: {}}}})
def issuer_metadata(request: Request, issuer: Established) -> Response:
    """Metadata of the credential issuer (OpenID4VCI 1.0, 12.2)."""
    return respond(request, write_json(wallet.issuer_metadata(issuer, TYPE_NAME)), JSON)


@router.get(wallet.SERVER_PATH, response_class=Response, responses={200: {"content": {JSON: {}}}})
def server_metadata(request: Request, issuer: Established) -> Response:
    """Metadata of the authorization server (RFC 8414)."""
    return respond(request, write_json(wallet.server_metadata(issuer)), JSON)


@router.post(wallet.TOKEN_PATH, response_class=Response, responses={200: {"content": {JSON: {}}}, 400: OAUTH_ERROR})
def token(request: Request, codes: Known, body: Body) -> Response:
    """Exchange a one-time code for an access token (OpenID4VCI 1.0, 6)."""
    try:
        code = wallet.token_request(request.headers.get("content-type", ""), body)
        access_token, seconds = codes.redeem(code)
        response = {"access_token": access_token, "token_type": "Bearer", "expires_in": seconds}  # RFC 6749 5.1
        return _answer(200, write_json(response))
    except WalletError as error:
        return _refusal(error)


@router.post(
    wallet.CREDENTIAL_PATH,
    response_class=Response,
    responses={200: {"content": {JSON: {}}}, 400: OAUTH_ERROR, 401: OAUTH_ERROR, 403: OAUTH_ERROR},
)
def credential(request: Request, codes: Known, body: Body) -> Response:
    """Exchange an access token for the signed document (OpenID4VCI 1.0, 8)."""
    try:
        grant = codes.granted(wallet.bearer(request.headers.get("authorization")))
        wanted = wallet.credential_request(request.headers.get("content-type", ""), body)
        chosen = wallet.authorised_format(wanted, grant.formats)
        document = register_of(request).documents.get(grant.number, FORM_OF[chosen])
        if document is None:
            raise WalletError(400, "credential_request_denied", "the certificate has no such form")
        return _answer(200, wallet.credential_response(chosen, document))
    except WalletError as error:
        return _refusal(error)


def _answer(status: int, body: bytes) -> Response:
    """Returns a response with a token or a credential, which no cache may keep (RFC 6749, 5.1)."""
    return Response(body, status, {"Cache-Control": "no-store"}, JSON)


def _refusal(error: WalletError) -> Response:
    answer = _answer(error.status, write_json({"error": error.error, "error_description": error.expected}))
    if error.status in (401, 403):
        answer.headers["WWW-Authenticate"] = f'Bearer error="{error.error}"'  # RFC 6750 3
    return answer
