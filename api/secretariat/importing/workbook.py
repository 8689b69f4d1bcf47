"""A workbook (XLSX): the first visible sheet, or that of a name, read within limits proved before the library sees it.

``read_xlsx`` is to be called in a process of its own: whatever a file makes the library do ends there.
"""

import posixpath
import re
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import msgspec
from python_calamine import CalamineWorkbook

from api.secretariat.importing.sheet import MAX_COLUMNS, MAX_ROWS, TOO_LARGE, Sheet, letters
from ledger.visible import HIDDEN
from ledger.words import Words

MAX_UNPACKED = 30 * 1024 * 1024  # bytes of XML; 20,000 rows of 14 values take half of it
_UNREADABLE = Words("not a readable XLSX file", "fichier XLSX illisible")
_UNPACKED = Words(
    f"its XML takes more than {MAX_UNPACKED // 1024**2} MB",
    f"son contenu XML occupe plus de {MAX_UNPACKED // 1024**2} Mo",
)
_MACROS = Words(
    "a workbook with macros: save it as XLSX without macros",
    "classeur contenant des macros : enregistrez-le au format XLSX sans macros",
)
_NO_SHEET = Words("no visible sheet", "aucune feuille visible")
_MERGED = Words("merged cells: split them, and fill in each one", "cellules fusionnées : scindez-les et remplissez-les")
_ERROR = Words("the formula in this cell has no value", "la formule de cette cellule n’a pas de valeur")
# A cell with something in it: others may only have a style. A formula without a value was never calculated.
_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*[^/>])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_FORMULA, _VALUE = re.compile(rb"<(?:\w+:)?f[\s/>]"), re.compile(rb"<(?:\w+:)?v[\s/>]")
_ROW = re.compile(rb'<(?:\w+:)?row\s(?=[^>]*\bhidden="(?:1|true)")[^>]*\br="([0-9]{1,7})"[^>]*[^/>]>')
_COLUMN = re.compile(rb'<(?:\w+:)?col\s(?=[^>]*\bhidden="(?:1|true)")[^>]*\bmin="([0-9]{1,5})"')
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_LAST_COLUMN = letters(MAX_COLUMNS - 1)
MAX_NAMED = 5  # of hidden rows, and of sheets that are not read
_IS_ERROR = re.compile(rb'\bt="e"')


class _Part(msgspec.Struct):
    """A worksheet: its name, whether it is visible, and its XML."""

    name: str
    is_visible: bool
    xml: bytes


def read_xlsx(data: bytes, named: str = "", beside: tuple[str, ...] = ()) -> Sheet:
    """Read the first visible sheet of a workbook, or the one of this name where others may be ``beside`` it."""
    try:
        return _read(data, named, beside)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - zipfile, expat and the library raise what they like for a file that is none
        return Sheet(faults=[("", _UNREADABLE)])


def _read(data: bytes, named: str, beside: tuple[str, ...]) -> Sheet:
    with ZipFile(BytesIO(data)) as archive:
        if sum(i.file_size for i in archive.infolist() if i.filename.endswith((".xml", ".rels"))) > MAX_UNPACKED:
            return Sheet(faults=[("", _UNPACKED)])
        if any(name.endswith("vbaProject.bin") for name in archive.namelist()):
            return Sheet(faults=[("", _MACROS)])
        parts = list(_parts(archive))
    part = next((p for p in parts if (p.name.casefold() == named if named else p.is_visible)), None)
    if part is None:
        missing = Words(f"no sheet of the name {named}", f"aucune feuille du nom de {named}")
        return Sheet(faults=[("", missing if named else _NO_SHEET)])
    parts = [other for other in parts if other is part or other.name.casefold() not in beside]
    sheet = Sheet(faults=_faults(part.xml))
    others = [other for other in parts if other is not part and (not other.is_visible or _CELL.search(other.xml))]
    if others:
        sheet.notices.append(_not_read(others) if named else _only(part, others))
    hidden = [row[1].decode() for row in _ROW.finditer(part.xml)]
    hidden += [letters(int(column[1]) - 1) for column in _COLUMN.finditer(part.xml)]
    if hidden:
        named = ", ".join(hidden[:MAX_NAMED]) + (", …" if len(hidden) > MAX_NAMED else "")
        sheet.notices.append(
            Words(
                f"hidden rows or columns are read too: {named}",
                f"les lignes ou colonnes masquées sont lues aussi : {named}",
            )
        )
    if TOO_LARGE in [words for _, words in sheet.faults]:
        return sheet
    with CalamineWorkbook.from_filelike(BytesIO(data)) as book:
        values = book.get_sheet_by_name(part.name)
        row, column = values.end or (0, 0)
        if row >= MAX_ROWS or column >= MAX_COLUMNS:
            sheet.faults.append(("", TOO_LARGE))
            return sheet
        sheet.rows = [[_text(cell) for cell in row] for row in values.to_python(skip_empty_area=False)]
        for (row, column), _ in values.merged_cell_ranges or ():
            if row < len(sheet.rows):
                sheet.faults.append((f"{letters(column)}{row + 1}", _MERGED))
    return sheet


def _parts(archive: ZipFile) -> Iterator[_Part]:
    """Yield the worksheets, in the order of their tabs."""
    targets = {
        relation.attrib["Id"]: posixpath.join("/xl", relation.attrib["Target"])
        for relation in _xml(archive.read("xl/_rels/workbook.xml.rels"))
        if relation.attrib["Type"].endswith("/worksheet")
    }
    for sheet in _xml(archive.read("xl/workbook.xml")).iterfind("{*}sheets/{*}sheet"):
        target = targets.get(next(value for name, value in sheet.attrib.items() if name.endswith("}id")))
        if target is not None:  # a chart has a tab too
            is_visible = sheet.attrib.get("state", "visible") == "visible"
            yield _Part(sheet.attrib["name"], is_visible, archive.read(posixpath.normpath(target).lstrip("/")))


def _xml(data: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(data)  # noqa: S314 - of bounded size, in a process with limits on memory and time


def _faults(xml: bytes) -> list[tuple[str, Words]]:
    """Return the cells whose formula has no value, which the library returns as empty; or the first too far out."""
    faults: list[tuple[str, Words]] = []
    for cell in _CELL.finditer(xml):
        reference = _REFERENCE.search(cell[1])
        if reference is not None:
            column, row = reference[1].decode(), int(reference[2])
            if row > MAX_ROWS or (len(column), column) > (len(_LAST_COLUMN), _LAST_COLUMN):
                return [(f"{column}{row}", TOO_LARGE)]
            if _IS_ERROR.search(cell[1]) or (_FORMULA.search(cell[2]) and not _VALUE.search(cell[2])):
                faults.append((f"{column}{row}", _ERROR))
    return faults


def _only(part: _Part, others: list[_Part]) -> Words:
    """Say which sheet is read, and which are not."""
    en = ", ".join(f"“{_name(other)}”" + ("" if other.is_visible else " (hidden)") for other in others[:MAX_NAMED])
    fr = ", ".join(f"« {_name(other)} »" + ("" if other.is_visible else " (masquée)") for other in others[:MAX_NAMED])
    more = len(others) - MAX_NAMED
    return Words(
        f"only the sheet “{_name(part)}” is read, and not {en}" + (f" and {more} more" if more > 0 else ""),
        f"seule la feuille « {_name(part)} » est lue, et non {fr}" + (f" et {more} autres" if more > 0 else ""),
    )


def _not_read(others: list[_Part]) -> Words:
    """Say which sheets are no table."""
    more = f" (+{len(others) - MAX_NAMED})" if len(others) > MAX_NAMED else ""
    names = [_name(other) for other in others[:MAX_NAMED]]
    en, fr = ", ".join(f"“{name}”" for name in names), ", ".join(f"« {name} »" for name in names)
    return Words(f"not read, since no table has this name: {en}{more}", f"aucun tableau de ce nom, non lu : {fr}{more}")


def _name(part: _Part) -> str:
    return HIDDEN.sub("\N{REPLACEMENT CHARACTER}", part.name)[:31]  # what a tab has room for


def _text(cell: Any) -> str:
    """Return a cell as text: spreadsheets hold whole numbers as floats, and days as moments."""
    match cell:
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)
