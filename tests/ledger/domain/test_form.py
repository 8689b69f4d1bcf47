"""What a statement may say in clear: ids without room for a name, days and numbers within bounds."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from string import ascii_lowercase
from typing import Any, get_args

import msgspec
import pytest

from ledger.domain.decisions.office import require_founding
from ledger.domain.events.common import Digest
from ledger.domain.events.office import Founder, LedgerFounded
from ledger.domain.form import BOUNDS, SEALED_FORMS, TEXT_FORMS, names_taken
from ledger.domain.months import add_months
from ledger.domain.reader import Disclosed
from ledger.domain.record import Role
from ledger.domain.refusal import Refused
from ledger.domain.subjects import BY_COMMAND, COMMAND_TYPES
from ledger.words import Words
from tests.ledger.domain import test_scheme_and_session
from tests.ledger.domain.rules import Rules
from tests.scenario import END, SESSION, START, key_of, names

NAMED = names("Awa", "Diallo")
NOT_PSEUDONYMS = (
    "Awa N'Guessan <awa@example.org>",
    "awa diallo",
    "awa@example.org",
    "a\nb",
    "awa\n",
    "",
    "-",
    "é",
    "a" * 65,
)


@pytest.mark.parametrize("person_id", NOT_PSEUDONYMS)
def test_nobody_is_registered_under_an_id_with_room_for_a_name(rules: Rules, person_id: str) -> None:
    with pytest.raises(Refused, match="person_id: expected a pseudonym") as refused:
        rules.do("register-person", "registrar", person_id=person_id, details=NAMED)
    assert "person_id : valeur incorrecte (attendu : un pseudonyme" in refused.value.words.fr


@pytest.mark.parametrize("person_id", ["0f1c2ab09d3e7788", "awa", "awa-2", "a" * 64])
def test_pseudonyms_are_counted_or_random_or_words(rules: Rules, person_id: str) -> None:
    rules.do("register-person", "registrar", person_id=person_id, details=NAMED)


@pytest.mark.parametrize("identifier", ["Awa Diallo, Dakar", "awa@example.org", ""])
def test_candidacies_and_sheets_are_not_named_after_people_either(planned: Rules, identifier: str) -> None:
    nomination = {"person_id": "awa", "session_id": SESSION, "administration_id": "SN", "details": []}
    planned.refused("malformed", "nominate-candidate", "registrar", candidacy_id=identifier, **nomination)
    planned.at(2017, 5, 16)
    sheet = {
        "candidacy_id": "c-awa",
        "activity": "case-study",
        "commitment": {"name": "levels", "value": {"practical-skills": 3}},
    }
    planned.refused("malformed", "submit-score-sheet", "assessor1", sheet_id=identifier, **sheet)


@pytest.mark.parametrize("name", ["phone", "note", "name", "levels", "reason"])
def test_an_unknown_value_is_refused_by_its_name(rules: Rules, name: str) -> None:
    with pytest.raises(Refused, match=r"details\[2\].name: expected one of given_name, family_name, email"):
        rules.do("register-person", "registrar", person_id="awa", details=[*NAMED, {"name": name, "value": "x"}])


@pytest.mark.parametrize("name", ["born 1 Jan 1970 in Dakar", "Given", "", "_name", "a" * 41, "name\n"])
def test_what_is_sealed_is_called_by_a_word(rules: Rules, name: str) -> None:
    with pytest.raises(Refused, match=r"details\[2\].name: expected a name of a-z"):
        rules.do("register-person", "registrar", person_id="awa", details=[*NAMED, {"name": name, "value": "x"}])


@pytest.mark.parametrize("details", [names("Soekarno")[:1], names("", "Soekarno")[1:]])
def test_a_person_may_have_one_name(rules: Rules, details: list[Any]) -> None:
    """Case I10."""
    rules.do("register-person", "registrar", person_id="awa", details=details)


def test_a_person_without_a_name_is_refused(rules: Rules) -> None:
    for details in ([], [{"name": "email", "value": "awa@example.org"}]):
        rules.refused("malformed", "register-person", "registrar", person_id="awa", details=details)


@pytest.mark.parametrize("digest", ["born in Dakar", "", "a" * 44])
def test_a_digest_is_one(rules: Rules, digest: str) -> None:
    with pytest.raises(Refused, match=r"evidence.digest: expected 43 characters"):
        rules.do("give-listing-consent", person_id="registrar", evidence={"name": "evidence", "digest": digest})


HIDDEN = ("\x00", "\n", "\t", "\x1b", "\x85", "\xad", "\u061c", "\u200b", "\u200e", "\u2028", "\u202e", "\u2066", "\u3164",
          "\ufeff", "\ufffd", "\U000e0041")  # fmt: skip
NOT_LINES = (*(f"Awa{hidden}Diallo" for hidden in HIDDEN), "\u200b", "", " ", "...", "Awa  Diallo", " Awa", "Awa ")


@pytest.mark.parametrize("name", [*NOT_LINES, "a" * 101, "a" * 4000, 7, None, ["Awa"]])
def test_a_name_can_be_read_by_who_signs_it(rules: Rules, name: Any) -> None:
    """Case I10."""
    for details in (names("Awa", name), names(name, "Diallo")):
        with pytest.raises(
            Refused, match=r"details\[[01]\].value: expected a text of at most 100 characters"
        ) as refused:
            rules.do("register-person", "registrar", person_id="awa", details=details)
        assert "un texte de 100 caractères au plus" in refused.value.words.fr
    rules.refused(
        "malformed", "update-person-details", "registrar", person_id="registrar", details=names("Awa", name)[1:]
    )


@pytest.mark.parametrize(
    "name", ["Zoé", "N’Guessan-Écho", "Đặng", "محمد", "李", "Jean\u00a0Paul", "O'Brien 3rd", "a" * 100]
)
def test_names_are_of_any_script(rules: Rules, name: str) -> None:
    rules.do("register-person", "registrar", person_id="awa", details=names(name, name))


@pytest.mark.parametrize(
    "address",
    [
        "awa",
        "awa@example",
        "a b@example.org",
        "awa@example..org",
        "awa@example.org\n",
        "@example.org",
        "a" * 250 + "@a.org",
        7,
    ],
)
def test_an_e_mail_address_is_one(rules: Rules, address: Any) -> None:
    email = {"name": "email", "value": address}
    with pytest.raises(Refused, match=r"details\[2\].value: expected an e-mail address"):
        rules.do("register-person", "registrar", person_id="awa", details=[*NAMED, email])


DEEP: Any = {"a": [{"b": [[["x"]]]}]}
NOT_TEXTS = (
    "",
    " ",
    "...",
    "a" * 4001,
    "a\u202eb",
    "a\x00",
    "a\x1b[1A",
    "a\u200bb",
    7,
    None,
    True,
    ["x"],
    {"x": "y"},
    DEEP,
)


@pytest.mark.parametrize("said", NOT_TEXTS)
def test_evidence_and_reasons_are_texts_that_show_all_that_they_hold(certified: Rules, said: Any) -> None:
    text = "expected a text of at most 4000 characters"
    with pytest.raises(Refused, match=f"evidence.value: {text}"):
        certified.do("give-listing-consent", person_id="awa", evidence={"name": "evidence", "value": said})
    reason = {"name": "reason", "value": said}
    with pytest.raises(Refused, match=f"reason.value: {text}"):
        certified.do("suspend-certification", effective_from=date(2018, 1, 1), reason=reason)


@pytest.mark.parametrize("said", ["two\nlines", "a" * 4000, "Réexamen : « oui » ; 李"])
def test_a_text_may_have_several_lines(certified: Rules, said: str) -> None:
    certified.do("give-listing-consent", person_id="awa", evidence={"name": "evidence", "value": said})


WRONG_DETAILS: dict[str, tuple[Any, ...]] = {
    "years_of_pca": (-1, 81, "8", True, None, [8]),
    "languages": ("fr", [], ["fr", "xx"], [["fr"]], {"fr": 1}, ["fr"] * 101),
    "letter": NOT_TEXTS,
}


@pytest.mark.parametrize(("name", "said"), [(name, said) for name, wrong in WRONG_DETAILS.items() for said in wrong])
def test_every_detail_of_a_candidate_has_a_type_and_bounds(planned: Rules, name: str, said: Any) -> None:
    planned.person("bob")
    nomination = {"candidacy_id": "c-bob", "person_id": "bob", "details": [{"name": name, "value": said}]}
    planned.refused("malformed", "nominate-candidate", "registrar", **nomination)


@pytest.mark.parametrize("said", ["misconduct", "Under-review", "under review", "", 1, ["other"], None])
def test_a_sealed_code_is_one_of_its_own(certified: Rules, said: Any) -> None:
    sealed = {"name": "suspension_reason", "value": said}
    with pytest.raises(Refused, match=r"reason_code.value: expected one of under-review"):
        certified.do("suspend-certification", effective_from=date(2018, 1, 1), reason_code=sealed)
    other = {"name": "reason", "value": "other"}
    certified.refused("malformed", "suspend-certification", effective_from=date(2018, 1, 1), reason_code=other)


def test_every_value_that_a_command_seals_has_a_form_and_a_word() -> None:
    sealed = {
        (row.command, field.name)
        for row in BY_COMMAND.values()
        for field in msgspec.structs.fields(row.command)
        if Digest in kinds_of(field.type)
    }
    taken = {name for command, field in sealed for name in names_taken(command)[field]}
    assert taken == SEALED_FORMS.keys()
    assert all(form.expected.en and form.expected.fr for form in SEALED_FORMS.values())


@pytest.mark.parametrize("text", [*NOT_LINES, "a" * 301, "a" * 100_000])
@pytest.mark.parametrize("field", ["title_en", "title_fr", "place", "funder"])
def test_a_text_fits_into_a_statement_and_shows_all_that_it_holds(rules: Rules, field: str, text: str) -> None:
    """Case I9."""
    workshop = {
        "title_en": "t",
        "title_fr": "t",
        "place": "p",
        "funder": "f",
        "language": "fr",
        "start": START,
        "end": END,
    }
    scheme = {"scheme_id": "toa-pca-fr", "scheme_version": "1.0.0", "session_id": SESSION}
    with pytest.raises(Refused, match=f"{field}: expected a text of at most 300 characters"):
        rules.do("plan-session", "manager", **(workshop | scheme | {field: text}))


def test_a_language_is_one_of_the_list(rules: Rules) -> None:
    fitting = {a + b for a in ascii_lowercase for b in ascii_lowercase if TEXT_FORMS["language"].fits(a + b)}
    assert len(fitting) == 183
    assert {"fr", "pt", "ar", "zu"} <= fitting
    assert fitting.isdisjoint({"xx", "qq", "iw"})


def test_the_names_of_founders_have_a_form_too() -> None:
    founder = Founder("x", Role.DIRECTOR, key_of("x").public, (Digest("family_name", "a" * 43),))
    fact = LedgerFounded(body_en="Body", body_fr="Organisme", founders=(founder,))
    with pytest.raises(Refused, match=r"founders\[0\].details\[0\].value: expected a text of at most 100"):
        require_founding(fact, {"a" * 43: Disclosed("family_name", "Awa\u202e", "salt")}.get)


def draft(**changed: Any) -> dict[str, Any]:
    """A version of the scheme that is in order but for what is changed."""
    return test_scheme_and_session.draft(version="2.0.0") | changed


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [
        ("assessors_per_cell", 1, 100),
        ("seats", 1, 1000),
        ("validity_months", 1, 1200),
        ("renewal_window_months", 0, 1200),
        ("separation_months", 0, 1200),
    ],
)
def test_numbers_of_a_scheme_are_bounded(planned: Rules, field: str, least: int, most: int) -> None:
    for number in (least - 1, most + 1, 2**60):
        with pytest.raises(Refused, match=f"{field}: expected from {least} to {most}"):
            planned.do("draft-scheme-version", "manager", **draft(**{field: number}))
    without_end: dict[str, Any] = {"validity_months": None, "renewal_window_months": 0}
    planned.do("draft-scheme-version", "manager", **draft(**{**without_end, field: least}))
    planned.do("draft-scheme-version", "manager", **draft(version="2.0.1", **{**without_end, field: most}))


@pytest.mark.parametrize("least", [-1, 97, 2**60])
def test_levels_are_bounded(planned: Rules, least: int) -> None:
    levels = [{"level": n, "anchor_en": str(n), "anchor_fr": str(n)} for n in range(least, least + 5)]
    with pytest.raises(Refused, match=r"levels\[\d\].level: expected from 0 to 100"):
        planned.do("draft-scheme-version", "manager", **draft(levels=levels))


@pytest.mark.parametrize(
    "version", ["1.0", "1.0.0.0", "v2.0.0", "2.0.0\n", "2.0.01", "2.0.1000000", "2.0." + "9" * 5000, "٢.0.0"]
)
def test_a_version_is_three_numbers(planned: Rules, version: str) -> None:
    planned.refused("malformed", "draft-scheme-version", "manager", **draft(version=version))


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1899, 12, 31), date(3000, 1, 1), date(9999, 12, 31)])
def test_days_are_of_our_centuries(planned: Rules, day: date) -> None:
    with pytest.raises(Refused, match="effective_from: expected from 1900-01-01 to 2999-12-31") as refused:
        planned.do("decide-certification", "decider1", "decider2", candidacy_id="c-awa", effective_from=day)
    assert "effective_from : valeur incorrecte (attendu : de 1900-01-01 à 2999-12-31" in refused.value.words.fr


def test_moments_too(rules: Rules) -> None:
    long_ago = datetime(1899, 12, 31, tzinfo=UTC)
    key = {"person_id": "registrar", "key_id": key_of("registrar").key_id, "reason_code": "lost"}
    rules.refused("malformed", "revoke-key", "security", **key, compromised_since=long_ago)


def test_the_longest_validity_from_the_last_day_still_has_an_end(rules: Rules) -> None:
    rules.certify(validity_months=1200)
    assert add_months(date(2999, 12, 31), 1200) == date(3099, 12, 31)


@pytest.mark.parametrize(
    ("day", "months"), [(date(9999, 12, 1), 1), (date(1, 1, 31), -1), (START, 10**9), (END, -(10**9))]
)
def test_a_day_beyond_the_calendar_is_refused(day: date, months: int) -> None:
    with pytest.raises(Refused) as refused:
        add_months(day, months)
    assert refused.value.code == "beyond-the-calendar"
    assert str(day) in refused.value.words.fr


def fields_of(struct: type[msgspec.Struct]) -> Iterator[tuple[str, Any]]:
    """Every field of a struct and of the structs in it, with what it may hold."""
    for field in msgspec.structs.fields(struct):
        for kind in kinds_of(field.type):
            if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
                yield from () if kind is Digest else fields_of(kind)
            else:
                yield field.name, kind


def kinds_of(hint: Any) -> Iterator[Any]:
    inner = get_args(hint)
    if inner:
        for each in inner:
            yield from kinds_of(each)
    else:
        yield hint


def test_every_text_and_number_that_a_command_takes_has_a_form() -> None:
    asked = {pair for row in COMMAND_TYPES for pair in fields_of(row.command)}
    refer = {"activity", "competencies", "competency", "criterion", "added", "removed"}  # to an id with a form
    assert {name for name, kind in asked if kind is str} - refer - {"url"} <= TEXT_FORMS.keys()  # url: issuer-address
    assert {name for name, kind in asked if kind is int} == BOUNDS.keys()


def founded(*founders: tuple[str, Role, str]) -> LedgerFounded:
    named = tuple(Founder(person, role, key_of(key).public, ()) for person, role, key in founders)
    return LedgerFounded(body_en="Body", body_fr="Organisme", founders=named)


DIRECTOR, SECURITY = ("x", Role.DIRECTOR, "x"), ("y", Role.SECURITY_OFFICER, "y")


@pytest.mark.parametrize(
    ("code", "founders"),
    [
        ("founders-missing", ()),
        ("founders-missing", (DIRECTOR,)),
        ("founders-missing", (DIRECTOR, ("y", Role.DIRECTOR, "y"))),
        ("founders-not-distinct", (DIRECTOR, ("x", Role.SECURITY_OFFICER, "y"))),
        ("founders-not-distinct", (DIRECTOR, ("y", Role.SECURITY_OFFICER, "x"))),
        ("founders-not-distinct", (DIRECTOR, SECURITY, ("z", Role.REGISTRAR, "y"))),
        ("malformed", (DIRECTOR, ("Awa Diallo", Role.SECURITY_OFFICER, "y"))),
    ],
)
def test_a_ledger_is_founded_by_two_people_with_two_keys(
    code: str, founders: tuple[tuple[str, Role, str], ...]
) -> None:
    with pytest.raises(Refused) as refused:
        require_founding(founded(*founders))
    assert refused.value.code == code


def test_more_people_may_found_it() -> None:
    require_founding(founded(DIRECTOR, SECURITY, ("z", Role.REGISTRAR, "z")))


def test_a_refusal_tells_roles_and_texts_in_its_language() -> None:
    refused = Refused("seats-not-filled", expected=(Role.REGISTRAR, Role.MODERATOR), named=())
    assert "Registrar, Moderator" in refused.words.en
    assert "Responsable du registre, Modération" in refused.words.fr
    assert (
        Refused("malformed", field="x", expected=Words("one", "un")).words.fr == "x : valeur incorrecte (attendu : un)"
    )
