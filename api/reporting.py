"""The report of an audit: for people as a page that stands alone, for programs as JSON."""

from datetime import datetime

import msgspec

from api.pages import environment
from ledger.auditing import AuditReport
from ledger.words import Language


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """The report with what it is about: ``source`` is the folder or the address that was audited."""

    format: str = "pca-ledger-audit/v1"
    source: str
    audited_at: datetime
    in_order: bool
    report: AuditReport


def as_json(report: AuditReport, source: str, now: datetime) -> bytes:
    """Findings with their codes; the words to a code are in the page."""
    written = Written(source=source, audited_at=now, in_order=report.clean, report=report)
    return msgspec.json.format(msgspec.json.encode(written), indent=1) + b"\n"


def as_html(report: AuditReport, source: str, now: datetime, chosen: Language) -> bytes:
    """One file with its style in it."""
    template = environment(chosen).get_template("audit.html")
    return template.render(report=report, source=source, now=now, language=chosen).encode()
