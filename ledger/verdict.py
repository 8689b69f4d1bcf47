"""The report of a verification: numbered checks, each with its result, and one verdict."""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from ledger.domain.standing import Status
from ledger.errors import Unverifiable
from ledger.words import Words


class CheckResult(StrEnum):
    """``UNKNOWN``: it could not be checked. It never counts as passed."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """The outcome of all checks together."""

    VALID = "authentic-and-valid"
    NOT_VALID = "authentic-but-not-valid"
    UNKNOWN = "authentic-but-in-doubt"
    NOT_AUTHENTIC = "not-authentic"
    NOT_CHECKED = "not-checked"


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One numbered check; ``detail`` gives the particulars."""

    number: int
    code: str
    title: Words
    result: CheckResult
    detail: Words


class VerificationReport(msgspec.Struct, frozen=True, kw_only=True):
    """``status`` is the status on ``day``, as the log stated it at ``stated``. Both are None where nothing was proved.

    ``holder`` is also None when the bundle does not disclose the name.
    """

    verdict: Verdict
    checks: tuple[Check, ...]
    number: str | None
    holder: str | None
    status: Status | None
    day: date
    stated: datetime | None


NOT_CHECKED = Words("not checked", "non vérifié")

VERDICTS: dict[Verdict, Words] = {
    Verdict.VALID: Words("Authentic and valid", "Authentique et valide"),
    Verdict.NOT_VALID: Words("Authentic but NOT valid", "Authentique, mais NON valide"),
    Verdict.UNKNOWN: Words(
        "Authentic, but some checks could not be completed: ask the register",
        "Authentique, mais certaines vérifications n’ont pu aboutir : interrogez le registre",
    ),
    Verdict.NOT_AUTHENTIC: Words("NOT authentic", "NON authentique"),
    Verdict.NOT_CHECKED: Words(
        "Not checked: a check could not be carried out",
        "Non vérifié : un contrôle n’a pas pu être effectué",
    ),
}

RESULTS: dict[CheckResult, Words] = {
    CheckResult.PASSED: Words("passed", "réussi"),
    CheckResult.FAILED: Words("FAILED", "ÉCHEC"),
    CheckResult.UNKNOWN: Words("unknown", "inconnu"),
}

STATUS: dict[Status, Words] = {
    Status.NONE: Words("not granted", "non accordée"),
    Status.NOT_YET_VALID: Words("not yet valid", "pas encore valide"),
    Status.VALID: Words("valid", "valide"),
    Status.SUSPENDED: Words("suspended", "suspendue"),
    Status.EXPIRED: Words("expired", "expirée"),
    Status.WITHDRAWN: Words("withdrawn", "retirée"),
}


def failure(failed: Words, code: str, error: Exception) -> Words:
    """Returns the detail of a failed check. Particulars in the terms of a format are in English only."""
    french = error.fr if isinstance(error, Unverifiable) else ""
    return Words(f"{failed.en} [{code}: {error}]", f"{failed.fr} [{code}{french and f' : {french}'}]")
