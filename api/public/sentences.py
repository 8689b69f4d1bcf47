"""One sentence about the status of a certification or a certificate, for pages and programs alike.

What is recorded is said as a fact. Of a day that had not come when the record was consulted, only what has been decided
is said: nobody knows yet whether a certification will be renewed, suspended or withdrawn by then.
"""

from datetime import date, timedelta
from typing import assert_never

import msgspec

from api.public.as_of import AsOf
from ledger.domain.certificate_status import CertificateStatus
from ledger.domain.standing import NOT_CERTIFIED_YET, Status
from ledger.words import LANGUAGES, Words, day_in_words
from projections.spans import Timeline

ONE_DAY = timedelta(days=1)


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What a sentence is about. ``granted`` is when the grant became known, None before it was."""

    as_of: AsOf
    timeline: Timeline
    granted: date | None
    superseded_by: str | None = None


def sentence(status: Status | CertificateStatus, case: Case) -> Words:
    """Returns what the status means on the day asked."""
    as_of, span = case.as_of, case.timeline.around(case.as_of.on)
    first = span.first_day if span else case.timeline.spans[0].first_day if case.timeline.spans else None
    last = span and span.last_day
    certified = next((s.first_day for s in case.timeline.spans if s.status not in NOT_CERTIFIED_YET), None)
    if status == CertificateStatus.NOT_YET_VALID and certified is not None:
        first = certified  # also of a certificate that came after a field phase
    words = _words(status, as_of, case, first, last)
    texts = {
        "day": as_of.on,
        "known": as_of.known_on,
        "first": first,
        "last": last,
        "before": first and first - ONE_DAY,
        "start": case.timeline.spans[0].first_day if case.timeline.spans else None,
        "granted": case.granted,
    }
    en, fr = (
        words.into(language).format(
            number=case.superseded_by,
            **{name: day and day_in_words(day).into(language) for name, day in texts.items()},
        )
        for language in LANGUAGES
    )
    return Words(en, fr)


def _words(status: Status | CertificateStatus, as_of: AsOf, case: Case, first: date | None, last: date | None) -> Words:
    match status:
        case Status.PRE_ACCREDITED:
            return _PRE_ACCREDITED
        case Status.RECOGNISED:
            return _RECOGNISED
        case Status.LAPSED:
            return _LAPSE_TO_COME if as_of.is_forecast and first is not None and first > as_of.known_on else _LAPSED
        case Status.NOT_YET_VALID if (
            case.timeline.spans
            and first == case.timeline.spans[0].first_day
            and (case.timeline.spans[0].status in NOT_CERTIFIED_YET)
        ):
            return _NOT_YET_PRE_ACCREDITED
    says = _forecast if as_of.is_forecast else _fact
    return says(CertificateStatus(status), as_of, case, first, last)


def _fact(status: CertificateStatus, as_of: AsOf, case: Case, first: date | None, last: date | None) -> Words:
    match status:
        case CertificateStatus.VALID:
            return _VALID if last is None else _VALID_UNTIL
        case CertificateStatus.SUSPENDED:
            return _SUSPENDED if last is None or last >= as_of.known_on else _SUSPENDED_UNTIL
        case CertificateStatus.EXPIRED:
            return _EXPIRED
        case CertificateStatus.WITHDRAWN:
            return _WITHDRAWN
        case CertificateStatus.RELINQUISHED:
            return _RELINQUISHED
        case CertificateStatus.ANNULLED:
            return _ANNULLED
        case CertificateStatus.NOT_YET_VALID:
            return _NOT_YET_GRANTED if case.granted is None or as_of.on < case.granted else _GRANTED
        case CertificateStatus.NONE:
            return _NONE
        case CertificateStatus.SUPERSEDED:
            return _SUPERSEDED
        case CertificateStatus.SCOPE_REDUCED:
            return _SCOPE_REDUCED
        case _:
            assert_never(status)


def _forecast(status: CertificateStatus, as_of: AsOf, case: Case, first: date | None, last: date | None) -> Words:
    """What has been decided about a day that had not come."""
    is_begun = first is not None and first <= as_of.known_on
    match status:
        case CertificateStatus.VALID:
            return _TERM if last is None else _TERM_UNTIL
        case CertificateStatus.SUSPENDED:
            return _SUSPENDED if is_begun else _SUSPENSION_TO_COME
        case CertificateStatus.EXPIRED:
            return _EXPIRED if is_begun else _TERM_ENDS
        case CertificateStatus.WITHDRAWN:
            return _WITHDRAWN if is_begun else _WITHDRAWAL_TO_COME
        case CertificateStatus.RELINQUISHED:
            return _RELINQUISHED if is_begun else _RELINQUISHMENT_TO_COME
        case CertificateStatus.ANNULLED:
            return _ANNULLED
        case CertificateStatus.NOT_YET_VALID:
            return _EFFECT_TO_COME
        case CertificateStatus.NONE | CertificateStatus.SUPERSEDED | CertificateStatus.SCOPE_REDUCED:
            return _fact(status, as_of, case, first, last)
        case _:
            assert_never(status)


# fmt: off
_VALID = Words("Entitled to act as a certified advisor since {first}.",
               "Habilitation à exercer depuis le {first}.")
_VALID_UNTIL = Words("Entitled to act as a certified advisor, from {first} to {last}.",
                     "Habilitation à exercer du {first} au {last}.")
_SUSPENDED = Words(
    "Not entitled to act as a certified advisor since {first}. The suspension may be lifted.",
    "Sans habilitation à exercer depuis le {first}. La suspension peut être levée.")
_SUSPENDED_UNTIL = Words(
    "Not entitled to act as a certified advisor from {first} to {last}: the certification was suspended.",
    "Sans habilitation à exercer du {first} au {last} : la certification était suspendue.")
_EXPIRED = Words("No longer certified since {first}: the certification was not renewed.",
                 "La certification n’est plus en vigueur depuis le {first} : elle n’a pas été renouvelée.")
_WITHDRAWN = Words("No longer certified since {first}: the certification was permanently withdrawn.",
                   "La certification n’est plus en vigueur depuis le {first} : elle a été retirée définitivement.")
_RELINQUISHED = Words("No longer certified since {first}: the holder relinquished the certification.",
                      "La certification n’est plus en vigueur depuis le {first} : la personne titulaire y a renoncé.")
_RELINQUISHMENT_TO_COME = Words(
    "As decided so far, the certification ends on {before}: the holder relinquished it from {first}.",
    "En l’état des décisions, la certification prend fin le {before} : la personne titulaire y renonce à partir du "
    "{first}.")
_ANNULLED = Words("The certification was annulled from its first day, {start}: it counts as never granted.",
                  "La certification a été annulée dès son premier jour, le {start} : elle est réputée n’avoir jamais "
                  "été accordée.")
_PRE_ACCREDITED = Words(
    "Pre-accredited since {first}, and not certified: a mission beside a certified lead expert must follow.",
    "Pré-accréditation depuis le {first}, sans certification : une mission aux côtés d’un expert principal certifié "
    "doit suivre.")
_RECOGNISED = Words(
    "Recognised since {first} after a mission, and not certified: no entitlement to act as a certified advisor.",
    "Reconnaissance depuis le {first} à l’issue d’une mission, sans certification : aucune habilitation à exercer.")
_LAPSED = Words("The pre-accreditation lapsed on {first}: no field phase had been passed by {before}.",
                "La pré-accréditation est caduque depuis le {first} : la phase de terrain n’avait pas été réussie au "
                "{before}.")
_LAPSE_TO_COME = Words(
    "The time for the field phase ends on {before}. Whether it will be passed by then is not known.",
    "Le délai de la phase de terrain prend fin le {before}. Sa réussite d’ici là n’est pas connue.")
_NOT_YET_PRE_ACCREDITED = Words("Not yet pre-accredited on this day. The pre-accreditation begins on {first}.",
                                "Pas encore de pré-accréditation à cette date. Elle prend effet le {first}.")
_NOT_YET_GRANTED = Words(
    "Not yet granted on this day. The first day of the certification is {first}.",
    "Certification pas encore accordée à cette date. Elle prend effet le {first}.")
_GRANTED = Words("Granted on {granted}, but not in force before {first}.",
                 "Certification accordée le {granted}, mais en vigueur à partir du {first} seulement.")
_NONE = Words("The register held no certification at that time.",
              "Le registre ne comportait alors aucune certification.")
_SUPERSEDED = Words(
    "This certificate has been superseded by {number}. The certification itself is in force.",
    "Ce certificat a été remplacé par le certificat {number}. La certification reste en vigueur.")
_SCOPE_REDUCED = Words(
    "The certification is in force, but no longer covers everything that this certificate states.",
    "La certification est en vigueur, mais elle ne couvre plus tout ce qu’indique ce certificat.")
_TERM = Words("As decided so far, the certification is in force and has no end.",
              "En l’état des décisions, la certification est en vigueur, sans échéance.")
_TERM_UNTIL = Words("As decided so far, the current term ends on {last}.",
                    "En l’état des décisions, la période en cours prend fin le {last}.")
_TERM_ENDS = Words(
    "The current term ends on {before}. Whether the certification will be renewed is not known.",
    "La période en cours prend fin le {before}. Un renouvellement éventuel n’est pas connu.")
_SUSPENSION_TO_COME = Words("As decided so far, the certification is suspended from {first}.",
                            "En l’état des décisions, la certification est suspendue à partir du {first}.")
_WITHDRAWAL_TO_COME = Words("As decided so far, the certification ends on {before}: it is withdrawn from {first}.",
                            "En l’état des décisions, la certification est retirée à partir du {first}.")
_EFFECT_TO_COME = Words("As decided so far, the certification takes effect on {first}.",
                        "En l’état des décisions, la certification prend effet le {first}.")
# fmt: on
