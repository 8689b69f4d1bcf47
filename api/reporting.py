"""The report of an audit: a page that stands alone for people, JSON for programs (docs/reference/audit-report.md).

Both say what was checked, by which version of this program, against which trust root, and what was not. They hold ids
and digests, never a name.
"""

from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Self

import msgspec

from api.pages import environment
from ledger.auditing import AuditReport, Outcome
from ledger.trust import TrustRoot
from ledger.words import Language

PROGRAM = "pca-ledger"


class TrustUsed(msgspec.Struct, frozen=True, kw_only=True):
    """The trust root that everything was held against; ``sha256`` is that of its canonical bytes.

    ``is_own`` is true if it was taken from the audited folder: then it proves only that the folder is consistent, not
    that it is the log that you know.
    """

    source: str
    is_own: bool
    sha256: str
    log_key: str
    log_key_ml_dsa: str | None
    founding_leaf: str
    policy: str
    witnesses: tuple[str, ...]

    @classmethod
    def of(cls, trust: TrustRoot, source: Path, *, is_own: bool) -> Self:
        return cls(
            source=str(source),
            is_own=is_own,
            sha256=sha256(bytes(trust)).hexdigest(),
            log_key=trust.log_key,
            log_key_ml_dsa=trust.log_key_ml_dsa,
            founding_leaf=trust.founding_leaf,
            policy=trust.policy_text,
            witnesses=tuple(witness.key.name for witness in trust.witnesses.witnesses.values()),
        )


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """The report with what it is about: ``source`` is the folder or the address that was audited."""

    format: str = "pca-ledger-audit/v1"
    program: str
    source: str
    audited_at: datetime
    outcome: Outcome
    in_order: bool
    trust: TrustUsed
    report: AuditReport

    @classmethod
    def of(cls, report: AuditReport, source: str, trust: TrustUsed, now: datetime) -> Self:
        """The report as this version of the program writes it."""
        return cls(
            program=f"{PROGRAM} {version(PROGRAM)}",
            source=source,
            audited_at=now,
            outcome=report.outcome,
            in_order=report.outcome is Outcome.PASSED,
            trust=trust,
            report=report,
        )

    def as_json(self) -> bytes:
        """Findings with their codes; the words to a code are in the page."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"

    def as_html(self, chosen: Language) -> bytes:
        """One file with its style in it, which names the digest of the JSON that it belongs to."""
        template = environment(chosen).get_template("audit.html")
        digest = sha256(self.as_json()).hexdigest()
        return template.render(
            written=self, report=self.report, trust=self.trust, digest=digest, language=chosen
        ).encode()
