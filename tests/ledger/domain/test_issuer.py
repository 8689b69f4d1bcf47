"""The body as an issuer of credentials: one address, keys that prove that they are held, consent to show levels."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from ledger.domain.decisions.issuer import possession
from ledger.domain.refusal import Refused
from ledger.signing.keys import verify_es256
from projections.credentials.keys.issuer_key import IssuerKey, LocalKey
from tests.ledger.domain.rules import Rules
from tests.scenario import key_of

URL = "https://register.example.org"
ED25519 = LocalKey(key_of("issuer").private)
P256 = LocalKey(derive_private_key(7, SECP256R1()))


def enrolment(key: IssuerKey, **changed: Any) -> dict[str, Any]:
    return {
        "algorithm": key.algorithm,
        "public_key": key.public,
        "certificates": [],
        "proof": key.sign(possession(URL, key.key_id)),
        **changed,
    }


@pytest.fixture
def issuing(rules: Rules) -> Rules:
    rules.do("establish-issuer", "director", url=URL)
    return rules


@pytest.mark.parametrize(
    "url",
    [
        "http://register.example.org",
        "https://register.example.org/pca",
        "http://localhost/pca",
        "https://register.example.org/",
        "https://register.example.org?a=b",
        "https://Register.example.org",
        "https://user@register.example.org",
        "https://register.example.org:0",
        "https://",
        "ftp://register.example.org",
    ],
)
def test_an_address_is_a_host_by_https_and_in_its_one_form(rules: Rules, url: str) -> None:
    rules.refused("issuer-address", "establish-issuer", "director", url=url)


def test_who_gives_another_address_is_told_what_is_expected_and_why(rules: Rules) -> None:
    with pytest.raises(Refused) as refused:
        rules.do("establish-issuer", "director", url="https://example.org/customs/pca")
    for text, host, why in (
        (refused.value.words.en, "https://HOST:PORT", "served at the root of its host"),
        (refused.value.words.fr, "https://HÔTE:PORT", "servi à la racine de son hôte"),
    ):
        assert host in text
        assert why in text
    rules.do("establish-issuer", "director", url="https://pca.customs.example.org")


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost", "https://a.example:8443"])
def test_a_demonstration_may_stand_on_this_machine(rules: Rules, url: str) -> None:
    rules.do("establish-issuer", "director", url=url)
    assert rules.read().issuer().url == url


def test_the_address_never_changes(issuing: Rules) -> None:
    issuing.refused("already-exists", "establish-issuer", "director", url="https://other.example.org")


def test_only_a_director_establishes_and_two_people_enrol(rules: Rules) -> None:
    rules.refused("role-not-held", "establish-issuer", "registrar", url=URL)
    rules.do("establish-issuer", "director", url=URL)
    rules.refused("role-not-held", "enrol-issuer-key", "director", "security", **enrolment(ED25519))


def test_keys_of_both_kinds_are_enrolled_with_proof(issuing: Rules) -> None:
    issuing.do("enrol-issuer-key", "security", "director", **enrolment(ED25519))
    issuing.do("enrol-issuer-key", "security", "director", **enrolment(P256, certificates=[b"leaf", b"root"]))
    assert [key.key_id for key in issuing.read().issuer().active] == [ED25519.key_id, P256.key_id]


def test_a_key_must_prove_that_it_is_held_for_this_issuer(issuing: Rules) -> None:
    elsewhere = ED25519.sign(possession("https://other.example.org", ED25519.key_id))
    for key, proof in (
        (ED25519, elsewhere),
        (ED25519, bytes(64)),
        (P256, b"short"),
        (P256, bytes(64)),
        (P256, ED25519.sign(possession(URL, P256.key_id))),
    ):
        issuing.refused("possession-not-proved", "enrol-issuer-key", **enrolment(key, proof=proof))


def test_a_key_has_the_size_of_its_kind_and_only_p256_seals(issuing: Rules) -> None:
    for changed in ({"public_key": b"short"}, {"algorithm": "ES256"}, {"certificates": [b"leaf"]}):
        issuing.refused("malformed", "enrol-issuer-key", "security", "director", **enrolment(ED25519, **changed))


def test_no_key_comes_before_the_address(rules: Rules) -> None:
    rules.refused("issuer-not-established", "enrol-issuer-key", "security", "director", **enrolment(ED25519))


def test_a_key_is_enrolled_once_and_never_an_officers(issuing: Rules) -> None:
    issuing.do("enrol-issuer-key", "security", "director", **enrolment(ED25519))
    issuing.refused("key-already-enrolled", "enrol-issuer-key", "security", "director", **enrolment(ED25519))
    officers = LocalKey(key_of("manager").private)
    issuing.refused("key-already-enrolled", "enrol-issuer-key", "security", "director", **enrolment(officers))


def test_a_retired_key_can_still_be_revoked_and_a_compromise_found_late_recorded(issuing: Rules) -> None:
    key_id, revoke = ED25519.key_id, {"reason_code": "compromised", "compromised_since": issuing.now}
    issuing.refused("issuer-key-not-active", "retire-issuer-key", "security", key_id=key_id)
    issuing.refused("issuer-key-not-active", "revoke-issuer-key", "security", key_id=key_id, **revoke)
    issuing.do("enrol-issuer-key", "security", "director", **enrolment(ED25519))
    issuing.do("retire-issuer-key", "security", key_id=key_id)
    issuing.refused("issuer-key-not-active", "retire-issuer-key", "security", key_id=key_id)
    assert issuing.read().issuer().active == ()
    issuing.refused(
        "in-the-future",
        "revoke-issuer-key",
        key_id=key_id,
        reason_code="compromised",
        compromised_since=datetime(2100, 1, 1, tzinfo=UTC),
    )
    issuing.do("revoke-issuer-key", "security", key_id=key_id, reason_code="lost")
    issuing.refused("issuer-key-not-active", "revoke-issuer-key", "security", key_id=key_id, reason_code="lost")
    issuing.do("revoke-issuer-key", "security", key_id=key_id, **revoke)
    issuing.refused("compromise-known", "revoke-issuer-key", "security", key_id=key_id, **revoke)
    earlier = {**revoke, "compromised_since": issuing.now - timedelta(days=9)}
    issuing.do("revoke-issuer-key", "security", key_id=key_id, **earlier)
    assert issuing.read().issuer().revoked[key_id].compromised_since == issuing.now - timedelta(days=9)


def test_levels_are_shown_only_while_the_holder_agrees(rules: Rules) -> None:
    rules.refused("consent-unchanged", "withdraw-results-consent", "registrar", person_id="manager")
    rules.do("give-results-consent", "registrar", person_id="manager")
    rules.refused("consent-unchanged", "give-results-consent", "registrar", person_id="manager")
    assert rules.read().person("manager").shows_results
    rules.do("withdraw-results-consent", "registrar", person_id="manager")
    assert not rules.read().person("manager").shows_results


def test_a_point_that_is_not_on_the_curve_signs_nothing() -> None:
    assert not verify_es256(b"\x02" + b"\xff" * 32, b"message", bytes(64))
