"""Documents are made once, by active keys that are at hand, and kept as they are."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from api.credentials.forms import BY_NAME
from api.credentials.issuing import Issuing
from api.credentials.keys import LocalKey
from ledger.domain.refusal import Refused
from projections.views import Views
from tests.documents.conftest import ED25519, KEYS, P256, enrol, make_documents
from tests.support import World, key_of


def test_every_form_is_made_once(issued: World, number: str) -> None:
    kept = {name: issued.ledger.documents.get(number, name) for name in BY_NAME}
    assert all(kept.values())
    assert make_documents(issued) == 0
    assert {name: issued.ledger.documents.get(number, name) for name in BY_NAME} == kept


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
    first, second = (kept.number for kept in issued.ledger.documents.sets())
    assert (first, second[:-2]) == (number, f"{number[:-2]}.2"), "all but the check character"
    assert issued.ledger.documents.get(number, "pdf") == before


def test_nothing_is_made_of_who_was_erased(issuer: World) -> None:
    issuer.now = datetime(2030, 1, 1, tzinfo=UTC)
    issuer.do("erase-personal-data", "protection", "security", person_id="awa", basis_code="request")
    assert make_documents(issuer) == 0


def test_documents_follow_the_log_and_a_trouble_is_said_until_it_is_over(issuer: World) -> None:
    with Views(issuer.ledger) as views:
        issuing = Issuing(issuer.ledger, views, ())
        with issuing.running():
            _until(lambda: bool(issuing.troubles))
            assert "no active key" in issuing.troubles["documents"]
        made = Issuing(issuer.ledger, views, KEYS, troubles=issuing.troubles)
        with made.running():
            _until(lambda: bool(issuer.ledger.documents.sets()))
        assert made.troubles == {}


def _until(reached: Callable[[], bool]) -> None:
    for _ in range(400):
        if reached():
            return
        time.sleep(0.05)
    pytest.fail("it was never reached")
