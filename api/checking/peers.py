"""What another body issued is checked by asking that body's register, where the operator of this one allows it.

The address that is asked is the operator's, never one in what is presented; that only says whose document it is.
"""

from __future__ import annotations

from datetime import date

import msgspec

from api.checking import checks
from api.checking.presented import NUMBER_KIND, Presented, recognise
from api.clients import asking
from api.register import Register
from ledger.errors import Unverifiable
from ledger.verdict import Check, Report, Result, Verdict
from ledger.words import Words
from projections.credentials.facts import IssuerIdentity


class AttributedReport(msgspec.Struct, frozen=True):
    """A report, and the address of the register that gave it when it was another one."""

    report: Report
    register: str | None = None


def check_or_ask(data: bytes, register: Register, day: date, *, may_ask: bool) -> AttributedReport:
    """What this register says of what is presented, or the peer whose body issued it.

    Without ``may_ask``, as when a peer asks, this register answers for itself only: two peers never ask in circles.
    """
    peers = register.settings.peers if may_ask else ()
    peer = _issuing(peers, data) if peers else None
    if peer is None:
        return AttributedReport(checks.check_presented(data, register, day))
    try:
        return AttributedReport(asking.report(peer, data, day, hops=0), peer)
    except OSError as error:
        return AttributedReport(_unreached(peer, recognise(data), day, error))


def _issuing(peers: tuple[str, ...], data: bytes) -> str | None:
    """The peer that is named as the issuer of what is presented, or at whose address the certificate stands."""
    try:
        presented = recognise(data)
        if presented.kind == NUMBER_KIND:
            address = presented.data.decode().strip()
            return next((peer for peer in peers if address.startswith(f"{peer}/certificates/")), None)
        named = "" if presented.form is None else presented.form.issuer(presented.text)
    except Unverifiable:
        return None  # the checks say why
    return next((p for p in peers if named in (p, IssuerIdentity(url=p, name_en="", name_fr="").did)), None)


def _unreached(peer: str, presented: Presented, day: date, error: OSError) -> Report:
    checks_ = (
        Check(number=1, code="form", title=checks.FORM, result=Result.PASSED, detail=presented.words),
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
