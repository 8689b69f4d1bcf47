"""Documents are made once, by the active keys at hand, and kept as they are."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from api.clients.timestamping import Authority
from ledger.domain.number import CertificateNumber
from ledger.domain.refusal import Refused
from ledger.store.leases import DOCUMENTS, LeaseLost, alone
from projections.credentials import issuing as issuing_module
from projections.credentials.forms.catalogue import by_name
from projections.credentials.issuing import IMPOSSIBLE_AGAIN_SECONDS, Issuing
from projections.credentials.keys.issuer_key import LocalKey
from projections.read_models import ReadModels
from tests.issued import ED25519, KEYS, P256, become_issuer, enrol, make_documents
from tests.scenario import names
from tests.support import World, key_of
from tests.tenures import two


def test_every_form_is_made_once(issued: World, number: str) -> None:
    kept = {name: issued.ledger.documents.get(number, name) for name in by_name()}
    assert all(kept.values())
    assert make_documents(issued) == 0
    assert {name: issued.ledger.documents.get(number, name) for name in by_name()} == kept


def test_nothing_is_made_before_the_issuer_is_established(workshop: World) -> None:
    with pytest.raises(Refused) as refused:
        make_documents(workshop)
    assert refused.value.code == "issuer-not-established"


@pytest.mark.parametrize("keys", [(), (ED25519,), (P256,), (LocalKey(key_of("other").private), P256)])
def test_both_kinds_of_key_must_be_at_hand_and_enrolled(issuer: World, keys: tuple[LocalKey, ...]) -> None:
    with pytest.raises(Refused) as refused:
        make_documents(issuer, keys)
    assert refused.value.code == "issuer-key-missing"
    assert issuer.ledger.documents.sets() == []


def test_a_retired_key_signs_nothing_more_and_the_next_takes_its_place(issuer: World) -> None:
    issuer.do("retire-issuer-key", "security", key_id=ED25519.key_id)
    with pytest.raises(Refused):
        make_documents(issuer)
    following = LocalKey(key_of("following").private)
    enrol(issuer, following)
    assert make_documents(issuer, (*KEYS, following)) == 1
    (made,) = issuer.ledger.documents.sets()
    assert f"#{following.key_id}".encode() in (issuer.ledger.documents.get(made.number, "jsonld") or b"")


def test_a_reissue_is_another_document_and_the_old_one_is_kept(issued: World, number: str) -> None:
    before = issued.ledger.documents.get(number, "pdf")
    issued.do("reissue-certificate", "registrar", certification_id="c-awa", reason_code="name-changed")
    assert make_documents(issued) == 1
    first, second = (CertificateNumber.parse(kept.number) for kept in issued.ledger.documents.sets())
    assert (str(first), second) == (number, msgspec.structs.replace(first, issue=2))
    assert issued.ledger.documents.get(number, "pdf") == before


def test_nothing_is_made_of_who_was_erased(issuer: World) -> None:
    issuer.now = datetime(2030, 1, 1, tzinfo=UTC)
    issuer.do("erase-personal-data", "protection", "security", person_id="awa", basis_code="request")
    assert make_documents(issuer) == 0


def test_documents_follow_the_log_and_a_trouble_is_said_until_it_is_over(issuer: World) -> None:
    with ReadModels(issuer.ledger) as models:
        issuing = Issuing(issuer.ledger, models, (), alone)
        with issuing.running():
            _until(lambda: bool(issuing.troubles))
            assert "no active key" in issuing.troubles["documents"]
        made = Issuing(issuer.ledger, models, KEYS, alone, troubles=issuing.troubles)
        with made.running():
            _until(lambda: bool(issuer.ledger.documents.sets()))
        assert made.troubles == {}


def test_who_cannot_be_set_in_type_keeps_nobody_else_from_their_documents(world: World) -> None:
    two_certified(world, wei="张", awa="Exemple")
    with ReadModels(world.ledger) as models:
        issuing = Issuing(world.ledger, models, KEYS, alone)
        first, second = (row.number for row in models.certificates.in_use())
        persons = {row.number: row.person_id for row in models.certificates.in_use()}
        impossible, possible = (first, second) if persons[first] == "wei" else (second, first)
        assert issuing.catch_up() == 1
        assert [made.number for made in world.ledger.documents.sets()] == [possible]
        trouble = issuing.troubles["documents"]
        assert trouble.startswith(f"{impossible}: ")
        assert "no font" in trouble
        assert "张" not in trouble, "everyone reads it"
        changed = names("Wei", "Zhang")
        world.do("update-person-details", "registrar", person_id="wei", details=changed)
        world.do("reissue-certificate", "registrar", certification_id="c-wei", reason_code="name-changed")
        models.catch_up()
        assert issuing.catch_up() == 1
        assert issuing.troubles == {}


class Slow(LocalKey):
    """A key in a device: ``meanwhile`` happens before it signs."""

    meanwhile: Callable[[], None]

    def sign(self, data: bytes) -> bytes:
        self.meanwhile()
        return super().sign(data)


@pytest.mark.usefixtures("engine")
def test_who_stood_still_while_it_signed_keeps_no_documents_when_another_took_over(world: World) -> None:
    two_certified(world, awa="Exemple")
    slow, ledger = Slow(key_of("issuer").private), world.ledger
    with two(ledger.folder, ledger.database, DOCUMENTS) as processes, ReadModels(ledger) as models:
        slow.meanwhile = processes.first_stands_still
        first = Issuing(ledger, models, (slow, P256), processes.first.of(DOCUMENTS))
        second = Issuing(ledger, models, KEYS, processes.second.of(DOCUMENTS))
        assert second.catch_up() == 0, "the first one does this"
        with pytest.raises(LeaseLost):
            first.catch_up()
        assert ledger.documents.sets() == []
        assert first.catch_up() == 0
        assert second.catch_up() == 1


class Faltering(LocalKey):
    """A key that fails the first time."""

    falters = True

    def sign(self, data: bytes) -> bytes:
        if self.falters:
            self.falters = False
            raise ValueError("not now")
        return super().sign(data)


def test_what_was_impossible_is_tried_again_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    two_certified(world, awa="Exemple", eli="Exemple")
    faltering = Faltering(key_of("issuer").private)
    with ReadModels(world.ledger) as models:
        issuing = Issuing(world.ledger, models, (faltering, P256), alone)
        first, second = (row.number for row in models.certificates.in_use())
        assert issuing.catch_up() == 1
        assert issuing.troubles == {"documents": f"{first}: not now"}
        assert issuing.catch_up() == 0, "there is time for others meanwhile"
        assert issuing.troubles == {"documents": f"{first}: not now"}
        monkeypatch.setattr(issuing_module, "monotonic", lambda: time.monotonic() + IMPOSSIBLE_AGAIN_SECONDS)
        world.now += timedelta(seconds=IMPOSSIBLE_AGAIN_SECONDS)
        assert issuing.catch_up() == 1
        assert issuing.troubles == {}
    assert [made.number for made in world.ledger.documents.sets()] == [second, first]


def test_a_missing_time_stamp_is_no_fault_of_one_certificate(world: World) -> None:
    two_certified(world, awa="Exemple", eli="Exemple")
    done: list[int] = []
    with ReadModels(world.ledger) as models:
        issuing = Issuing(world.ledger, models, KEYS, alone, tsa=Authority("http://127.0.0.1:9/"))
        with pytest.raises(OSError, match=r"127\.0\.0\.1"):
            issuing.catch_up(lambda number, _: done.append(number))
    assert done == [], "the next is not even tried"


def test_a_trouble_names_so_many_certificates_and_counts_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_certified(world, wei="张", fang="王")
    monkeypatch.setattr(issuing_module, "NAMED", 1)
    with ReadModels(world.ledger) as models:
        issuing = Issuing(world.ledger, models, KEYS, alone)
        assert issuing.catch_up() == 0
        first, second = (row.number for row in models.certificates.in_use())
    trouble = issuing.troubles["documents"]
    assert trouble.startswith(f"{first}: ")
    assert second not in trouble
    assert trouble.endswith("; and 1 more")


def two_certified(world: World, **family_names: str) -> None:
    """Certify people, given by their ids and family names, and become an issuer."""
    world.appoint()
    world.plan()
    certified = [world.candidate(person, family_name=name) for person, name in family_names.items()]
    for candidacy in certified:
        world.score(candidacy, 4)
    world.conclude(*certified)
    become_issuer(world)


def _until(reached: Callable[[], bool]) -> None:
    for _ in range(400):
        if reached():
            return
        time.sleep(0.05)
    pytest.fail("it was never reached")
