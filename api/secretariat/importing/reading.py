"""Tables in CSV or XLSX; each value has the address of its cell."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path, PurePath
from string import ascii_uppercase

import msgspec

from api.confined import Limits, Stopped, run_within
from api.secretariat.importing.sheet import Sheet, letters, read_csv
from api.secretariat.importing.workbook import read_xlsx
from ledger.files import read_bounded
from ledger.visible import HIDDEN
from ledger.words import Words

MAX_BYTES = 5_000_000
MAX_CHARACTERS = 4_000  # of a value: as many as a reason may have
MAX_QUOTED = 60
MAX_ALIKE, MAX_LISTED = 5, 100  # faults of a kind in one column, and all faults; of others only the number is told
MAX_FAULTS = 20_000  # then reading ends: a person corrects causes, and a machine would take minutes
LIMITS = Limits(memory=160 * 1024 * 1024, cpu=3, seconds=4)  # to read one workbook
KINDS = (".csv", ".xlsx")
WORKBOOK = "workshop"  # begins the name of a workbook that holds every table, each in a sheet of its name
Files = Mapping[str, Callable[[], bytes]]
"""The files of a workshop by name. To read one may raise OSError, and ValueError when it is too large."""
# What letters such as é, and a typographic apostrophe, become when UTF-8 is opened as Windows-1252.
_MISREAD = re.compile("[\u00c2\u00c3][\u00a0-\u00bf\u20ac\u2021\u02c6\u2030\u0160]|\u00e2\u20ac")
_NO_WIDTH = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))  # where a line may break, and the like
_SPACES = re.compile(r"[^\S\t-\r\x1c-\x1f\x85\u2028\u2029]{2,}")  # on one line
_ADDRESS = re.compile(r"!([A-Z]+)[0-9]+\Z")


class Notice(msgspec.Struct, frozen=True):
    """What is worth knowing about a file or a cell, such as ``scores.csv!E14``."""

    where: str
    words: Words


class Fault(Notice, frozen=True):
    """An error in a file or a cell."""


class Faults:
    """The faults and notices so far: of a cell the first, of many alike a few and their number."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._notices: list[Notice] = []
        self._noted = Counter[tuple[str, str]]()
        self._cells: set[str] = set()
        self._alike: dict[tuple[str, str], list[Fault]] = {}
        self._number: dict[tuple[str, str], int] = {}
        self._total = 0
        for fault in faults:
            self.add(fault.where, *fault.words)

    def __len__(self) -> int:
        return self._total

    def add(self, where: str, en: str, fr: str, kind: str = "") -> None:
        """Add a fault, unless its cell has one; those of a ``kind`` in one column are alike.

        Raises ``WrongWorkshop`` when there are too many.
        """
        if _ADDRESS.search(where):
            if where in self._cells:
                return
            self._cells.add(where)
        column = _ADDRESS.sub(r"!\1", where), kind
        self._number[column] = self._number.get(column, 0) + 1
        if self._number[column] <= MAX_ALIKE:
            self._alike.setdefault(column, []).append(Fault(where, Words(en, fr)))
        self._total += 1
        if self._total == MAX_FAULTS:
            self.note("*", "too many errors: the rest is not checked", "trop d’erreurs : le reste n’est pas contrôlé")
            raise WrongWorkshop(self)

    def note(self, where: str, en: str, fr: str) -> None:
        if not _ADDRESS.search(where) and Notice(where, Words(en, fr)) in self._notices:
            return  # of a workbook that is read for each of its tables
        column = _ADDRESS.sub(r"!\1", where), en
        self._noted[column] += 1
        if self._noted[column] <= MAX_ALIKE:
            self._notices.append(Notice(where, Words(en, fr)))

    @property
    def notices(self) -> tuple[Notice, ...]:
        """The notices, of many alike a few and their number."""
        more = (Notice(where, _more(n - MAX_ALIKE)) for (where, _), n in self._noted.items() if n > MAX_ALIKE)
        return (*self._notices, *more)

    def listed(self) -> tuple[Fault, ...]:
        """Return the faults by column, in the order in which the columns came up."""
        listed = tuple(islice(self._listed(), MAX_LISTED + 1))
        if len(listed) <= MAX_LISTED:
            return listed
        more = Words("and more errors in other columns", "et d’autres erreurs dans d’autres colonnes")
        return (*listed[:MAX_LISTED], Fault(listed[MAX_LISTED].where.partition("!")[0], more))

    def _listed(self) -> Iterator[Fault]:
        for (where, kind), faults in self._alike.items():
            yield from faults
            more = self._number[where, kind] - len(faults)
            if more:
                yield Fault(where, _more(more))


def _more(number: int) -> Words:
    return Words(f"and {number} more like these", f"et {number} de plus, du même genre")


class WrongWorkshop(Exception):
    """The faults of a workshop's files: those that are listed, and the ``number`` of all; with the notices."""

    def __init__(self, faults: Faults | Iterable[Fault]) -> None:
        found = faults if isinstance(faults, Faults) else Faults(faults)
        self.faults, self.number, self.notices = found.listed(), len(found), found.notices
        super().__init__("\n".join(f"{fault.where}: {fault.words.en}" for fault in self.faults))


class Row(msgspec.Struct, frozen=True):
    """One row of a file, and its number: values by column, without needless spaces."""

    file: str
    number: int
    columns: tuple[str, ...]
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values[column]

    def address(self, column: str) -> str:
        """The address of a value in its table, such as ``D14``."""
        return f"{letters(self.columns.index(column))}{self.number}"

    def cell(self, column: str) -> str:
        """The same with the name of its file, as a spreadsheet writes it: ``scores.csv!D14``."""
        return f"{self.file}!{self.address(column)}"


class Table(msgspec.Struct, frozen=True):
    """A file's rows; ``digest`` is the SHA-256 of their values, in hex, the same for CSV and XLSX.

    A table that is not ``whole`` lacks rows or columns: what it does not hold says nothing.
    """

    file: str
    digest: str = ""
    rows: tuple[Row, ...] = ()
    whole: bool = False


def files_in(folder: Path) -> Files:
    """Return the files of a folder, which are read when they are asked for. Raises OSError."""
    paths = sorted(path for path in folder.iterdir() if path.is_file())
    return {path.name: partial(read_bounded, path, MAX_BYTES) for path in paths}


def files_held(contents: Mapping[str, bytes]) -> Files:
    """Return files that are in memory."""
    return {name: partial(_bounded, data) for name, data in contents.items()}


def _bounded(data: bytes) -> bytes:
    if len(data) > MAX_BYTES:
        raise ValueError
    return data


def files_of(files: Files, name: str) -> list[str]:
    """Return the CSV and XLSX files of a name, in upper or lower case."""
    paths = map(PurePath, sorted(files))
    return [path.name for path in paths if path.stem.casefold() == name and path.suffix.casefold() in KINDS]


def workbooks_of(files: Files) -> list[str]:
    """Return the workbooks that hold every table."""
    return [name for name in sorted(files) if re.fullmatch(rf"{WORKBOOK}.*\.xlsx", name.casefold())]


def table_of(file: str) -> str:
    """Return the table that is in a file such as ``Scores.csv``, or in a sheet such as ``workshop.xlsx!scores``."""
    return PurePath(file.rpartition("!")[2]).stem.casefold()


def read_table(
    source: Path | Files, name: str, columns: tuple[str, ...], faults: Faults, beside: Iterable[str] = ()
) -> Table:
    """Read ``name``.csv, ``name``.xlsx, or a sheet of a workbook, with exactly these columns in any order.

    Adds to ``faults``. ``beside`` are sheets of a workbook that may be there too.
    """
    files = files_in(source) if isinstance(source, Path) else source
    books = workbooks_of(files)
    paths = [*files_of(files, name), *books]
    if not paths:
        faults.add(f"{name}.csv", "the file is missing (CSV or XLSX)", "le fichier manque (CSV ou XLSX)")
        return Table(f"{name}.csv")
    file = f"{paths[0]}!{name}" if books else paths[0]
    if len(paths) > 1:
        both = ", ".join(paths)
        faults.add(
            file, f"this table is there more than once: keep one of {both}", f"table en double : gardez l’un de {both}"
        )
        return Table(file)
    if not books:
        return _table(file, name, columns, _sheet(files, file, columns), faults)
    sheet = _sheet(files, books[0], columns, name, tuple(beside))
    for words in sheet.notices:
        faults.note(books[0], *words)
    sheet.notices.clear()
    return _table(file, name, columns, sheet, faults)


def _sheet(files: Files, file: str, columns: tuple[str, ...], named: str = "", beside: tuple[str, ...] = ()) -> Sheet:
    try:
        data = files[file]()
        if file.casefold().endswith(".csv"):
            return read_csv(data, columns)
        return run_within(LIMITS, None, read_xlsx, data, named, beside)
    except OSError:
        return Sheet(faults=[("", Words("the file cannot be read", "le fichier ne peut pas être lu"))])
    except ValueError:
        most = MAX_BYTES // 1_000_000
        return Sheet(faults=[("", Words(f"expected at most {most} MB", f"{most} Mo au plus sont attendus"))])
    except Stopped as stopped:
        return Sheet(faults=[("", stopped.words)])


def _table(file: str, name: str, columns: tuple[str, ...], sheet: Sheet, faults: Faults) -> Table:
    """Return the rows of a sheet under their columns; rows with a value too few or too many are left out."""
    for words in sheet.notices:
        faults.note(file, *words)
    for address, words in sheet.faults:
        faults.add(f"{file}!{address}" if address else file, *words, kind=words.en)
    if sheet.faults and not sheet.rows:
        return Table(file)
    broken = {int(address.lstrip(ascii_uppercase)) for address, _ in sheet.faults}
    filled = [(number, row) for number, cells in enumerate(sheet.rows, 1) if any(row := list(map(_clean, cells)))]
    top, names = filled[0] if filled else (1, [])
    while names and not names[-1]:
        names.pop()
    header = tuple(names)
    if top in broken or not _has_columns(f"{file}!", top, header, columns, faults):
        return Table(file)
    rows: list[Row] = []
    for number, row in filled[1:]:
        if number in broken:
            continue
        surplus = next((index for index in range(len(header), len(row)) if row[index]), None)
        if surplus is not None:
            en = "a value without a column; in CSV, a value that contains the separator needs quotation marks"
            fr = "valeur sans colonne ; en CSV, une valeur qui contient le séparateur doit être entre guillemets"
            faults.add(f"{file}!{letters(surplus)}{number}", en, fr, en)
            broken.add(number)
        elif len(row) < len(header):
            en, fr = f"expected {len(header)} values in the row", f"{len(header)} valeurs attendues sur la ligne"
            faults.add(f"{file}!{letters(len(row))}{number}", en, fr, en)
            broken.add(number)
        else:
            rows.append(Row(file, number, header, dict(zip(header, row, strict=False))))
    for read in rows:
        for column in columns:
            _require_text(read, column, faults)
    said = [[read[column] for column in columns] for read in rows]
    digest = sha256(msgspec.json.encode([name, columns, said])).hexdigest()
    return Table(file, digest, tuple(rows), whole=not broken)


def _clean(cell: str) -> str:
    """Return a value as it is meant: accents in their usual form, no needless spaces, and nothing without a width."""
    return unicodedata.normalize("NFC", _SPACES.sub(" ", cell.translate(_NO_WIDTH).strip()))


def _has_columns(sheet: str, top: int, header: tuple[str, ...], columns: tuple[str, ...], faults: Faults) -> bool:
    """Return whether a header has the columns of a table; adds a fault for each one that is missing or unexpected."""
    missing = sorted(set(columns).difference(header))
    if len(missing) == len(columns):
        names = ", ".join(columns)
        faults.add(f"{sheet}{top}", f"expected the columns {names}", f"colonnes attendues : {names}")
        return False
    for column in missing:
        faults.add(f"{sheet}{top}", f"column missing: {column}", f"colonne manquante : {column}")
    for index, column in enumerate(header):
        if column not in columns or column in header[:index]:
            named = shown(column)
            faults.add(f"{sheet}{letters(index)}{top}", f"unexpected column: {named}", f"colonne inattendue : {named}")
    return not missing


def _require_text(row: Row, column: str, faults: Faults) -> None:
    """Add a fault for a value that is too long, that was misread before, or with a character that cannot be seen."""
    value = row[column]
    hidden = HIDDEN.search(value)
    if hidden is not None:
        name = f"U+{ord(hidden[0]):04X}"
        en, fr = f"contains the hidden character {name}", f"contient le caractère invisible {name}"
        faults.add(row.cell(column), f"{en}, found {shown(value)}", f"{fr} ; trouvé : {shown(value)}", "hidden")
    elif _MISREAD.search(value):
        en = f"these accents are UTF-8 that a program opened as Windows-1252: found {shown(value)}"
        fr = f"ces accents sont de l’UTF-8 qu’un logiciel a ouvert comme du Windows-1252 ; trouvé : {shown(value)}"
        faults.add(row.cell(column), en, fr, "misread")
    elif len(value) > MAX_CHARACTERS:
        en = f"expected at most {MAX_CHARACTERS} characters, found {len(value)}"
        fr = f"{MAX_CHARACTERS} caractères au plus sont attendus ; trouvé : {len(value)}"
        faults.add(row.cell(column), en, fr, "long")


def shown(value: str) -> str:
    """Return a value as a message quotes it: without anything that a terminal carries out, and not too long."""
    return repr(value if len(value) <= MAX_QUOTED else f"{value[:MAX_QUOTED]}…")
