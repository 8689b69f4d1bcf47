"""Who signs sees what they sign: whom or what it is about, and all of it, in words of their own language."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Literal, get_args, get_origin

import msgspec
import pytest

from api.words import command_in_words, event_in_words, question_in_words
from api.words.failures import OF_CLASS, failure_in_words
from api.words.questions import QUESTIONS
from api.words.vocabulary import CODES, FIELDS, IMPLIED
from ledger.domain.events.office import FOUNDING, AnyFounding
from ledger.domain.form import SEALED_CODES
from ledger.domain.record import Event, Fact, Role, Stream
from ledger.domain.subjects import BY_WIRE_NAME, COMMAND_TYPES, CURRENT_TYPES, EVENT_TYPES
from ledger.errors import Conflict, Corrupt, LedgerError, Unverifiable
from ledger.words import Language, day_in_words, moment_in_words
from tests.scenario import ROLES, value
from tests.support import SESSION, PasskeyWorld, World
from tests.vectors.make import stories

Told = tuple[str, dict[Language, str]]
Asked = dict[Language, tuple[str, str]]
NAMES = {"awa": "awa N'Guessan-Écho", "zoe": "zoe Exemple", "eve": "eve Exemple"}


def test_the_first_of_a_month_is_an_ordinal_in_french() -> None:
    first, second = date(2018, 3, 1), date(2018, 3, 2)
    assert [day_in_words(day).fr for day in (first, second)] == ["1er mars 2018", "2 mars 2018"]
    assert [day_in_words(day).en for day in (first, second)] == ["1 March 2018", "2 March 2018"]
    assert day_in_words(date(2018, 3, 11)).fr == "11 mars 2018"


def test_moments_are_told_in_utc() -> None:
    at = datetime(2018, 3, 1, 0, 30, 7, tzinfo=timezone(timedelta(hours=-2)))
    assert moment_in_words(at).fr == "1er mars 2018, 02:30 UTC"
    assert moment_in_words(at, "%H:%M:%S").en == "1 March 2018, 02:30:07 UTC"
    assert moment_in_words(at.replace(tzinfo=UTC) - timedelta(hours=1)).en == "28 February 2018, 23:30 UTC"


@pytest.fixture(scope="module")
def questions() -> dict[str, Asked]:
    """Of each wire name what its signers are asked, and told beside; filled by the story."""
    return {}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, questions: dict[str, Asked]) -> dict[str, Told]:
    """Of each wire name one event, with the name of its subject as people know it, and its words."""
    said: dict[str, Told] = {}
    worlds = [World(tmp_path_factory.mktemp("words") / "ledger") for _ in stories()]
    for story, world in zip(stories(), worlds, strict=True):
        _overhear(story, world, questions, said)
    for founded in (worlds[0], PasskeyWorld(tmp_path_factory.mktemp("words") / "ledger")):
        founding = founded.ledger.signed_events(FOUNDING)[0].event
        read = founded.ledger.read()
        spoken: dict[Language, str] = {
            "en": event_in_words(founding, "en", read),
            "fr": event_in_words(founding, "fr", read),
        }
        said[founding.type] = ("director Exemple", spoken)
        founded.ledger.close()
    for world in worlds[1:]:
        world.ledger.close()
    return said


def _overhear(story: Callable[[World], None], world: World, questions: dict[str, Asked], said: dict[str, Told]) -> None:
    def listen(name: str, *people: str, **arguments: Any) -> str:
        """Words are found as an officer finds them: before the statement is recorded, with its values at hand."""
        world.now = world.now.replace(second=(world.now.second + 1) % 60)
        command, disclosures = world.command(name, **arguments)
        by = world.signers(command, *people)
        event = world.ledger.prepare(command, by, disclosures).event
        read = world.ledger.read(disclosures)
        asked: Asked = {}
        if event.type in QUESTIONS:
            asked = {"en": question_in_words(event, "en", read), "fr": question_in_words(event, "fr", read)}
        questions.setdefault(event.type, asked)
        words: dict[Language, str] = {"en": event_in_words(event, "en", read), "fr": event_in_words(event, "fr", read)}
        said.setdefault(event.type, (_subject(event), words))
        return recorded(name, *people, **arguments)

    recorded = world.do
    world.do = listen  # type: ignore[method-assign]  # the story is overheard
    story(world)


def _subject(event: Event[Fact]) -> str:
    """How people call whom or what a stream is about."""
    kind, _, identifier = event.stream.partition(":")
    match kind:
        case "person" | "officer":
            given = (
                identifier.title() if identifier in ROLES and identifier not in ("director", "security") else identifier
            )
            return NAMES.get(identifier, f"{given} Exemple")
        case "candidacy" | "certification":
            person = identifier.removeprefix("c-")
            return NAMES.get(person, f"{person} Exemple")
        case "scheme":
            return "toa-pca-fr"
        case "clock":  # there is one: what is confirmed is the time
            return event.time.strftime("%H:%M:%S")
        case "passkeys":  # there is one policy: of it there are sites; roles are told in each language
            return getattr(event.facts, "origin", "")
        case "issuer":  # the body: of it there is an address, and keys
            return getattr(event.facts, "url", "") or event.facts.key_id  # type: ignore[attr-defined]
        case _:
            return identifier


@pytest.mark.parametrize("wire_name", BY_WIRE_NAME)
def test_the_words_of_every_event_name_its_subject_in_both_languages(told: dict[str, Told], wire_name: str) -> None:
    subject, words = told[wire_name]
    if wire_name == "person-registered/v1":  # of whom the ledger knows nothing yet but what this statement brings
        subject = subject.split()[0]
    for language, line in words.items():
        assert subject in line, line
        row = BY_WIRE_NAME[wire_name]
        assert line.startswith(row.label.into(language))
        told_codes = [code for code in (*Role, *CODES) if "-" in code and f" {code}" in line]
        assert told_codes == [], line
    assert words["en"] != words["fr"]


SIGNED = [row.wire_name for row in CURRENT_TYPES if not issubclass(row.fact, AnyFounding)]
NO_NAME = re.compile(r"\b(c-)?(awa|zoe|ida|tom|bob|eve)\)|\bc-|toa-pca-fr\b|\b[A-Z]{2}\)")


def test_every_event_that_is_signed_has_a_question() -> None:
    """The founding is signed by nobody who is asked: a command makes it."""
    assert QUESTIONS.keys() == {*SIGNED}


@pytest.mark.parametrize("wire_name", SIGNED)
@pytest.mark.usefixtures("told")
def test_signers_are_asked_in_the_imperative_and_by_names(questions: dict[str, Asked], wire_name: str) -> None:
    """Case V13."""
    for language, (asked, beside) in questions[wire_name].items():
        assert asked.endswith("?" if language == "en" else "\u202f?")
        assert not asked.startswith(BY_WIRE_NAME[wire_name].label.into(language))
        if not wire_name.startswith(("persons-", "scheme-established")):
            assert NO_NAME.search(f"{asked} {beside}") is None, (asked, beside)
    assert questions[wire_name]["en"] != questions[wire_name]["fr"]


@pytest.mark.usefixtures("told")
def test_a_question_names_the_holder_the_number_and_all_that_is_decided(questions: dict[str, Asked]) -> None:
    number = "TOA-PCA-FR-2017-02.2-MDW"
    assert questions["certification-withdrawn/v2"] == {
        "en": (
            f"Withdraw the certification of ida Exemple (number {number})?",
            "with effect from 1 March 2020, reason breach of conditions",
        ),
        "fr": (
            f"Retirer la certification d’ida Exemple (numéro {number})\u202f?",
            "avec effet au 1er mars 2020, motif non-respect des conditions",
        ),
    }
    asked, beside = questions["score-sheet-revealed/v1"]["en"]
    assert asked == "Reveal a score sheet of awa N'Guessan-Écho (Senegal) (case-study, Assessor1 Exemple (France))?"
    assert beside == "levels practical-skills 5, theoretical-knowledge 4"
    assert questions["role-granted/v1"]["fr"][0].startswith("Attribuer à ")


def test_every_field_that_is_signed_has_a_word() -> None:
    fields = {name for row in EVENT_TYPES for name in row.fact.__struct_fields__}
    fields |= {name for row in COMMAND_TYPES for name in row.command.__struct_fields__}
    assert fields <= FIELDS.keys() | IMPLIED
    assert all(en and fr for en, fr in FIELDS.values())


def test_every_code_that_is_signed_has_a_word() -> None:
    codes = {
        code
        for row in EVENT_TYPES
        for field in msgspec.structs.fields(row.fact)
        if get_origin(field.type) is Literal
        for code in get_args(field.type)
    }
    assert codes | {code for sealed in SEALED_CODES.values() for code in sealed} <= CODES.keys()


def test_the_role_the_findings_and_the_levels_are_told(told: dict[str, Told]) -> None:
    assert "fonction Responsable du registre" in told["role-granted/v1"][1]["fr"]
    assert "role Registrar" in told["role-granted/v1"][1]["en"]
    assert "Autorité de décision" in told["passkey-policy-set/v1"][1]["fr"]
    assert "Decision authority" in told["passkey-policy-set/v1"][1]["en"]
    assert "pca-experience : non atteint ; technical-knowledge : atteint" in told["eligibility-refused/v1"][1]["fr"]
    assert "sealed levels: theoretical-knowledge 4, practical-skills 4" in told["score-sheet-submitted/v1"][1]["en"]
    assert "levels practical-skills 5, theoretical-knowledge 4" in told["score-sheet-revealed/v1"][1]["en"]
    assert "years of experience in PCA: 8" in told["candidate-nominated/v1"][1]["en"]
    assert "Sénégal (SN)" in told["candidate-nominated/v1"][1]["fr"]
    assert f"certification de awa N'Guessan-Écho ({SESSION}-01" in told["certification-withdrawn/v1"][1]["fr"]


def test_the_terms_of_the_scheme_are_told_by_its_own_names(staffed: World) -> None:
    staffed.plan()
    scheme = staffed.read().scheme("toa-pca-fr")
    draft = scheme.drafts["1.0.0"]
    named = tuple(msgspec.structs.replace(c, name_fr=f"Compétence {n}") for n, c in enumerate(draft.competencies))
    scheme.drafts["1.0.0"] = msgspec.structs.replace(draft, competencies=named)
    staffed.candidate("awa")
    command, disclosures = staffed.command(
        "submit-score-sheet", candidacy_id="c-awa", sheet_id="s", commitment=value("levels", {"practical-skills": 4})
    )
    assert "niveaux : Compétence 1 4" in command_in_words(command, "fr", staffed.ledger.read(disclosures))
    sealed = command_in_words(command, "fr", staffed.ledger.read())
    assert "niveaux (scellé)" in sealed  # for whoever is not given the values
    assert "Compétence" not in sealed


@pytest.mark.parametrize("kind", [Conflict, Unverifiable, Corrupt])
def test_every_failure_is_said_in_both_languages(kind: type[LedgerError]) -> None:
    en, fr = failure_in_words(kind("such-a-code", "line 3: expected a size"))
    assert en == "line 3: expected a size"
    assert fr == f"{OF_CLASS[kind]} (such-a-code : line 3: expected a size)"


def test_a_command_leaves_the_decision_open_and_an_event_names_an_expiry_that_never_comes(staffed: World) -> None:
    staffed.plan(validity_months=None)
    staffed.score(staffed.candidate("awa"), 4)
    command, _ = staffed.command("decide-certification", candidacy_id="c-awa", effective_from=date(2017, 5, 19))
    assert command_in_words(command, "fr", staffed.ledger.read()).startswith(
        "Décider de la certification : candidature de awa Exemple (c-awa)"
    )
    staffed.conclude("c-awa")
    granted = staffed.ledger.signed_events(Stream("certification", "c-awa"))[0].event
    assert "expiry date none" in event_in_words(granted, "en", staffed.ledger.read())
