"""One human with two ids: values and documents of both are kept, found and erased together."""

from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from ledger.auditing import audit
from ledger.domain.record import Role
from ledger.domain.refusal import Refused
from ledger.store.documents import DocumentSet
from ledger.store.ledger import Ledger
from ledger.store.submission import Receipt, Submission
from tests.scenario import value
from tests.support import World, held_about

pytestmark = pytest.mark.usefixtures("engine")

WHY = {"reason": value("reason", "same birth date")}


def clean(world: World) -> bool:
    return audit(Path(world.ledger.folder)).clean


@pytest.fixture
def merged(workshop: World) -> World:
    """Zoé, who was not certified, was registered a second time."""
    workshop.person("zoe2")
    workshop.do("merge-persons", person_id="zoe2", merged_id="zoe", **WHY)
    return workshop


def test_an_erasure_deletes_the_values_and_documents_of_every_id(merged: World) -> None:
    kept, of = merged.ledger.documents, ("zoe", "zoe2")
    sets = [DocumentSet(f"N-{person}", person, person, merged.now, ("jwt",), states_levels=False) for person in of]
    for made in sets:
        assert kept.keep(made, kept.place(made.number), {"jwt": b"a.b.c"})
    assert all(held_about(merged, person) for person in of)
    merged.do("erase-personal-data", "protection", "security", person_id="zoe2", basis_code="request")
    for made in sets:
        assert held_about(merged, made.person_id) == []
        assert kept.set_of(made.number) is None
        assert not kept.keep(made, kept.place(made.number), {"jwt": b"a.b.c"})
    assert clean(merged)


def test_a_certificate_names_the_person_as_the_id_that_counts_does(workshop: World) -> None:
    """The values stay about the id under which they were given, also once the merge is undone."""
    workshop.person("awa2", family_name="Écho")
    workshop.do("merge-persons", person_id="awa2", merged_id="awa", **WHY)
    workshop.do("reissue-certificate", "registrar", reason_code="name-changed")
    assert clean(workshop)
    workshop.do("unmerge-persons", person_id="awa2", merged_id="awa", **WHY)
    assert clean(workshop)


def test_a_new_value_is_about_one_id_and_a_known_one_about_the_human(merged: World) -> None:
    for person, details in (("awa", []), ("zoe2", merged.read().person("zoe").named("family_name"))):
        named = [{"name": d.name, "digest": d.digest} for d in details] or [value("email", "a@example.org")]
        merged.do("update-person-details", person_id=person, details=named)
    assert clean(merged)
    merged.do("unmerge-persons", person_id="zoe2", merged_id="zoe", **WHY)
    fresh = merged.disclosure("email", "both@example.org")
    update = ("update-person-details", "registrar")
    email = [{"name": "email", "digest": fresh.digest}]
    submissions = [
        msgspec.structs.replace(merged.submission(*update, person_id="zoe", details=email), disclosures=(fresh,)),
        merged.submission("merge-persons", person_id="zoe2", merged_id="zoe", **WHY),
    ]
    assert all(isinstance(answer, Receipt) for answer in merged.ledger.submit(submissions))
    again = msgspec.structs.replace(merged.submission(*update, person_id="zoe2", details=email), disclosures=(fresh,))
    (answer,) = merged.ledger.submit([again])
    assert isinstance(answer, Refused)
    assert answer.code == "disclosure-of-another"


def test_a_merge_that_is_recorded_meanwhile_is_noticed_at_the_append(workshop: World) -> None:
    """The decision is taken again, as for every stream that was read: nothing slips through beside the merge."""
    workshop.do("grant-role", "director", person_id="manager", role=Role.DIRECTOR)
    confirmed = workshop.submission("confirm-clock", reason_code="long-silence")
    merging: list[Submission] = []

    def now() -> datetime:
        if merging:
            workshop.ledger.record(merging.pop())
        return workshop.now

    with Ledger.open(workshop.ledger.folder, now) as other:
        ids = {"person_id": "director", "merged_id": "security"}
        merging.append(workshop.submission("merge-persons", "registrar", "manager", **ids, **WHY))
        (answer,) = other.submit([confirmed])
    assert merging == []
    assert isinstance(answer, Refused)
    assert answer.code == "signers-not-distinct"
