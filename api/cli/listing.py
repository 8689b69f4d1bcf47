"""The roster and histories with names, for whoever has the ledger at hand: as lines, CSV or JSON."""

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from io import StringIO
from typing import Annotated, Any, Literal

import msgspec
import typer

from api.cells import harmless
from api.cli.commands import FAILED
from api.cli.common import FOLDER, Folder, Wrong, argument, command, day, end_of, err, fail, option, out, say, tell
from api.cli.language import in_language, language
from api.cli.naming import certificate_of, is_meant
from api.cli.opening import viewed
from api.cli.tables import KnownOn, On, print_lines
from api.words import event_in_words
from api.words.levels import LevelsSealed
from api.words.names import name_of
from ledger.domain.certificate_status import CERTIFICATION_LABELS
from ledger.domain.number import CertificateNumber, NotANumber, NumberError
from ledger.domain.reader import Reader
from ledger.domain.record import ROLE_LABELS, Stream
from ledger.domain.standing import Status
from ledger.store.ledger import Ledger
from ledger.visible import visible
from ledger.words import Words
from projections.history import HistoryRow
from projections.read_models import ReadModels

Format = Annotated[
    Literal["table", "csv", "json"],
    option("How the list is printed.", "La forme de la liste.", "--format"),
]


class RosterRow(msgspec.Struct, frozen=True, kw_only=True):
    """An advisor. ``is_listed``: whether the name is public."""

    person_id: str
    name: str | None
    is_listed: bool
    administration_id: str
    administration: str
    certification_id: str
    number: str | None
    language: str
    status: Status
    since: date
    until: date | None


class RosterList(msgspec.Struct, frozen=True, kw_only=True):
    on: date
    known_on: date
    advisors: tuple[RosterRow, ...]


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """Who signed an event, in which role, by which key."""

    person_id: str
    name: str | None
    role: str
    key_id: str


class EventRow(msgspec.Struct, frozen=True, kw_only=True):
    """An event. ``words`` is all that it says, in words; ``disclosed`` the values behind its digests, by digest."""

    position: int
    time: datetime
    type: str
    words: str
    facts: Any
    disclosed: dict[str, Any]
    signers: tuple[Signature, ...]


class CertificationHistory(msgspec.Struct, frozen=True, kw_only=True):
    certification_id: str
    person_id: str
    name: str | None
    numbers: tuple[str, ...]
    events: tuple[EventRow, ...]


@command("roster")
def roster(
    on: On = None,
    known_on: KnownOn = None,
    search: Annotated[
        str,
        option(
            "Words of a name or administration; accents do not matter.",
            "Mots d’un nom ou d’une administration ; les accents sont sans importance.",
        ),
    ] = "",
    form: Format = "table",
    folder: Folder = FOLDER,
) -> None:
    asked, known = day(on, "--on"), end_of(day(known_on, "--known-on"))
    with viewed(folder) as (ledger, models):
        rows = tuple(_advisors(ledger, models, search, asked, known))
    if form == "json":
        _print_json(RosterList(on=asked, known_on=known.date(), advisors=rows))
    elif form == "csv":
        _print_csv(RosterRow.__struct_fields__, (msgspec.structs.astuple(row) for row in rows))
    else:
        columns = in_language(
            "person name administration status since until", "personne nom administration statut depuis jusqu’au"
        )
        lines = [columns.split()]
        for row in rows:
            name = row.name or "—" if row.is_listed or row.name is None else f"{row.name} *"
            status = CERTIFICATION_LABELS[row.status].into(language())
            dates = (str(row.since), str(row.until or "—"))
            lines.append([row.person_id, visible(name), row.administration, status, *dates])
        print_lines(lines)
    count = len(rows)
    (say if form == "table" else tell)(
        f"{count} on {asked}, as known on {known.date()}",
        f"{count} au {asked}, selon l’état du registre au {known.date()}",
    )
    if any(row.name is not None and not row.is_listed for row in rows):
        tell("* not listed: this name is not public", "* absent de la liste publique : ce nom n’est pas public")


@command("history")
def history(
    subject: Annotated[
        str,
        argument(
            "The number of a certificate, or the name or id of a certified person.",
            "Le numéro d’un certificat, ou le nom ou l’identifiant d’une personne certifiée.",
        ),
    ],
    form: Format = "table",
    folder: Folder = FOLDER,
) -> None:
    with viewed(folder) as (ledger, models):
        found = [_history(ledger, models, certification_id) for certification_id in _meant(ledger, models, subject)]
    if form == "json":
        _print_json({"certifications": found})
    elif form == "csv":
        columns = ("certification_id", "position", "time", "type", "words", "signers")
        _print_csv(
            columns,
            (
                (each.certification_id, row.position, row.time.isoformat(), row.type, row.words, _signers(row.signers))
                for each in found
                for row in each.events
            ),
        )
    else:
        for each in found:
            out.print(f"certification {each.certification_id}")
            for row in each.events:
                out.print(f"{row.position:6} {row.time:%Y-%m-%d %H:%M} {row.words} | {_signers(row.signers)}")


def _advisors(ledger: Ledger, models: ReadModels, search: str, on: date, known: datetime) -> Iterator[RosterRow]:
    read = ledger.read()
    numbers = {row.certification_id: row.number for row in models.certificates.in_use()}
    # As on the pages, a search also finds those whose certification is not in force.
    for advisor in (models.roster.everyone if search.strip() else models.roster.on)(on, known):
        administration, name = advisor.administration, name_of(advisor.person_id, read)
        if is_meant(search, (name or "", administration.id, administration.name_en, administration.name_fr)):
            yield RosterRow(
                person_id=advisor.person_id,
                name=name,
                is_listed=advisor.name is not None,
                administration_id=administration.id,
                administration=in_language(administration.name_en, administration.name_fr),
                certification_id=advisor.certification_id,
                number=numbers.get(advisor.certification_id),
                language=advisor.language,
                status=advisor.status,
                since=advisor.since,
                until=advisor.until,
            )


def _meant(ledger: Ledger, models: ReadModels, subject: str) -> list[str]:
    """Returns the ids of the certifications that a number, a name or an id of a person means, in order.

    Raises ``Wrong`` when it means nobody or several people, whom it names, or looks like a mistyped number.
    """
    try:
        CertificateNumber.read(subject)
    except NotANumber:
        pass
    except NumberError as error:
        raise Wrong("SUBJECT", *error.words) from None
    else:
        return [certificate_of(models, subject).certification_id]
    read, everything = ledger.read(), models.certificates.everything()
    names = {person: name_of(person, read) or "" for person in dict.fromkeys(row.person_id for row in everything)}
    people = [person for person in names if person == subject] or [p for p in names if is_meant(subject, [names[p]])]
    people = list(dict.fromkeys(map(read.one, people))) if subject.strip() else []
    if len(people) > 1:
        for person in people:
            err.print(f"  {person}  {visible(names.get(person, ''))}")
        raise Wrong(
            "SUBJECT",
            f"{len(people)} people are meant by {subject}; give the id of one of them, or a certificate number",
            f"{len(people)} personnes correspondent à {subject} ; indiquez l’identifiant de l’une d’elles, ou un "
            "numéro de certificat",
        )
    if not people:
        en = "no certificate has this number, and no certified person this name or id"
        fr = "aucun certificat n’a ce numéro, et aucune personne certifiée ce nom ou cet identifiant"
        raise typer.Exit(fail(in_language(f"{subject}: {en}", f"{subject} : {fr}"), FAILED))
    ids = read.ids_of(people[0])
    return list(dict.fromkeys(row.certification_id for row in everything if row.person_id in ids))


def _history(ledger: Ledger, models: ReadModels, certification_id: str) -> CertificationHistory:
    read, issued = LevelsSealed(ledger.read()), models.certificates.of_certification(certification_id)
    person = issued[0].person_id
    return CertificationHistory(
        certification_id=certification_id,
        person_id=person,
        name=name_of(person, read),
        numbers=tuple(row.number for row in issued),
        events=tuple(_event(ledger, read, row) for row in models.history.of_certification(certification_id)),
    )


def _event(ledger: Ledger, read: Reader, row: HistoryRow) -> EventRow:
    kind, _, identifier = row.stream.partition(":")
    event = ledger.signed_events(Stream(kind, identifier))[row.version - 1].event
    facts = msgspec.to_builtins(event.facts)
    return EventRow(
        position=row.position,
        time=row.time,
        type=event.type,
        words=event_in_words(event, language(), read),
        facts=facts,
        disclosed=dict(_disclosed(facts, read)),
        signers=tuple(
            Signature(person_id=s.person_id, name=name_of(s.person_id, read), role=s.role, key_id=s.key_id)
            for s in row.signers
        ),
    )


def _disclosed(facts: Any, read: Reader) -> Iterator[tuple[str, Any]]:
    """Yields each digest in the facts of an event with the value behind it, unless that was erased."""
    if isinstance(facts, dict):
        disclosure = read.disclosure(str(facts["digest"])) if facts.keys() == {"name", "digest"} else None
        if disclosure is not None:
            yield facts["digest"], disclosure.value
        facts = list(facts.values())
    if isinstance(facts, list | tuple):
        for part in facts:
            yield from _disclosed(part, read)


def _signers(signers: Sequence[Signature]) -> str:
    key = Words("key", "clé").into(language())
    return "; ".join(
        f"{ROLE_LABELS[s.role].into(language())} {visible(s.name or '')}".rstrip()  # type: ignore[index]
        + f" ({s.person_id}, {key} {s.key_id})"
        for s in signers
    )


def _print_json(value: Any) -> None:
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def _print_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([harmless(_cell(value)) for value in row] for row in rows)
    sys.stdout.write(text.getvalue())


def _cell(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
