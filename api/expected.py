"""What was expected of a field of a request: Pydantic's message in English, and ours in French."""

from collections.abc import Mapping
from typing import Any

from ledger.words import Words

# By the type of the error (docs.pydantic.dev, "Validation errors"), with what its context holds; all that the
# parameters and bodies of this API can raise.
FRENCH = {
    "dict_type": "un objet JSON",
    "greater_than_equal": "au moins {ge}",
    "int_parsing": "un nombre entier",
    "int_parsing_size": "un nombre entier de moins de chiffres",
    "json_invalid": "du JSON bien formé",
    "less_than_equal": "au plus {le}",
    "list_type": "une liste",
    "missing": "une valeur",
    "model_attributes_type": "un objet JSON",
    "string_pattern_mismatch": "un texte de la forme {pattern}",
    "string_too_long": "au plus {max_length} caractères",
    "string_too_short": "au moins {min_length} caractères",
    "string_type": "un texte",
    "too_long": "au plus {max_length} éléments",
}


def expected(error: Mapping[str, Any]) -> Words:
    """Returns what Pydantic's ``error`` expected. It does not repeat what was sent: that may be personal data."""
    kind = str(error["type"])
    # The type of an error that is not in the table still hints at what was wrong.
    french = FRENCH.get(kind, "une autre valeur ({kind})").format(kind=kind, **error.get("ctx", {}))
    return Words(str(error["msg"]), f"attendu : {french}")
