"""The values of a workshop's tables: each is read from its cell, and a fault is noted where it is not as expected."""

import re
from collections.abc import Collection
from contextlib import suppress
from datetime import date

from api.secretariat.importing.reading import Faults, Row, shown
from api.secretariat.proposals import split_name
from ledger.domain.form import FIRST_DAY, LAST_DAY, SEALED_FORMS, TEXT_FORMS, Form, TextForm

CODE = TextForm("[^;]+", 40, "a code of at most 40 characters", "un code de 40 caractères au plus")


class Fields:
    """Reads values. What it returns for a wrong one is of the right type, and never used."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    def require(self, is_right: bool, row: Row, column: str, en: str, fr: str) -> str:
        """Return a value, and note a fault unless it is right."""
        value = row[column]
        if not is_right:
            found = shown(value)
            self.faults.add(
                row.cell(column), f"expected {en}, found {found}", f"attendu : {fr} ; trouvé : {found}", kind=en
            )
        return value

    def text(self, row: Row, column: str) -> str:
        return self.require(bool(row[column]), row, column, "a value", "une valeur")

    def matching(self, row: Row, column: str, form: Form) -> str:
        return self.require(form.fits(row[column]), row, column, *form.expected)

    def name(self, row: Row, column: str) -> str:
        """Return a full name, or one of its parts."""
        form = SEALED_FORMS["family_name"]
        fits = all(map(form.fits, filter(None, split_name(row[column])))) and row[column] != ""
        return self.require(fits, row, column, *form.expected)

    def number(self, row: Row, column: str, least: int, most: int) -> int:
        text = row[column]
        fits = re.fullmatch("0|[1-9][0-9]{0,8}", text) is not None and least <= int(text) <= most
        en, fr = f"a whole number from {least} to {most}", f"un entier de {least} à {most}"
        self.require(fits, row, column, en, fr)
        return int(text) if fits else least

    def day(self, row: Row, column: str) -> date:
        with suppress(ValueError):
            day = date.fromisoformat(row[column])
            if FIRST_DAY <= day <= LAST_DAY and str(day) == row[column]:
                return day
        en = f"a day (YYYY-MM-DD) from {FIRST_DAY} to {LAST_DAY}"
        self.require(False, row, column, en, f"un jour (AAAA-MM-JJ) du {FIRST_DAY} au {LAST_DAY}")
        return FIRST_DAY

    def one_of(self, row: Row, column: str, allowed: Collection[str]) -> str:
        names = ", ".join(allowed)
        return self.require(row[column] in allowed, row, column, f"one of {names}", f"une valeur parmi {names}")

    def languages(self, row: Row, column: str) -> tuple[str, ...]:
        """Return the codes of a cell such as ``fr; pt``."""
        codes = listed(row[column])
        fits = bool(codes) and all(map(TEXT_FORMS["language"].fits, codes)) and len(set(codes)) == len(codes)
        self.require(
            fits,
            row,
            column,
            "ISO 639-1 codes such as fr;en, each once",
            "des codes ISO 639-1 tels que fr;en, chacun une seule fois",
        )
        return codes


def listed(value: str) -> tuple[str, ...]:
    """Return the parts of a value such as ``P1; P2``."""
    return tuple(filter(None, map(str.strip, value.split(";"))))
