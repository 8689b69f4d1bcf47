"""The report of a verification: numbered checks, each with its result, one verdict, and the sentence to act on.

Four verdicts: *in force*; *authentic but not in force*; *not authentic*, when something was proved false; and *could
not be checked*. A doubt is no proof: what cannot be established was not checked, and never passes.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

import msgspec

from ledger.domain.certificate_status import CertificateStatus
from ledger.errors import Unverifiable
from ledger.status_on import StatusOn
from ledger.words import Words, day_in_words, sentence


class CheckResult(StrEnum):
    """``UNKNOWN``: it could not be checked. It never counts as passed."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """The outcome of all checks together."""

    IN_FORCE = "in-force"
    NOT_IN_FORCE = "authentic-but-not-in-force"
    NOT_AUTHENTIC = "not-authentic"
    NOT_CHECKED = "not-checked"


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One numbered check; ``detail`` gives the particulars."""

    number: int
    code: str
    title: Words
    result: CheckResult
    detail: Words


Read = Literal["document", "bundle", "number"]


class VerificationReport(msgspec.Struct, frozen=True, kw_only=True):
    """``sentence`` tells a person what to do. ``read`` is what was presented; None when that is not known.

    Number, holder and ``standing``, as the log stated it at ``stated``, are None where nothing was proved. ``standing``
    is so too of a day to come, and ``holder`` when the name is not disclosed. Of a number alone nothing was verified
    but what the register says of it.
    """

    verdict: Verdict
    sentence: Words
    checks: tuple[Check, ...]
    read: Read | None
    number: str | None
    holder: str | None
    standing: StatusOn | None
    day: date
    stated: datetime | None

    @property
    def status(self) -> CertificateStatus | None:
        return None if self.standing is None else self.standing.status

    @property
    def label(self) -> Words:
        """The verdict in a few words. A number alone proves no paper authentic."""
        if self.verdict is Verdict.NOT_CHECKED and self.standing is not None:
            return NOT_EVERYTHING
        words = VERDICTS[self.verdict]
        return OF_A_NUMBER.get(self.verdict, words) if self.read == "number" else words


NOT_CHECKED = Words("not checked", "non vérifié")

VERDICTS: dict[Verdict, Words] = {
    Verdict.IN_FORCE: Words("In force", "En vigueur"),
    Verdict.NOT_IN_FORCE: Words("Authentic but not in force", "Authentique, mais pas en vigueur"),
    Verdict.NOT_AUTHENTIC: Words("Not authentic", "Non authentique"),
    Verdict.NOT_CHECKED: Words("Nothing could be checked", "Rien n’a pu être vérifié"),
}
NOT_EVERYTHING = Words("Not everything could be checked", "Tout n’a pas pu être vérifié")
OF_A_NUMBER: dict[Verdict, Words] = {
    Verdict.IN_FORCE: Words("Number in force", "Numéro en vigueur"),
    Verdict.NOT_IN_FORCE: Words("Number not in force", "Numéro qui n’est pas en vigueur"),
    Verdict.NOT_AUTHENTIC: Words("No such certificate", "Aucun certificat de ce numéro"),
}

RESULTS: dict[CheckResult, Words] = {
    CheckResult.PASSED: Words("passed", "réussi"),
    CheckResult.FAILED: Words("FAILED", "ÉCHEC"),
    CheckResult.UNKNOWN: NOT_CHECKED,
}


def proved_false(failed: Words) -> Words:
    """Returns the sentence when something was proved false."""
    return Words(
        f"{sentence(*failed).en} Do not rely on it: ask the certification body.",
        f"{sentence(*failed).fr} Ne vous y fiez pas : interrogez l’organisme de certification.",
    )


def to_come(today: StatusOn, day: date) -> Words:
    """Returns the sentence about a day that has not come: what is known today."""
    asked, now, (en, fr) = day_in_words(day), day_in_words(today.day), today.clause(today.day)
    return Words(
        f"{asked.en} is a day to come: nothing is known about it yet. Today, {now.en}: {en}.",
        f"Le {asked.fr} n’est pas encore arrivé : rien n’en est connu. Aujourd’hui, {now.fr} : {fr}.",
    )


def reason(failed: Words, error: Exception) -> Words:
    """Returns why something failed, as the error says it to people in both languages, or else ``failed``."""
    return Words(str(error), error.fr) if isinstance(error, Unverifiable) and error.fr else failed


def failure(failed: Words, code: str, error: Exception) -> Words:
    """Returns the detail of a failed check. Particulars in the terms of a format are in English only."""
    french = error.fr if isinstance(error, Unverifiable) else ""
    return Words(f"{failed.en} [{code}: {error}]", f"{failed.fr} [{code}{french and f' : {french}'}]")
