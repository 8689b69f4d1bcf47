"""At which input of a form a refusal of the rules belongs."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from api.console.forms.fields import SIGNERS, Field, fields_of
from api.console.forms.reading import expected_words
from ledger.domain.decisions.rows import CommandType
from ledger.domain.refusal import Refused
from ledger.words import Words, sentence

_STEP = re.compile(r"([A-Za-z0-9_-]+)|\[([^\]]*)\]")
_AT = re.compile(r" - at `\$\.?(.*)`$")
_BY_CODE = {
    "levels-invalid": "commitment",
    "findings-incomplete": "findings",
    "findings-agree": "findings",
    "findings-differ": "reason",
    "not-first-proposed": "reason",
    "issuer-address": "url",
    "possession-not-proved": "proof",
    "version-not-greater": "version",
    "version-already-approved": "version",
    "version-not-drafted": "version",
    "version-not-in-force": "scheme_version",
    "effective-too-early": "effective_from",
    "assessed-too-early": "assessed_on",
    "merged-with-itself": "merged_id",
    "not-merged": "merged_id",
    "role-not-grantable": "role",
    "role-already-held": "role",
    "key-not-active": "key_id",
    "issuer-key-not-active": "key_id",
    "compromise-known": "compromised_since",
    "seats-not-filled": SIGNERS,
    "signers-not-distinct": SIGNERS,
    "own-role": SIGNERS,
    "signer-not-named": SIGNERS,
}
"""The field of refusals that name none, by their code; only where the command has it."""


def place_of(row: CommandType, arguments: Mapping[str, Any], refused: Refused) -> str:
    """Return the name of the input at which a refusal belongs; empty when it is about the whole."""
    field = str(refused.fields.get("field") or _BY_CODE.get(refused.code, ""))
    return _place(row, arguments, field)


def words_of(refused: Refused, names: Mapping[str, str]) -> Words:
    """Return what to say at the input, with people by their ``names``: of what is malformed, only what was expected."""
    expected = refused.fields.get("expected")
    if refused.code == "malformed" and isinstance(expected, Words):
        return expected_words(expected)
    words = refused.words
    for person_id, name in names.items():
        words = Words(*(text.replace(person_id, name) for text in words))
    return sentence(*words)


def place_of_invalid(row: CommandType, arguments: Mapping[str, Any], error: msgspec.ValidationError) -> str:
    """Return the name of the input whose value is of another type than its field."""
    found = _AT.search(str(error))
    return _place(row, arguments, found[1] if found else "")


def _place(row: CommandType, arguments: Mapping[str, Any], path: str) -> str:
    steps = [name or index for name, index in _STEP.findall(path)]
    if not steps:
        return ""
    if steps[0] == SIGNERS:
        return ".".join([SIGNERS, *steps[1:2]] if len(steps) > 1 else [SIGNERS, "0"])
    for field in fields_of(row):
        if field.name == steps[0]:
            return _within(field, arguments.get(field.name), steps[1:])
        if field.kind == "values" and steps[0] in [part.name for part in field.fields]:
            return f"{field.name}.{steps[0]}"
    return ""


def _within(field: Field, value: Any, steps: list[str]) -> str:
    """Return the input in a field to which these further steps lead, or the field itself."""
    if not steps or not isinstance(value, list):
        return field.name
    number = next((n for n, item in enumerate(value) if steps[0] in (str(n), _id_of(item))), None)
    if number is None:
        return field.name
    if field.kind == "values":
        return f"{field.name}.{value[number]['name']}"
    if field.kind == "rows":
        part = steps[1] if len(steps) > 1 else field.fields[0].name
        return f"{field.name}.{number}.{part}" if part in [f.name for f in field.fields] else field.name
    return field.name


def _id_of(item: object) -> str | None:
    return str(item["id"]) if isinstance(item, dict) and "id" in item else None
