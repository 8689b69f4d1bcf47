"""What a form proposes where nothing was entered: new ids, what is known of a Member, a row for each criterion, ..."""

from api.console.forms.fields import Field, fields_of, seats_of
from api.console.forms.lists import listing_of
from api.console.forms.typed import Typed
from api.secretariat.importing.workshop import members
from api.secretariat.proposals import new_id
from api.words.record import Record
from ledger.domain.decisions.rows import CommandType

Texts = dict[str, tuple[str, ...]]


def proposed(row: CommandType, typed: Typed, record: Record, person: str) -> Typed:
    """Return what was entered, with a proposal in each empty place for which there is one.

    ``person`` fills in the form, and signs in the first seat of a role that they hold.
    """
    texts: Texts = {}
    own = {f"{row.name}.person_id"} if row.in_own_name else set()
    seats = seats_of(row)
    if not any(typed.has(seat.name) for seat in seats):
        roles = record.read.roles_on(person, record.today)
        held = [seat.name for seat in seats if seat.key.partition(".")[2] in roles]
        texts |= dict.fromkeys(held[:1], (person,))
    if row.name == "register-administration":
        texts |= _member(typed)
    for field in fields_of(row):
        if field.kind == "rows":
            texts |= _rows(field, typed, record)
        elif not typed.has(field.name):
            made = _one(field, typed, record) if field.key not in own else person
            texts |= {field.name: (made,)} if made else {}
    return typed.with_texts(texts)


def _member(typed: Typed) -> Texts:
    """What is known of the Member that was chosen: in the place of nothing, or of what was proposed for another."""
    chosen = members().get(typed.text("administration_id"), {})
    before = next((one for one in members().values() if one["iso3"] == typed.text("iso3")), {})
    return {name: (text,) for name, text in chosen.items() if typed.text(name).strip() in ("", before.get(name))}


def _one(field: Field, typed: Typed, record: Record) -> str:
    if field.kind == "made":
        return new_id()
    if len(field.codes) == 1 and field.is_required:
        return field.codes[0]
    scheme_id = typed.text("scheme_id")
    if not scheme_id:
        return ""
    match field.key:
        case "draft-scheme-version.version":
            drafts = record.read.scheme(scheme_id).drafts
            numbers = [tuple(map(int, version.split("."))) for version in drafts]
            return f"{max(numbers)[0]}.{max(numbers)[1] + 1}.0" if numbers else "1.0.0"
        case "plan-session.session_id":
            year = typed.text("start")[:4]
            return f"{scheme_id.upper()}-{year}" if year.isdecimal() else ""
    return ""


def _rows(field: Field, typed: Typed, record: Record) -> Texts:
    """An empty row, or one for each thing of a list of which each must occur once, such as the criteria."""
    first = field.fields[0]
    listing = listing_of(first)
    ids = None if listing is None else listing.ids(record, typed)
    given = {typed.text(f"{field.name}.{row}.{first.name}") for row in typed.rows(field.name)}
    if ids and not given & set(ids):
        return {f"{field.name}.{row}.{first.name}": (one,) for row, one in enumerate(ids)}
    return {} if given else {f"{field.name}.0.{first.name}": ("",)}
