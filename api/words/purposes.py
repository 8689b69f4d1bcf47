"""Why each kind of event is recorded, on which legal ground, and for how long (GDPR, articles 5, 6, 13 and 30).

``docs/reference/data-protection.md`` is made of it. The law that applies is the body’s to confirm: the program cannot
know it. The names of events are their wire names.
"""

from typing import NamedTuple

from ledger.words import Words


class Purpose(NamedTuple):
    """Why something is recorded, on which ground, and how long it is kept."""

    why: Words
    ground: Words
    kept: Words


_TASK = Words(
    "Article 6(1)(e), a task in the public interest: the body confirms which law or statute gives it the task",
    "Article 6(1)(e), mission d’intérêt public, l’organisme confirmant le texte qui la lui confie",
)
_DUTY = Words(
    "Article 6(1)(c), a legal obligation: the body confirms which law it is under",
    "Article 6(1)(c), obligation légale, l’organisme confirmant le texte auquel il est soumis",
)
_CONSENT = Words(
    "Article 6(1)(a), consent: the body confirms that it was free, informed and is as easy to withdraw as to give",
    "Article 6(1)(a), consentement, l’organisme confirmant qu’il est libre, éclairé et aussi facile à retirer "
    "qu’à donner",
)
_HEALTH = Words(
    "Article 6(1)(e), and article 9(2) where it tells of health: the body confirms explicit consent or the law",
    "Article 6(1)(e), et article 9(2) pour ce qui touche à la santé, l’organisme confirmant le consentement explicite "
    "ou le texte",
)
_NOBODY = Words(
    "None for what it says, which is about nobody; for the pseudonym of whoever signs, as for officers",
    "Aucune pour son contenu, qui ne concerne personne ; pour le pseudonyme des signataires, comme pour les "
    "responsables",
)
_OF_THE_DEAD = Words(
    "The GDPR leaves the data of the dead to national law: the body confirms what that says",
    "Le RGPD laisse les données des personnes décédées au droit national, l’organisme confirmant ce qu’il prévoit",
)

_TERM = Words(
    "Sealed values: as long as a candidacy is open or a certification is in force, then for the term of the scheme "
    "(`retention_months`, where it names one), or until a request for erasure is granted; then the person’s key is "
    "destroyed. The entry stays for ever, under a pseudonym",
    "Valeurs scellées : tant qu’une candidature est ouverte ou une certification en vigueur, puis pendant la durée que "
    "fixe le programme (`retention_months`, s’il en fixe une), ou jusqu’à ce qu’une demande d’effacement soit "
    "accueillie ; la clé de la personne est alors détruite. L’inscription demeure, sous un pseudonyme",
)
_SERVICE = Words(
    "Sealed values: as long as the person holds a role, then until two officers sign the erasure and the person’s key "
    "is destroyed. The entry stays for ever, under a pseudonym: signatures are verified with it",
    "Valeurs scellées : tant que la personne exerce une fonction, puis jusqu’à ce que deux responsables signent "
    "l’effacement et que la clé de la personne soit détruite. L’inscription demeure, sous un pseudonyme, car elle sert "
    "à vérifier les signatures",
)
_CASE = Words(
    "Sealed values: until the key of the person whose case it is is destroyed, which no undecided appeal or legal hold "
    "of theirs allows. The entry stays for ever, under a pseudonym",
    "Valeurs scellées : jusqu’à la destruction de la clé de la personne dont c’est le dossier, impossible tant qu’un "
    "recours n’est pas tranché ou qu’un gel juridique dure. L’inscription demeure, sous un pseudonyme",
)
_PROOF = Words(
    "Sealed values: until the person’s key is destroyed. The entry stays for ever, under a pseudonym: it shows that "
    "the body did its duty",
    "Valeurs scellées : jusqu’à la destruction de la clé de la personne. L’inscription demeure, sous un pseudonyme, "
    "comme preuve que l’organisme a rempli son obligation",
)
_ALWAYS = Words(
    "The entry stays for ever; nothing in it is sealed",
    "L’inscription demeure, sans aucune valeur scellée",
)

PURPOSES: dict[str, Purpose] = {
    "ledger": Purpose(
        Words(
            "Show who founded the register, and with which keys", "Établir qui a fondé le registre et avec quelles clés"
        ),
        _TASK,
        _SERVICE,
    ),
    "clock": Purpose(
        Words("Explain a gap or a jump in the time of the register", "Expliquer un écart dans l’heure du registre"),
        _NOBODY,
        _ALWAYS,
    ),
    "passkeys": Purpose(
        Words("Say on which sites passkeys sign", "Fixer les sites sur lesquels les clés d’accès signent"),
        _NOBODY,
        _ALWAYS,
    ),
    "officer": Purpose(
        Words(
            "Show that whoever signed was entitled to, and verify the signature",
            "Établir que la personne qui a signé en avait le pouvoir, et vérifier sa signature",
        ),
        _TASK,
        _SERVICE,
    ),
    "issuer": Purpose(
        Words("Let anyone verify documents of the body", "Permettre à chacun de vérifier les documents de l’organisme"),
        _NOBODY,
        _ALWAYS,
    ),
    "person": Purpose(
        Words(
            "Know who a candidate, holder or officer is, and write to them",
            "Savoir qui est une personne candidate, titulaire ou responsable, et lui écrire",
        ),
        _TASK,
        _TERM,
    ),
    "administration": Purpose(
        Words(
            "Know which administrations nominate, and who speaks for each",
            "Savoir quelles administrations proposent des candidatures, et qui les représente",
        ),
        _TASK,
        _ALWAYS,
    ),
    "scheme": Purpose(
        Words(
            "Say by which rules people are certified", "Fixer les règles selon lesquelles les personnes sont certifiées"
        ),
        _NOBODY,
        _ALWAYS,
    ),
    "session": Purpose(
        Words(
            "Hold the workshop, keep it secure, and show how its seats were given",
            "Tenir l’atelier, en assurer la sûreté et montrer comment les places ont été attribuées",
        ),
        _TASK,
        _ALWAYS,
    ),
    "candidacy": Purpose(
        Words(
            "Select and assess the candidate, and let a decision be checked and appealed",
            "Sélectionner et évaluer la personne candidate, et permettre le contrôle de la décision et le recours",
        ),
        _TASK,
        _TERM,
    ),
    "certification": Purpose(
        Words(
            "Say who is certified, for what, since when and until when (ISO/IEC 17024, 7.2 and 9.4)",
            "Dire qui est certifié, pour quoi, depuis quand et jusqu’à quand (ISO/IEC 17024, 7.2 et 9.4)",
        ),
        _TASK,
        _TERM,
    ),
    "request": Purpose(
        Words(
            "Answer in time whoever asks for a right over their data (GDPR, article 12)",
            "Répondre dans les délais à toute personne qui exerce un droit sur ses données (RGPD, article 12)",
        ),
        _DUTY,
        _PROOF,
    ),
    "hold": Purpose(
        Words(
            "Keep data that a claim or an investigation needs (GDPR, article 17(3)(e))",
            "Conserver les données nécessaires à une action en justice ou à une enquête (RGPD, article 17(3)(e))",
        ),
        _DUTY,
        _PROOF,
    ),
    "transfer": Purpose(
        Words(
            "Show to whom data were given, and that the person was told (GDPR, article 15(1)(c))",
            "Établir à qui des données ont été communiquées et que la personne en a été informée "
            "(RGPD, article 15(1)(c))",
        ),
        _DUTY,
        _ALWAYS,
    ),
    "history": Purpose(
        Words(
            "Keep what documents from before the register say, and how good the evidence is",
            "Garder ce que disent les documents antérieurs au registre, et leur valeur probante",
        ),
        _TASK,
        _TERM,
    ),
    "advisor": Purpose(
        Words(
            "Find advisors who are free and fit for a mission",
            "Trouver les conseillers disponibles et qualifiés pour une mission",
        ),
        _TASK,
        _TERM,
    ),
    "mission": Purpose(
        Words(
            "Lead a mission from the request to its results, and account for them",
            "Conduire une mission, de la demande aux résultats, et en rendre compte",
        ),
        _TASK,
        _TERM,
    ),
    "appeal": Purpose(
        Words(
            "Have an appeal decided in time by people who took no part in the decision (ISO/IEC 17024, 9.8)",
            "Faire trancher un recours dans les délais par des personnes étrangères à la décision (ISO/IEC 17024, 9.8)",
        ),
        _TASK,
        _CASE,
    ),
    "complaint": Purpose(
        Words(
            "Look into a complaint, answer it and correct what caused it (ISO/IEC 17024, 9.9)",
            "Instruire une plainte, y répondre et en corriger la cause (ISO/IEC 17024, 9.9)",
        ),
        _TASK,
        _CASE,
    ),
    "risk": Purpose(
        Words(
            "Know and reduce what threatens impartiality (ISO/IEC 17024, 4.3)",
            "Connaître et réduire ce qui menace l’impartialité (ISO/IEC 17024, 4.3)",
        ),
        _TASK,
        _SERVICE,
    ),
    "competence": Purpose(
        Words(
            "Show that whoever assesses and decides is competent and free of conflicts (ISO/IEC 17024, 6.2)",
            "Établir que les personnes qui évaluent et décident sont compétentes et sans conflit d’intérêts "
            "(ISO/IEC 17024, 6.2)",
        ),
        _TASK,
        _SERVICE,
    ),
    "calibration": Purpose(
        Words(
            "Show that assessors judge alike (ISO/IEC 17024, 6.2)",
            "Établir que les évaluateurs jugent de la même manière (ISO/IEC 17024, 6.2)",
        ),
        _TASK,
        _ALWAYS,
    ),
    "development": Purpose(
        Words(
            "Follow whether a holder remains competent, and decide on the renewal (ISO/IEC 17024, 9.5 and 9.6)",
            "Suivre le maintien des compétences des titulaires et décider du renouvellement "
            "(ISO/IEC 17024, 9.5 et 9.6)",
        ),
        _TASK,
        _TERM,
    ),
}
"""By the kind of the stream: what holds for its events, unless ``OTHERWISE`` says something else of one."""

_LISTING = Purpose(
    Words(
        "Show the person in the public register only as long as they agree",
        "Faire figurer la personne au registre public tant qu’elle y consent",
    ),
    _CONSENT,
    Words(
        "It counts until it is withdrawn. A sealed paper: as for the person. The entry stays, as evidence",
        "Il vaut jusqu’à son retrait. Une pièce scellée suit les valeurs de la personne. L’inscription demeure, "
        "comme preuve",
    ),
)
_RESULTS = _LISTING._replace(
    why=Words(
        "State the levels that the person achieved on their certificates only as long as they agree",
        "N’indiquer sur les certificats les niveaux que la personne a atteints que tant qu’elle y consent",
    )
)
_ACCOMMODATION = Purpose(
    Words(
        "Give the candidate the arrangements they need (ISO/IEC 17024, 9.2)",
        "Accorder à la personne candidate les aménagements dont elle a besoin (ISO/IEC 17024, 9.2)",
    ),
    _HEALTH,
    _TERM,
)
OTHERWISE: dict[str, Purpose] = {
    "public-listing-consent-given/v1": _LISTING,
    "public-listing-consent-withdrawn/v1": _LISTING,
    "public-results-consent-given/v1": _RESULTS,
    "public-results-consent-withdrawn/v1": _RESULTS,
    "personal-data-erased/v1": Purpose(
        Words(
            "Show that the data were erased, and keep them from coming back (GDPR, articles 5(2) and 17)",
            "Établir que les données ont été effacées et empêcher leur retour (RGPD, articles 5(2) et 17)",
        ),
        _DUTY,
        _ALWAYS,
    ),
    "death-recorded/v1": PURPOSES["person"]._replace(
        why=Words("Stop writing to somebody who died", "Cesser d’écrire à une personne décédée"), ground=_OF_THE_DEAD
    ),
    "accommodation-requested/v1": _ACCOMMODATION,
    "accommodation-decided/v1": _ACCOMMODATION,
    "capability-change-reported/v1": PURPOSES["development"]._replace(ground=_HEALTH),
}
"""By event, where it differs from its kind."""
