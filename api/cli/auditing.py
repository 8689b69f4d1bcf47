"""The full audit: everything is computed again, in a folder, an export or over HTTP."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from api.cli.common import FOLDER, AuditorKey, Folder, Wrong, argument, clock, command, err, option, out
from api.cli.language import in_language, language
from api.cli.opening import require_ledger
from api.cli.progress import bars
from api.clients.fetching import reader
from api.reporting import TrustUsed, Written
from ledger.auditing import AuditFinding, AuditReport, Kept, Outcome, audit_published
from ledger.auditing import audit as audit_ledger
from ledger.errors import Unreadable, Unverifiable
from ledger.files import read_text, write_whole
from ledger.published import PublishedLog
from ledger.signing.keys import SigningKey
from ledger.signing.note import MAX_NOTE_BYTES
from ledger.store.founding import TRUST
from ledger.trust import TrustRoot
from ledger.words import COLON, Words
from projections.auditing import audit_beside

VERDICTS = {
    Outcome.PASSED: Words("passed", "conforme"),
    Outcome.FAILED: Words("FAILED", "NON conforme"),
    Outcome.NOT_CHECKED: Words("could not be checked in full", "vérification incomplète"),
}
EXIT_CODES = {Outcome.PASSED: 0, Outcome.FAILED: 1, Outcome.NOT_CHECKED: 2}


@command("audit")
def audit(
    source: Annotated[
        str | None,
        argument(
            "The folder of an export or the address of a register; by default, the --ledger folder.",
            "Le dossier d’un export ou l’adresse d’un registre ; par défaut, le dossier de --ledger.",
        ),
    ] = None,
    trust: Annotated[
        Path | None,
        option(
            "The trust root, from a source that you trust; by default the folder’s own.",
            "La racine de confiance, d’une source fiable ; par défaut celle du dossier.",
        ),
    ] = None,
    key: AuditorKey = None,
    seen: Annotated[
        list[Path] | None,
        option(
            "A checkpoint of this log that you kept; repeat for more.",
            "Un point de contrôle de ce journal que vous avez conservé ; option répétable.",
        ),
    ] = None,
    since: Annotated[
        Path | None,
        option(
            "A file of --keep: audit only what was recorded since.",
            "Un fichier de --keep : n’auditer que ce qui a été enregistré depuis.",
        ),
    ] = None,
    keep: Annotated[
        Path | None,
        option(
            "Write what the next audit goes on from (--since), signed with --key or with a key made beside it.",
            "Écrire ce dont repart le prochain audit (--since), signé avec --key ou avec une clé créée à côté.",
        ),
    ] = None,
    report: Annotated[
        Path | None,
        option("Write the report as NAME.html and NAME.json.", "Écrire le rapport dans NOM.html et NOM.json."),
    ] = None,
    folder: Folder = FOLDER,
) -> None:
    own = source is None and trust is None
    path = folder / TRUST if trust is None else trust
    if source is None:
        require_ledger(folder)
    elif trust is None:
        raise Wrong(
            "--trust",
            "expected the trust root, because what is audited cannot vouch for itself",
            "racine de confiance attendue : une source auditée ne peut se porter garante d’elle-même",
        )
    if source is not None and (since is not None or keep is not None):
        raise Wrong(
            "--keep" if since is None else "--since",
            "expected a ledger’s folder (--ledger): what is published is audited as a whole",
            "dossier d’un registre attendu (--ledger) : ce qui est publié est audité en entier",
        )
    _require_files(since, keep, key)
    root = TrustRoot.load(path)
    before = None if since is None else Kept.read(since, SigningKey.load(key or _key_beside(since)), root)
    states: list[Kept] = []
    kept, used = _kept(seen or [], root), TrustUsed.of(root, path, is_own=own)

    def written(found: AuditReport) -> Written:
        return Written.of(found, source or str(folder), used, clock())

    with bars() as progress:
        if source is None:
            found = audit_ledger(
                folder,
                partial(progress, "entries"),
                kept,
                root,
                since=before,
                keep=None if keep is None else states.append,
                now=clock(),
            )
            if report is not None:
                _write_report(report, written(found))  # whatever may end what follows, this was found
            if found.clean and before is None:
                found = audit_beside(folder, found, progress, root)
        else:
            log = PublishedLog(reader(source, None if key is None else SigningKey.load(key)), root)
            found = audit_published(log, partial(progress, "entries"), kept)
    _tell(found, used)
    if report is not None:
        _write_report(report, written(found))
        out.print(f"{in_language('report:', 'rapport :')} {report}.html, {report}.json")
    if keep is not None:
        _keep(states, keep, key)
    counted = in_language(
        f"{found.entries} entries, {found.signatures} signatures:",
        f"{found.entries} entrées, {found.signatures} signatures :",
    )
    if not found.entries and before is None:  # what is wrong shows before any entry is read
        counted = in_language("no entry was read:", "aucune entrée n’a été lue :")
    out.print(f"{counted} {VERDICTS[found.outcome].into(language())}")
    raise typer.Exit(EXIT_CODES[found.outcome])


def _tell(found: AuditReport, used: TrustUsed) -> None:
    """Print what was found, then what was checked and against what, then what was not."""
    for finding in found.findings:
        _print(finding, "")
    for warning in found.warnings:
        _print(warning, "! ")
    for words, count in found.checked_words:
        out.print(f"{in_language('checked:', 'vérifié :')} {words.into(language())}{COLON.into(language())}{count}")
    for gap in found.unchecked:
        err.print(f"{in_language('not checked:', 'non vérifié :')} {gap.words.into(language())}")
    of_source = f"{used.source} (SHA-256 {used.sha256})"
    if used.is_own:
        of_source += in_language(
            ", from the audited folder itself: this proves less than a trust root from elsewhere (--trust)",
            ", provenant du dossier audité : la preuve est plus faible qu’avec une racine reçue d’ailleurs (--trust)",
        )
    out.print(f"{in_language('trust root:', 'racine de confiance :')} {of_source}")


def _print(finding: AuditFinding, mark: str) -> None:
    """One line for a finding, and one for each of the first that follow from it."""
    where = (
        "" if finding.position is None else in_language(f"entry {finding.position}: ", f"entrée {finding.position} : ")
    )
    out.print(f"{mark}{finding.code}: {where}{finding.words.into(language())} ({finding.message})")
    if count := finding.consequences.count:
        out.print(in_language(f"    {count} more follow from it:", f"    {count} autres en découlent :"))
        for one in finding.consequences.first:
            where = "" if one.position is None else f" {one.position}"
            out.print(f"      {one.code}{where} ({one.message})")


def _kept(paths: Sequence[Path], trust: TrustRoot) -> list[str]:
    notes = [read_text(path, MAX_NOTE_BYTES) for path in paths]
    for path, note in zip(paths, notes, strict=True):
        try:
            trust.opened(note)
        except Unverifiable as error:
            en, fr = f"expected a checkpoint of {trust.origin}", f"un point de contrôle de {trust.origin} est attendu"
            raise Unreadable(f"--seen: {path}: {en} ({error})", f"--seen : {path} : {fr} ({error})") from None
    return notes


def _key_beside(state: Path) -> Path:
    """The auditor's own key, if they name no other."""
    return state.with_name(f"{state.name}.key")


def _require_files(since: Path | None, keep: Path | None, key: Path | None) -> None:
    """Before the audit, which may take hours, and could not be kept at its end."""
    if since is not None and not since.is_file():
        raise Wrong("--since", f"{since}: expected a file of --keep", f"{since} : un fichier de --keep est attendu")
    if since is not None and key is None and not _key_beside(since).exists():
        en, fr = f"{since}: expected the key that signed it", f"{since} : la clé qui l’a signé est attendue"
        raise Wrong("--key", f"{en}, which is not beside it", f"{fr}, car elle n’est pas à côté")
    if keep is not None and (keep.is_dir() or not keep.parent.is_dir()):
        en, fr = "expected a file in a folder that exists", "un fichier dans un dossier existant est attendu"
        raise Wrong("--keep", f"{keep}: {en}", f"{keep} : {fr}")
    if keep is not None and key is not None:
        SigningKey.load(key)


def _keep(states: Sequence[Kept], path: Path, key: Path | None) -> None:
    """Write what the next audit goes on from, with a key that is made at its first use."""
    if not states:
        no, non = "not written, because not everything could be read", "non écrit, car tout n’a pas pu être lu"
        err.print(f"{path}{COLON.into(language())}{in_language(no, non)}")
        return
    signing = key or _key_beside(path)
    if key is None and not signing.exists():
        SigningKey.generate().save(signing)
        out.print(f"{in_language('your key:', 'votre clé :')} {signing}")
    states[-1].write(path, SigningKey.load(signing))
    out.print(f"{in_language('kept for --since:', 'conservé pour --since :')} {path}")


def _write_report(base: Path, written: Written) -> None:
    write_whole(base.with_name(f"{base.name}.json"), written.as_json())
    write_whole(base.with_name(f"{base.name}.html"), written.as_html(language()))
