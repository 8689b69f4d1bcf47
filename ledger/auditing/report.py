"""What an audit answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec

from ledger.words import Words

Progress = Callable[[int, int], None]


class Finding(msgspec.Struct, frozen=True):
    """What is wrong and where; ``position`` counts entries from 1, and is None for what is no entry."""

    code: str
    position: int | None
    message: str

    @property
    def words(self) -> Words:
        """What kind of thing is wrong, in English and French."""
        return WORDS.get(self.code, OTHER)


class Report(msgspec.Struct, frozen=True):
    """What was audited and what was found; clean when nothing was. ``warnings`` are to be looked at, and in order.

    ``root`` (hex) is that of the entries; ``witnessed`` since when a quorum has cosigned the latest checkpoint;
    ``unchecked`` names what of :data:`UNCHECKED` was not looked at.
    """

    origin: str
    entries: int
    root: str
    signatures: int
    checkpoints: int
    witnessed: datetime | None
    findings: tuple[Finding, ...]
    warnings: tuple[Finding, ...] = ()
    unchecked: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        return not self.findings

    @property
    def unchecked_words(self) -> list[Words]:
        """The same in English and French."""
        return [UNCHECKED[name] for name in self.unchecked]

    def with_findings(self, more: Iterable[Finding], checked: str | None = None) -> Report:
        """The same report with what was found elsewhere, where ``checked`` was looked at."""
        unchecked = tuple(name for name in self.unchecked if name != checked)
        return msgspec.structs.replace(self, findings=(*self.findings, *more), unchecked=unchecked)


UNCHECKED: dict[str, Words] = {
    "time-stamps": Words("time-stamps", "les horodatages"),
    "read-models": Words("read models", "les vues"),
    "documents": Words("documents", "les documents"),
}
OTHER = Words("something is not in its one form", "un élément n’est pas dans sa forme unique")
WORDS: dict[str, Words] = {
    "entry-missing": Words("an entry was removed", "une entrée a été retirée"),
    "row-contradicts-statement": Words("an entry was put in another place", "une entrée a été déplacée"),
    "ledger-other": Words("an entry belongs to another ledger", "une entrée appartient à un autre registre"),
    "founding-other": Words("the log begins otherwise than you trust", "le journal commence autrement que prévu"),
    "founded-again": Words(
        "the ledger was founded a second time, to name officers past the rules",
        "le registre a été fondé une seconde fois, pour nommer des responsables sans les règles",
    ),
    "stream-other": Words(
        "an entry stands in a stream of another kind",
        "une entrée est dans une suite d’un autre genre",
    ),
    "entry-impossible": Words(
        "an entry cannot follow from those before it",
        "une entrée ne peut faire suite à celles qui la précèdent",
    ),
    "tree-node": Words(
        "the tree is not that of the entries: one was changed or removed",
        "l’arbre n’est pas celui des entrées : l’une a été modifiée ou retirée",
    ),
    "signature-invalid": Words("a signature does not hold: forged", "une signature n’est pas exacte : falsifiée"),
    "signature-unknown-key": Words(
        "signed with a key that did not count then: unknown, of somebody else, or revoked",
        "signé avec une clé qui ne comptait pas alors : inconnue, d’autrui ou révoquée",
    ),
    "key-compromised": Words(
        "a key is reported as compromised: what it signed since then is in doubt",
        "une clé est dite compromise : ce qu’elle a signé depuis est douteux",
    ),
    "signers-not-distinct": Words(
        "one person signed where two are needed",
        "une personne a signé là où il en faut deux",
    ),
    "rule-broken": Words("a decision breaks the rules", "une décision enfreint les règles"),
    "fact-differs": Words("a result is not what the rules compute", "un résultat n’est pas celui des règles"),
    "reveal-differs": Words("revealed scores are not those sealed", "les notes révélées ne sont pas celles scellées"),
    "version-gap": Words("a statement of a stream is missing", "une déclaration manque dans une suite"),
    "head-unknown": Words("signers saw a log that never was", "les signataires ont vu un journal qui n’a pas existé"),
    "back-dated": Words("a statement is dated earlier than it was made", "une déclaration est antidatée"),
    "post-dated": Words("a statement is dated later than it was witnessed", "une déclaration est postdatée"),
    "checkpoint-ahead": Words(
        "the log has fewer entries than it signed for: removed, or set back",
        "le journal a moins d’entrées qu’il n’en a signé : retirées, ou retour en arrière",
    ),
    "checkpoint-root": Words(
        "the log signed for another tree: its past was changed",
        "le journal a signé un autre arbre : son passé a été modifié",
    ),
    "rolled-back": Words(
        "the log was set back: it showed more entries before",
        "le journal est revenu en arrière : il montrait plus d’entrées",
    ),
    "log-forked": Words(
        "the log showed another past before: it was forked",
        "le journal montrait un autre passé : il a bifurqué",
    ),
    "checkpoint-missing": Words(
        "a checkpoint is missing: removed, or never signed because the register ended",
        "un point de contrôle manque : retiré, ou jamais signé car le registre s’est arrêté",
    ),
    "database-altered": Words(
        "the database is formed otherwise than this program forms it",
        "la base de données n’a pas la forme que ce programme lui donne",
    ),
    "database-unreadable": Words(
        "the database cannot be read to its end: what follows was not audited",
        "la base de données ne peut être lue jusqu’au bout : la suite n’a pas été auditée",
    ),
    "file-unreadable": Words(
        "a file beside the database cannot be read",
        "un fichier à côté de la base de données ne peut être lu",
    ),
    "log-key-other": Words(
        "a key of the log is not the one that the trust root names",
        "une clé du journal n’est pas celle que nomme la racine de confiance",
    ),
    "time-stamp-differs": Words(
        "a kept time-stamp is not of the checkpoint beside which it stands",
        "un horodatage conservé n’est pas celui de son point de contrôle",
    ),
    "not-witnessed": Words("the witnesses have not cosigned", "les témoins n’ont pas cosigné"),
    "note-unsigned": Words("a checkpoint is not signed by the log", "un point de contrôle n’est pas signé"),
    "note-signature-invalid": Words(
        "a checkpoint's signature is forged", "la signature d’un point de contrôle est fausse"
    ),
    "tile-missing": Words("a published file is missing", "un fichier publié manque"),
    "disclosure-changed": Words("a personal value was changed", "une donnée personnelle a été modifiée"),
    "disclosure-missing": Words("a personal value is missing", "une donnée personnelle manque"),
    "disclosure-unreferenced": Words("a personal value belongs to no entry", "une donnée n’appartient à aucune entrée"),
    "disclosure-of-erased": Words("a value of an erased person is back", "une donnée effacée est revenue"),
    "projection-differs": Words(
        "a read model is not what the entries say",
        "une vue n’est pas ce que disent les entrées",
    ),
    "document-altered": Words(
        "a kept document is not one that the body signed",
        "un document conservé n’est pas de ceux que l’organisme a signés",
    ),
    "document-differs": Words(
        "a kept document says something else than the entries",
        "un document conservé dit autre chose que les entrées",
    ),
    "document-missing": Words("a kept document was removed", "un document conservé a été retiré"),
    "document-unreferenced": Words(
        "a kept document belongs to no certificate",
        "un document conservé n’appartient à aucun certificat",
    ),
    "document-of-erased": Words(
        "a document of an erased person is back",
        "un document d’une personne effacée est revenu",
    ),
    "status-place": Words(
        "a place in the status lists is not one certificate's alone",
        "une place des listes de statut n’est pas celle d’un seul certificat",
    ),
}
