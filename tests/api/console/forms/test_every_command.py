"""A form for every command: rendered, filled in and read back to what was asked for, in both languages."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from jinja2 import Environment
from lxml import html

from api.console.forms.fields import MADE, Field, fields_of
from api.console.forms.form import Form
from api.console.forms.reading import read
from api.console.forms.typed import Typed
from api.console.forms.words import SAID
from api.console.forms.words_within import SAID_IN
from api.console.forms.writing import write
from api.pages import environment
from api.secretariat.proposals import proposal
from ledger.domain.deciding import decide
from ledger.domain.subjects import COMMAND_TYPES
from ledger.words import LANGUAGES, Language
from tests.api.console.forms.conftest import Moment

PAGE = """{% import "console/fields.html" as forms %}
<form method="post" novalidate>{{ forms.problems(form) }}{{ forms.fields(form) }}{{ forms.actions(form, "Check") }}</form>"""


@cache
def templates(language: Language) -> Environment:
    return environment(language)


def page(form: Form, language: Language = "en") -> html.HtmlElement:
    """The form as a browser has it."""
    return html.fromstring(templates(language).from_string(PAGE).render(form=form))


def sent(shown: html.HtmlElement) -> Typed:
    """What a browser sends of a form that nobody changed. It ignores a line break at the start of a textarea."""
    areas = {area.name for area in shown.xpath("//textarea")}
    values = [(name, value or "") for name, value in shown.form_values()]
    return Typed.of([(name, value.removeprefix("\n") if name in areas else value) for name, value in values])


def every_field() -> Iterator[Field]:
    for row in COMMAND_TYPES:
        for field in fields_of(row):
            yield from (field, *field.fields)


def test_every_command_has_a_form_of_all_its_fields() -> None:
    for row in COMMAND_TYPES:
        assert [field.name for field in fields_of(row)] == [*row.command.__struct_fields__]


def test_every_field_has_a_label_a_hint_and_an_example_in_both_languages() -> None:
    for field in every_field():
        typed_in = field.kind in ("text", "prose", "date", "moment", "integer", "languages", "bytes", "chain")
        texts = [field.said.label, field.said.hint, *([field.said.example] if typed_in else ())]
        assert all(words is not None and words.en and words.fr for words in texts), field.key


def test_no_words_are_kept_of_a_field_that_no_command_has() -> None:
    """What is said of a field is found by its name, or by where it occurs."""
    keys, names = {field.key for field in every_field()}, {field.name for field in every_field()}
    assert SAID_IN.keys() <= keys
    assert SAID.keys() <= names
    assert keys >= MADE


def test_what_was_asked_for_is_written_and_read_back(moment: Moment) -> None:
    assert read(moment.row, write(moment.row, moment.arguments)) == (moment.arguments, {})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_that_was_filled_in_and_sent_is_what_was_asked_for(moment: Moment, language: Language) -> None:
    seats = {f"signers.{n}": (person,) for n, person in enumerate(moment.people)}
    form = Form(moment.row, write(moment.row, moment.arguments).with_texts(seats), moment.record(), moment.filler)
    assert form.is_whole
    again = Form(moment.row, sent(page(form, language)), moment.record(), moment.filler)
    assert again.arguments() == moment.arguments, again.errors
    assert again.signers() == moment.people


def test_the_rules_allow_what_a_form_asks_for(moment: Moment) -> None:
    """The values of the form are sealed anew, so the command differs from the first in digests only."""
    form = Form(moment.row, write(moment.row, moment.arguments), moment.record(), moment.filler)
    arguments: dict[str, Any] = read(moment.row, form.typed).arguments
    proposed = proposal(moment.row.name, *moment.people, **arguments)
    assert proposed.signers == moment.act.by
    assert decide(proposed.command, moment.act, moment.read(*proposed.disclosures)).stream == proposed.command.subject


def test_what_was_asked_for_is_among_what_can_be_chosen(moment: Moment) -> None:
    """Nobody has to type an id: each that the story names is in a list, under a name that is not the id."""
    texts = write(moment.row, moment.arguments)
    form = Form(moment.row, texts, moment.record(), moment.filler)
    for field in fields_of(moment.row):
        given = texts.text(field.name)
        if field.kind == "choice" and (given or field.is_required):
            found = dict(form.options(field, field.name).choices)
            assert given in found
            without = Form(moment.row, Typed({**texts.texts, field.name: ("",)}), moment.record(), moment.filler)
            assert given in dict(without.options(field, field.name).choices), field.key
            if given != "security" and field.name.endswith(("person_id", "sor_id", "cacy_id", "cation_id", "role")):
                assert found[given].en != given


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_input_is_labelled_and_described(moment: Moment, language: Language) -> None:
    """Of an empty form, with what is wrong at each input."""
    form = Form(moment.row, Typed(), moment.record(), moment.filler)
    for _ in range(4):  # a form goes on when something is chosen on which the rest depends
        chosen = {
            field.name: (form.options(field, field.name).choices[0][0],)
            for field in form.fields
            if field.kind == "choice" and form.is_asked(field) and not form.typed.has(field.name)
            if form.options(field, field.name).choices
        }
        form = Form(moment.row, form.typed.with_texts(chosen), moment.record(), moment.filler)
    assert form.is_whole
    form = Form(
        moment.row, Typed({name: form.typed.texts[name] for name in chosen_first(form)}), moment.record(), moment.filler
    )
    form.arguments()
    shown = page(form, language)
    ids = shown.xpath("//@id")
    assert len(set(ids)) == len(ids)
    for described in shown.xpath("//@aria-describedby"):
        assert set(described.split()) <= set(ids)
    for control in shown.xpath("//input[@type != 'hidden'] | //select | //textarea"):
        assert control.label is not None, control.name
    for link in shown.xpath("//div[@role='alert']//a/@href"):
        assert link[1:] in ids, link
    assert shown.xpath("//script | //@style | //@onclick") == []


def chosen_first(form: Form) -> list[str]:
    """What others depend on."""
    names = (
        "candidacy_id",
        "certification_id",
        "scheme_id",
        "person_id",
        "mission_id",
        "participant_id",
        "complaint_id",
    )
    return [name for name in names if form.typed.has(name)]
