"""Independent checks: the full audit, a log watched from outside, and evidence against a log."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from api.cli.common import (
    FOLDER,
    Folder,
    Wrong,
    app,
    clock,
    err,
    in_language,
    language,
    out,
    require_ledger,
    say,
    say_of,
)
from api.cli.progress import bar
from api.clients.fetching import reader
from api.publishing.monitoring import Alert, Monitor
from ledger.auditing import Finding, Report, audit_published
from ledger.auditing import audit as audit_ledger
from ledger.auditing.report import UNCHECKED
from ledger.errors import LedgerError, Unverifiable
from ledger.files import read_bounded, read_text, write_whole
from ledger.log.checkpoint import open_checkpoint
from ledger.log.evidence import MAX_EVIDENCE_BYTES, Evidence, conflict
from ledger.published import PublishedLog
from ledger.signing.keys import MAX_PEM_BYTES, SigningKey
from ledger.signing.note import MAX_NOTE_BYTES
from ledger.store.founding import DATABASE, LOG_KEY, TRUST
from ledger.store.ledger import Ledger
from ledger.store.notes import Notes
from ledger.store.opening import open_database
from ledger.store.publishing import ML_DSA_KEY
from ledger.trust import TrustRoot
from projections.read_models import DATABASE as READ_MODELS
from projections.read_models import PUBLIC_DATABASE as PUBLIC_READ_MODELS
from projections.read_models import ReadModels
from projections.time_stamps import MAX_REPLY_BYTES, audit_time_stamps, stamped_at

Trust = Annotated[Path, typer.Option(help="The trust root, from a source that you trust.")]
MOST_HOURS = 24 * 36_525  # a century
Key = Annotated[Path | None, typer.Option(help="Key file of an auditor, to read entries over HTTP.")]


@app.command()
def audit(
    source: Annotated[
        str | None,
        typer.Argument(help="The folder of an export or the address of a register; by default, the --ledger folder."),
    ] = None,
    trust: Annotated[Path | None, typer.Option(help="The trust root; required with SOURCE.")] = None,
    key: Key = None,
    seen: Annotated[
        list[Path] | None, typer.Option(help="A checkpoint of this log that you kept; repeat for more.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write the report as NAME.html and NAME.json.")] = None,
    folder: Folder = FOLDER,
) -> None:
    """Recompute everything. Exit code 0: passed; 1: problems found; 2: could not be audited."""
    if source is None:
        require_ledger(folder)
        kept = _kept(seen or [], TrustRoot.load(folder / TRUST))
        with bar("entries") as tell:
            found = msgspec.structs.replace(audit_ledger(folder, tell, kept), unchecked=tuple(UNCHECKED))
        if report is not None:
            _write_report(report, found, str(folder))  # whatever may end what follows, this was found
        if found.clean:
            found = _beside_the_record(folder, found)
    else:
        if trust is None:
            raise Wrong(
                "--trust",
                "expected the trust root, because what is audited cannot vouch for itself",
                "racine de confiance attendue : une source auditée ne peut se porter garante d’elle-même",
            )
        root = TrustRoot.load(trust)
        log = PublishedLog(reader(source, None if key is None else SigningKey.load(key)), root)
        with bar("entries") as tell:
            found = audit_published(log, tell, _kept(seen or [], root))
    if found.unchecked:
        names = ", ".join(words.into(language()) for words in found.unchecked_words)
        err.print(f"{in_language('not checked:', 'non vérifié :')} {names}", markup=False)
    for finding in found.findings:
        where = "" if finding.position is None else _at(finding.position)
        out.print(f"{finding.code}: {where}{finding.words.into(language())} ({finding.message})", markup=False)
    for warning in found.warnings:
        where = "" if warning.position is None else _at(warning.position)
        out.print(f"! {warning.code}: {where}{warning.words.into(language())} ({warning.message})", markup=False)
    if report is not None:
        _write_report(report, found, source or str(folder))
        out.print(f"{in_language('report:', 'rapport :')} {report}.html, {report}.json", markup=False)
    verdict = in_language("passed", "conforme") if found.clean else in_language("FAILED", "NON conforme")
    counted = in_language(
        f"{found.entries} entries, {found.signatures} signatures:",
        f"{found.entries} entrées, {found.signatures} signatures :",
    )
    out.print(f"{counted} {verdict}", markup=False)
    if not found.clean:
        raise typer.Exit(1)


@app.command()
def monitor(
    source: Annotated[str, typer.Argument(help="The address of a register, or a published folder.")],
    trust: Trust,
    state: Annotated[Path, typer.Option(help="The folder where it keeps what it has seen.")],
    watch: Annotated[list[str] | None, typer.Option(help="Number of a certificate to watch; repeat for more.")] = None,
    stream: Annotated[
        list[str] | None, typer.Option(help="A stream to watch, such as officer:ID; requires --key.")
    ] = None,
    key: Key = None,
    late: Annotated[float, typer.Option(help="Hours after which a checkpoint is late.", min=0, max=MOST_HOURS)] = 3,
    every: Annotated[float, typer.Option(help="Seconds between two checks.", min=1, max=86_400)] = 60,
    once: Annotated[bool, typer.Option("--once", help="Check once; exit code 1 if there is an alert.")] = False,
) -> None:
    """Watch a log from outside: report inconsistencies, changes to what you watch, and a late log."""
    if stream and key is None:
        raise Wrong(
            "--stream",
            "requires --key, because only auditors may read entries",
            "--key est requis, car seuls les auditeurs peuvent lire les entrées",
        )
    log = PublishedLog(reader(source, None if key is None else SigningKey.load(key)), TrustRoot.load(trust))
    watching = Monitor(
        log, state, clock, late=timedelta(hours=late), numbers=tuple(watch or ()), streams=tuple(stream or ())
    )
    standing: list[Alert] = []
    while True:
        alerts = watching.look()
        for alert in alerts:
            if alert not in standing:  # an alert that continues is printed once
                what = alert.words.into(language())
                out.print(f"{clock():%Y-%m-%d %H:%M:%S} {alert.code}: {what}", markup=False)
        if once:
            raise typer.Exit(1 if alerts else 0)
        standing = alerts
        time.sleep(every)


@app.command()
def evidence(
    one: Annotated[Path, typer.Argument(help="A signed checkpoint.")],
    other: Annotated[Path, typer.Argument(help="Another signed checkpoint of the same log.")],
    trust: Trust,
    target: Annotated[Path, typer.Option("--out", help="A new file.")],
    log: Annotated[
        str | None, typer.Option(help="Where to read the tiles of the larger tree, if the sizes differ.")
    ] = None,
) -> None:
    """Write two contradicting checkpoints to one file. Exit code 1 if they do not contradict each other."""
    root = TrustRoot.load(trust)
    notes = read_text(one, MAX_NOTE_BYTES), read_text(other, MAX_NOTE_BYTES)
    size = max(open_checkpoint(note, root.verifier_key).size for note in notes)
    nodes = None if log is None else PublishedLog(reader(log), root).nodes(size).get_node
    found = conflict(notes[0], notes[1], root.verifier_key, nodes)
    if found is None:
        raise Unverifiable("evidence-none", "the two checkpoints do not contradict each other")
    if target.exists():
        raise Wrong("--out", f"{target}: expected a new file", f"{target} : un nouveau fichier est attendu")
    write_whole(target, bytes(found))
    check = f"pca-ledger check-evidence {target} --trust trust.json"
    say_of(target, f"to check it, run {check}", f"pour le vérifier, lancez {check}")


@app.command("check-evidence")
def check_evidence(path: Annotated[Path, typer.Argument(help="A file of evidence.")], trust: Trust) -> None:
    """Check evidence that a log signed two contradicting checkpoints. Exit code 1 if it does not prove this."""
    earlier, later = Evidence.parse(read_bounded(path, MAX_EVIDENCE_BYTES)).require_conflict(
        TrustRoot.load(trust).verifier_key
    )
    roots = earlier.root.hex(), later.root.hex()
    say(
        f"{earlier.origin} signed {earlier.size} entries with root {roots[0]}, and {later.size} entries that begin "
        f"differently (root {roots[1]}); the two contradict each other",
        f"{earlier.origin} a signé {earlier.size} entrées de racine {roots[0]}, puis {later.size} entrées qui "
        f"commencent différemment (racine {roots[1]}) : les deux se contredisent",
    )


@app.command("check-time-stamp")
def check_time_stamp(
    checkpoint: Annotated[Path, typer.Argument(help="A published checkpoint, unchanged.")],
    reply: Annotated[Path, typer.Argument(help="The authority's reply: checkpoint.tsr.")],
    authority: Annotated[Path, typer.Option(help="The authority's root certificate (PEM), from a source you trust.")],
) -> None:
    """Show when a time-stamp authority saw a checkpoint (RFC 3161)."""
    at = stamped_at(
        read_bounded(checkpoint, MAX_NOTE_BYTES),
        read_bounded(reply, MAX_REPLY_BYTES),
        read_bounded(authority, MAX_PEM_BYTES),
    )
    say_of(checkpoint, f"seen at {at:%Y-%m-%d %H:%M:%S} UTC", f"horodaté le {at:%Y-%m-%d %H:%M:%S} UTC")


def _kept(paths: Sequence[Path], trust: TrustRoot) -> list[str]:
    notes = [read_text(path, MAX_NOTE_BYTES) for path in paths]
    for path, note in zip(paths, notes, strict=True):
        try:
            trust.opened(note)
        except Unverifiable as error:
            en, fr = f"expected a checkpoint of {trust.origin}", f"un point de contrôle de {trust.origin} est attendu"
            raise Wrong("--seen", f"{path}: {en} ({error})", f"{path} : {fr} ({error})") from None
    return notes


def _beside_the_record(folder: Path, record: Report) -> Report:
    """Kept time-stamps are of their checkpoints, pages show what a fresh replay makes, documents say what entries say.

    Only once the record itself is in order. A copy of the folder for an auditor has neither the log's keys nor read
    models: then what needs them is left out. What cannot be read is a finding. A register whose log is witnessed has
    public read models only.
    """
    found, trust = record, TrustRoot.load(folder / TRUST)
    needed = [LOG_KEY] if trust.ml_dsa_key is None else [LOG_KEY, ML_DSA_KEY]
    missing = [name for name in needed if not (folder / name).exists()]
    shown = [public for public in (False, True) if (folder / (PUBLIC_READ_MODELS if public else READ_MODELS)).exists()]
    try:
        found = found.with_findings(_time_stamps(folder), "time-stamps")
        if missing:
            err.print(f"{', '.join(missing)}{in_language(': not found here', ' : introuvable ici')}", markup=False)
            return found
        with Ledger.open(folder, clock) as ledger:
            differences = [difference for public in shown for difference in _differences(ledger, public)]
            found = found.with_findings(differences, "read-models" if shown else None)
            return found if differences else found.with_findings(_documents(ledger), "documents")
    except LedgerError as error:
        return found.with_findings([Finding(error.code, None, str(error))])
    except Exception as error:  # noqa: BLE001 - a changed file can make any reader fail; what was found before stays
        return found.with_findings([Finding("file-unreadable", None, f"{type(error).__name__}: {error}")])


def _time_stamps(folder: Path) -> list[Finding]:
    with closing(open_database(folder / DATABASE)) as database, bar("time-stamps") as tell:
        return list(audit_time_stamps(Notes(database), tell))


def _differences(ledger: Ledger, public: bool) -> list[Finding]:
    with closing(ReadModels(ledger, public=public)) as models, bar("read models") as tell:
        return [Finding("projection-differs", None, f"{d.table}: {d.kind} {d.row}") for d in models.differences(tell)]


def _documents(ledger: Ledger) -> list[Finding]:
    from projections.credentials.auditing import audit_documents

    with ReadModels(ledger) as models, bar("documents") as tell:
        return audit_documents(ledger, models, tell)


def _at(position: int) -> str:
    return in_language(f"entry {position}: ", f"entrée {position} : ")


def _write_report(base: Path, report: Report, source: str) -> None:
    # Only here: it loads the web framework's templates.
    from api.reporting import as_html, as_json

    now = clock()
    write_whole(base.with_name(f"{base.name}.json"), as_json(report, source, now))
    write_whole(base.with_name(f"{base.name}.html"), as_html(report, source, now, language()))
