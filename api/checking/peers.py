"""What another body issued is checked by asking that body's register, where the operator of this one allows it.

The address that is asked is the operator's, never one in what is presented; that only says whose document it is.
"""

from __future__ import annotations

from datetime import date

import msgspec

from api.checking import checks
from api.checking.presented import KINDS, Presented, recognise
from api.clients import asking
from api.register import Register
from ledger.errors import Unverifiable
from ledger.verdict import Check, Report, Result, Verdict
from ledger.words import Words
from projections.credentials.facts import IssuerIdentity


class Answer(msgspec.Struct, frozen=True):
    """A report, and the address of the register that gave it when it was another one."""

    report: Report
    register: str | None = None


def check(data: bytes, register: Register, day: date, *, may_ask: bool) -> Answer:
    """What this register says of what is presented, or the peer whose body issued it.

    Without ``may_ask``, as when a peer asks, this register answers for itself only: two peers never ask in circles.
    """
    peers = register.settings.peers if may_ask else ()
    peer = _issuing(peers, data) if peers else None
    if peer is None:
        return Answer(checks.check(data, register, day))
    try:
        return Answer(asking.report(peer, data, day, hops=0), peer)
    except OSError as error:
        return Answer(_unreached(peer, recognise(data), day, error))


def _issuing(peers: tuple[str, ...], data: bytes) -> str | None:
    """The peer that is named as the issuer of what is presented, or at whose address the certificate stands."""
    try:
        presented = recognise(data)
        if presented.kind == "number":
            address = presented.data.decode().strip()
            return next((peer for peer in peers if address.startswith(f"{peer}/certificates/")), None)
        named = checks.issuer_in(presented)
    except Unverifiable:
        return None  # the checks say why
    return next((p for p in peers if named in (p, IssuerIdentity(url=p, name_en="", name_fr="").did)), None)


def _unreached(peer: str, presented: Presented, day: date, error: OSError) -> Report:
    checks_ = (
        Check(number=1, code="form", title=checks.FORM, result=Result.PASSED, detail=KINDS[presented.kind]),
        Check(
            number=2,
            code="issuer",
            title=checks.ISSUER,
            result=Result.UNKNOWN,
            detail=Words(
                f"the issuer's register, {peer}, could not be reached ({error})",
                f"le registre de l’émetteur, {peer}, est injoignable ({error})",
            ),
        ),
    )
    return Report(
        verdict=Verdict.NOT_CHECKED, checks=checks_, number=None, holder=None, status=None, day=day, stated=None
    )
