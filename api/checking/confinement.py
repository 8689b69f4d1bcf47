"""Reads what somebody presents in a process of its own (:mod:`api.confined`): files, pictures and long texts.

A short text is read here, since its size bounds what that takes: numbers, tokens, Open Badges.
"""

from collections.abc import Callable
from datetime import datetime
from typing import ParamSpec, TypeVar

import msgspec

from api.checking.pixels import is_pdf
from api.checking.presented import Presented, recognise
from api.confined import Limits, Patience, run_within
from projections.credentials.forms import catalogue
from projections.credentials.forms.form import Statement
from projections.credentials.keys.enrolled import IssuerKeys

P = ParamSpec("P")
T = TypeVar("T")

SHORT = 64 * 1024  # bytes; an Open Badge has some 10,000, and whatever is that short takes less than a second
LIMITS = Limits(memory=384 * 1024 * 1024, cpu=8, seconds=12)  # a picture of the most pixels takes 200 MB


class Signed(msgspec.Struct, frozen=True):
    """What a document states, and the id of the body's key that signed it."""

    key_id: str
    by_chain: bool
    statement: Statement


class Sealed(msgspec.Struct, frozen=True):
    """The id of the body's key that sealed a file, whom its certificate names, and when an authority stamped it."""

    key_id: str
    signer: str
    stamped_at: datetime | None


class Confined:
    """Reads in other processes, for as long as somebody waits. Every method raises ``Unverifiable`` and ``Stopped``."""

    def __init__(self, patience: Patience | None = None) -> None:
        self._patience = patience

    def recognised(self, data: bytes) -> Presented:
        """What it is, not verified."""
        return self._called(_is_short_text(data), recognise, data)

    def issuer(self, presented: Presented) -> str:
        """Whom a document names as its issuer, not verified."""
        return self._called(len(presented.text) <= SHORT, _issuer, presented.kind, presented.text)

    def signed(self, presented: Presented, keys: IssuerKeys) -> Signed:
        """What a key of the body signed in a document."""
        return self._called(len(presented.text) <= SHORT, _signed, presented.kind, presented.text, keys)

    def sealed(self, presented: Presented, keys: IssuerKeys, made: datetime | None) -> Sealed:
        """The seal over a file that has one."""
        return self._called(False, _sealed, presented.kind, presented.data, keys, made)

    def _called(self, here: bool, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return function(*args, **kwargs) if here else run_within(LIMITS, self._patience, function, *args, **kwargs)


def _is_short_text(data: bytes) -> bool:
    """Pictures and archives are not UTF-8, or have bytes of zero. An SVG is read elsewhere, as the XML that it is."""
    if len(data) > SHORT or is_pdf(data) or b"\0" in data or data.lstrip().startswith(b"<"):
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _issuer(form: str, text: str) -> str:
    return catalogue.by_name()[form].issuer(text)


def _signed(form: str, text: str, keys: IssuerKeys) -> Signed:
    verified = catalogue.by_name()[form].verify(text, keys)
    return Signed(verified.key.key_id, verified.by_chain, verified.statement())


def _sealed(form: str, data: bytes, keys: IssuerKeys, made: datetime | None) -> Sealed:
    verify_seal = catalogue.by_name()[form].verify_seal
    if verify_seal is None:
        raise ValueError(f"{form}: a form without a seal")
    seal = verify_seal(data, keys, made)
    return Sealed(seal.key.key_id, seal.signer, seal.stamped_at)
