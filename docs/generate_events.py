"""Write one page for each type of event, and one on data protection: ``python docs/generate_events.py``.

The sentences about fields are in ``docs/fields.toml``, those about purposes in ``api/words/purposes.py``. The pages are
committed; a test fails when they differ from what the rows of the events and these files say.
"""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import inspect as types

from api.console.history.past import KINDS
from api.lists.readers import OFFICERS, PAST
from api.words import PEOPLE
from api.words.purposes import OTHERWISE, PURPOSES
from ledger.domain.decisions.rows import EventType
from ledger.domain.events.common import Digest, Ratio
from ledger.domain.events.persons import NAME_DETAILS
from ledger.domain.form import TEXT_FORMS, names_taken
from ledger.domain.record import ROLE_LABELS, Fact, Role
from ledger.domain.subjects import COMMAND_OF, COMMAND_TYPES, EARLIER_TYPES, EVENT_TYPES, KIND_OF, SUBJECTS
from ledger.words import Language

FOLDER = Path(__file__).parent / "events"
DATA_PROTECTION = Path(__file__).parent / "reference" / "data-protection.md"
COMMON = "common"
SHARED = (Digest, Ratio)  # described once, on the index page

ON_THE_WIRE = {
    "text": "JSON string",
    "number": "JSON number, whole, below 2⁵³",
    "yes or no": "`true` or `false`",
    "day": "`YYYY-MM-DD`",
    "moment": "`YYYY-MM-DDTHH:MM:SSZ`, in UTC",
    "bytes": "base64 (RFC 4648, 4)",
    "code": "one of the strings listed",
    "null": "`null`: the meaning says what it states",
}

ABOUT_DATA = """# Data protection, field by field

`docs/generate_events.py` writes this page from the rows of the events, `docs/fields.toml` and
`api/words/purposes.py`. It is material for the record of processing (GDPR, article 30) and for the impact assessment
(article 35): what is recorded, why, on which legal ground, for how long, and who reads it. What the program cannot
know, the certification body confirms: each ground below is the one that fits a public body. Another body may confirm
article 6(1)(b) or (f) in place of (e).

**What can be erased.** A *sealed value* is not in the entry. The entry holds its salted digest; the value is in the
vault, encrypted under a key of the person whom the entry is about. An erasure deletes the values and destroys the
key, so that no copy of the record gives them back ([0009](../decisions/0009-erasure.md),
[0046](../decisions/0046-keys-of-persons.md)). Reasons are sealed too, as are codes that reveal something about a
person ([0033](../decisions/0033-reasons-are-sealed.md)).

**What stays.** Every entry, since signatures and proofs rest on it: pseudonyms, codes, days, numbers and texts in
clear. Levels that were revealed, findings and outcomes stay too, under the pseudonym. Whoever knows from elsewhere
whose pseudonym it is can still read them as that person’s: they remain personal data for as long as that is possible,
and the assessment has to weigh it.

**What delays an erasure.** A role, an open candidacy, a certification in force, an undecided appeal, a legal hold, a
request that waits, or the term of the scheme, unless the person asked
([0081](../decisions/0081-rights-over-personal-data.md)). Nothing is erased by itself: two officers sign
([how](../how-to/protect-personal-data.md)). Backups of the keys are to be kept for a short time only.

**Who reads it.** *Read by* names the roles that may read the past of a kind of stream, with its sealed values. Nobody
reads a workshop for which they were nominated, and nobody the case that concerns them. A person is given what is
recorded about them (article 15). The auditors who mirror the log read the entries, without sealed values.

Pages for a task show what the task needs to others too: the selection panel sees the candidates of its workshop,
assessors their own sheets, contact points the people of their administration. Beyond that, by event:

| visibility | what it means |
|---|---|
| public | may be stated to everyone, on public pages and in bundles; names only with consent |
| restricted | for those named under *read by*; a notice says its fields, with sealed values closed |
| confidential | for those named under *read by*; a notice says the title only |

A *pseudonym* is a random id. An *id* follows the form of its field and has no room for a name. A *code* is one of a
closed list. An *id or text in clear* has its form from another rule: its meaning says what it is.
"""


def load_meanings() -> dict[str, dict[str, str]]:
    """The sentence about each field, by class name or ``common``, then by field."""
    return tomllib.loads((Path(__file__).parent / "fields.toml").read_text(encoding="utf-8"))


def sources(structs: Iterable[type[msgspec.Struct]], meanings: dict[str, dict[str, str]]) -> Iterator[tuple[str, str]]:
    """The table and the key in which each field of these classes finds its sentence. Raises LookupError."""
    for struct in structs:
        for field in msgspec.structs.fields(struct):
            yield _source(struct, field.name, meanings)


def described() -> Iterator[type[msgspec.Struct]]:
    """Every fact and every class inside one, the same class perhaps more than once."""
    for row in EVENT_TYPES:
        yield from _with_parts(row.fact)


def page_name(row: EventType) -> str:
    """``certification-granted/v1`` is described in ``certification-granted-v1.md``."""
    return row.wire_name.replace("/", "-") + ".md"


def page(row: EventType, meanings: dict[str, dict[str, str]]) -> str:
    """The page of one event: what it says, who signs it, its fields, and the command behind it."""
    signers = ", ".join(ROLE_LABELS[role].en for role in row.seats)
    lines = [
        f"# {row.label.en}",
        "",
        f"*{row.label.fr}*",
        "",
        _docstring(row.fact),
        "",
        "| | |",
        "|---|---|",
        f"| wire name | `{row.wire_name}` |",
        f"| stream | `{KIND_OF[row.fact]}` |",
        f"| signed by | {signers} |",
        f"| visibility | {row.visibility} |",
        f"| command | {_command(row.fact)} |",
        f"| in code | `{row.fact.__module__}.{row.fact.__name__}` |",
        "",
        "## Fields",
        "",
        *_table(row.fact, meanings),
        "",
    ]
    if any(part in SHARED for part in _with_parts(row.fact)):
        lines += ["`Digest` and `Ratio` are described with the [types](README.md#types).", ""]
    return "\n".join(lines)


def index(meanings: dict[str, dict[str, str]]) -> str:
    """The list of all events in the order of their rows, and the types of their fields."""
    rows = [
        f"| [{row.label.en}]({page_name(row)}) | {row.label.fr} | `{row.wire_name}` | {row.visibility} |"
        for row in EVENT_TYPES
    ]
    lines = [
        "# Events",
        "",
        "`docs/generate_events.py` writes these pages from `ledger/domain/decisions/` and `docs/fields.toml`.",
        "",
        "| event | événement | wire name | visibility |",
        "|---|---|---|---|",
        *rows,
        "",
        "## Types",
        "",
        "| type | in the statement |",
        "|---|---|",
        *(f"| {name} | {form} |" for name, form in ON_THE_WIRE.items()),
        "",
    ]
    for shape in SHARED:
        lines += [f"`{shape.__name__}`: {_first_line(shape)}", "", *_table(shape, meanings), ""]
    return "\n".join(lines)


def pages() -> dict[str, str]:
    """Every page by file name. Raises LookupError for a field without a meaning."""
    meanings = load_meanings()
    return {"README.md": index(meanings), **{page_name(row): page(row, meanings) for row in EVENT_TYPES}}


def data_protection() -> str:
    """The page on personal data. Raises LookupError for a kind or field of which something is not said."""
    meanings = load_meanings()
    return "\n".join([ABOUT_DATA, *(line for kind in SUBJECTS for line in _kind_of_data(kind, meanings))])


def _kind_of_data(kind: str, meanings: dict[str, dict[str, str]]) -> Iterator[str]:
    """One kind of stream: why, ground, how long and who reads it, in both languages; then every field of its events."""
    purpose, current = PURPOSES[kind], SUBJECTS[kind].current
    yield from (f"## {KINDS[kind].en}", "", f"*{_spaced(KINDS[kind].fr)}* (`{kind}`)", "")
    yield from ("| | English | français |", "|---|---|---|")
    yield f"| why | {purpose.why.en} | {_spaced(purpose.why.fr)} |"
    yield f"| ground | {purpose.ground.en} | {_spaced(purpose.ground.fr)} |"
    yield f"| how long | {purpose.kept.en} | {_spaced(purpose.kept.fr)} |"
    yield f"| read by | {_readers(kind, 'en')} | {_readers(kind, 'fr')} |"
    yield ""
    for row in current:
        other = OTHERWISE.get(row.wire_name)
        if other is not None:
            differing = [
                (name, said)
                for name, said, usual in zip(("why", "ground", "how long"), other, purpose, strict=True)
                if said != usual
            ]
            yield f"Otherwise for **{row.label.en}**:"
            yield ""
            yield from (f"- {name}: {said.en}. *{_spaced(said.fr)}.*" for name, said in differing)
            yield ""
    yield from ("| event | visibility | field | what it is | meaning |", "|---|---|---|---|---|")
    for row in current:
        named = f"[{row.label.en}](../events/{page_name(row)}) | {row.visibility}"
        for path, nature, meaning in _natures(row, row.fact, "", meanings):
            yield f"| {named} | `{path}` | {nature} | {meaning} |"
            named = " | "
        if named != " | ":
            yield f"| {named} | | | none: the event itself says everything |"
    yield ""


def _readers(kind: str, language: Language) -> str:
    if PAST[kind] == OFFICERS:
        return {"en": "Every officer", "fr": "Tous les responsables"}[language]
    return ", ".join(ROLE_LABELS[role].into(language) for role in Role if role in PAST[kind])


def _natures(
    row: EventType, struct: type[msgspec.Struct], prefix: str, meanings: dict[str, dict[str, str]]
) -> Iterator[tuple[str, str, str]]:
    """Path, nature and meaning of each field that holds a value; a field that has parts is given by its parts."""
    for field in msgspec.structs.fields(struct):
        kind = types.type_info(field.type)
        part = _part(kind)
        if part is None or part in SHARED:
            table, key = _source(struct, field.name, meanings)
            yield f"{prefix}{field.name}", _nature(row, field.name, kind), meanings[table][key]
        else:
            listed = "[]" if isinstance(kind, types.VarTupleType) else ""
            yield from _natures(row, part, f"{prefix}{field.name}{listed}.", meanings)


def _nature(row: EventType, field: str, kind: types.Type) -> str:
    """What a field is to the person: sealed, a pseudonym, or something in clear."""
    match kind:
        case types.UnionType():
            return next(_nature(row, field, one) for one in kind.types if not isinstance(one, types.NoneType))
        case types.VarTupleType():
            return _nature(row, field, kind.item_type)
        case types.DictType():
            return f"{_nature(row, field, kind.value_type)}, by id"
        case types.StructType(cls=cls) if cls is Digest:
            return "sealed: " + ", ".join(f"`{name}`" for name in _sealed(row)[field])
        case types.StructType():
            return "number"  # a ratio
        case types.LiteralType() | types.EnumType():
            return "code"
        case types.StrType() if field in PEOPLE:
            return "pseudonym of a person"
        case types.StrType() if TEXT_FORMS.get(field) == TEXT_FORMS["person_id"]:
            return "pseudonym"
        case types.StrType() if field in TEXT_FORMS:
            return "text in clear" if TEXT_FORMS[field].fits("two words") else "id"
        case types.StrType():
            return "id or text in clear"
        case _:
            return _kind(kind)


def _sealed(row: EventType) -> dict[str, tuple[str, ...]]:
    """The names of the sealed values by field: the command says them, and a certificate states the holder’s names."""
    command = COMMAND_OF.get(row.fact)
    return {"holder": NAME_DETAILS} | names_taken(row.fact if command is None else command.command)


def _spaced(french: str) -> str:
    return french.replace(" :", "\N{NO-BREAK SPACE}:").replace(" ;", "\N{NARROW NO-BREAK SPACE};")


def _command(fact: type[Fact]) -> str:
    if any(fact in command.facts for command in EARLIER_TYPES):
        return "none any more: it is read where it was recorded, and a later version took its place"
    for command in COMMAND_TYPES:
        if fact in command.facts:
            allowed = f" A signer may be the person concerned: {command.own_case}." if command.own_case else ""
            return f"`{command.name}`: {inspect.getdoc(command.decide) or ''}{allowed}"
    return "none: it founds the ledger (`pca-ledger init`)"


def _first_line(struct: type[msgspec.Struct]) -> str:
    return _docstring(struct).splitlines()[0]


def _docstring(struct: type[msgspec.Struct]) -> str:
    """The docstring of a class, as Markdown: a cross-reference becomes the name that it points to."""
    return re.sub(r":\w+:(`[^`]+`)", r"\1", inspect.cleandoc(struct.__doc__ or ""))


def _table(struct: type[msgspec.Struct], meanings: dict[str, dict[str, str]]) -> list[str]:
    rows = [f"| `{path}` | {kind} | {meaning} |" for path, kind, meaning in _fields(struct, "", meanings)]
    if not rows:
        return ["None: the event itself says everything."]
    return ["| field | type | meaning |", "|---|---|---|", *rows]


def _fields(
    struct: type[msgspec.Struct], prefix: str, meanings: dict[str, dict[str, str]]
) -> Iterator[tuple[str, str, str]]:
    """Path, type and meaning of each field, with the fields of its parts below it."""
    for field in msgspec.structs.fields(struct):
        kind = types.type_info(field.type)
        table, key = _source(struct, field.name, meanings)
        yield f"{prefix}{field.name}", _kind(kind), meanings[table][key]
        part = _part(kind)
        if part is not None and part not in SHARED:
            listed = "[]" if isinstance(kind, types.VarTupleType) else ""
            yield from _fields(part, f"{prefix}{field.name}{listed}.", meanings)


def _source(struct: type[msgspec.Struct], field: str, meanings: dict[str, dict[str, str]]) -> tuple[str, str]:
    for table in (struct.__name__, COMMON):
        if field in meanings.get(table, {}):
            return table, field
    raise LookupError(f"docs/fields.toml gives no meaning for {struct.__name__}.{field}")


def _with_parts(struct: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    yield struct
    for field in msgspec.structs.fields(struct):
        part = _part(types.type_info(field.type))
        if part is not None:
            yield from _with_parts(part)


def _part(kind: types.Type) -> type[msgspec.Struct] | None:
    """The class of which a field holds one, at most one, or several."""
    match kind:
        case types.StructType():
            return kind.cls
        case types.VarTupleType():
            return _part(kind.item_type)
        case types.UnionType():
            return next((part for part in map(_part, kind.types) if part is not None), None)
        case _:
            return None


def _kind(kind: types.Type) -> str:
    match kind:
        case types.UnionType():
            return " or ".join(_kind(option) for option in kind.types)
        case types.VarTupleType():
            return f"list of {_kind(kind.item_type)}"
        case types.DictType():
            return f"map from {_kind(kind.key_type)} to {_kind(kind.value_type)}"
        case types.LiteralType():
            return "code: " + ", ".join(f"`{value}`" for value in kind.values)
        case types.EnumType():
            return f"code of a [role](../reference/words.md#{kind.cls.__name__.lower()}s)"
        case types.StructType():
            return f"`{kind.cls.__name__}`"
        case types.StrType():
            return "text"
        case types.IntType():
            return "number"
        case types.BoolType():
            return "yes or no"
        case types.DateType():
            return "day"
        case types.DateTimeType():
            return "moment"
        case types.BytesType():
            return "bytes"
        case types.NoneType():
            return "null"
        case _:
            raise LookupError(f"the event pages have no word for {kind}")


def main() -> None:
    """Write every page."""
    DATA_PROTECTION.write_text(data_protection(), encoding="utf-8")
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
