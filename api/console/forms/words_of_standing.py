"""What the fields on the field phase and on the end of a certification are called."""

from api.console.forms.said import DAY, WITH_EFFECT, Said
from ledger.words import Words

SAID: dict[str, Said] = {
    "request": Said(
        Words("Request of the holder", "Demande de la personne titulaire"),
        Words(
            "Its text, or where it is kept. It is kept confidential.",
            "Son texte, ou l’endroit où elle est conservée. Elle reste confidentielle.",
        ),
        Words("Letter of 10 March 2026", "Lettre du 10 mars 2026"),
    ),
}
SAID_IN: dict[str, Said] = {
    "relinquish-certification.effective_from": Said(
        WITH_EFFECT,
        Words(
            "The first day on which the holder is no longer certified. Nothing brings the certification back.",
            "Le premier jour sans certification. Rien ne la rétablit ensuite.",
        ),
        DAY,
    ),
    "annul-certification.certification_id": Said(
        Words("Certification", "Certification"),
        Words(
            "It counts as never granted: answers for past days change too, and its documents are revoked.",
            "Elle est réputée n’avoir jamais été accordée : les réponses sur le passé changent aussi, et ses documents "
            "sont révoqués.",
        ),
    ),
    "decide-field-phase.mission_id": Said(
        Words("Mission", "Mission"),
        Words(
            "On which a certified lead assessed the person. What is granted follows from the recommendation.",
            "Celle où la personne a été évaluée par la direction de la mission. La décision suit la recommandation.",
        ),
    ),
    "decide-field-phase.effective_from": Said(
        WITH_EFFECT,
        Words("Not before the last day of the mission.", "Pas avant le dernier jour de la mission."),
        DAY,
    ),
}
"""What a field is called that means something else in one command or group than it does elsewhere."""
