"""What findings, checks and gaps of an audit are called: by their codes, which do not change with the wording."""

from ledger.signing.passkey_faults import FAULTS
from ledger.words import Words

CHECKS: dict[str, Words] = {
    "entries": Words(
        "entries: bytes, order, stream, signers, time and rules",
        "entrées : octets, ordre, suite, signataires, date et règles",
    ),
    "earlier-entries": Words("entries that were audited before", "entrées auditées auparavant"),
    "hindsight": Words(
        "earlier entries, by what is known of people since",
        "entrées antérieures, selon ce qu’on sait depuis des personnes",
    ),
    "signatures": Words("signatures of officers", "signatures des responsables"),
    "nodes": Words("hashes of the tree", "empreintes de l’arbre"),
    "log-head": Words("head of the log, against the tree", "tête du journal, face à l’arbre"),
    "tiles": Words("published tiles of the tree", "tuiles publiées de l’arbre"),
    "checkpoints": Words(
        "checkpoints that the log signed, against the tree", "points de contrôle signés par le journal, face à l’arbre"
    ),
    "kept-checkpoints": Words(
        "checkpoints kept elsewhere, against the tree", "points de contrôle conservés ailleurs, face à l’arbre"
    ),
    "published-note": Words("note published last, against the tree", "dernière note publiée, face à l’arbre"),
    "vault": Words(
        "personal data, against the digests in the entries", "données personnelles, face aux condensats des entrées"
    ),
    "tables": Words("structure of the database", "structure de la base de données"),
    "time-stamps": Words("time-stamps", "horodatages"),
    "log-keys": Words("keys of the log, against the trust root", "clés du journal, face à la racine de confiance"),
    "read-models": Words("rows of the read models", "lignes des modèles de lecture"),
    "documents": Words("documents issued", "documents délivrés"),
}
REASONS: dict[str, Words] = {
    "absent": Words("not here", "absent"),
    "not-reached": Words("not reached: the entries must be in order first", "non atteint : les entrées d’abord"),
    "unreadable": Words("cannot be read", "illisible"),
    "newer": Words(
        "recorded by a later version of this program: use that one",
        "enregistré par une version ultérieure de ce programme : utilisez celle-ci",
    ),
    "other-version": Words(
        "made by another version of this program, which fills them again",
        "créés par une autre version de ce programme, qui les remplit de nouveau",
    ),
    "elsewhere": Words("stays with the operator", "reste chez l’exploitant du registre"),
    "earlier": Words(
        "left as it was found then; only an audit without --since checks it again",
        "repris du dernier audit ; seul un audit sans --since le vérifie de nouveau",
    ),
}
OTHER = Words(
    "the entry has been altered and is no longer readable", "l’entrée a été altérée : elle n’est plus lisible"
)
WORDS: dict[str, Words] = {
    "entry-altered": Words("an entry has been altered", "une entrée a été altérée"),
    "entry-missing": Words("an entry has been removed", "une entrée a été retirée"),
    "entry-moved": Words("entries have been moved", "des entrées ont été déplacées"),
    "entry-added": Words("an entry has been added", "une entrée a été ajoutée"),
    "row-contradicts-statement": Words(
        "the row of an entry contradicts the entry", "la ligne d’une entrée contredit l’entrée"
    ),
    "ledger-other": Words("an entry belongs to another ledger", "une entrée appartient à un autre registre"),
    "founding-other": Words(
        "the log does not begin with the founding that you trust",
        "le journal ne commence pas par la fondation à laquelle vous vous fiez",
    ),
    "founded-again": Words(
        "the ledger was founded a second time, to appoint officers outside the rules",
        "le registre a été fondé une seconde fois, pour nommer des responsables hors des règles",
    ),
    "stream-other": Words(
        "an entry is in the wrong stream", "une entrée figure dans une suite qui n’est pas la sienne"
    ),
    "entry-impossible": Words(
        "an entry cannot follow from those before it", "une entrée ne peut faire suite à celles qui la précèdent"
    ),
    "tree-node": Words("a hash of the tree is missing or altered", "une empreinte de l’arbre manque ou a été altérée"),
    "log-head": Words(
        "the stored head of the log, to which entries are appended, is not that of its entries",
        "la tête enregistrée du journal, à laquelle s’ajoutent les entrées, n’est pas celle de ses entrées",
    ),
    "signature-invalid": Words(
        "a signature is not valid: forged", "une signature n’est pas valide : elle est falsifiée"
    ),
    "signature-unknown-key": Words(
        "signed with a key that was not in force: unknown, another person's, or revoked",
        "signé avec une clé qui n’était pas en vigueur : inconnue, d’une autre personne ou révoquée",
    ),
    **FAULTS,  # of passkeys
    "key-compromised": Words(
        "a key is reported compromised: what it has signed since then is in doubt",
        "une clé est signalée comme compromise : ce qu’elle a signé depuis lors est douteux",
    ),
    "refused-in-hindsight": Words(
        "by what is known now, the rules refuse a decision: two ids are one person, or an employment was recorded late",
        "d’après ce que l’on sait maintenant, les règles refusent une décision : deux identifiants "
        "désignent une même personne, ou une affectation a été consignée tardivement",
    ),
    "signers-not-distinct": Words(
        "one person signed where two are required", "une seule personne a signé là où il en faut deux"
    ),
    "rule-broken": Words("a decision breaks the rules", "une décision enfreint les règles"),
    "fact-differs": Words(
        "a result is not the one that the rules compute", "un résultat n’est pas celui que calculent les règles"
    ),
    "reveal-differs": Words(
        "the revealed scores are not the ones that were sealed",
        "les notes dévoilées ne sont pas celles qui ont été scellées",
    ),
    "version-gap": Words("a statement is missing from a stream", "une déclaration manque dans une suite"),
    "head-unknown": Words(
        "signers were shown a log that never existed", "les signataires ont vu un journal qui n’a jamais existé"
    ),
    "clock-confirmed": Words(
        "a clock was ahead, as two officers confirmed: entries state times that are too late",
        "une horloge avançait, comme deux responsables l’ont confirmé : des entrées portent une heure trop tardive",
    ),
    "back-dated": Words("a statement is back-dated", "une déclaration est antidatée"),
    "post-dated": Words(
        "a statement is dated after witnesses saw it",
        "une déclaration porte une date postérieure à sa constatation par les témoins",
    ),
    "checkpoint-ahead": Words(
        "the log has fewer entries than it signed for: entries removed, or an older state restored",
        "le journal compte moins d’entrées qu’il n’en a signé : entrées retirées ou retour à un état antérieur",
    ),
    "checkpoint-root": Words(
        "the log signed a different tree: its past has been changed",
        "le journal a signé un autre arbre : son passé a été modifié",
    ),
    "rolled-back": Words(
        "the log has been set back: it showed more entries before",
        "le journal est revenu en arrière : il comptait auparavant plus d’entrées",
    ),
    "log-forked": Words(
        "the log showed a different past before: it has been forked",
        "le journal montrait auparavant un autre passé : il a bifurqué",
    ),
    "checkpoint-missing": Words(
        "a checkpoint is missing: removed, or never signed because the register stopped",
        "un point de contrôle manque : retiré, ou jamais signé parce que le registre s’est arrêté",
    ),
    "database-altered": Words(
        "the database does not have the structure that this program gives it",
        "la base de données n’a pas la structure que ce programme lui donne",
    ),
    "database-unreadable": Words(
        "the database can be read only in part: the rest was not audited",
        "la base de données n’est lisible qu’en partie : la suite n’a pas été auditée",
    ),
    "file-unreadable": Words(
        "a file beside the database cannot be read", "un fichier situé à côté de la base de données est illisible"
    ),
    "log-key-other": Words(
        "a key of the log is not the one in the trust root",
        "une clé du journal n’est pas celle de la racine de confiance",
    ),
    "time-stamp-differs": Words(
        "a stored time-stamp is not for its checkpoint",
        "un horodatage conservé ne correspond pas à son point de contrôle",
    ),
    "not-witnessed": Words("the witnesses have not cosigned", "les témoins n’ont pas cosigné"),
    "note-unsigned": Words(
        "a checkpoint is not signed by the log", "un point de contrôle n’est pas signé par le journal"
    ),
    "note-signature-invalid": Words(
        "the signature of a checkpoint is not valid: forged",
        "la signature d’un point de contrôle n’est pas valide : elle est falsifiée",
    ),
    "tile-missing": Words("a published file is missing", "un fichier publié manque"),
    "disclosure-changed": Words("personal data have been changed", "une donnée personnelle a été modifiée"),
    "disclosure-missing": Words("personal data are missing", "une donnée personnelle manque"),
    "disclosure-unreferenced": Words(
        "personal data belong to no entry", "une donnée personnelle ne se rapporte à aucune entrée"
    ),
    "disclosure-of-erased": Words(
        "personal data of a person whose data were erased have reappeared",
        "une donnée personnelle effacée est réapparue",
    ),
    "projection-differs": Words(
        "a read model does not match the entries", "un modèle de lecture ne correspond pas aux entrées"
    ),
    "document-altered": Words(
        "a stored document is not one that the body signed",
        "un document conservé n’est pas un document signé par l’organisme",
    ),
    "document-differs": Words(
        "a stored document does not match the entries", "un document conservé ne correspond pas aux entrées"
    ),
    "document-missing": Words("a stored document has been removed", "un document conservé a été retiré"),
    "document-unreferenced": Words(
        "a stored document belongs to no certificate", "un document conservé ne se rapporte à aucun certificat"
    ),
    "document-of-erased": Words(
        "a document of a person whose data were erased has reappeared",
        "un document d’une personne dont les données ont été effacées est réapparu",
    ),
    "status-place": Words(
        "two certificates share a place in the status lists",
        "deux certificats partagent une place des listes de statut",
    ),
}
