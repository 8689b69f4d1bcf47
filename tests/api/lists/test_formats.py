"""A list as a file: programs get names and codes, people get words, and no cell is taken for a formula."""

import csv
import io
import json
import sys
from datetime import date, datetime

import pyarrow.parquet as parquet
import pytest
from python_calamine import CalamineWorkbook

from api.lists.catalogue import LISTS, Answer, ask
from api.lists.formats import Format, Unavailable, chunks
from api.lists.measures import Strictness
from tests.api.lists.conftest import ON
from tests.support import World


def written(world: World, name: str, form: Format, language: str = "en") -> bytes:
    answer = ask(world.ledger, name, on=ON)
    return b"".join(chunks(answer, form, "fr" if language == "fr" else "en"))


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_the_same_in_every_format(told: World, name: str) -> None:
    answer = ask(told.ledger, name, on=ON)
    names = [column.name for column in answer.table.columns]
    by_csv = list(csv.DictReader(io.StringIO(written(told, name, "csv").decode())))
    by_line = [json.loads(line) for line in written(told, name, "jsonl").splitlines()]
    by_parquet = parquet.read_table(io.BytesIO(written(told, name, "parquet")))
    header, *by_sheet = (
        CalamineWorkbook.from_filelike(io.BytesIO(written(told, name, "xlsx"))).get_sheet_by_index(0).to_python()
    )
    assert len(by_csv) == len(by_line) == by_parquet.num_rows == len(by_sheet) == len(answer.rows)
    assert by_parquet.column_names == names
    assert header == [column.label.en for column in answer.table.columns]
    for by_name, line in zip(by_csv, by_line, strict=True):
        assert list(by_name) == list(line) == names


def test_programs_get_the_same_names_and_codes_in_both_languages(told: World) -> None:
    lines = [json.loads(line) for line in written(told, "candidates", "jsonl", "fr").splitlines()]
    kofi = next(line for line in lines if line["candidacy_id"] == "c-kofi")
    assert (kofi["decision"], kofi["composite"], kofi["withdrawn_from"]) == ("qualified-not-selected", 15.5, None)
    assert all(isinstance(position, int) for position in kofi["positions"])
    assert written(told, "candidates", "csv") == written(told, "candidates", "csv", "fr")


def test_people_get_labels_codes_in_words_and_days_as_days(told: World) -> None:
    for language, title, decision in (
        ("en", "Decision", "qualified, not selected"),
        ("fr", "Décision", "niveau atteint, sans attribution de place"),
    ):
        book = CalamineWorkbook.from_filelike(io.BytesIO(written(told, "candidates", "xlsx", language)))
        header, *lines = book.get_sheet_by_name("candidates").to_python()
        rows = [dict(zip(header, line, strict=True)) for line in lines]
        kofi = next(row for row in rows if "c-kofi" in row.values())
        assert kofi[title] == decision
        assert date(2017, 5, 19) in kofi.values()
    book = CalamineWorkbook.from_filelike(io.BytesIO(written(told, "compromised", "xlsx")))
    header, first, *_ = book.get_sheet_by_index(0).to_python()
    assert isinstance(dict(zip(header, first, strict=True))["Compromised since"], datetime)


def test_no_cell_is_taken_for_a_formula(told: World) -> None:
    """The rationale of the moderation begins with an equals sign."""
    reasons = [row["reason"] for row in csv.DictReader(io.StringIO(written(told, "score-changes", "csv").decode()))]
    assert reasons == ["read from the wrong line", "'=agreed"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(written(told, "score-changes", "xlsx")))
    assert any("=agreed" in line for line in book.get_sheet_by_index(0).to_python()), "a text, and no formula"


def test_a_number_below_zero_is_a_number_in_every_format(told: World) -> None:
    row = Strictness(
        assessor_id="a", assessor=None, difference=-0.25, low=None, high=None, candidates=10, cells=10, note=None
    )
    answer = Answer(LISTS["assessor-severity"], [row], 1)
    (line,) = csv.DictReader(io.StringIO(b"".join(chunks(answer, "csv", "en")).decode()))
    assert line["difference"] == "-0.25"


def test_parquet_has_types(told: World) -> None:
    schema = parquet.read_table(io.BytesIO(written(told, "candidates", "parquet"))).schema
    kinds = {name: str(schema.field(name).type) for name in ("decided", "composite", "rank", "positions", "name")}
    assert kinds == {
        "decided": "date32[day]", "composite": "double", "rank": "int64",
        "positions": "list<element: int64>", "name": "string",
    }  # fmt: skip


def test_without_the_extra_the_message_names_it(told: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(Unavailable) as missing:
        written(told, "sessions", "parquet")
    assert "pip install pca-ledger[parquet]" in missing.value.words.en
    assert "pip install pca-ledger[parquet]" in missing.value.words.fr


def test_a_long_list_comes_in_parts(told: World) -> None:
    answer = ask(told.ledger, "administrations", on=ON)
    long = Answer(answer.table, answer.rows * 600, answer.position)
    for form in ("csv", "jsonl"):
        parts = list(chunks(long, form, "en"))
        assert len(parts) > 2
        assert b"".join(parts).count(b"Senegal") == 600
