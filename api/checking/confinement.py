"""Reads what somebody presents in a process of its own: everything that is more than a number (:mod:`api.confined`)."""

from datetime import datetime

import msgspec

from api.checking.presented import Presented, number_in, recognise
from api.confined import Limits, Patience, run_within
from projections.credentials.forms import catalogue
from projections.credentials.forms.form import Statement
from projections.credentials.keys.enrolled import IssuerKeys

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
        return number_in(data) or run_within(LIMITS, self._patience, recognise, data)

    def issuer(self, presented: Presented) -> str:
        """Whom a document names as its issuer, not verified."""
        return run_within(LIMITS, self._patience, _issuer, presented.kind, presented.text)

    def signed(self, presented: Presented, keys: IssuerKeys) -> Signed:
        """What a key of the body signed in a document."""
        return run_within(LIMITS, self._patience, _signed, presented.kind, presented.text, keys)

    def sealed(self, presented: Presented, keys: IssuerKeys, made: datetime | None) -> Sealed:
        """The seal over a file that has one."""
        return run_within(LIMITS, self._patience, _sealed, presented.kind, presented.data, keys, made)


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
