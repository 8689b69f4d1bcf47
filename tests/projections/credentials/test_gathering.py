"""The facts of documents come from the record: the name while the vault holds it, levels while the holder agrees."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ledger.domain.events.certification import FieldPhasePassed
from ledger.domain.record import Stream
from ledger.log.tree import leaf_hash
from projections.certificates import CertificateRow
from projections.credentials.facts import StatusPurpose
from projections.credentials.gathering import facts_of
from projections.credentials.status.lists import out_of_force
from projections.read_models import ReadModels
from tests.ledger.store.test_documents import taken
from tests.scenario import value
from tests.support import World
from tests.vectors.stories import standing

HOLDER = "c-awa"


@pytest.fixture
def models(workshop: World) -> Iterator[ReadModels]:
    with ReadModels(workshop.ledger) as models:
        yield models


def certificate(models: ReadModels) -> CertificateRow:
    models.catch_up()
    return models.certificates.of_certification(HOLDER)[-1]


def test_an_award_states_every_item_of_the_standard(workshop: World, models: ReadModels) -> None:
    row = certificate(models)
    facts = facts_of(workshop.ledger, row, "salt")
    assert facts is not None
    assert (facts.number, facts.holder, facts.salt) == (row.number, "awa N'Guessan-Écho", "salt")
    assert (facts.body.en, facts.body.fr) == ("Example Customs Organisation", "Organisation douanière d'exemple")
    assert (facts.scheme.id, facts.scheme.version) == (row.content.scheme_id, row.content.scheme_version)
    assert facts.scheme.in_force == date(2017, 1, 1)
    assert [competency.id for competency in facts.scheme.scope] == list(row.content.scope)
    assert (facts.effective_from, facts.expires_on) == (row.content.effective_from, row.content.expires_on)
    assert facts.issued == row.issued
    assert (facts.start, facts.end) == (date(2017, 5, 15), date(2017, 5, 19))


def test_levels_stand_in_it_only_with_the_holders_consent(workshop: World, models: ReadModels) -> None:
    facts = facts_of(workshop.ledger, certificate(models), "salt")
    assert facts is not None
    assert {competency.achieved for competency in facts.scheme.scope} == {None}
    workshop.do("give-results-consent", "registrar", person_id="awa")
    facts = facts_of(workshop.ledger, certificate(models), "salt")
    assert facts is not None
    levels = {level.level for level in facts.scheme.levels}
    assert all(c.achieved in levels and c.achieved >= c.required for c in facts.scheme.scope)


def test_nothing_is_stated_of_an_erased_person(workshop: World, models: ReadModels) -> None:
    workshop.now = datetime(2030, 1, 1, tzinfo=UTC)
    workshop.do("erase-personal-data", "protection", "security", person_id="awa", basis_code="request")
    assert facts_of(workshop.ledger, certificate(models), "salt") is None


def test_bits_follow_what_was_true_and_known_at_the_moment(workshop: World, models: ReadModels) -> None:
    documents, certificates = workshop.ledger.documents, models.certificates
    first = certificate(models)
    place = taken(documents, first.number)

    def is_set(purpose: StatusPurpose, number: str, *at: int) -> bool:
        models.catch_up()
        wanted = documents.place(number)
        moment = datetime(*at, tzinfo=UTC)  # type: ignore[misc, arg-type]  # year, month, day
        here, elsewhere = (
            out_of_force(documents, certificates, number, moment.date(), moment).listed_under(purpose)
            for number in (wanted.number, 1)
        )
        assert wanted.index not in elsewhere.positions
        return wanted.index in here.positions

    workshop.now = datetime(2018, 1, 10, tzinfo=UTC)
    workshop.do(
        "suspend-certification", certification_id=HOLDER, effective_from=date(2018, 1, 5), reason_code="under-review"
    )
    assert not is_set("suspension", first.number, 2018, 1, 8), "true that day, but known only later"
    assert is_set("suspension", first.number, 2018, 1, 11)
    assert is_set("revocation", first.number, 2018, 1, 11), "L3: others read no other list"
    workshop.now = datetime(2018, 2, 1, tzinfo=UTC)
    workshop.do("lift-suspension", "decider1", certification_id=HOLDER, effective_from=date(2018, 2, 1))
    assert not is_set("suspension", first.number, 2018, 2, 2)
    assert not is_set("revocation", first.number, 2018, 2, 2)
    workshop.do("reissue-certificate", "registrar", certification_id=HOLDER, reason_code="lost")
    second = certificate(models)
    assert taken(documents, second.number).index != place.index
    assert is_set("revocation", first.number, 2018, 1, 31), "suspended then"
    assert is_set("revocation", first.number, 2018, 2, 2), "superseded"
    assert not is_set("revocation", second.number, 2018, 2, 2)
    workshop.do(
        "withdraw-certification", certification_id=HOLDER, effective_from=date(2018, 2, 3), reason_code="misconduct"
    )
    assert not is_set("revocation", second.number, 2018, 2, 2)
    assert is_set("revocation", second.number, 2018, 2, 3)
    assert not is_set("revocation", first.number, 2016, 1, 1), "nothing was known of it"


def test_a_person_of_one_name_is_called_by_it_once(world: World) -> None:
    """Case I10."""
    world.appoint()
    world.plan()
    world.do("register-person", "registrar", person_id="soekarno", details=[value("family_name", "Soekarno")])
    world.score(world.nominate("soekarno"), 4)
    world.conclude("c-soekarno")
    with ReadModels(world.ledger) as models:
        models.catch_up()
        (row,) = models.certificates.of_certification("c-soekarno")
        facts = facts_of(world.ledger, row, "salt")
    assert facts is not None
    assert facts.holder == "Soekarno"


def test_who_decided_is_named_until_they_are_erased(workshop: World, models: ReadModels) -> None:
    row = certificate(models)
    facts = facts_of(workshop.ledger, row, "salt")
    assert facts is not None
    assert [one.name for one in facts.signatories] == ["Decider1 Exemple", "Decider2 Exemple"]
    assert {one.office.fr for one in facts.signatories} == {"Membre de l’autorité de décision"}
    (award, *_) = workshop.ledger.signed_events(Stream("certification", HOLDER))
    assert facts.leaf == leaf_hash(award.envelope)
    workshop.now = datetime(2030, 1, 1, tzinfo=UTC)
    workshop.do("revoke-role", "director", person_id="decider1", role="decision-authority")
    workshop.do("erase-personal-data", "protection", "security", person_id="decider1", basis_code="request")
    facts = facts_of(workshop.ledger, row, "salt")
    assert facts is not None
    assert [one.name for one in facts.signatories] == [None, "Decider2 Exemple"]


def test_the_award_is_the_grant_also_after_a_field_phase(tmp_path: Path) -> None:
    world = World(tmp_path / "ledger")
    standing.tell(world)
    read = world.read()
    passed = [
        one
        for one in world.ledger.ids_of("certification")
        if isinstance(read.certification(one).grant, FieldPhasePassed)
    ]
    with ReadModels(world.ledger) as models:
        models.catch_up()
        rows = [row for one in passed for row in models.certificates.of_certification(one)]
        assert rows
        for row in rows:
            facts = facts_of(world.ledger, row, "salt")
            events = world.ledger.signed_events(Stream("certification", row.certification_id))
            (leaf,) = [leaf_hash(one.envelope) for one in events if isinstance(one.event.facts, FieldPhasePassed)]
            assert facts is not None
            assert facts.leaf == leaf
    world.ledger.close()
