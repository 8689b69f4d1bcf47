"""The workbook that somebody fills in: a sheet for each table, with the accepted codes to choose from."""

from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from api.secretariat.importing.proposing import SCHEME
from api.secretariat.importing.sheet import MAX_ROWS
from api.secretariat.importing.workshop import COMPETENCIES, CRITERIA, FILES, FINDINGS, LISTS, OFFICER_ROLES
from ledger.domain.events.scheme import SchemeVersionDrafted
from ledger.domain.form import BOUNDS, FIRST_DAY, LAST_DAY
from ledger.domain.reader import Reader
from ledger.words import Words

HINTS: dict[str, Words] = {
    "session": Words("id of the workshop", "identifiant de l’atelier"),
    "title_en": Words("English title", "titre anglais"),
    "title_fr": Words("French title", "titre français"),
    "start": Words("first day", "premier jour"),
    "end": Words("last day", "dernier jour"),
    "place": Words("place", "lieu"),
    "language": Words("ISO 639-1 code, such as fr", "code ISO 639-1, tel que fr"),
    "fund": Words("who pays for it", "source de financement"),
    "seats": Words("how many can be certified", "nombre de places"),
    "cut_score": Words("mean level to be met", "niveau moyen à atteindre"),
    "level_min": Words("lowest level", "niveau le plus bas"),
    "level_max": Words("highest level", "niveau le plus haut"),
    "validity_months": Words("months for which a certificate is valid", "validité d’un certificat, en mois"),
    "min_assessors_per_cell": Words("how many assess each competency", "nombre d’évaluateurs de chaque compétence"),
    "activity": Words("id of an activity of the plan", "identifiant d’une activité du plan"),
    "assessed_competency": Words("empty if nothing is assessed", "vide si rien n’est évalué"),
    "officer": Words("a code that you choose, one for each person", "un code de votre choix, un par personne"),
    "name": Words("given name first", "prénom d’abord"),
    "home_administration_iso2": Words("their administration, ISO 3166-1", "son administration, ISO 3166-1"),
    "role": Words("role at the workshop", "fonction dans l’atelier"),
    "candidate": Words("a code that you choose, one for each person", "un code de votre choix, un par personne"),
    "given_name": Words("empty for a person of one name", "vide si la personne n’a qu’un nom"),
    "family_name": Words("family name", "nom de famille"),
    "administration_iso2": Words("who nominates, ISO 3166-1", "administration qui désigne, ISO 3166-1"),
    "email": Words("e-mail address", "adresse électronique"),
    "languages": Words("ISO 639-1 codes, such as fr;en", "codes ISO 639-1, tels que fr;en"),
    "years_of_pca": Words("years in post-clearance audit", "années de contrôle a posteriori"),
    "criterion": Words("a row for each criterion", "une ligne par critère"),
    "finding": Words("met or not-met", "met (atteint) ou not-met (non atteint)"),
    "panel": Words("codes of two members, such as P1;P2", "codes de deux membres, tels que P1;P2"),
    "date": Words("day of the withdrawal", "jour du retrait"),
    "reason": Words("why", "motif"),
    "competency": Words("assessed in this activity", "évaluée dans cette activité"),
    "assessor": Words("code of an assessor", "code d’une personne qui évalue"),
    "level": Words("level", "niveau"),
}
"""What each column holds."""
_NUMBERS = {
    "seats": BOUNDS["seats"],
    "cut_score": BOUNDS["level"],
    "level_min": BOUNDS["level"],
    "level_max": BOUNDS["level"],
    "level": BOUNDS["level"],
    "validity_months": BOUNDS["validity_months"],
    "min_assessors_per_cell": BOUNDS["assessors_per_cell"],
    "years_of_pca": (0, 80),
}
_DAYS = frozenset({"start", "end", "date"})
_DEFINED = {"candidate": "candidates", "assessor": "officers", "activity": "plan"}
"""Columns whose codes another sheet defines, in its first column."""


def versions(read: Reader) -> list[str]:
    """Return the numbers of the approved versions of the scheme, the latest first."""
    approved = read.scheme(SCHEME).approved
    return sorted(approved, key=lambda number: (approved[number], number), reverse=True)


def workbook(administrations: Sequence[str], draft: SchemeVersionDrafted | None) -> bytes:
    """Return an empty workbook; with a version of the scheme, its plan and its numbers are filled in."""
    filled = _filled(draft) if draft is not None else {}
    lists = {
        "administration": sorted(administrations),
        "role": list(OFFICER_ROLES),
        "criterion": list(CRITERIA),
        "competency": list(COMPETENCIES),
        "finding": list(FINDINGS),
    }
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        for table, columns in FILES.items():
            sheet = book.add_worksheet(table)
            sheet.freeze_panes(1, 0)
            for place, column in enumerate(columns):
                sheet.write_string(0, place, column, bold)
                sheet.write_comment(0, place, "\n".join(HINTS[column]))
                sheet.set_column(place, place, max(12, len(column) + 2), day if column in _DAYS else None)
                if (allowed := _allowed(table, column, lists)) is not None:
                    sheet.data_validation(1, place, MAX_ROWS - 1, place, allowed)
            for line, row in enumerate(filled.get(table, ()), 1):
                for place, column in enumerate(columns):
                    _write(sheet, line, place, row.get(column))
        hidden = book.add_worksheet(LISTS)
        for place, (name, codes) in enumerate(lists.items()):
            hidden.write_column(0, place, [name, *codes])
        hidden.hide()
    return file.getvalue()


def _allowed(table: str, column: str, lists: Mapping[str, Sequence[str]]) -> dict[str, Any] | None:
    """Return the validation of a column as XlsxWriter takes it."""
    says = {"error_message": " / ".join(HINTS[column]), "ignore_blank": True}
    if column in _DAYS:
        return {"validate": "date", "criteria": "between", "minimum": max(FIRST_DAY, date(1900, 1, 1)),
                "maximum": LAST_DAY, **says}  # fmt: skip
    if column in _NUMBERS:
        least, most = _NUMBERS[column]
        return {"validate": "integer", "criteria": "between", "minimum": least, "maximum": most, **says}
    defined = _DEFINED.get(column)
    if defined is not None and defined != table:
        return {"validate": "list", "source": f"={defined}!$A$2:$A${MAX_ROWS}", **says}
    name = "administration" if column.endswith("_iso2") else column.removeprefix("assessed_")
    if name not in lists:
        return None
    place = chr(ord("A") + list(lists).index(name))
    return {"validate": "list", "source": f"={LISTS}!${place}$2:${place}${len(lists[name]) + 1}", **says}


def _filled(draft: SchemeVersionDrafted) -> dict[str, list[dict[str, str | int | None]]]:
    levels = [level.level for level in draft.levels]
    session: dict[str, str | int | None] = {
        "seats": draft.seats,
        "cut_score": max(int(one.cut) for one in draft.competencies),
        "level_min": min(levels),
        "level_max": max(levels),
        "validity_months": draft.validity_months,
        "min_assessors_per_cell": draft.assessors_per_cell,
    }
    plan: list[dict[str, str | int | None]] = [
        {"activity": activity.id, "assessed_competency": competency}
        for activity in draft.activities
        for competency in activity.competencies or ("",)
    ]
    return {"session": [session], "plan": plan}


def _write(sheet: Worksheet, line: int, place: int, value: str | int | None) -> None:
    if isinstance(value, int):
        sheet.write_number(line, place, value)
    elif value:
        sheet.write_string(line, place, value)
