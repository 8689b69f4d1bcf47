"""What is said of a field in a form, and what is said of several."""

import msgspec

from ledger.words import Words


class Said(msgspec.Struct, frozen=True):
    """The label of a field, the hint under it, and an example of what to enter, where people enter it themselves."""

    label: Words
    hint: Words
    example: Words | None = None


def same(text: str) -> Words:
    return Words(*(text, text))  # an example that is written the same in both languages


DAY, MOMENT, KEY = same("2026-03-01"), same("2026-03-01T09:30"), same("3f0c2ab09d3e77885a1b4c6d7e8f9012")
BASE64 = same("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
ENGLISH, FRENCH = Words("In English.", "En anglais."), Words("In French.", "En français.")
WITH_EFFECT = Words("Effective from", "Date d’effet")
SHORT_NAME = Words(
    "A short name that never changes: lower-case words joined by hyphens.",
    "Un nom court qui ne change jamais : des mots en minuscules, joints par des traits d’union.",
)
NOT_PUBLIC = Words("It is kept confidential.", "Cette information reste confidentielle.")
WHOM = Words("The person concerned.", "La personne concernée.")
NEW = Words("A new pseudonym; it tells nothing about the person.", "Un nouveau pseudonyme, sans lien avec l’identité.")

SIGNS = Words("Who signs in this role.", "La personne qui signe dans cette fonction.")
