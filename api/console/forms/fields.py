"""The fields of a command, from its schema: of which kind each is, what it may hold, and whether it may be empty."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from api.console.forms.said import SIGNS, Said
from api.console.forms.words_within import said
from ledger.domain.decisions.delegation import DELEGABLE, GrantDelegation, RevokeDelegation
from ledger.domain.decisions.rows import CommandType
from ledger.domain.events.common import Digest
from ledger.domain.form import (
    BOUNDS,
    SEALED_CODES,
    SEALED_FORMS,
    TEXT_FORMS,
    Form,
    Languages,
    Levels,
    TextForm,
    WholeNumber,
    names_taken,
)
from ledger.domain.record import ROLE_LABELS, Role

SIGNERS = "signers"  # the inputs of the seats: signers.0, signers.1

Kind = Literal[
    "text", "prose", "date", "moment", "integer", "boolean", "choice", "several", "languages", "levels", "bytes",
    "chain", "made", "rows", "values",
]  # fmt: skip
"""``made`` is an id that nobody types: a new one, or one's own.

``chain`` is a list of bytes, ``rows`` a list of groups, ``values`` are sealed.
"""

MADE = frozenset(
    {
        "register-person.person_id",
        "nominate-candidate.candidacy_id",
        "submit-score-sheet.sheet_id",
        "supersede-score-sheet.sheet_id",
        "report-incident.incident_id",
        "declare-ai-use.use_id",
        "lodge-appeal.appeal_id",
        "lodge-complaint.complaint_id",
        "open-corrective-action.action_id",
        "request-mission.mission_id",
        "declare-conflict-of-interest.conflict_id",
        "record-impartiality-risk.risk_id",
        "conduct-calibration-exercise.calibration_id",
        "log-cpd-activity.activity_id",
        "report-misuse.misuse_id",
        "receive-data-subject-request.request_id",
        "place-legal-hold.hold_id",
        "record-disclosure.transfer_id",
        "import-historical-record.history_id",
    }
)
"""The ids that a command gives: random, so that they tell nothing."""
GIVEN = frozenset(
    {
        "establish-scheme.scheme_id",
        "plan-session.session_id",
        "draft-scheme-version.version",
        "levels.level",
        "agree-to-key.key_id",
    }
)
"""What the record does not have yet: people make it up, or read it elsewhere."""
_LISTED = frozenset(
    {
        "person_id", "assessor_id", "merged_id", "administration_id", "scheme_id", "scheme_version", "version",
        "session_id", "candidacy_id", "certification_id", "key_id", "old_key_id", "sheet_id", "old_sheet_id",
        "activity", "competency", "level", "criterion", "language",
        "appeal_id", "members", "complaint_id", "action_id", "answerable_id",
        "incident_id",
        "mission_id",
        "contact_id",
        "participant_id",
        "conflict_id",
        "counterpart_id",
        "counterpart_administration",
        "risk_id",
        "delegator_id",
        "activity_id",
        "request_id",
        "hold_id",
    }
)  # fmt: skip
"""What is chosen from the record, by the name of the field."""


TRANSPORTS = ("usb", "nfc", "ble", "smart-card", "hybrid", "internal")
"""How an authenticator is reached (WebAuthn, 5.8.4); a browser may know others."""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a form. ``sealed`` is the name under which its value is sealed, if it is.

    ``key`` says where it occurs, such as ``plan-session.start`` or ``criteria.id``; ``fields`` are those of a row, or
    the values of a group. ``form`` is what its text or number must be, and ``codes`` all that a choice may be if the
    record does not matter.
    """

    name: str
    key: str
    kind: Kind
    said: Said
    is_required: bool = True
    form: Form | None = None
    codes: tuple[str, ...] = ()
    sealed: str | None = None
    fields: tuple["Field", ...] = ()


@cache
def fields_of(row: CommandType) -> tuple[Field, ...]:
    """Return the fields of a command's form. Raises TypeError for a field of a type for which there is no input."""
    fields = _fields(row.command, row.name)
    return tuple(_of_oneself(field) for field in fields) if row.in_own_name else fields


def _of_oneself(field: Field) -> Field:
    """Return a field of what somebody states in their own name: nobody chooses who they are."""
    return msgspec.structs.replace(field, kind="made") if field.name == "person_id" else field


@cache
def seats_of(row: CommandType) -> tuple[Field, ...]:
    """Return the fields that say who signs; that of the holder of a key is filled by the person concerned."""
    return tuple(
        Field(name=f"{SIGNERS}.{seat}", key=f"{SIGNERS}.{role}", kind="choice", said=Said(ROLE_LABELS[role], SIGNS))
        for seat, role in enumerate(row.seats)
        if role is not Role.KEY_HOLDER
    )


def _fields(struct: type[msgspec.Struct], within: str) -> tuple[Field, ...]:
    return tuple(_field(struct, info, within) for info in msgspec.structs.fields(struct))


def _field(struct: type[msgspec.Struct], info: msgspec.structs.FieldInfo, within: str) -> Field:
    name, (kind, is_required) = info.name, _without_none(info.type)
    is_required = is_required and info.required
    key = f"{within}.{name}"

    def made(input_kind: Kind, **more: Any) -> Field:
        more.setdefault("is_required", is_required)
        return Field(name=name, key=key, kind=input_kind, said=said(within, name), **more)

    if kind is Digest:
        return _sealed(struct, name, made)
    if get_origin(kind) is tuple:
        return _of_many(struct, name, get_args(kind)[0], made)
    if get_origin(kind) is Literal:
        return made("choice", codes=get_args(kind))
    if kind is Role:
        usual = tuple(role for role in Role if role is not Role.KEY_HOLDER)
        return made("choice", codes=DELEGABLE if struct in (GrantDelegation, RevokeDelegation) else usual)
    if kind is str and key in MADE:
        return made("made", form=TEXT_FORMS[name])
    if name in _LISTED and key not in GIVEN:
        return made("choice", form=_form(name))
    simple: dict[Any, Kind] = {
        str: "text", int: "integer", bool: "boolean", date: "date", datetime: "moment", bytes: "bytes",
    }  # fmt: skip
    if kind not in simple:
        raise TypeError(f"{key}: expected a type for which a form has an input, not {kind}")
    return made(simple[kind], form=_form(name))


def _sealed(struct: type[msgspec.Struct], name: str, made: Callable[..., Field]) -> Field:
    """Return the field of one sealed value: a code, or what its form says."""
    (sealed,) = names_taken(struct)[name]
    if sealed in SEALED_CODES:
        return made("choice", codes=SEALED_CODES[sealed])
    return made(_kind_of(SEALED_FORMS[sealed]), form=SEALED_FORMS[sealed], sealed=sealed)


def _of_many(struct: type[msgspec.Struct], name: str, of: Any, made: Callable[..., Field]) -> Field:
    """Return the field of a list: of sealed values, of bytes, of ids, or of groups."""
    if of is Digest:
        fields = tuple(
            Field(
                name=value, key=f"{name}.{value}", kind=_kind_of(SEALED_FORMS[value]), said=said(name, value),
                is_required=False, form=SEALED_FORMS[value], sealed=value,
            )
            for value in names_taken(struct)[name]
        )  # fmt: skip
        return made("values", fields=fields)
    if get_origin(of) is Literal:
        return made("several", codes=get_args(of))
    if of is bytes:
        return made("chain", is_required=False)
    if of is Role:
        return made("several", codes=tuple(role for role in Role if role is not Role.AUDITOR))  # who signs nothing
    if of is str:
        return made("several", codes=TRANSPORTS if name == "transports" else ())
    return made("rows", fields=_fields(of, name))


def _kind_of(form: Form) -> Kind:
    match form:
        case WholeNumber():
            return "integer"
        case Languages():
            return "languages"
        case Levels():
            return "levels"
        case _:
            return "prose" if form.fits("one\ntwo") else "text"


def _form(name: str) -> Form | None:
    form: TextForm | None = TEXT_FORMS.get(name)
    return form or (WholeNumber(*BOUNDS[name]) if name in BOUNDS else None)


def _without_none(kind: Any) -> tuple[Any, bool]:
    """Return a type without None and annotations, and whether None was not in it."""
    if get_origin(kind) in (Union, UnionType):
        members = [member for member in get_args(kind) if member is not NoneType]
        if len(members) == 1:
            return _without_none(members[0])[0], len(members) == len(get_args(kind))
    return _without_none(get_args(kind)[0]) if get_origin(kind) is Annotated else (kind, True)
