"""The status of a certificate in words: what it is, and since or until when it really is so."""

from datetime import date

import pytest

from ledger.domain.certificate_status import CertificateStatus
from ledger.domain.events.certification import CertificateContent
from ledger.domain.standing import Standing
from ledger.domain.states.certification import Certification
from ledger.status_on import StatusOn, status_on
from ledger.verdict import NOT_EVERYTHING, OF_A_NUMBER, VERDICTS, Read, Verdict, VerificationReport
from ledger.words import Words

TODAY, SINCE, UNTIL = date(2026, 11, 30), date(2026, 3, 1), date(2027, 5, 18)
NEWER = "TOA-PCA-FR-2017-01.2-XXX"
STATED = CertificateContent(
    number="TOA-PCA-FR-2017-01-BTH",
    holder=(),
    body_en="Body",
    body_fr="Organisme",
    scheme_id="toa",
    scheme_version="1.0.0",
    scheme_title_en="Advisor",
    scheme_title_fr="Conseiller",
    scope=("communication", "skills"),
    language="fr",
    effective_from=SINCE,
    expires_on=None,
)


@pytest.mark.parametrize(
    ("status", "en", "fr"),
    [
        (CertificateStatus.VALID, "valid until 18 May 2027", "valide jusqu’au 18 mai 2027"),
        (
            CertificateStatus.SUSPENDED,
            "suspended since 1 March 2026",
            "certification suspendue depuis le 1er mars 2026",
        ),
        (CertificateStatus.WITHDRAWN, "withdrawn since 1 March 2026", "certification retirée depuis le 1er mars 2026"),
        (CertificateStatus.EXPIRED, "expired since 1 March 2026", "certification expirée depuis le 1er mars 2026"),
        (CertificateStatus.NOT_YET_VALID, "not in force before 1 March 2026", "pas en vigueur avant le 1er mars 2026"),
        (CertificateStatus.NONE, "no certification was granted", "aucune certification n’a été accordée"),
        (
            CertificateStatus.SUPERSEDED,
            f"superseded by {NEWER} on 1 March 2026: ask for that certificate",
            f"remplacé par {NEWER} le 1er mars 2026\N{NO-BREAK SPACE}: demandez ce certificat",
        ),
        (
            CertificateStatus.SCOPE_REDUCED,
            "the scope was reduced on 1 March 2026 and lacks skills: ask for the reissued certificate",
            "portée réduite le 1er mars 2026, qui ne comprend plus skills\N{NO-BREAK SPACE}: demandez le certificat "
            "réémis",
        ),
    ],
)
def test_every_status_says_since_or_until_when(status: CertificateStatus, en: str, fr: str) -> None:
    by = NEWER if status is CertificateStatus.SUPERSEDED else None
    since = None if status is CertificateStatus.NONE else SINCE
    found = StatusOn(status=status, day=TODAY, since=since, until=UNTIL, superseded_by=by, lapsed=("skills",))
    assert found.clause(TODAY) == (en, fr)


def test_what_has_no_end_says_none_and_an_earlier_day_is_named() -> None:
    valid = StatusOn(status=CertificateStatus.VALID, day=TODAY, since=SINCE)
    assert valid.clause(TODAY).en == "valid"
    assert valid.clause(date(2027, 1, 1)) == (
        "on 30 November 2026: valid",
        "le 30 novembre 2026\N{NO-BREAK SPACE}: valide",
    )


def test_what_was_replaced_while_it_is_suspended_says_both() -> None:
    found = StatusOn(status=CertificateStatus.SUSPENDED, day=TODAY, since=SINCE, superseded_by=NEWER)
    assert found.clause(TODAY).en == f"suspended since 1 March 2026; superseded by {NEWER}"


def test_a_status_begins_on_the_day_on_which_it_took_effect() -> None:
    standing = Standing(effective_from=SINCE, expires_on=UNTIL, pauses=((date(2026, 6, 1), True),))
    scope = frozenset(STATED.scope)
    held = Certification("c", standing=standing, scopes=((SINCE, scope), (date(2026, 5, 1), scope - {"skills"})))
    reduced = status_on(date(2026, 5, 20), held, STATED, None)
    assert (reduced.status, reduced.since, reduced.lapsed) == ("scope-reduced", date(2026, 5, 1), ("skills",))
    replaced = status_on(date(2026, 5, 20), held, STATED, (NEWER, date(2026, 5, 10)))
    assert (replaced.status, replaced.since, replaced.superseded_by) == ("superseded", date(2026, 5, 10), NEWER)
    suspended = status_on(date(2026, 7, 1), held, STATED, None)
    assert (suspended.status, suspended.since, suspended.until) == ("suspended", date(2026, 6, 1), UNTIL)
    before = status_on(date(2026, 2, 1), held, STATED, None)
    assert (before.status, before.since) == ("not-yet-valid", SINCE)


@pytest.mark.parametrize("read", ["document", "number"])
@pytest.mark.parametrize("verdict", Verdict)
def test_a_number_alone_is_never_called_authentic(verdict: Verdict, read: Read) -> None:
    def report(standing: StatusOn | None) -> VerificationReport:
        return VerificationReport(
            verdict=verdict,
            sentence=Words("", ""),
            checks=(),
            read=read,
            number=None,
            holder=None,
            standing=standing,
            day=TODAY,
            stated=None,
        )

    assert ("uthentic" in report(None).label.en) == (read == "document" and "authentic" in verdict)
    assert report(None).label == (OF_A_NUMBER if read == "number" else VERDICTS).get(verdict, VERDICTS[verdict])
    valid = StatusOn(status=CertificateStatus.VALID, day=TODAY)
    assert (report(valid).label == NOT_EVERYTHING) == (verdict is Verdict.NOT_CHECKED)
