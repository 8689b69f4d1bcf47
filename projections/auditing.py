"""The audit of what a folder holds beside the record, once the record itself is in order.

1. Each kept time-stamp is of its checkpoint.
2. The read models are what a fresh replay makes of the entries.
3. The kept documents state what the entries state.

A copy of the folder for an auditor has neither the log's keys nor read models, and a register whose log is witnessed
may have public read models only: what needs the missing files stays unchecked.
"""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec

from ledger.auditing import AuditFinding, AuditReport
from ledger.errors import LedgerError
from ledger.store.founding import DATABASE, LOG_KEY, TRUST
from ledger.store.ledger import Ledger
from ledger.store.notes import Notes
from ledger.store.opening import open_database
from ledger.store.publishing import ML_DSA_KEY
from ledger.trust import TrustRoot
from projections import read_models
from projections.credentials.auditing import audit_documents
from projections.read_models import ReadModels
from projections.time_stamps import audit_time_stamps

Progress = Callable[[str, int, int], None]
"""Called with what is being audited, how much of it is done, and of how much."""


def audit_beside(folder: Path, clock: Callable[[], datetime], record: AuditReport, progress: Progress) -> AuditReport:
    """The report of a record that is in order, with the findings on what is beside it.

    What cannot be read is a finding. The report names the keys that are missing.
    """
    report, trust = record, TrustRoot.load(folder / TRUST)
    needed = [LOG_KEY] if trust.ml_dsa_key is None else [LOG_KEY, ML_DSA_KEY]
    missing = tuple(name for name in needed if not (folder / name).exists())
    try:
        with closing(open_database(folder / DATABASE)) as database:
            stamps = audit_time_stamps(Notes(database), partial(progress, "time-stamps"))
            report = report.with_findings(stamps, "time-stamps")
        if missing:
            return msgspec.structs.replace(report, missing=missing)
        with Ledger.open(folder, clock) as ledger:
            databases = {False: read_models.DATABASE, True: read_models.PUBLIC_DATABASE}
            kept = [public for public, name in databases.items() if (folder / name).exists()]
            differences = [finding for public in kept for finding in _differences(ledger, public, progress)]
            report = report.with_findings(differences, "read-models" if kept else None)
            if differences:
                return report
            with ReadModels(ledger) as models:
                found = audit_documents(ledger, models, partial(progress, "documents"))
            return report.with_findings(found, "documents")
    except LedgerError as error:
        return report.with_findings([AuditFinding(error.code, None, str(error))])
    except Exception as error:  # noqa: BLE001 - a changed file can make any reader fail; what was found before stays
        return report.with_findings([AuditFinding("file-unreadable", None, f"{type(error).__name__}: {error}")])


def _differences(ledger: Ledger, public: bool, progress: Progress) -> list[AuditFinding]:
    with closing(ReadModels(ledger, public=public)) as models:
        differences = models.differences(partial(progress, "read models"))
        return [AuditFinding("projection-differs", None, f"{d.table}: {d.kind} {d.row}") for d in differences]
