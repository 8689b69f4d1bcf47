"""What a search finds, a timeline, and what was true on a day, as tables: for files, programs and the command line."""

from datetime import date, datetime

from api.lists.catalogue import Answer, known_by
from api.lists.listing import Code, Codes, Positions, Row, Table, Texts, Unasked
from api.lists.readers import OFFICERS, PAST, Reader
from api.past import facts
from api.past.entries import Line, lines
from api.past.search import only_exact, search
from ledger.store.ledger import Ledger
from ledger.words import Language, Words


class Hit(Row, frozen=True, kw_only=True):
    what: Code
    id: str
    name: Words
    title: Words
    is_exact: bool


class Told(Row, frozen=True, kw_only=True):
    positions: Positions
    recorded: datetime
    effective: date | None
    event: Words
    words: str
    stream: str
    signers: Texts
    roles: Codes
    keys: Texts
    signatures: Codes
    why: Texts
    compromised_since: datetime | None


class Fact(Row, frozen=True, kw_only=True):
    fact: Words
    value: Words


class Differing(Row, frozen=True, kw_only=True):
    fact: Words
    before: Words | None
    after: Words | None


SEARCH = Table(
    name="search",
    title=Words("Results", "Résultats"),
    about=Words(
        "What a text finds: people, certificates, workshops, administrations, schemes, officers, entries of the log.",
        "Ce que trouve un texte\u00a0: personnes, certificats, ateliers, administrations, programmes, responsables, "
        "entrées du journal.",
    ),
    row=Hit,
    roles=OFFICERS,
)
TIMELINE = Table(
    name="timeline",
    title=Words("Timeline", "Chronologie"),
    about=Words(
        "Every entry about one person or thing, in words, with who signed it and whether each signature holds.",
        "Toutes les entrées sur une personne ou une chose, en clair, avec leurs signataires et la validité de chaque "
        "signature.",
    ),
    row=Told,
    roles=OFFICERS,
    brief=("positions", "recorded", "effective", "words", "signers", "signatures"),
)
FACTS = Table(
    name="facts",
    title=Words("Facts", "Faits"),
    about=Words(
        "What was true of one person or thing on a day.",
        "Ce qui était vrai d’une personne ou d’une chose à une date.",
    ),
    row=Fact,
    roles=OFFICERS,
)
DIFFERENCES = Table(
    name="differences",
    title=Words("What differed", "Différences"),
    about=Words(
        "What was not the same of one person or thing on two days.",
        "Ce qui n’était pas identique, pour une personne ou une chose, à deux dates.",
    ),
    row=Differing,
    roles=OFFICERS,
)


def hits(ledger: Ledger, text: str, reader: Reader | None = None) -> Answer:
    """Return what a text finds, the exact first."""
    found = [one for group in search(ledger, text, reader) for one in group.found]
    rows: list[Row] = [
        Hit(what=one.kind, id=one.id, name=one.says, title=one.beside, is_exact=one.is_exact) for one in found
    ]
    return Answer(SEARCH, rows, ledger.size())


def meant(ledger: Ledger, text: str) -> tuple[str, str]:
    """Return the kind and the id of the one thing that a text exactly means, or that it alone finds.

    Raises ``Unasked`` for none or several.
    """
    groups = search(ledger, text)
    found = [one for group in groups for one in group.found if one.kind != "entry"]
    exact = only_exact(groups)
    if exact is not None and exact.kind != "entry":
        found = [exact]
    if len(found) == 1:
        return found[0].kind, found[0].id
    if not found:
        raise Unasked("subject", Words("nothing has this name, number or id", "rien n’a ce nom, ce numéro ou cet id"))
    ids = ", ".join(one.id for one in found)
    raise Unasked("subject", Words(f"several are meant: {ids}", f"plusieurs correspondent\u00a0: {ids}"))


def timeline(
    ledger: Ledger,
    kind: str,
    one_id: str,
    language: Language,
    *,
    known_on: date | None = None,
    reader: Reader | None = None,
) -> Answer:
    """Return the entries about something that were known by the end of a day, in order. Raises ``Refused``."""
    size = _size(ledger, known_on)
    subject = _subject(ledger, kind, one_id, size, reader)
    return Answer(TIMELINE, [_told(line, language) for line in lines(ledger, subject.entries, language)], size)


def true_on(
    ledger: Ledger,
    kind: str,
    one_id: str,
    *,
    on: date | None = None,
    known_on: date | None = None,
    with_on: date | None = None,
    reader: Reader | None = None,
) -> Answer:
    """Return what was true of something on a day, or what differed ``with_on`` another. Raises ``Refused``."""
    size = _size(ledger, known_on)
    subject = _subject(ledger, kind, one_id, size, reader)
    today = ledger.now().date()
    current = facts.facts(ledger, subject, on or today)
    if with_on is None:
        return Answer(FACTS, [Fact(fact=row.label, value=row.value) for row in current], size)
    found = facts.differences(current, facts.facts(ledger, subject, with_on))
    return Answer(DIFFERENCES, [Differing(fact=one.label, before=one.before, after=one.after) for one in found], size)


def _size(ledger: Ledger, known_on: date | None) -> int:
    known = known_by(ledger, known_on)
    return ledger.size() if known is None else min(ledger.size(), ledger.size_at(known))


def _subject(ledger: Ledger, kind: str, one_id: str, size: int, reader: Reader | None) -> facts.Subject:
    if kind not in PAST:
        names = ", ".join(PAST)
        raise Unasked("kind", Words(f"expected one of {names}", f"l’une de ces valeurs est attendue\u00a0: {names}"))
    return facts.subject(ledger, kind, one_id, size, reader)


def _told(line: Line, language: Language) -> Told:
    since = [one.compromised_since for one in line.by if one.compromised_since is not None]
    return Told(
        positions=(line.number,),
        recorded=line.recorded,
        effective=line.effective,
        event=line.title,
        words=line.says,
        stream=f"{line.kind}:{line.id}",
        signers=tuple(f"{one.name} ({one.person})" for one in line.by),
        roles=tuple(one.role for one in line.by),
        keys=tuple(one.key for one in line.by),
        signatures=tuple(one.verdict for one in line.by),
        why=tuple(one.why.into(language) for one in line.by if one.why is not None),
        compromised_since=min(since, default=None),
    )
