"""One version of a scheme as one file: the same bytes each time, read strictly and within bounds."""

import json
from pathlib import Path
from typing import Any

import pytest

from api.console.schemes.carried import MAX_BYTES, NoSchemeFile, read, written
from ledger.domain.events.scheme import SchemeEstablished, SchemeVersionDraftedV1

FILE = Path("docs/how-to/rules-of-origin.json").read_bytes()


def changed(change: dict[str, Any]) -> bytes:
    tree = json.loads(FILE)
    for path, value in change.items():
        place = tree
        *steps, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
        for step in steps:
            place = place[step]
        place[last] = value
    return json.dumps(tree).encode()


def test_a_file_that_is_read_is_written_again_byte_for_byte() -> None:
    file = read(FILE)
    established = SchemeEstablished(
        scheme_id=file.scheme_id, title_en=file.title_en, title_fr=file.title_fr, domain=file.domain
    )
    assert written(file.scheme_id, established, file.content) == FILE
    assert len(file.content.competencies) == 3


def test_a_file_of_the_first_format_asks_for_nothing_before_and_after_the_workshop() -> None:
    tree = json.loads(FILE)
    tree["format"] = "pca-ledger-scheme/v1"
    tree["content"] = {field: tree["content"][field] for field in SchemeVersionDraftedV1.__struct_fields__}
    assert read(json.dumps(tree).encode()) == read(FILE)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (changed({"format": "pca-ledger-scheme/v3"}), "$.format"),
        (changed({"content.seats": "6"}), "$.content.seats"),
        (changed({"content.seats": 1001}), "content.seats: expected from 1 to 1000"),
        (changed({"content.criteria.1.id": "Not An Id"}), "content.criteria[1].id: expected lower-case words"),
        (changed({"content.levels.0.anchor_fr": "a\u202eb"}), "content.levels[0].anchor_fr: expected a text"),
        (changed({"content.colour": "red"}), "unknown field `colour`"),
        (changed({"content.criteria": [{"id": "a", "name_en": "a", "name_fr": "a"}] * 201}), "at most 200 rows"),
        (FILE.replace(b'"seats": 6', b'"seats": 6, "seats": 7'), "given twice"),
        (FILE[:-20], "it ends early"),
        (b"[" * 1000, "less deeply nested"),
        (b"\xff", "UTF-8"),
        (b" " * (MAX_BYTES + 1), f"at most {MAX_BYTES}"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_what_is_wrong_with_a_file_is_said_with_its_path(data: bytes, says: str) -> None:
    with pytest.raises(NoSchemeFile) as refused:
        read(data)
    assert says in str(refused.value)
