"""Every command: the module that defines it, and its help in both languages.

The module of a command is loaded when that command runs. The help is here so that the list of all commands loads none.
The first paragraph of a help is its line in that list.
"""

from typing import NamedTuple

from ledger.words import Words

FAILED = 1  # refused by the rules, or not done for a reason outside the command line


class Listed(NamedTuple):
    """``failed`` is the exit code when the command could not do its work; some give 1 another meaning."""

    module: str
    help: Words
    failed: int = FAILED


# fmt: off
COMMANDS: dict[str, Listed] = {
    "serve": Listed("serving", Words(
        "Serve the register.\n\nPCA_LEDGER_URL is its public address; PCA_LEDGER_OFFICIAL=1 removes the banner.",
        "Mettre le registre en service.\n\nPCA_LEDGER_URL est son adresse publique ; PCA_LEDGER_OFFICIAL=1 retire le "
        "bandeau de démonstration.")),
    "demo": Listed("demonstrating", Words(
        "Make a register from four synthetic workshops, with the key of every officer, and serve it.",
        "Créer un registre à partir de quatre ateliers fictifs, avec la clé de chaque responsable, puis le mettre en "
        "service.")),
    "simulate": Listed("simulating", Words(
        "Make a register of invented people, with as many entries as asked, to measure with.\n\n"
        "Ten years of workshops are recorded on a simulated clock, each statement decided, signed and verified.",
        "Créer un registre de personnes inventées, du nombre d’entrées voulu, pour mesurer.\n\n"
        "Dix années d’ateliers sont consignées sur une horloge simulée, chaque déclaration étant décidée, signée et "
        "vérifiée.")),
    "init": Listed("founding", Words(
        "Found a ledger with its first officers.\n\n"
        "Two links are printed, by which a director and a security officer make their passkeys and sign. With --keys, "
        "six officers get key files instead: hand each to its officer, then delete it here.",
        "Fonder un registre avec ses premiers responsables.\n\n"
        "Deux liens sont affichés, par lesquels une personne de la direction et une personne responsable de la "
        "sécurité créent leurs clés d’accès et signent. Avec --keys, six responsables reçoivent plutôt des fichiers "
        "de clé : remettez chacun à la personne concernée, puis supprimez-le ici.")),
    "keys": Listed("office", Words(
        "Officers’ keys: create, enrol, list.",
        "Clés des responsables : créer, enregistrer, afficher.")),
    "keys new": Listed("office", Words(
        "Create a key file that only its owner can read; an existing file is never overwritten.",
        "Créer un fichier de clé lisible par son seul propriétaire ; un fichier existant n’est jamais écrasé.")),
    "keys enrol": Listed("office", Words(
        "Enrol an officer’s key; the officer and a security officer sign.",
        "Enregistrer la clé d’un responsable ; cette personne et une personne responsable de la sécurité signent.")),
    "keys list": Listed("office", Words(
        "List the active keys with their holders and roles.",
        "Afficher les clés actives, leurs titulaires et leurs fonctions.")),
    "import": Listed("importing", Words(
        "Check the spreadsheets of a workshop and file their rows as statements for officers to sign.",
        "Contrôler les tableaux d’un atelier et déposer leurs lignes comme déclarations à signer par les "
        "responsables.")),
    "propose": Listed("signing", Words(
        "File a command in the inbox, for its officers to sign.",
        "Déposer une commande dans la boîte de réception, pour signature par ses responsables.")),
    "pending": Listed("signing", Words(
        "List what waits for your signature, and whether it is ready.",
        "Afficher ce qui attend votre signature et ce qui est prêt à être signé.")),
    "sign": Listed("signing", Words(
        "Sign what waits for you: one, many, or everything that is ready.",
        "Signer ce qui vous attend : une déclaration, plusieurs, ou toutes celles qui sont prêtes.")),
    "withdraw": Listed("ending", Words(
        "Withdraw what you filed and what nobody can read. A trace stays; personal values are removed.",
        "Retirer ce que vous avez déposé et ce qui est illisible. Une trace demeure ; les données personnelles sont "
        "supprimées.")),
    "refuse": Listed("ending", Words(
        "Refuse what waits for your signature. Who filed it sees the reason; personal values are removed.",
        "Refuser ce qui attend votre signature. L’auteur du dépôt voit le motif ; les données personnelles sont "
        "supprimées.")),
    "take-back": Listed("ending", Words(
        "Take back an import of which nothing was signed, so that its corrected files can be imported.",
        "Annuler un import dont rien n’a été signé, afin d’importer les fichiers corrigés.")),
    "roster": Listed("listing", Words(
        "List the certified advisors on a date, as known on a date.\n\n"
        "All names are shown, also of those who did not agree to be listed: it is for those who may read the folder.",
        "Afficher les personnes certifiées à une date, selon l’état du registre à une date.\n\n"
        "Tous les noms sont affichés, y compris sans accord de publication : pour qui peut lire le dossier.")),
    "list": Listed("lists", Words(
        "Answer a question about the history as a list: results, changed scores, workshops and more.\n\n"
        "Names, scores and reasons are shown as the ledger holds them: it is for those who may read its folder.",
        "Répondre à une question sur l’historique par une liste : personnes candidates avec leurs résultats, notes "
        "modifiées, ateliers et autres.\n\n"
        "Noms, notes et motifs sont affichés tels que le registre les contient : pour qui peut lire son dossier.")),
    "search": Listed("past", Words(
        "Find people, certificates, workshops, administrations, schemes, officers and entries of the log.\n\n"
        "People are found by every name that they ever had; accents, case and word order do not matter.",
        "Rechercher des personnes, certificats, ateliers, administrations, programmes, responsables et entrées du "
        "journal.\n\n"
        "Une personne est trouvée par tous les noms qu’elle a portés ; accents, casse et ordre des mots sont sans "
        "importance.")),
    "timeline": Listed("past", Words(
        "Show every entry about one person or thing, in words, with its signers and whether each signature holds.\n\n"
        "Names, scores and reasons are shown as the ledger holds them: it is for those who may read its folder.",
        "Afficher toutes les entrées sur une personne ou une chose, en clair, avec leurs signataires et la validité de "
        "chaque signature.\n\n"
        "Noms, notes et motifs sont affichés tels que le registre les contient : pour qui peut lire son dossier.")),
    "facts": Listed("past", Words(
        "Show what was true of one person or thing on a date, or what differed on two dates.",
        "Afficher ce qui était vrai d’une personne ou d’une chose à une date, ou ce qui différait à deux dates.")),
    "recompute": Listed("lists", Words(
        "Compute the result of one candidate again, from the score sheets with the rule of that day, step by step.\n\n"
        "Exit code 0: what is recorded is the same; 1: it is something else; 2: it could not be computed.",
        "Recalculer le résultat d’une personne candidate d’après les fiches et la règle de ce jour-là, étape par "
        "étape.\n\n"
        "Code de sortie 0 : ce qui est enregistré est identique ; 1 : c’est différent ; 2 : calcul impossible."),
        failed=2),
    "what-if": Listed("lists", Words(
        "Show what another version of a scheme, a draft too, would have changed in past workshops. Nothing is written.",
        "Afficher ce qu’une autre version d’un programme, même un projet, aurait changé dans les ateliers passés. Rien "
        "n’est enregistré.")),
    "history": Listed("listing", Words(
        "Show how a certificate, or the certificates of a person, came about: each event with what it says, its time, "
        "and its signers with their roles and keys.\n\n"
        "Names, scores and reasons are shown as the ledger holds them: it is for those who may read its folder.",
        "Afficher ce qui a conduit à un certificat, ou aux certificats d’une personne : chaque événement, son contenu, "
        "sa date et ses signataires, avec leurs fonctions et leurs clés.\n\n"
        "Noms, notes et motifs sont affichés tels que le registre les contient : pour qui peut lire son dossier.")),
    "bundle": Listed("reading", Words(
        "Write the verification bundle of a certificate, as a ZIP file if TARGET ends with .zip.\n\n"
        "Include the name, or parts of it, only for the holder.",
        "Écrire le dossier de vérification d’un certificat, au format ZIP si CIBLE se termine par .zip.\n\n"
        "N’y incluez le nom, en tout ou partie, que pour la personne titulaire.")),
    "proof": Listed("reading", Words(
        "Write the proof that an entry is in the published log, in the format of c2sp.org/tlog-proof.",
        "Écrire la preuve qu’une entrée figure au journal publié, au format c2sp.org/tlog-proof.")),
    "export": Listed("reading", Words(
        "Write the published log with every entry, and today’s roster, for auditors to run audit on.",
        "Écrire le journal publié avec toutes ses entrées et la liste du jour, pour un audit avec la commande audit.")),
    "rebuild": Listed("rebuilding", Words(
        "Rebuild the read models from the whole log.",
        "Reconstruire les vues du registre à partir du journal entier.")),
    "verify": Listed("checking", Words(
        "Verify a bundle offline (--trust), or any certificate with a register (--ask) or your own ledger (--ledger)."
        "\n\n"
        "Exit code 0: in force; 1: authentic but not in force; 2: not authentic; 3: could not be checked.",
        "Vérifier un dossier hors ligne (--trust), ou tout certificat auprès d’un registre (--ask) ou de votre propre "
        "registre (--ledger).\n\nCode de sortie 0 : en vigueur ; 1 : authentique mais pas en vigueur ; 2 : non "
        "authentique ; 3 : vérification impossible."), failed=3),
    "issuer": Listed("issuing", Words(
        "Issue documents: the address of the body, its keys, its documents.",
        "Délivrer des documents : l’adresse de l’organisme, ses clés, ses documents.")),
    "issuer establish": Listed("issuing", Words(
        "Set the public address under which documents are issued.",
        "Fixer l’adresse publique sous laquelle les documents sont délivrés.")),
    "issuer new-key": Listed("issuing", Words(
        "Create a key file that only its owner can read; an existing file is never overwritten.",
        "Créer un fichier de clé lisible par son seul propriétaire ; un fichier existant n’est jamais écrasé.")),
    "issuer certify": Listed("issuing", Words(
        "Certify a P-256 key for sealing under your own root, without a certification authority.",
        "Certifier une clé P-256 de cachet sous votre propre racine, sans autorité de certification.")),
    "issuer enrol": Listed("issuing", Words(
        "Enrol a key of the body, with proof of possession; a security officer and a director sign.",
        "Enregistrer une clé de l’organisme, avec preuve de possession ; une personne responsable de la sécurité et "
        "une personne de la direction signent.")),
    "issuer retire": Listed("issuing", Words(
        "Retire a key that another replaces; what it has signed stays valid.",
        "Mettre hors service une clé remplacée par une autre ; ce qu’elle a signé reste valide.")),
    "issuer revoke": Listed("issuing", Words(
        "Revoke a key that is lost or compromised; what it signed after --since is in doubt.",
        "Révoquer une clé perdue ou compromise ; ce qu’elle a signé après --since est mis en doute.")),
    "issuer list": Listed("issuing", Words(
        "List the address and every key with its status.",
        "Afficher l’adresse et chaque clé avec son statut.")),
    "issuer make": Listed("issuing", Words(
        "Make the documents of every certificate that has none; serve does so automatically.",
        "Établir les documents de chaque certificat qui n’en a pas ; serve le fait automatiquement.")),
    "document": Listed("issuing", Words(
        "Write a document of a certificate to a file, byte for byte as it was signed.",
        "Écrire un document d’un certificat dans un fichier, à l’octet près tel qu’il a été signé.")),
    "holder": Listed("issuing", Words(
        "Print the private address of a holder’s documents. Send it only to the holder.",
        "Afficher l’adresse privée des documents d’une personne titulaire. Ne l’envoyez qu’à elle.")),
    "audit": Listed("auditing", Words(
        "Recompute everything.\n\nExit code 0: passed; 1: problems found; 2: could not be audited.",
        "Tout recalculer.\n\nCode de sortie 0 : conforme ; 1 : anomalies constatées ; 2 : audit impossible ou "
        "incomplet."), failed=2),
    "restore": Listed("restoring", Words(
        "Restore a ledger whose database is lost. Whoever was erased since the backup is erased again.",
        "Restaurer un registre dont la base de données est perdue. Les personnes effacées depuis la sauvegarde le "
        "sont de nouveau.")),
    "migrate": Listed("moving", Words(
        "Move the ledger to another database (--to), or bring its tables up to this version.\n\n"
        "Stop the register first. The old database stays as it is, and can no longer be opened.",
        "Déplacer le registre dans une autre base de données (--to), ou mettre ses tables à la version actuelle.\n\n"
        "Arrêtez d’abord le registre. L’ancienne base reste telle quelle et ne peut plus être ouverte.")),
    "monitor": Listed("watching", Words(
        "Watch a log from outside: report inconsistencies, changes to what you watch, and a late log.",
        "Surveiller un journal de l’extérieur : incohérences, changements de ce que vous suivez, retards.")),
    "evidence": Listed("watching", Words(
        "Write two contradicting checkpoints to one file. Exit code 1 if they do not contradict each other.",
        "Réunir dans un fichier deux points de contrôle qui se contredisent. Code de sortie 1 s’ils ne se "
        "contredisent pas.")),
    "check-evidence": Listed("watching", Words(
        "Check evidence that a log signed two contradicting checkpoints. Exit code 1 if it does not prove this.",
        "Contrôler la preuve qu’un journal a signé deux points de contrôle contradictoires. Code de sortie 1 si elle "
        "ne l’établit pas.")),
    "check-time-stamp": Listed("watching", Words(
        "Show when a time-stamp authority saw a checkpoint (RFC 3161).",
        "Afficher à quel moment une autorité d’horodatage a vu un point de contrôle (RFC 3161).")),
    "publish": Listed("publishing", Words(
        "Write the public part of the log as files: checkpoint, hash tiles, trust root, policy, bundles.",
        "Écrire la partie publique du journal en fichiers : point de contrôle, tuiles, racine de confiance, politique, "
        "dossiers de vérification.")),
    "set-policy": Listed("publishing", Words(
        "Change who must witness the log. This makes a new trust root, which every verifier needs.",
        "Changer les témoins requis du journal. Il en résulte une nouvelle racine de confiance, nécessaire à tous les "
        "vérificateurs.")),
    "witness": Listed("witnessing", Words(
        "Run a witness, which cosigns the growth of logs (c2sp.org/tlog-witness); it first prints its verifier keys.",
        "Lancer un témoin, qui cosigne la croissance de journaux (c2sp.org/tlog-witness) ; il affiche d’abord ses "
        "clés de vérification.")),
    "attacks": Listed("attacking", Words(
        "Attack synthetic ledgers in nine ways and show how the audit names each. Exit code 1 if one goes unnoticed.",
        "Attaquer des registres fictifs de neuf façons et montrer le nom que l’audit donne à chaque attaque. Code de "
        "sortie 1 si l’une passe inaperçue.")),
    "webhooks": Listed("webhooks", Words(
        "Webhooks: notify others of every change to a certificate’s status.",
        "Webhooks : notifier à d’autres chaque changement de statut d’un certificat.")),
    "webhooks list": Listed("webhooks", Words(
        "List who is notified, up to which entry, and what has failed. Secrets are not shown.",
        "Afficher les destinataires, l’entrée atteinte et les échecs. Les secrets ne sont pas affichés.")),
    "webhooks add": Listed("webhooks", Words(
        "Notify an address of changes from now on. The secret is printed once: give it to the receiver.",
        "Notifier les changements à une adresse à partir de maintenant. Le secret est affiché une seule fois : "
        "remettez-le au destinataire.")),
    "webhooks remove": Listed("webhooks", Words(
        "Stop notifying an address.",
        "Ne plus rien notifier à une adresse.")),
    "webhooks test": Listed("webhooks", Words(
        "Send a signed test message, and show whether it was acknowledged.",
        "Envoyer un message d’essai signé et afficher s’il a été confirmé.")),
    "webhooks deliver": Listed("webhooks", Words(
        "Send what is due, once, for a timer; PCA_LEDGER_URL is the register’s address. Exit code 1: not all was sent.",
        "Envoyer une fois ce qui doit l’être, depuis un minuteur ; PCA_LEDGER_URL est l’adresse du registre. Code de "
        "sortie 1 : tout n’a pas été envoyé.")),
    "notices": Listed("notices", Words(
        "Notices by e-mail to holders, candidates and officers.",
        "Avis par courriel aux titulaires, aux personnes candidates et aux responsables.")),
    "notices list": Listed("notices", Words(
        "List the notices that wait or were not delivered; with --all, every notice.",
        "Afficher les avis en attente ou non remis ; avec --all, tous les avis.")),
    "notices preview": Listed("notices", Words(
        "Show a notice of a kind with made-up particulars, or send it to an address as a test.",
        "Afficher un avis d’un type donné, avec des données inventées, ou l’envoyer à une adresse comme essai.")),
    "notices send": Listed("notices", Words(
        "Send what is due, once, for a timer; PCA_LEDGER_URL is the register’s address. Exit code 1: not all was sent.",
        "Envoyer une fois ce qui doit l’être, depuis un minuteur ; PCA_LEDGER_URL est l’adresse du registre. Code de "
        "sortie 1 : tout n’a pas été envoyé.")),
    "notices resend": Listed("notices", Words(
        "Send a notice again that was refused or returned, or of which it is not known whether it was sent.",
        "Envoyer à nouveau un avis refusé ou retourné, ou dont on ignore s’il a été envoyé.")),
    "notices close": Listed("notices", Words(
        "Close a notice that was not delivered: nothing more is done about it.",
        "Classer un avis non remis : plus rien n’est entrepris.")),
    "notices bounce": Listed("notices", Words(
        "Take in a message that a mail server returned, as a pipe from it, a file or a Maildir.",
        "Prendre en compte un message retourné par un serveur de messagerie : tube, fichier ou Maildir.")),
    "notices choose": Listed("notices", Words(
        "Set the language of a person’s notices and whether they get summaries, and show both.",
        "Choisir la langue des avis d’une personne et l’envoi de récapitulatifs, et afficher ces choix.")),
}
# fmt: on
