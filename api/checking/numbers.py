"""Finds the certificate number in what a person types, pastes or scans: alone, in an address, or in a sentence."""

import re
from typing import NamedTuple
from urllib.parse import parse_qs, unquote

from ledger.domain.number import CertificateNumber, Mistyped, NotANumber
from ledger.errors import Unverifiable
from ledger.words import Words
from projections.credentials.forms import catalogue

MAX_CHARACTERS = 4_096
AROUND = " \t\r\n\u00a0\u202f<>()[]«»“”\"'.,;:!?"
CERTIFICATES = "certificates"
ENDINGS = tuple(f".{name}" for name in ("bundle.json", "json", "zip", *(form.name for form in catalogue.FORMS)))


class Found(NamedTuple):
    """A number, and the ``host`` of the address around it, in lower case and with its port; None without an address."""

    number: str
    host: str | None


def find(text: str) -> Found | None:
    """Returns the one number in a text, leniently read; None when there is none.

    Raises ``Unverifiable``: number-mistyped when it holds only what looks like a number, but for its check,
    presented-several when it holds several.
    """
    text = text.strip(AROUND)
    if len(text) > MAX_CHARACTERS:
        return None
    # A number may have spaces in it; an address has none, but may have words around it.
    readings = ([text], text.split())
    found, mistyped = dict[Found, None](), False
    for candidates in reversed(readings) if "/" in text else readings:
        for candidate in candidates:
            try:
                one = _of_address(candidate) if "/" in candidate else _of_number(candidate)
            except Mistyped:
                mistyped = True
            else:
                if one is not None:
                    found[one] = None
        if found:
            break
    if mistyped and not found:
        raise Unverifiable("number-mistyped", *Mistyped.words)
    if len(found) > 1:
        raise Unverifiable("presented-several", *several(len(found)))
    return next(iter(found), None)


def several(count: int) -> Words:
    return Words(
        f"{count} certificates are in it: present one at a time",
        f"il contient {count} certificats : présentez-les un par un",
    )


def without_port(address: str, host: str) -> str:
    """The host of an address, without the default port of its scheme (RFC 3986, 6.2.3)."""
    return host.removesuffix(":80" if address.startswith("http://") else ":443")


def _of_address(text: str) -> Found | None:
    """The number in the path or the query of an address, which may be that of a document or end with a full stop."""
    address, _, query = text.strip(AROUND).partition("#")[0].partition("?")
    parts = [unquote(part) for part in address.rstrip("/").split("/")]
    after = parts.index(CERTIFICATES) + 1 if CERTIFICATES in parts[:-1] else -1
    asked = parse_qs(query, max_num_fields=20).get("number", [])
    for part in [*asked[:1], parts[after]]:
        ending = next((ending for ending in ENDINGS if part.lower().endswith(ending)), "")
        found = _of_number(part[: len(part) - len(ending)])
        if found is not None:
            return found._replace(host=_host(address))
    return None


def _of_number(text: str) -> Found | None:
    """Raises ``Mistyped``."""
    try:
        return Found(str(CertificateNumber.read(text)), None)
    except NotANumber:
        return None


def _host(address: str) -> str | None:
    """The text up to the first slash, unchanged, so that ``ours@theirs`` is never taken for one of the two."""
    address = address.lower()
    place = re.sub(r"\Ahttps?://", "", address)
    is_path = address.startswith("/") and not address.startswith("//")
    return None if is_path or "/" not in place else without_port(address, place.partition("/")[0])
