"""What the pages of the console are for, in words: each thing that one does there, and the routes that do it."""

from ledger.words import Words

EVERYONES = Words("Sign in, or enrol a passkey by a link", "Se connecter, ou enregistrer une clé d’accès par un lien")
ACTIONS: dict[Words, tuple[str, ...]] = {
    EVERYONES: (
        "access.sign-in", "access.enter", "access.begin-sign-in", "access.use-passkey", "access.enrol",
        "access.begin-making", "access.make", "access.begin-proving", "access.prove", "sheets.worker",
    ),
    Words("See what waits, review it, sign or refuse it", "Voir ce qui attend, le relire, le signer ou le refuser"): (
        "inbox.home", "inbox.review", "inbox.begin-signing", "inbox.sign", "inbox.signed", "inbox.statement",
        "inbox.refuse", "inbox.withdraw",
    ),
    Words("See and end one’s own sessions, sign out", "Voir et fermer ses propres sessions, se déconnecter"): (
        "access.sessions", "access.end-session", "access.sign-out",
    ),
    Words("See and add one’s own passkeys", "Voir et ajouter ses propres clés d’accès"): (
        "access.my-keys", "access.add-key",
    ),
    Words("See the keys of all officers", "Voir les clés de tous les responsables"): ("access.keys",),
    Words("Invite officers to enrol a passkey, and replace lost ones",
          "Inviter à enregistrer une clé d’accès, et remplacer celles qui sont perdues"): (
        "access.invite", "access.recover",
    ),
    Words("See who may do what, and by which rule", "Voir qui peut faire quoi, et selon quelle règle"): ("access.why",),
    Words("File a statement that one signs, or that others sign",
          "Déposer une déclaration que l’on signe, ou que d’autres signent"): (
        "commands.list", "commands.form", "commands.file",
    ),
    Words("Search the register, and read entries with their proofs",
          "Rechercher dans le registre, et lire les entrées avec leurs preuves"): (
        "history.home", "history.one", "history.entry", "history.proof", "history.statement",
    ),
    Words("See what one signed", "Voir ce que l’on a signé"): ("history.mine",),
    Words("Read lists, compare, save and take them away",
          "Consulter des listes, les comparer, les enregistrer et les télécharger"): (
        "history.list", "history.compared", "history.file", "history.save", "history.forget",
    ),
    Words("See why a result is what it is", "Voir pourquoi un résultat est ce qu’il est"): ("history.result",),
    Words("Try a version of a scheme on past workshops",
          "Essayer une version d’un programme sur des ateliers passés"): (
        "history.what-if",
    ),
    Words("Read all that is recorded of a person", "Lire tout ce qui est enregistré sur une personne"): (
        "history.person",
    ),
    Words("Appoint officers", "Nommer des responsables"): ("officers.appoint", "officers.appointed"),
    Words("Import workshops from spreadsheets", "Importer des ateliers à partir de classeurs"): (
        "imports.list", "imports.template", "imports.upload", "imports.check", "imports.answer", "imports.confirm",
        "imports.give-up", "imports.take-back",
    ),
    Words("See the notices, send them again or close them", "Voir les avis, les renvoyer ou les clore"): (
        "notices.list", "notices.preview", "notices.resend", "notices.close",
    ),
    Words("See the list of workshops", "Voir la liste des ateliers"): ("workshops.list",),
    Words("Open a workshop, and see its selection", "Ouvrir un atelier, et voir sa sélection"): (
        "workshops.one", "workshops.selection",
    ),
    Words("Assign people, nominate, call for nominations, close a workshop, compute its outcomes, issue certificates",
          "Affecter des personnes, désigner, lancer l’appel à candidatures, clôturer un atelier, calculer ses "
          "résultats, délivrer les certificats"): (
        "workshops.assign", "workshops.nominate", "workshops.nominated", "workshops.call", "workshops.close",
        "workshops.compute", "workshops.issue",
    ),
    Words("Record findings, and decide on the selection", "Enregistrer des constats, et décider de la sélection"): (
        "workshops.found", "workshops.selected",
    ),
    Words("See results, ranking, decision memo and certifications",
          "Voir les résultats, le classement, la note de décision et les certifications"): (
        "workshops.ranking", "workshops.memo", "certifications.list", "certifications.one",
    ),
    Words("See the applications and steps of candidates", "Voir les dossiers et les étapes des candidatures"): (
        "workshops.preparation", "workshops.application",
    ),
    Words("Record who is there", "Enregistrer les présences"): ("workshops.attendance", "workshops.attended"),
    Words("See one’s own candidacies, and what is to be signed for them",
          "Voir ses propres candidatures, et ce qu’il faut signer"): ("candidates.own",),
    Words("See one’s own undertaking and ties, and the register of impartiality where it is theirs to read",
          "Voir son engagement et ses liens et, pour les fonctions concernées, le registre de l’impartialité"): (
        "impartiality.home",
    ),
    Words("See missions, and whom to propose for them", "Voir les missions, et les personnes à proposer"): (
        "missions.list", "missions.one",
    ),
    Words("See one’s own missions, and what is to be signed for them",
          "Voir ses propres missions, et ce qu’il faut signer"): ("missions.own",),
    Words("See what counts for your renewal", "Voir ce qui compte pour votre renouvellement"): ("development.own",),
    Words("Verify development activities", "Valider des activités de formation continue"): (
        "development.waiting", "development.verify",
    ),
    Words("Decide on certifications", "Décider des certifications"): ("workshops.decide",),
    Words("Read schemes and compare their versions", "Lire les programmes et comparer leurs versions"): (
        "schemes.list", "schemes.version", "schemes.file", "schemes.compare",
    ),
    Words("Draft a version of a scheme", "Rédiger une version d’un programme"): (
        "schemes.draft", "schemes.drafted", "schemes.import", "schemes.import-into",
    ),
    Words("Open the score sheets of a workshop", "Ouvrir les fiches d’évaluation d’un atelier"): ("sheets.queue",),
    Words("Fill in, sign and correct one’s score sheets, declare a conflict of interest",
          "Remplir, signer et corriger ses fiches d’évaluation, déclarer un conflit d’intérêts"): (
        "sheets.save", "sheets.sign", "sheets.correct", "sheets.corrected", "sheets.recuse",
    ),
    Words("See which sheets are in, and levels beside each other",
          "Voir les fiches soumises, et les niveaux côte à côte"): ("sheets.moderation",),
    Words("Reveal the score sheets", "Dévoiler les fiches d’évaluation"): ("sheets.reveal",),
    Words("Settle levels that differ", "Trancher les écarts de niveau"): ("sheets.moderate",),
    Words("See appeals and complaints, but for those that concern oneself",
          "Voir les recours et les plaintes, sauf ceux qui visent la personne elle-même"): (
        "cases.list", "cases.appeal", "cases.complaint",
    ),
}  # fmt: skip
"""Of officers; the pages of guests open to no officer."""
