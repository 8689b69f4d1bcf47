"""What a verification answers: numbered checks, each with its result, and the verdict over all of them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import msgspec

from ledger.domain.standing import Status
from ledger.words import Words


class CheckResult(StrEnum):
    """``UNKNOWN`` is what could not be established: never a yes."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """What all checks together say."""

    VALID = "authentic-and-valid"
    NOT_VALID = "authentic-but-not-valid"
    UNKNOWN = "authentic-but-in-doubt"
    NOT_AUTHENTIC = "not-authentic"
    NOT_CHECKED = "not-checked"


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One numbered check; ``detail`` says what was found."""

    number: int
    code: str
    title: Words
    result: CheckResult
    detail: Words


class VerificationReport(msgspec.Struct, frozen=True, kw_only=True):
    """``status`` is that on ``day``, as the log stated it at ``stated``; None where nothing was proved.

    ``holder`` is None too when the bundle does not disclose the name.
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
    Verdict.VALID: Words("authentic, and valid on that day", "authentique, et valable ce jour-là"),
    Verdict.NOT_VALID: Words("authentic, but NOT valid on that day", "authentique, mais NON valable ce jour-là"),
    Verdict.UNKNOWN: Words(
        "authentic, but not everything could be established: ask the register",
        "authentique, mais tout n'a pu être établi : interrogez le registre",
    ),
    Verdict.NOT_AUTHENTIC: Words("NOT authentic", "NON authentique"),
    Verdict.NOT_CHECKED: Words(
        "not checked: its issuer's register could not be reached",
        "non vérifié : le registre de son émetteur n'a pu être joint",
    ),
}

RESULTS: dict[CheckResult, Words] = {
    CheckResult.PASSED: Words("passed", "réussi"),
    CheckResult.FAILED: Words("FAILED", "ÉCHEC"),
    CheckResult.UNKNOWN: Words("unknown", "inconnu"),
}

STATUS: dict[Status, Words] = {
    Status.NONE: Words("not granted", "non accordée"),
    Status.NOT_YET_VALID: Words("not valid yet", "pas encore valable"),
    Status.VALID: Words("valid", "valable"),
    Status.SUSPENDED: Words("suspended", "suspendue"),
    Status.EXPIRED: Words("expired", "expirée"),
    Status.WITHDRAWN: Words("withdrawn", "retirée"),
}


def failure(failed: Words, code: str, error: Exception) -> Words:
    """What a failed check says: what that means, and the particulars in the terms of the format, which are English."""
    return Words(f"{failed.en} [{code}: {error}]", f"{failed.fr} [{code}]")
