"""From what was entered in a form to the arguments of its command, or what was expected at which input."""

import re
from base64 import b64decode
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

import msgspec
from babel import Locale

from api.console.forms.fields import Field, fields_of
from api.console.forms.typed import Typed
from ledger.domain.decisions.persons import RegisterPerson
from ledger.domain.decisions.rows import CommandType
from ledger.domain.events.persons import NAME_DETAILS
from ledger.domain.form import FIRST_DAY, LAST_DAY, Form, WholeNumber
from ledger.likeness import parts_of
from ledger.words import LANGUAGES, Words

Errors = dict[str, Words]
"""What was expected, by the name of the input."""

REQUIRED = Words("This field is required.", "Ce champ est obligatoire.")
A_NAME = Words("Enter a given name, a family name, or both.", "Indiquez un prénom, un nom de famille, ou les deux.")
ONE_OF_THESE = Words("Choose one of these.", "Choisissez l’une de ces réponses.")
OF_THE_LIST = Words("Choose one of the list.", "Choisissez dans la liste.")
A_NUMBER = Words("a whole number", "un nombre entier")
A_DAY = Words("a day as YYYY-MM-DD", "une date sous la forme AAAA-MM-JJ")
A_MOMENT = Words("date and time as YYYY-MM-DDTHH:MM", "date et heure sous la forme AAAA-MM-JJTHH:MM")
IN_BASE64 = Words("base64", "du base64")
A_LANGUAGE = Words(
    "languages by name or by ISO 639-1 code, separated by commas",
    "des langues par nom ou par code ISO 639-1, séparées par des virgules",
)

_INTEGER = re.compile(r"-?[0-9]{1,9}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?")
_PEM = re.compile(r"-----BEGIN [A-Z0-9 ]+-----(.*?)-----END [A-Z0-9 ]+-----", re.DOTALL)


class Read(NamedTuple):
    """The arguments of a command, as JSON has them; complete only if there are no errors."""

    arguments: dict[str, Any]
    errors: Errors


def read(row: CommandType, typed: Typed) -> Read:
    """Read a form. An empty input that may be empty has the default value of the command; empty rows are left out."""
    reader = _Reading(typed)
    usual = {info.name: info.default for info in msgspec.structs.fields(row.command) if not info.required}
    values = {field.name: reader.value(field, field.name) for field in fields_of(row)}
    arguments = {name: usual.get(name) if value is None else value for name, value in values.items()}
    if asks_for_a_name(row) and not any(typed.has(f"details.{name}") for name in NAME_DETAILS):
        reader.errors["details.family_name"] = A_NAME
    return Read(arguments, reader.errors)


def asks_for_a_name(row: CommandType) -> bool:
    """Whether one of the two names of a person is needed, whichever: nobody is registered without."""
    return row.command is RegisterPerson


class _Wrong(Exception):
    """What to say of a text that is not as expected."""

    def __init__(self, words: Words) -> None:
        self.words = words


def expected_words(expected: Words) -> Words:
    """Return a sentence on what was expected."""
    return Words(f"Expected: {expected.en}.", f"Attendu\N{NO-BREAK SPACE}: {expected.fr}.")


class _Reading:
    def __init__(self, typed: Typed) -> None:
        self._typed = typed
        self.errors: Errors = {}

    def value(self, field: Field, path: str) -> Any:
        """Return what the command takes for this field: a sealed value with its name."""
        match field.kind:
            case "rows":
                return [
                    {part.name: self.value(part, f"{path}.{row}.{part.name}") for part in field.fields}
                    for row in self._typed.rows(path)
                    if self._typed.has(f"{path}.{row}")
                ]
            case "values":
                values = ((part.name, self._plain(part, f"{path}.{part.name}")) for part in field.fields)
                return [{"name": name, "value": value} for name, value in values if value is not None]
            case "several":
                return list(dict.fromkeys(self._typed.all(path)))
        value = self._plain(field, path)
        return value if value is None or field.sealed is None else {"name": field.sealed, "value": value}

    def _plain(self, field: Field, path: str) -> Any:
        if not self._typed.has(path):
            if field.is_required:
                self.errors[path] = REQUIRED
            return [] if field.kind == "chain" else None
        if field.kind == "levels":
            given = [name for name in self._typed.texts if name.startswith(f"{path}.") and self._typed.has(name)]
            return {name.removeprefix(f"{path}."): self._text(name, _whole_number, None) for name in given}
        return self._text(path, _PARSERS[field.kind], field)

    def _text(self, path: str, parse: Any, field: Field | None) -> Any:
        try:
            return parse(self._typed.text(path), field)
        except _Wrong as wrong:
            self.errors[path] = wrong.words
            return None


def _fitting(value: Any, form: Form | None) -> Any:
    if form is not None and not form.fits(value):
        raise _Wrong(expected_words(form.expected))
    return value


def _line(text: str, field: Field) -> str:
    return str(_fitting(text.strip(), field.form))


def _prose(text: str, field: Field) -> str:
    return str(_fitting(text, field.form))


def _choice(text: str, field: Field) -> Any:
    if field.codes:
        if text not in field.codes:
            raise _Wrong(ONE_OF_THESE)
        return text
    if isinstance(field.form, WholeNumber):
        return _whole_number(text, field)
    if field.form is not None and not field.form.fits(text.strip()):
        raise _Wrong(OF_THE_LIST)
    return text.strip()


def _whole_number(text: str, field: Field | None) -> int:
    form = None if field is None else field.form
    if not _INTEGER.fullmatch(text.strip()):
        raise _Wrong(expected_words(A_NUMBER if form is None else form.expected))
    return int(_fitting(int(text), form))


def _boolean(text: str, field: Field) -> bool:
    if text not in ("yes", "no"):
        raise _Wrong(ONE_OF_THESE)
    return text == "yes"


def _day(text: str, field: Field) -> str:
    try:
        day = date.fromisoformat(text.strip()) if _DAY.fullmatch(text.strip()) else None
    except ValueError:
        day = None
    if day is None:
        raise _Wrong(expected_words(A_DAY))
    _require_in_bounds(day)
    return day.isoformat()


def _moment(text: str, field: Field) -> str:
    """A moment in UTC: an input of this kind has no zone."""
    try:
        moment = datetime.fromisoformat(text.strip()) if _MOMENT.fullmatch(text.strip()) else None
    except ValueError:
        moment = None
    if moment is None:
        raise _Wrong(expected_words(A_MOMENT))
    _require_in_bounds(moment.date())
    return f"{moment.isoformat()}Z"


def _require_in_bounds(day: date) -> None:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise _Wrong(expected_words(Words(f"from {FIRST_DAY} to {LAST_DAY}", f"du {FIRST_DAY} au {LAST_DAY}")))


def _bytes(text: str, field: Field) -> str:
    """The base64 without breaks of lines."""
    plain = "".join(text.split())
    try:
        b64decode(plain, validate=True)
    except ValueError:  # binascii.Error is one
        raise _Wrong(expected_words(IN_BASE64)) from None
    return plain


def _chain(text: str, field: Field) -> list[str]:
    found = _PEM.findall(text) or text.splitlines()
    return [_bytes(part, field) for part in found if part.strip()]


def _languages(text: str, field: Field) -> list[str]:
    codes = [_code_of(part.strip()) for part in re.split(r"[,;\n]", text) if part.strip()]
    if not all(codes):
        raise _Wrong(expected_words(A_LANGUAGE))
    return list(_fitting(codes, field.form))


def _code_of(name: str) -> str | None:
    return name if name in _codes().values() else _codes().get(_alike(name))


def _alike(name: str) -> str:
    return " ".join(parts_of(name))


@cache
def _codes() -> dict[str, str]:
    """The code of each language, by its name in either language as it looks."""
    return {
        _alike(name): code
        for language in LANGUAGES
        for code, name in Locale(language).languages.items()
        if len(code) == 2
    }


_PARSERS = {
    "text": _line, "made": _line, "prose": _prose, "choice": _choice, "integer": _whole_number, "boolean": _boolean,
    "date": _day, "moment": _moment, "bytes": _bytes, "chain": _chain, "languages": _languages,
}  # fmt: skip
