"""What was entered, read and written: every kind of input, what is wrong with it, and what a row or a list does."""

from base64 import b64encode
from datetime import date, datetime
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from api.console.forms import form as forms
from api.console.forms.fields import Field, fields_of
from api.console.forms.form import Form
from api.console.forms.reading import asks_for_a_name, read
from api.console.forms.typed import MAX_CHARACTERS, MAX_ROWS, MAX_TEXTS, TooMuch, Typed
from api.console.forms.writing import write
from api.console.forms.wrong import place_of, place_of_invalid, words_of
from api.secretariat.proposals import proposal
from ledger.domain.decisions.acting import Command
from ledger.domain.events.persons import NAME_DETAILS
from ledger.domain.form import BOUNDS, SEALED_FORMS, TextForm, WholeNumber
from ledger.domain.refusal import Refused
from ledger.domain.subjects import BY_COMMAND_NAME, COMMAND_TYPES
from ledger.words import Words
from tests.api.console.forms.conftest import Moment

WRONG = [
    ("plan-session", "start", "2017-02-30", "a day as YYYY-MM-DD"),
    ("plan-session", "start", "20170515", "a day as YYYY-MM-DD"),
    ("plan-session", "start", "15 May 2017", "a day as YYYY-MM-DD"),
    ("plan-session", "start", "1899-12-31", "from 1900-01-01 to 2999-12-31"),
    ("plan-session", "session_id", "toa pca", "A-Z and 0-9 joined by hyphens"),
    ("grant-role", "person_id", "no such person", "Choose one of the list."),
    ("plan-session", "place", "Dakar\N{ZERO WIDTH SPACE}", "none of them hidden"),
    ("plan-session", "place", "a" * 301, "at most 300 characters"),
    ("plan-session", "language", "french", "Choose one of the list."),
    ("revoke-key", "compromised_since", "2019-12-31", "date and time as YYYY-MM-DDTHH:MM"),
    ("revoke-key", "compromised_since", "2019-12-31T24:61", "date and time as YYYY-MM-DDTHH:MM"),
    ("revoke-key", "compromised_since", "1018-12-31T10:00", "from 1900-01-01 to 2999-12-31"),
    ("revoke-key", "reason_code", "bored", "Choose one of these"),
    ("suspend-certification", "reason_code", "other-duties", "Choose one of these"),
    ("grant-role", "role", "key-holder", "Choose one of these"),
    ("register-key", "public_key", "not base64", "base64"),
    ("enrol-issuer-key", "certificates", "MIIB\n%%%", "base64"),
    ("draft-scheme-version", "seats", "twelve", "a whole number from 1 to 1000"),
    ("draft-scheme-version", "seats", "0", "a whole number from 1 to 1000"),
    ("draft-scheme-version", "seats", "1.5", "a whole number from 1 to 1000"),
    ("draft-scheme-version", "seats", "١٢", "a whole number from 1 to 1000"),
    ("draft-scheme-version", "levels.0.level", "9999999999", "a whole number from 0 to 100"),
    ("draft-scheme-version", "criteria.1.id", "Not An Id", "lower-case words joined by hyphens"),
    ("decide-eligibility", "findings.0.met", "perhaps", "Choose one of these"),
    ("submit-score-sheet", "commitment.practical-skills", "high", "a whole number"),
    ("register-person", "details.email", "awa(at)example.org", "an e-mail address"),
    ("nominate-candidate", "details.years_of_pca", "81", "a whole number from 0 to 80"),
    ("nominate-candidate", "details.languages", "French, Klingon-ish", "languages by name or by ISO 639-1 code"),
    ("merge-persons", "reason", "a" * 4001, "at most 4000 characters"),
]


@pytest.mark.parametrize(("command", "name", "text", "expected"), WRONG)
def test_what_is_wrong_is_said_at_its_input_in_both_languages_and_kept(
    moments: dict[str, Moment], command: str, name: str, text: str, expected: str
) -> None:
    moment = moments[command]
    form = Form(
        moment.row, write(moment.row, moment.arguments).with_texts({name: (text,)}), moment.record(), "registrar"
    )
    assert form.arguments() is None
    seats = {seat for seat in form.errors if seat.startswith("signers.")}
    assert form.errors.keys() - seats == {name}
    assert expected in form.errors[name].en
    assert "Expected: Choose" not in form.errors[name].en
    assert form.errors[name].fr not in ("", form.errors[name].en)
    assert form.typed.text(name) == text
    assert (name, form.label(name), form.errors[name]) in form.summary()


@pytest.mark.parametrize("row", COMMAND_TYPES, ids=lambda row: row.name)
def test_what_may_not_be_empty_is_asked_for(row: Any) -> None:
    _, errors = read(row, Typed())
    asked = {f.name for f in fields_of(row) if f.is_required and f.kind not in ("rows", "values", "several")}
    one_of_the_names = {"details.family_name"} if row.name == "register-person" else set()
    assert errors.keys() == asked | one_of_the_names


LINE = st.sampled_from(["Dakar", "Côte d’Ivoire", "a", "2 ans", "Éléments de l’évaluation (1)"])
PROSE = st.text(st.sampled_from("aé9 .’\n\N{NO-BREAK SPACE}"), min_size=1).filter(SEALED_FORMS["reason"].fits)
TERMS = st.sampled_from(["practical-skills", "communication", "advice"])
PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "prose": PROSE,
    "date": st.dates(date(1900, 1, 1), date(2999, 12, 31)).map(str),
    "moment": st.datetimes(datetime(1900, 1, 1), datetime(2999, 12, 31)).map(lambda at: f"{at.isoformat()}Z"),  # noqa: DTZ001 - in UTC
    "boolean": st.booleans(),
    "bytes": st.binary(max_size=40).map(lambda data: b64encode(data).decode()).filter(bool),
    "chain": st.lists(st.binary(min_size=1, max_size=40).map(lambda data: b64encode(data).decode()), max_size=3),
    "several": st.lists(TERMS, unique=True),
    "languages": st.lists(st.sampled_from(["fr", "en", "pt", "wo"]), min_size=1, unique=True),
    "levels": st.dictionaries(TERMS, st.integers(0, 9), min_size=1),
}


@cache
def plain(field: Field) -> st.SearchStrategy[Any]:
    """What a field can hold, as JSON has it, where it is not sealed."""
    match field.kind:
        case "rows":
            return st.lists(st.fixed_dictionaries({part.name: values(part) for part in field.fields}), max_size=3)
        case "values":
            present = st.fixed_dictionaries({}, optional={part.name: plain(part) for part in field.fields})
            return present.map(
                lambda of: [{"name": part.name, "value": of[part.name]} for part in field.fields if part.name in of]
            )
        case kind if kind in PLAIN:
            return PLAIN[kind]
    if field.codes:
        return st.sampled_from(field.codes)
    if isinstance(field.form, WholeNumber):
        return st.integers(field.form.least, field.form.most)
    if field.kind == "integer":
        return st.integers(*BOUNDS.get(field.name, (0, 80)))
    if isinstance(field.form, TextForm) and not field.form.fits("Dakar"):
        return st.from_regex(field.form.pattern, fullmatch=True).filter(field.form.fits)
    return LINE


def test_a_command_with_a_field_of_a_type_without_an_input_is_found() -> None:
    class WeighPerson(Command, frozen=True, kw_only=True):
        since: date | str

    row = msgspec.structs.replace(BY_COMMAND_NAME["record-employment"], name="weigh-person", command=WeighPerson)
    with pytest.raises(TypeError, match=r"weigh-person\.since: expected a type for which a form has an input"):
        fields_of(row)


def values(field: Field) -> st.SearchStrategy[Any]:
    """What the command takes of a field: a value with its name where it is sealed, or nothing where it can be empty."""
    name = field.sealed
    one = plain(field) if name is None else plain(field).map(lambda value: {"name": name, "value": value})
    return one if field.is_required or field.kind in ("chain", "boolean") else st.none() | one


@settings(max_examples=50)
@given(st.sampled_from(COMMAND_TYPES).flatmap(
    lambda row: st.tuples(st.just(row), st.fixed_dictionaries({f.name: values(f) for f in fields_of(row)}))
))  # fmt: skip
def test_whatever_is_written_is_read_back(asked: tuple[Any, dict[str, Any]]) -> None:
    row, arguments = asked
    assume(not asks_for_a_name(row) or {one["name"] for one in arguments["details"]} & {*NAME_DETAILS})
    assert read(row, write(row, arguments)) == (arguments, {})


def test_a_language_is_known_by_its_name_in_either_language() -> None:
    row = BY_COMMAND_NAME["nominate-candidate"]
    arguments = read(row, Typed({"details.languages": ("Français; english, PORTUGAIS\nwo",)})).arguments
    assert arguments["details"] == [{"name": "languages", "value": ["fr", "en", "pt", "wo"]}]


def test_a_chain_of_certificates_is_read_as_pem_or_by_the_line() -> None:
    pem = "-----BEGIN CERTIFICATE-----\nMIIB\nAAAA\n-----END CERTIFICATE-----\n" * 2
    row = BY_COMMAND_NAME["enrol-issuer-key"]
    assert read(row, Typed({"certificates": (pem,)})).arguments["certificates"] == ["MIIBAAAA"] * 2
    assert read(row, Typed({"certificates": ("MIIB\n\nAAAA",)})).arguments["certificates"] == ["MIIB", "AAAA"]


def test_spaces_around_a_line_do_not_count_and_lines_end_in_one_way() -> None:
    row = BY_COMMAND_NAME["merge-persons"]
    typed = Typed.of([("person_id", " awa "), ("merged_id", "zoe"), ("reason", "one\r\ntwo")])
    assert read(row, typed).arguments == {
        "person_id": "awa", "merged_id": "zoe", "reason": {"name": "reason", "value": "one\ntwo"},
    }  # fmt: skip


def test_rows_are_added_and_removed_without_a_script_and_keep_what_was_entered(moments: dict[str, Moment]) -> None:
    moment = moments["draft-scheme-version"]
    form = Form(moment.row, write(moment.row, moment.arguments), moment.record())
    ids = [row["id"] for row in moment.arguments["criteria"]]
    more = form.do("add:criteria").do("add:criteria")
    assert list(more.typed.rows("criteria")) == [0, 1, 2, 3, 4]
    fewer = more.do("remove:criteria.0")
    assert [fewer.typed.text(f"criteria.{row}.id") for row in fewer.typed.rows("criteria")] == [*ids[1:], "", ""]
    assert fewer.arguments() is None  # nobody signs yet
    assert list(fewer.typed.rows("criteria")) == [0, 1]  # what was left empty is gone
    for action in ("add:seats", "remove:criteria.99", "remove:criteria", "add:criteria.1", "delete:criteria.1", ""):
        assert form.do(action).typed == form.typed


def test_the_competencies_of_an_activity_are_those_entered_above(moments: dict[str, Moment]) -> None:
    row = moments["draft-scheme-version"].row
    typed = Typed.of(
        [("competencies.0.id", "advice"), ("competencies.0.name_fr", "Conseil"), ("activities.0.id", "talk")]
    )
    form = Form(row, typed, moments["draft-scheme-version"].record())
    (activities,) = (field for field in form.fields if field.name == "activities")
    of = next(part for part in activities.fields if part.name == "competencies")
    assert form.options(of, "activities.0.competencies").choices == (("advice", Words("advice", "Conseil")),)


def test_a_finding_is_asked_for_each_criterion_once_the_candidate_is_known(moments: dict[str, Moment]) -> None:
    moment = moments["decide-eligibility"]
    assert not Form(moment.row, Typed(), moment.record()).is_whole
    chosen = Form(moment.row, Typed({"candidacy_id": (moment.arguments["candidacy_id"],)}), moment.record())
    assert chosen.is_whole
    asked = [chosen.typed.text(f"findings.{row}.criterion") for row in chosen.typed.rows("findings")]
    assert asked == [finding["criterion"] for finding in moment.arguments["findings"]]


def test_new_ids_are_made_and_the_next_version_and_code_are_proposed(moments: dict[str, Moment]) -> None:
    drafted, planned = moments["approve-scheme-version"], moments["nominate-candidate"]
    version = Form(BY_COMMAND_NAME["draft-scheme-version"], Typed({"scheme_id": ("toa-pca-fr",)}), drafted.record())
    assert version.typed.text("version") == "1.1.0"
    assert version.typed.text("decision_rule") == "mean-of-levels/v1"  # there is no other
    typed = Typed({"scheme_id": ("toa-pca-fr",), "start": ("2027-03-01",)})
    assert Form(BY_COMMAND_NAME["plan-session"], typed, planned.record()).typed.text("session_id") == "TOA-PCA-FR-2027"
    made = [Form(planned.row, Typed(), planned.record()).typed.text("candidacy_id") for _ in range(2)]
    assert [len(one) for one in made] == [16, 16]
    assert made[0] != made[1]


def test_whoever_fills_in_a_form_signs_in_the_first_seat_of_their_role(moments: dict[str, Moment]) -> None:
    moment = moments["decide-certification"]
    assert Form(moment.row, Typed(), moment.record(), "decider2").signers() == ("decider2", "")
    assert Form(moment.row, Typed(), moment.record(), "registrar").signers() == ("", "")
    key = moments["register-key"]
    form = Form(key.row, Typed({"person_id": ("panel1",)}), key.record(), "security")
    assert form.signers() == ("security", "panel1")  # the holder of the key is the person concerned


def test_of_a_long_list_one_is_found_by_words(moments: dict[str, Moment], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "MOST_LISTED", 2)
    moment = moments["give-listing-consent"]
    person = fields_of(moment.row)[0]

    def found(text: str) -> Form:
        return Form(moment.row, Typed({"person_id": (text,)}), moment.record())

    assert found("").options(person, "person_id").is_search
    assert found("écho AWA").typed.text("person_id") == "awa"
    assert found("awa").options(person, "person_id").choices == (
        ("awa", Words("awa N'Guessan-Écho", "awa N'Guessan-Écho")),
    )
    several = found("exemple panel")
    assert several.errors["person_id"] == forms.SEVERAL
    assert [one for one, _ in several.options(person, "person_id").choices] == ["panel1", "panel2"]
    assert found("nobody").errors["person_id"] == forms.NOBODY
    monkeypatch.setattr(forms, "MOST_FOUND", 2)
    assert found("exemple").errors["person_id"] == forms.MANY


def test_people_of_one_name_and_administration_are_told_apart_by_their_ids(moments: dict[str, Moment]) -> None:
    moment = moments["merge-persons"]
    record = msgspec.structs.replace(moment.record(), named=lambda people: dict.fromkeys(people, "Awa Diallo"))
    form = Form(moment.row, Typed(), record)
    labels = dict(form.options(form.fields[0], "person_id").choices)
    assert len(set(labels.values())) == len(labels)
    assert labels["zoe"].en == "Awa Diallo, zoe"
    assert labels["zoe2"].fr == "Awa Diallo, zoe2"


def test_what_a_link_gives_and_no_list_has_can_be_chosen_and_is_left_to_the_rules(moments: dict[str, Moment]) -> None:
    moment = moments["decide-eligibility"]
    form = Form(moment.row, Typed({"candidacy_id": ("c-nobody",)}), moment.record())
    assert "c-nobody" in dict(form.options(form.fields[0], "candidacy_id").choices)
    assert not form.is_whole


REFUSALS = [
    (
        "register-person",
        {"details": [{"name": "given_name", "value": "Awa"}, {"name": "email", "value": "no"}]},
        "details.email",
    ),
    ("merge-persons", {"reason": {"name": "reason", "value": "\N{ZERO WIDTH SPACE}"}}, "reason"),
    ("plan-session", {"place": " "}, "place"),
    ("plan-session", {"start": "1800-01-01"}, "start"),
]


@pytest.mark.parametrize(("command", "changed", "place"), REFUSALS)
def test_a_refusal_belongs_at_the_input_of_its_field(
    moments: dict[str, Moment], command: str, changed: dict[str, Any], place: str
) -> None:
    """As :func:`proposal` refuses arguments that no form gave."""
    moment = moments[command]
    arguments = moment.arguments | changed
    with pytest.raises(Refused) as refused:
        proposal(command, *moment.people, **arguments)
    assert place_of(moment.row, arguments, refused.value) == place
    assert words_of(refused.value, {}).en.startswith("Expected: ")


PATHS = [
    ("draft-scheme-version", "competencies[practical-skills].cut", "competencies.1.cut"),
    ("draft-scheme-version", "criteria[2].name_en", "criteria.2.name_en"),
    ("draft-scheme-version", "criteria[7].name_en", "criteria"),
    ("draft-scheme-version", "activities[lecture].competencies", "activities.0.competencies"),
    ("draft-scheme-version", "activities[0].unheard_of", "activities"),
    ("draft-scheme-version", "levels", "levels"),
    ("reduce-scope", "removed[0]", "removed"),
    ("nominate-candidate", "languages", "details.languages"),
    ("nominate-candidate", "unheard_of", ""),
    ("grant-role", "signers[0]", "signers.0"),
    ("grant-role", "signers", "signers.0"),
]


@pytest.mark.parametrize(("command", "path", "place"), PATHS)
def test_a_path_of_the_rules_leads_to_its_input(
    moments: dict[str, Moment], command: str, path: str, place: str
) -> None:
    moment = moments[command]
    assert place_of(moment.row, moment.arguments, Refused("malformed", field=path, expected=Words("x", "y"))) == place


def test_a_refusal_that_names_no_field_belongs_where_its_code_says_or_to_the_whole(moments: dict[str, Moment]) -> None:
    moment = moments["submit-score-sheet"]
    form = Form(moment.row, write(moment.row, moment.arguments), moment.record())
    form.refuse(Refused("levels-invalid", expected=Words("x", "y")), moment.arguments)
    form.refuse(Refused("sheets-revealed"), moment.arguments)
    assert form.errors.keys() == {"", "commitment"}
    assert [path for path, _, _ in form.summary()] == ["", "commitment"]
    assert form.errors[""] == Words(
        "Score sheets of this candidacy have been revealed; no further sheet is accepted.",
        "Des fiches de cette candidature ont été dévoilées : aucune autre n’est acceptée.",
    )


def test_a_value_of_another_type_belongs_at_its_input(moments: dict[str, Moment]) -> None:
    moment = moments["draft-scheme-version"]
    arguments = moment.arguments | {"criteria": [{"id": "a", "name_en": 7, "name_fr": "b"}]}
    with pytest.raises(msgspec.ValidationError, match="Expected") as invalid:
        proposal(moment.row.name, *moment.people, **arguments)
    assert place_of_invalid(moment.row, arguments, invalid.value) == "criteria.0.name_en"


def test_a_form_has_a_budget_of_inputs_characters_and_rows() -> None:
    for pairs in (
        [("place", "x")] * (MAX_TEXTS + 1),
        [("place", "x" * (MAX_CHARACTERS + 1))],
        [(f"criteria.{row}.id", "x") for row in range(MAX_ROWS + 1)],
    ):
        with pytest.raises(TooMuch) as refused:
            Typed.of(pairs)
        assert refused.value.words.fr.startswith("ce formulaire compte plus de ")


def test_names_that_are_of_no_input_are_left_out_and_rows_are_numbered_without_a_gap() -> None:
    pairs = [
        ("__proto__", "x"),
        ("a" * 65, "x"),
        ("é", "x"),
        ("criteria.9.id", "a"),
        ("criteria.4.id", "b"),
        ("criteria.04.id", "c"),
    ]
    typed = Typed.of([*pairs, ("removed", "one"), ("removed", ""), ("removed", "two")])
    assert typed.texts == {
        "criteria.0.id": ("b",), "criteria.1.id": ("a",), "criteria.04.id": ("c",), "removed": ("one", "", "two"),
    }  # fmt: skip
    assert typed.all("removed") == ("one", "two")
    assert list(typed.rows("criteria")) == [0, 1]
