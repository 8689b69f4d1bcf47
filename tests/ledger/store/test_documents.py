"""Documents: kept once and whole, erased with the person; a place in a status list is never given twice."""

from datetime import UTC, datetime
from itertools import chain, repeat

import pytest

from ledger.store import documents
from ledger.store.documents import DocumentSet, DocumentStore, StatusIndex
from tests.scenario import names
from tests.support import World

pytestmark = pytest.mark.usefixtures("engine")

MADE = datetime(2017, 5, 20, 9, tzinfo=UTC)
SECRET = b"Awa Exemple is in here"
PLACE = StatusIndex(0, 1)


def made(number: str = "N-1", person: str = "zoe") -> DocumentSet:
    token = "token" if number == "N-1" else f"token of {number}"
    return DocumentSet(number, person, token, MADE, ("pdf", "jwt"), states_levels=False)


def test_documents_are_kept_byte_for_byte_and_once(workshop: World) -> None:
    kept = workshop.ledger.documents
    assert kept.keep(made(), PLACE, {"pdf": b"\x00first", "jwt": b"a.b.c"})
    assert not kept.keep(made(), PLACE, {"pdf": b"second"})
    assert (kept.get("N-1", "pdf"), kept.get("N-1", "jwt"), kept.get("N-1", "svg")) == (b"\x00first", b"a.b.c", None)
    assert (kept.set_of_token("token"), kept.set_of_token("guess")) == (made(), None)
    assert (kept.set_of("N-1"), kept.set_of("N-2"), kept.sets()) == (made(), None, [made()])


def test_all_forms_are_kept_or_none(workshop: World) -> None:
    bodies = {"pdf": b"whole", "jwt": object()}
    with pytest.raises(TypeError):
        workshop.ledger.documents.keep(made(), PLACE, bodies)  # type: ignore[arg-type]  # what no row can hold
    assert workshop.ledger.documents.get("N-1", "pdf") is None
    assert workshop.ledger.documents.sets() == []
    assert workshop.ledger.documents.indexes() == {}


def test_documents_are_erased_with_the_person_and_leave_no_byte(workshop: World) -> None:
    kept, folder = workshop.ledger.documents, workshop.ledger.folder
    index = kept.place("N-1")
    workshop.do("register-person", person_id="amy", details=names("Amy"))
    assert kept.keep(made(person="amy"), index, {"pdf": SECRET * 1000, "jwt": SECRET})
    assert kept.keep(made("N-2"), kept.place("N-2"), {"pdf": b"of somebody else"})
    workshop.do("erase-personal-data", "protection", "security", person_id="amy", basis_code="request")
    assert (kept.get("N-1", "pdf"), kept.set_of("N-1")) == (None, None)
    assert kept.get("N-2", "pdf") == b"of somebody else"
    assert not [path.name for path in folder.rglob("*") if path.is_file() and SECRET in path.read_bytes()]
    assert kept.place("N-1") == index, "its place stays taken"
    assert not kept.keep(made(person="amy"), index, {"pdf": SECRET}), "nothing is made of an erased person"


def taken(kept: DocumentStore, number: str) -> StatusIndex:
    """The place of a certificate, taken with its documents."""
    place = kept.place(number)
    assert kept.keep(made(number), place, {})
    return place


def test_a_place_is_random_kept_and_never_given_twice(workshop: World) -> None:
    drawn = chain([5, 5, 7], repeat(9))
    kept = DocumentStore(
        workshop.ledger.database, workshop.ledger.keys, workshop.ledger.log.lock, lambda _: next(drawn)
    )
    assert (taken(kept, "A"), taken(kept, "B"), kept.place("A")) == (
        StatusIndex(0, 5),
        StatusIndex(0, 7),
        StatusIndex(0, 5),
    )
    assert kept.indexes() == {"A": StatusIndex(0, 5), "B": StatusIndex(0, 7)}
    assert kept.place("C") == StatusIndex(0, 9)
    assert not kept.keep(made("C"), StatusIndex(0, 7), {}), "others were faster with this place"


def test_whose_place_was_taken_is_given_no_other(workshop: World) -> None:
    kept = workshop.ledger.documents
    place = taken(kept, "A")
    with workshop.ledger.database.transaction(commit=True) as cursor:
        cursor.execute("DELETE FROM document_sets")
    assert not kept.keep(made("A"), StatusIndex(0, (place.index + 1) % 100), {})
    assert kept.keep(made("A"), place, {})


def test_a_list_is_filled_to_the_half_before_the_next(workshop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "FULL", 2)
    kept = workshop.ledger.documents
    assert documents.current_list(kept.taken()) == 0
    assert [taken(kept, number).number for number in ("A", "B", "C", "D", "E")] == [0, 0, 1, 1, 2]
    assert documents.current_list(kept.taken()) == 2


def test_a_certificate_is_read_in_each_of_its_forms_at_once(workshop: World) -> None:
    kept = workshop.ledger.documents
    assert kept.keep(made(), PLACE, {"pdf": b"first", "jwt": b"a.b.c"})
    sealed = kept.sealed("N-1")
    assert {form: kept.opened(value) for form, value in sealed.items()} == {"pdf": b"first", "jwt": b"a.b.c"}
    assert (kept.sealed("N-2"), kept.opened(None)) == ({}, None)
