"""Certificates by the number that somebody typed."""

from urllib.parse import urlencode

from fastapi import Request

from api.pages import register_of
from api.problems import WrongInput
from ledger.domain.number import CertificateNumber, NumberError
from ledger.domain.refusal import Refused
from projections.certificates import CertificateRow


def certificate_row(request: Request, number: str) -> CertificateRow:
    """Returns the certificate of a number, superseded or not. Raises ``WrongInput``, or ``Refused`` if none."""
    row = register_of(request).models.certificates.by_number(parsed_number(number))
    if row is None:
        raise Refused("unknown", kind="certificate", id=number[:64])
    return row


def parsed_number(number: str) -> str:
    """Returns the canonical form of a number that somebody typed. Raises ``WrongInput``."""
    try:
        return str(CertificateNumber.read(number))
    except NumberError as error:
        raise WrongInput("number", *error.words) from None


def query_of(request: Request, *names: str) -> str:
    """Returns the query with these parameters of the request, for a redirect that keeps them."""
    kept = {name: request.query_params[name] for name in names if request.query_params.get(name)}
    return f"?{urlencode(kept)}" if kept else ""
