"""The audit of what a folder holds beside the record, once the record itself is in order. Nothing is written.

1. The keys of the log are those of the trust root.
2. Each kept time-stamp is of its checkpoint.
3. The read models are what a fresh replay makes of the entries.
4. The kept documents state what the entries state.

A copy of the folder for an auditor has neither the log's keys nor read models, and a register whose log is witnessed
may have public read models only: what is not there stays unchecked.
"""

from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

from eventsourcing.persistence import PersistenceError
from msgspec.structs import replace

from ledger.auditing import AuditFinding, AuditReport, settled
from ledger.auditing.report import Consequences
from ledger.errors import LedgerError, Unreachable
from ledger.signing.keys import MlDsaKey, SigningKey
from ledger.signing.note import VerifierKey
from ledger.store.earlier_values import keys_to_audit
from ledger.store.founding import LOG_KEY
from ledger.store.keystore.opening import FOLDER
from ledger.store.notes import Notes
from ledger.store.opening import open_in_memory, open_read_only, open_to_audit
from ledger.store.port import Database, Unavailable
from ledger.store.publishing import ML_DSA_KEY
from ledger.store.reading import StoredRecord
from ledger.trust import TrustRoot
from projections import read_models
from projections.credentials.auditing import audit_documents
from projections.following import Following, is_current, position_of, row_count
from projections.names import Names
from projections.questions import Questions
from projections.read_models import Difference, differences
from projections.time_stamps import audit_time_stamps

Progress = Callable[[str, int, int], None]
"""Called with what is being audited, how much of it is done, and of how much."""
Found = tuple[int, list[AuditFinding]]
"""How much was checked, and what was found."""


def audit_beside(folder: Path, record: AuditReport, progress: Progress, trust: TrustRoot) -> AuditReport:
    """The report of a record that is in order, with what was checked and found beside it.

    Raises OSError and ``PersistenceError`` when the database can no longer be read.
    """
    return settled(lambda: _audit_beside(folder, record, progress, trust))


def _audit_beside(folder: Path, record: AuditReport, progress: Progress, trust: TrustRoot) -> AuditReport:
    report = _log_keys(folder, trust, record)
    with open_to_audit(folder) as database, database.snapshot(), closing(open_in_memory()) as replayed:
        notes, stored = Notes(database), StoredRecord(database, keys_to_audit(folder, database))
        fresh = _Replay(replayed, stored, progress)
        report = _step(report, "time-stamps", lambda: _time_stamps(notes, progress))
        report = _read_models(folder, fresh, report)
        return _step(report, "documents", lambda: _documents(stored, fresh, progress))


class _Replay:
    """Read models in memory, made of the entries."""

    def __init__(self, database: Database, record: StoredRecord, progress: Progress) -> None:
        self.database, self.record = database, record
        self._progress = progress
        self._end = 0
        self._following = Following(database, record.log, lambda: self._end)

    def upto(self, end: int) -> Following:
        """The read models after so many entries, which are no fewer than before."""
        self._end = end
        self._following.catch_up(partial(self._progress, "read models"))
        return self._following


def _step(report: AuditReport, check: str, audit: Callable[[], Found]) -> AuditReport:
    """The report after a check. What cannot be read now is no finding; what no reader can make sense of is one."""
    try:
        count, found = audit()
    except (Unavailable, OSError) as error:
        return report.without(check, "unreadable", str(error))
    except LedgerError as error:
        count, found = 0, [AuditFinding(error.code, None, str(error))]
    except Exception as error:  # noqa: BLE001 - a changed row can make any reader fail; what was found before stays
        count, found = 0, [AuditFinding("database-unreadable", None, f"{check}: {type(error).__name__}: {error}")]
    return report.with_checked(check, count, found)


def _log_keys(folder: Path, trust: TrustRoot, report: AuditReport) -> AuditReport:
    """Step 1. Nobody but the operator needs these private keys: an audit without them is as good."""
    keys: list[tuple[str, VerifierKey, Callable[[Path], SigningKey | MlDsaKey]]] = [
        (LOG_KEY, trust.verifier_key, SigningKey.load)
    ]
    if trust.ml_dsa_key is not None:
        keys.append((ML_DSA_KEY, trust.ml_dsa_key, MlDsaKey.load))
    found, missing = list[AuditFinding](), list[str]()
    for name, expected, load in keys:
        try:
            if load(folder / name).public != expected.public:
                found.append(AuditFinding("log-key-other", None, f"{name} is not the key that the trust root names"))
        except OSError:
            missing.append(name)  # or for its owner only
        except ValueError as error:
            found.append(AuditFinding("file-unreadable", None, str(error)))
    report = report.with_checked("log-keys", len(keys) - len(missing), found)
    return report.without("log-keys", "absent", ", ".join(missing)) if missing else report


def _time_stamps(notes: Notes, progress: Progress) -> Found:
    """Step 2."""
    return len(notes.time_stamps()), list(audit_time_stamps(notes, partial(progress, "time-stamps")))


def _read_models(folder: Path, fresh: _Replay, report: AuditReport) -> AuditReport:
    """Step 3, for each file of read models that is there."""
    kept = [name for name in (read_models.PUBLIC_DATABASE, read_models.DATABASE) if (folder / name).exists()]
    if not kept:
        return report.without("read-models", "absent", read_models.DATABASE)
    found, gaps, compared = list[AuditFinding](), list[tuple[str, str]](), 0
    with ExitStack() as stack:
        opened: list[tuple[int, str, Database]] = []
        for name in kept:
            try:
                database = stack.enter_context(open_read_only(folder / name))
                stack.enter_context(database.snapshot())  # a served register may follow meanwhile
                if is_current(database):
                    opened.append((position_of(database), name, database))
                else:
                    gaps.append(("other-version", name))
            except (Unavailable, OSError) as error:
                gaps.append(("unreadable", str(error)))
            except (PersistenceError, ValueError) as error:
                found.append(AuditFinding("projection-differs", None, f"{name}: {error}"))
        for position, name, database in sorted(opened, key=lambda one: one[:2]):
            try:
                following = fresh.upto(min(position, fresh.record.log.size()))
                found += _one_finding(list(differences(database, following)))
                compared += row_count(database)
            except (PersistenceError, ValueError) as error:
                found.append(AuditFinding("projection-differs", None, f"{name}: {error}"))
    report = report.with_checked("read-models", compared, found)
    for reason, message in gaps:
        report = report.without("read-models", reason, message)
    return report


def _one_finding(rows: list[Difference]) -> list[AuditFinding]:
    """The rows of one file that differ: it is made again as a whole."""
    findings = [AuditFinding("projection-differs", None, f"{one.table}: {one.kind} {one.row}") for one in rows]
    return [replace(findings[0], consequences=Consequences.of(findings[1:]))] if findings else []


def _documents(record: StoredRecord, fresh: _Replay, progress: Progress) -> Found:
    """Step 4. Raises ``Unreachable`` when keys are not there."""
    if locked := {held.person_id for held in record.vault.locked()}:
        says = f"{FOLDER}: the keys of {len(locked)} persons are not there"
        raise Unreachable(says, f"{FOLDER} : les clés de {len(locked)} personnes manquent")
    fresh.upto(record.log.size())
    models = Questions(fresh.database, Names(record.vault))
    found = audit_documents(record, models, partial(progress, "documents"))
    return len(record.documents.kept()), found
