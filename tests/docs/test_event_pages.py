"""Each type of event has a page, the page says what its row says, and every field has a meaning."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from api.words.purposes import OTHERWISE, PURPOSES
from ledger.domain.record import Fact
from ledger.domain.subjects import CURRENT_TYPES, KIND_OF

DOCS = Path(__file__).parents[2] / "docs"


class RoomBooked(Fact, frozen=True, kw_only=True):
    """A fact of which one field is not described in docs/fields.toml."""

    session_id: str
    room: str


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_events", DOCS / "generate_events.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_each_event_has_the_page_that_its_row_says(generator: ModuleType) -> None:
    stored = {path.name: path.read_text(encoding="utf-8") for path in (DOCS / "events").iterdir()}
    assert stored == generator.pages(), "run: python docs/generate_events.py"


def test_a_field_without_a_meaning_is_named(generator: ModuleType) -> None:
    with pytest.raises(LookupError, match=r"no meaning for RoomBooked\.room"):
        list(generator.sources([RoomBooked], generator.load_meanings()))


def test_every_meaning_belongs_to_a_field(generator: ModuleType) -> None:
    meanings = generator.load_meanings()
    written = {(table, field) for table, fields in meanings.items() for field in fields}
    assert written == set(generator.sources(generator.described(), meanings))


def test_a_meaning_is_one_or_two_sentences(generator: ModuleType) -> None:
    for table, fields in generator.load_meanings().items():
        for field, meaning in fields.items():
            assert meaning[0].isupper() or meaning[0] == "`", (table, field)
            assert meaning.endswith("."), (table, field)
            assert len(meaning) <= 125, (table, field)


def test_the_page_on_data_protection_is_what_the_rows_say(generator: ModuleType) -> None:
    stored = (DOCS / "reference" / "data-protection.md").read_text(encoding="utf-8")
    assert stored == generator.data_protection(), "run: python docs/generate_events.py"


def test_every_kind_of_stream_with_events_says_why_and_no_other() -> None:
    assert set(PURPOSES) == {KIND_OF[row.fact] for row in CURRENT_TYPES}


def test_an_event_that_is_kept_otherwise_exists_and_differs_from_its_kind() -> None:
    kinds = {row.wire_name: KIND_OF[row.fact] for row in CURRENT_TYPES}
    assert [name for name, purpose in OTHERWISE.items() if purpose == PURPOSES[kinds[name]]] == []
