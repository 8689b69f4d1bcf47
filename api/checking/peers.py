"""Checks documents of another body by asking that body's register, if the operator of this register allows it.

The address to ask comes from the operator, never from the document, which only says who issued it.
"""

from datetime import date

import msgspec

from api.checking import checks
from api.checking.confinement import Confined
from api.checking.presented import NUMBER_KIND, Presented
from api.clients import asking
from api.confined import Patience, Stopped
from api.register import Register
from ledger.errors import Unverifiable
from ledger.verdict import Check, CheckResult, Verdict, VerificationReport
from ledger.words import Words, sentence
from projections.credentials.facts import IssuerIdentity


class AttributedReport(msgspec.Struct, frozen=True):
    """A report, and the address of the other register that made it; None when this register did."""

    report: VerificationReport
    register: str | None = None


def check_or_ask(
    data: bytes, register: Register, day: date, patience: Patience | None = None, *, may_ask: bool
) -> AttributedReport:
    """The report of this register, or of the peer whose body issued the document.

    Without ``may_ask``, as when a peer asks, this register answers only for itself, so that two peers never ask in
    circles.
    """
    peers, confined = register.settings.peers if may_ask else (), Confined(patience)
    peer = _issuing(peers, data, confined) if peers else None
    if peer is None:
        return AttributedReport(checks.check_presented(data, register, day, patience))
    try:
        return AttributedReport(asking.report(peer, data, day, hops=0), peer)
    except OSError as error:
        return AttributedReport(_unreached(peer, confined.recognised(data), day, error))


def _issuing(peers: tuple[str, ...], data: bytes, confined: Confined) -> str | None:
    """The peer that the document names as its issuer, or that the address around a number belongs to."""
    try:
        presented = confined.recognised(data)
        if presented.kind == NUMBER_KIND:
            address = presented.data.decode().strip()
            return next((peer for peer in peers if address.startswith(f"{peer}/certificates/")), None)
        named = "" if presented.form is None else confined.issuer(presented)
    except (Stopped, Unverifiable):
        return None  # the checks report the reason
    return next((p for p in peers if named in (p, IssuerIdentity(url=p, name=Words("", "")).did)), None)


def _unreached(peer: str, presented: Presented, day: date, error: OSError) -> VerificationReport:
    why = Words(
        f"the issuer's register, {peer}, could not be reached ({error})",
        f"le registre de l’émetteur, {peer}, est injoignable ({error})",
    )
    form = Check(number=1, code="form", title=checks.FORM, result=CheckResult.PASSED, detail=presented.words)
    issuer = Check(number=2, code="issuer", title=checks.ISSUER, result=CheckResult.UNKNOWN, detail=why)
    return VerificationReport(
        verdict=Verdict.NOT_CHECKED,
        sentence=sentence(*why),
        checks=(form, issuer),
        read="number" if presented.form is None else "document",
        number=None,
        holder=None,
        standing=None,
        day=day,
        stated=None,
    )
