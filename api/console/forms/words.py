"""What each field of a command is called in a form, what it asks for, and an example: a row for each name of a field.

Those that mean something else in one command or group are in :mod:`api.console.forms.words_within`. The names that
statements use are in :mod:`api.words.vocabulary`: they are parts of a sentence.
"""

from api.console.forms import (
    words_of_applications,
    words_of_cases,
    words_of_competence,
    words_of_development,
    words_of_missions,
    words_of_privacy,
    words_of_standing,
)
from api.console.forms.said import (
    BASE64,
    DAY,
    ENGLISH,
    FRENCH,
    KEY,
    MOMENT,
    NOT_PUBLIC,
    SHORT_NAME,
    WHOM,
    WITH_EFFECT,
    Said,
    same,
)
from ledger.words import Words

SAID: dict[str, Said] = {
    # people and administrations
    "person_id": Said(Words("Person", "Personne"), WHOM, same("4f1c2ab09d3e7788")),
    "assessor_id": Said(
        Words("Assessor", "Évaluateur ou évaluatrice"),
        Words(
            "Who may score the candidate they trained.", "La personne autorisée à évaluer le candidat formé par elle."
        ),
        same("4f1c2ab09d3e7788"),
    ),
    "merged_id": Said(
        Words("Other id of the same person", "Autre identifiant de la même personne"),
        Words(
            "The id that no longer counts. What was recorded under it remains.",
            "L’identifiant qui ne compte plus. Ce qui a été enregistré sous ce nom demeure.",
        ),
        same("90d1b2ab09d3e71c"),
    ),
    "given_name": Said(
        Words("Given name", "Prénom"), Words("As in the passport.", "Tel qu’il figure au passeport."), same("Awa")
    ),
    "family_name": Said(
        Words("Family name", "Nom de famille"),
        Words(
            "As in the passport. Leave it empty if the person has one name only.",
            "Tel qu’il figure au passeport. Laissez vide si la personne n’a qu’un seul nom.",
        ),
        same("N’Guessan"),
    ),
    "email": Said(
        Words("E-mail address", "Adresse électronique"),
        Words("Certificates and notices are sent there.", "Les certificats et les avis y sont envoyés."),
        same("awa@example.org"),
    ),
    "administration_id": Said(
        Words("Administration", "Administration"),
        Words("The Member administration.", "L’administration membre."),
        same("SN"),
    ),
    "since": Said(
        Words("Employed since", "En poste depuis le"),
        Words("First day of the employment.", "Premier jour de l’affectation."),
        DAY,
    ),
    "iso3": Said(
        Words("ISO 3166-1 code of three letters", "Code ISO 3166-1 à trois lettres"),
        Words("Three capital letters.", "Trois lettres majuscules."),
        same("SEN"),
    ),
    "name_en": Said(Words("English name", "Nom anglais"), ENGLISH, same("Practical skills")),
    "name_fr": Said(Words("French name", "Nom français"), FRENCH, same("Compétences pratiques")),
    "region": Said(
        Words("Region", "Région"),
        Words("The region, by its English name.", "La région, par son nom anglais."),
        same("West and Central Africa"),
    ),
    "basis_code": Said(
        Words("Why the data are erased", "Motif de l’effacement"),
        Words("What is erased does not come back.", "L’effacement est irréversible."),
    ),
    # officers and keys
    "role": Said(
        Words("Role", "Fonction"),
        Words("The capacity in which the person signs.", "La qualité dans laquelle la personne signe."),
    ),
    "public_key": Said(
        Words("Public key", "Clé publique"),
        Words(
            "The raw key in base64, as the key file shows it.",
            "La clé brute en base64, telle qu’indiquée par le fichier de clé.",
        ),
        BASE64,
    ),
    "key_id": Said(Words("Key", "Clé"), Words("The key, by its id.", "La clé, désignée par son identifiant."), KEY),
    "old_key_id": Said(
        Words("Key to replace", "Clé à remplacer"),
        Words("What it signed stays valid.", "Ce qu’elle a signé reste valable."),
        KEY,
    ),
    "lost_key_ids": Said(
        Words("Lost keys", "Clés perdues"),
        Words(
            "They end here. What they signed stays valid.",
            "Elles prennent fin ici. Ce qu’elles ont signé reste valable.",
        ),
    ),
    "attestation_object": Said(
        Words("Attestation object", "Objet d’attestation"),
        Words(
            "What the authenticator returned when the passkey was made, in base64.",
            "La réponse de l’authentificateur à la création de la clé d’accès, en base64.",
        ),
        same("o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVi…"),
    ),
    "client_data": Said(
        Words("Data of the browser", "Données du navigateur"),
        Words(
            "What the browser returned with it, in base64.",
            "Ce que le navigateur a renvoyé en même temps, en base64.",
        ),
        same("eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwi…"),
    ),
    "transports": Said(
        Words("How the authenticator is reached", "Mode d’accès à l’authentificateur"),
        Words("As the browser says.", "Selon le navigateur."),
    ),
    "rp_id": Said(
        Words("Host name of the passkeys", "Nom d’hôte des clés d’accès"),
        Words(
            "The host of the web origin, or a suffix of it. Passkeys are bound to it for ever.",
            "L’hôte de l’origine web, ou un suffixe de celui-ci. Les clés d’accès y sont liées pour toujours.",
        ),
        same("register.example.org"),
    ),
    "origin": Said(
        Words("Web origin", "Origine web"),
        Words(
            "Scheme, host and port of the pages on which officers sign.",
            "Schéma, hôte et port des pages sur lesquelles les responsables signent.",
        ),
        same("https://register.example.org"),
    ),
    "device_bound": Said(
        Words("Roles in which no synced passkey counts", "Fonctions où aucune clé d’accès synchronisée ne compte"),
        Words(
            "A synced passkey may be on several devices. None: it counts in every role.",
            "Une clé d’accès synchronisée peut se trouver sur plusieurs appareils. Aucune : elle compte partout.",
        ),
    ),
    "compromised_since": Said(
        Words("Compromised since (UTC)", "Compromise depuis le (UTC)"),
        Words(
            "From when somebody else may have used the key. Leave it empty if nobody did.",
            "À partir de quand un tiers a pu utiliser la clé. Laissez vide si tel n’est pas le cas.",
        ),
        MOMENT,
    ),
    "url": Said(
        Words("Public address", "Adresse publique"),
        Words(
            "The root of a host, without a path. It never changes: every certificate contains it.",
            "La racine d’un hôte, sans chemin. Elle ne change jamais : chaque certificat la contient.",
        ),
        same("https://register.example.org"),
    ),
    "algorithm": Said(
        Words("Algorithm", "Algorithme"),
        Words("ES256 also seals documents.", "ES256 scelle également les documents."),
    ),
    "certificates": Said(
        Words("X.509 certificates", "Certificats X.509"),
        Words(
            "The chain in PEM, or one certificate in base64 a line; that of the key first. Only for ES256.",
            "La chaîne au format PEM, ou un certificat en base64 par ligne, celui de la clé en premier. "
            "Pour ES256 uniquement.",
        ),
        same("MIIBszCCAVmgAwIBAgIUVb…"),
    ),
    "proof": Said(
        Words("Proof of possession", "Preuve de possession"),
        Words("A signature by the key itself, in base64.", "Une signature de la clé elle-même, en base64."),
        same("Zm9yIGV4YW1wbGUgb25seQ=="),
    ),
    # schemes
    "scheme_id": Said(
        Words("Certification scheme", "Programme de certification"),
        Words("The scheme concerned.", "Le programme concerné."),
        same("toa-pca-fr"),
    ),
    "scheme_version": Said(
        Words("Version of the scheme", "Version du programme"),
        Words(
            "It must be in force on the first day of the workshop.",
            "Elle doit être en vigueur au premier jour de l’atelier.",
        ),
        same("1.0.0"),
    ),
    "version": Said(
        Words("Version", "Version"),
        Words("Three numbers joined by full stops.", "Trois nombres séparés par des points."),
        same("1.1.0"),
    ),
    "title_en": Said(Words("English title", "Titre anglais"), ENGLISH, same("Post-clearance audit advisor")),
    "title_fr": Said(Words("French title", "Titre français"), FRENCH, same("Conseil en contrôle a posteriori")),
    "domain": Said(
        Words("Subject area", "Domaine"), Words("What the scheme is about.", "L’objet du programme."), same("PCA")
    ),
    "criteria": Said(
        Words("Selection criteria", "Critères de sélection"),
        Words("A candidate who meets all of them attends.", "Une personne qui les remplit tous participe à l’atelier."),
    ),
    "competencies": Said(
        Words("Competencies", "Compétences"),
        Words("What is assessed and certified.", "Ce qui est évalué et certifié."),
    ),
    "activities": Said(
        Words("Activities", "Activités"),
        Words("The parts of the workshop, in their order.", "Les parties de l’atelier, dans l’ordre."),
    ),
    "levels": Said(
        Words("Levels", "Niveaux"),
        Words("One for each competency.", "Un par compétence."),
    ),
    "id": Said(Words("Id", "Identifiant"), SHORT_NAME, same("practical-skills")),
    "cut": Said(
        Words("Required level", "Niveau requis"),
        Words("The least mean level that meets it.", "Le niveau moyen minimal à atteindre."),
        same("3"),
    ),
    "anchor_en": Said(
        Words("English description", "Description en anglais"),
        Words("What a performance at this level looks like.", "Ce qui caractérise une prestation de ce niveau."),
        same("Works alone and explains why"),
    ),
    "anchor_fr": Said(
        Words("French description", "Description en français"),
        Words("What a performance at this level looks like.", "Ce qui caractérise une prestation de ce niveau."),
        same("Travaille en autonomie et justifie ses choix"),
    ),
    "decision_rule": Said(
        Words("Decision rule", "Règle de décision"),
        Words("It computes the outcome from the levels.", "Elle calcule le résultat à partir des niveaux."),
    ),
    "assessors_per_cell": Said(
        Words("Assessors per cell", "Évaluateurs par case"),
        Words(
            "How many assessors each competency needs in each activity.",
            "Le nombre d’évaluateurs requis pour chaque compétence dans chaque activité.",
        ),
        same("2"),
    ),
    "seats": Said(
        Words("Places", "Nombre de places"),
        Words("How many certifications one workshop may grant.", "Le nombre de certifications possibles par atelier."),
        same("12"),
    ),
    "validity_months": Said(
        Words("Validity in months", "Durée de validité en mois"),
        Words("Leave it empty for a certification without expiry.", "Laissez vide si la certification n’expire pas."),
        same("36"),
    ),
    "renewal_window_months": Said(
        Words("Renewal window in months", "Délai de renouvellement en mois"),
        Words(
            "How long before its expiry a certification may be renewed.",
            "Combien de temps avant l’échéance une certification peut être renouvelée.",
        ),
        same("6"),
    ),
    "separation_months": Said(
        Words("Separation period in months", "Délai de séparation en mois"),
        Words(
            "How long a trainer may not assess someone they trained.",
            "Le délai avant qu’un formateur puisse évaluer une personne formée par lui.",
        ),
        same("24"),
    ),
    "field_phase_months": Said(
        Words("Field phase in months", "Phase terrain en mois"),
        Words(
            "How long after the workshop a mission beside a certified lead expert may take place. Leave it empty if "
            "the workshop certifies.",
            "Le délai après l’atelier pour une mission aux côtés d’un chef de mission certifié. Laissez vide si "
            "l’atelier certifie.",
        ),
        same("24"),
    ),
    "recognises": Said(
        Words("Recognition", "Reconnaissance"),
        Words(
            "Whether a person who is not certified after the field phase may be recognised.",
            "Indique si une personne non certifiée au terme de la phase terrain peut être reconnue.",
        ),
    ),
    "renewal_hours": Said(
        Words("Hours of development for a renewal", "Heures de formation continue pour un renouvellement"),
        Words(
            "Accepted hours within the period of validity. Leave the three numbers empty if the decision authority "
            "judges the evidence.",
            "Heures validées pendant la période de validité. Laissez les trois nombres vides si l’autorité de décision "
            "apprécie les éléments fournis.",
        ),
        same("40"),
    ),
    "renewal_missions": Said(
        Words("Missions for a renewal", "Missions pour un renouvellement"),
        Words("Completed within the period of validity.", "Achevées pendant la période de validité."),
        same("2"),
    ),
    "renewal_refreshers": Said(
        Words("Refreshers for a renewal", "Recyclages pour un renouvellement"),
        Words("Attended within the period of validity.", "Suivis pendant la période de validité."),
        same("1"),
    ),
    "surveillance_months": Said(
        Words("Months between surveillance reviews", "Mois entre deux surveillances"),
        Words("Leave it empty if none is due.", "Laissez vide si aucune n’est prévue."),
        same("12"),
    ),
    "steps": Said(
        Words("Steps of each candidate", "Étapes de chaque candidature"),
        Words(
            "What must be done before selection; the identity is verified before the first score sheet.",
            "Ce qui doit être fait avant la sélection ; l’identité est vérifiée avant la première fiche d’évaluation.",
        ),
    ),
    "qualified_assessors": Said(
        Words("Qualified assessors only", "Évaluateurs qualifiés uniquement"),
        Words(
            "Whether assessors need a qualification, a calibration exercise and an undertaking of the year.",
            "Indique si les évaluateurs doivent être qualifiés, étalonnés et avoir signé l’engagement de l’année.",
        ),
    ),
    "appeal_days": Said(
        Words("Days to appeal", "Jours pour former un recours"),
        Words("From the decision. Empty: 30.", "À compter de la décision. Vide : 30."),
        same("30"),
    ),
    "acknowledgement_days": Said(
        Words("Days to acknowledge an appeal", "Jours pour accuser réception d’un recours"),
        Words("From its receipt. Empty: 10.", "À compter de sa réception. Vide : 10."),
        same("10"),
    ),
    "decision_days": Said(
        Words("Days to decide on an appeal", "Jours pour trancher un recours"),
        Words("From its receipt. Empty: 90.", "À compter de sa réception. Vide : 90."),
        same("90"),
    ),
    "retention_months": Said(
        Words("Retention in months", "Conservation en mois"),
        Words(
            "How long personal data are kept after the last certification or refusal. Leave it empty to set no term.",
            "La durée de conservation des données personnelles après la dernière certification ou le refus. Laissez "
            "vide pour ne fixer aucun terme.",
        ),
        same("72"),
    ),
    "effective_from": Said(
        WITH_EFFECT, Words("The first day on which it counts.", "Le premier jour d’application."), DAY
    ),
    # workshops
    "session_id": Said(
        Words("Workshop", "Atelier"), Words("The workshop concerned.", "L’atelier concerné."), same("TOA-PCA-FR-2026")
    ),
    "start": Said(Words("First day", "Premier jour"), Words("It is included.", "Ce jour est inclus."), DAY),
    "end": Said(Words("Last day", "Dernier jour"), Words("It is included.", "Ce jour est inclus."), DAY),
    "place": Said(Words("Place", "Lieu"), Words("The town.", "La ville."), same("Dakar")),
    "language": Said(
        Words("Language", "Langue"),
        Words("Of the workshop and of its certificates.", "De l’atelier et de ses certificats."),
        same("fr"),
    ),
    "funder": Said(
        Words("Funded by", "Financement"), Words("The fund or donor.", "Le fonds ou le bailleur."), same("WCO")
    ),
    # candidacies
    "candidacy_id": Said(
        Words("Candidacy", "Candidature"),
        Words("The candidate, and the workshop.", "La personne candidate et l’atelier."),
        same("7a0e5c3b1d9f2468"),
    ),
    "details": Said(Words("Details", "Données"), NOT_PUBLIC),
    "years_of_pca": Said(
        Words("Years of experience in post-clearance audit", "Années d’expérience en contrôle a posteriori"),
        Words("Completed years.", "Années révolues."),
        same("8"),
    ),
    "languages": Said(
        Words("Languages", "Langues"),
        Words("By name or by code, separated by commas.", "Par nom ou par code, séparées par des virgules."),
        Words("French, English", "français, anglais"),
    ),
    "letter": Said(
        Words("Letter of nomination", "Lettre de désignation"),
        Words("Its text, or where it is kept.", "Son texte, ou l’endroit où elle est conservée."),
        Words("Letter no. 12 of 1 March 2026", "Lettre n° 12 du 1er mars 2026"),
    ),
    "findings": Said(
        Words("Findings", "Constats"),
        Words("One on every criterion of the scheme.", "Un pour chaque critère du programme."),
    ),
    "criterion": Said(
        Words("Criterion", "Critère"),
        Words("A criterion of the scheme.", "Un critère du programme."),
        same("experience"),
    ),
    "met": Said(
        Words("Is it met?", "Est-il rempli\u202f?"),
        Words("What is found.", "Le constat établi."),
    ),
    "initiator": Said(
        Words("At the request of", "À la demande de"), Words("Who withdrew.", "Qui a retiré la candidature.")
    ),
    "reason_code": Said(Words("Reason", "Motif"), Words("The kind of reason.", "La nature du motif.")),
    "reason": Said(
        Words("Explanation", "Précisions"),
        NOT_PUBLIC,
        Words("As found on 1 March 2026", "Selon le constat du 1er mars 2026"),
    ),
    # assessment
    "sheet_id": Said(
        Words("Score sheet", "Fiche d’évaluation"),
        Words("The sheet of one assessor in one activity.", "La fiche d’un évaluateur pour une activité."),
        same("1c2d3e4f5a6b7c8d"),
    ),
    "old_sheet_id": Said(
        Words("Score sheet to replace", "Fiche d’évaluation à remplacer"),
        Words("It is kept beside the new one.", "Elle est conservée à côté de la nouvelle."),
        same("1c2d3e4f5a6b7c8d"),
    ),
    "activity": Said(
        Words("Activity", "Activité"), Words("A part of the workshop.", "Une partie de l’atelier."), same("case-study")
    ),
    "competency": Said(
        Words("Competency", "Compétence"),
        Words("A competency of this activity.", "Une compétence de cette activité."),
        same("practical-skills"),
    ),
    "level": Said(Words("Level", "Niveau"), Words("A step of the rubric.", "Un échelon de la grille."), same("4")),
    "commitment": Said(
        Words("Levels", "Niveaux"),
        Words(
            "Of the competencies of this activity. They stay sealed until all sheets are in.",
            "Pour les compétences de cette activité. Ils restent sous scellé jusqu’à la remise de toutes les fiches.",
        ),
    ),
    "rationale": Said(
        Words("Rationale", "Justification"),
        NOT_PUBLIC,
        Words("Both assessors agreed on the recording", "Accord des deux évaluateurs après réécoute"),
    ),
    # certifications
    "certification_id": Said(
        Words("Certification", "Certification"),
        Words("The holder, and the number.", "La personne titulaire et le numéro."),
        same("7a0e5c3b1d9f2468"),
    ),
    "evidence": Said(
        Words("Supporting document", "Pièce justificative"),
        Words("Its reference, or where it is kept.", "Sa référence, ou l’endroit où elle est conservée."),
        Words("Letter of 1 March 2026", "Lettre du 1er mars 2026"),
    ),
    "method": Said(
        Words("Renewed on the basis of", "Renouvellement fondé sur"),
        Words("What the holder did.", "Ce que la personne titulaire a accompli."),
    ),
    "removed": Said(
        Words("Competencies to take out", "Compétences à retirer"),
        Words("At least one must remain.", "Il doit en rester au moins une."),
    ),
    "added": Said(
        Words("Competencies to take back in", "Compétences à ajouter"),
        Words("They were assessed again.", "Elles ont fait l’objet d’une nouvelle évaluation."),
    ),
    "assessed_on": Said(
        Words("Assessed on", "Date de l’évaluation"),
        Words("Last day of the assessment.", "Dernier jour de l’évaluation."),
        DAY,
    ),
    **words_of_applications.SAID,
    **words_of_cases.SAID,
    **words_of_missions.SAID,
    **words_of_competence.SAID,
    **words_of_development.SAID,
    **words_of_standing.SAID,
    **words_of_privacy.SAID,
}
