"""Passkeys in the rules: they are enrolled as key files are, on sites that two officers allow, and count in most roles."""

from typing import Any, cast

import msgspec
import pytest

from ledger.domain.deciding import accepted_of, public_key_for
from ledger.domain.decisions.office import require_credentials, require_founding
from ledger.domain.decisions.passkeys import PASSKEYS
from ledger.domain.events.office import FounderV2, LedgerFoundedV2, PasskeyRegistered
from ledger.domain.events.passkeys import MOST_TRANSPORTS, PASSKEY_POLICY, Credential, PasskeyPolicySet
from ledger.domain.form import TEXT_FORMS
from ledger.domain.record import Event, Fact, Passkey, PublicKey, Role, Signer, Site
from ledger.domain.refusal import Refused
from ledger.domain.states.passkeys import PasskeyPolicy
from ledger.reading import Draft, Memory
from tests.ledger.domain.rules import Rules
from tests.passkeys import AAGUID, SITE, SoftKey
from tests.scenario import key_of

FIRST, SECOND, SYNCED = SoftKey("first"), SoftKey("second", algorithm="Ed25519"), SoftKey("synced", eligible=True)
BOTH = ("security", "manager")


@pytest.fixture
def allowed(rules: Rules) -> Rules:
    """Passkeys sign on one site."""
    rules.do("allow-origin", rp_id=SITE.rp_id, origin=SITE.origin)
    return rules


def register(rules: Rules, key: SoftKey, person: str = "manager", **changed: Any) -> None:
    rules.agree(person, key.key_id)
    rules.do("register-passkey", "security", person, person_id=person, **key.registration | changed)


def test_all_that_is_recorded_of_a_passkey_follows_from_what_the_browser_returned(allowed: Rules) -> None:
    register(allowed, FIRST)
    fact = cast(PasskeyRegistered, allowed.last)
    assert (fact.key_id, fact.credential) == (FIRST.key_id, FIRST.credential)
    said = fact.credential
    assert (said.aaguid, said.algorithm, said.rp_id, said.origin) == (AAGUID, "ES256", SITE.rp_id, SITE.origin)
    assert not said.backup_eligible
    assert not said.backed_up
    keys = allowed.read().officer("manager").keys
    assert keys == {
        key_of("manager").key_id: PublicKey("Ed25519", key_of("manager").public),
        FIRST.key_id: Passkey("ES256", said.public_key, said.credential_id, SITE.rp_id, False),
    }


def test_a_passkey_is_enrolled_on_an_allowed_site_once_and_by_its_holder(rules: Rules) -> None:
    new = {"person_id": "manager", **FIRST.registration}
    rules.refused("credential-unfit", "register-passkey", *BOTH, **new)  # no site is allowed yet
    rules.do("allow-origin", rp_id=SITE.rp_id, origin=SITE.origin)
    rules.refused("key-holder-differs", "register-passkey", "security", "registrar", **new)
    rules.refused("unknown", "register-passkey", "security", "nobody", **new | {"person_id": "nobody"})
    rules.refused("own-case", "register-passkey", *BOTH, **new | {"person_id": "security"})
    rules.refused("credential-unfit", "register-passkey", *BOTH, **new | {"attestation_object": b"other"})
    rules.refused("key-not-agreed", "register-passkey", *BOTH, **new)
    register(rules, FIRST)
    rules.refused("key-already-enrolled", "register-passkey", *BOTH, **new)


def test_a_refused_credential_says_why_in_both_languages(allowed: Rules) -> None:
    other = SoftKey("other", site=Site("elsewhere.example", "https://elsewhere.example"))
    with pytest.raises(Refused, match="an origin that the record does not allow") as refused:
        register(allowed, other)
    assert "n’autorise pas l’origine" in refused.value.words.fr


@pytest.mark.parametrize("transports", [["USB"], ["a b"], [""]])
def test_transports_are_words(allowed: Rules, transports: list[str]) -> None:
    new = {"person_id": "manager", **FIRST.registration, "transports": transports}
    allowed.refused("malformed", "register-passkey", *BOTH, **new)


def test_transports_are_few() -> None:
    said = msgspec.to_builtins(FIRST.credential)
    with pytest.raises(msgspec.ValidationError, match="length"):
        msgspec.convert({**said, "transports": ["usb"] * (MOST_TRANSPORTS + 1)}, Credential)


def test_a_passkey_is_revoked_like_any_key(allowed: Rules) -> None:
    register(allowed, FIRST)
    allowed.do("revoke-key", "security", person_id="manager", key_id=FIRST.key_id, reason_code="lost")
    assert set(allowed.read().officer("manager").keys) == {key_of("manager").key_id}
    assert allowed.read().officer("manager").ended == {FIRST.key_id: None}


def test_two_officers_enrol_a_new_passkey_for_lost_keys_and_end_those(allowed: Rules) -> None:
    register(allowed, FIRST)
    lost = [FIRST.key_id, key_of("manager").key_id]
    three = ("director", "security", "manager")
    asked = {"person_id": "manager", "lost_key_ids": lost, **SECOND.registration}
    for wrong in ([], [*lost, lost[0]]):
        allowed.refused("malformed", "recover-passkey", *three, **asked | {"lost_key_ids": wrong})
    allowed.refused("key-not-active", "recover-passkey", *three, **asked | {"lost_key_ids": [SECOND.key_id]})
    allowed.refused("malformed", "recover-passkey", *three, **asked | {"lost_key_ids": ["x"]})
    allowed.refused("key-holder-differs", "recover-passkey", "director", "security", "registrar", **asked)
    allowed.refused("role-not-held", "recover-passkey", "registrar", "security", "manager", **asked)
    allowed.refused("key-already-enrolled", "recover-passkey", *three, **asked | FIRST.registration)
    allowed.do("recover-passkey", *three, **asked)
    officer = allowed.read().officer("manager")
    assert set(officer.keys) == {SECOND.key_id}
    assert officer.ended == dict.fromkeys(lost)
    assert allowed.read().key_holder(SECOND.key_id) == "manager"
    allowed.do(
        "revoke-key", "security", person_id="manager", key_id=FIRST.key_id, reason_code="compromised",
        compromised_since=allowed.now,
    )  # fmt: skip


def test_whoever_lost_keys_that_were_revoked_gets_a_passkey_by_two_officers_all_the_same(allowed: Rules) -> None:
    manager = {"person_id": "manager"}
    allowed.do(
        "revoke-key", **manager, key_id=key_of("manager").key_id, reason_code="lost", compromised_since=allowed.now
    )
    allowed.refused("key-not-agreed", "register-passkey", *BOTH, **manager, **FIRST.registration)
    allowed.do("recover-passkey", "director", "security", "manager", **manager, lost_key_ids=[], **FIRST.registration)
    officer = allowed.read().officer("manager")
    assert set(officer.keys) == {FIRST.key_id}
    assert officer.ended == {key_of("manager").key_id: allowed.now}, "what is known of the old one stays"


def test_nobody_recovers_their_own_keys(allowed: Rules) -> None:
    asked = {"lost_key_ids": [key_of("security").key_id], **SECOND.registration}
    for person in ("security", "director"):
        allowed.refused(
            "signers-not-distinct", "recover-passkey", "director", "security", person, person_id=person, **asked
        )


def test_a_holder_signs_an_enrolment_with_the_new_passkey(allowed: Rules) -> None:
    register(allowed, FIRST)
    enrolled, holder = allowed.events[-1], Signer("manager", Role.KEY_HOLDER)
    assert public_key_for(holder, FIRST.key_id, enrolled, allowed.read()) == FIRST.key
    assert public_key_for(holder, SECOND.key_id, enrolled, allowed.read()) is None
    assert public_key_for(Signer("registrar", Role.KEY_HOLDER), FIRST.key_id, enrolled, allowed.read()) is None


def test_what_is_accepted_of_a_passkey_is_as_of_the_position_and_the_role(rules: Rules) -> None:
    event = rules.events[-1]
    manager, decider = Signer("manager", Role.PROGRAMME_MANAGER), Signer("decider1", Role.DECISION_AUTHORITY)

    def accepted(signer: Signer = manager) -> tuple[tuple[str, ...], bool]:
        found = accepted_of(signer, SYNCED.key, event, rules.read())
        assert found is not None
        assert found.log == event.ledger
        return found.origins, found.synced

    assert accepted_of(manager, PublicKey("Ed25519", key_of("manager").public), event, rules.read()) is None
    assert accepted() == ((), True)
    rules.do("allow-origin", rp_id=SITE.rp_id, origin=SITE.origin)
    rules.do("allow-origin", rp_id="example.org", origin="https://other.example.org")
    rules.do("allow-origin", rp_id=SITE.rp_id, origin=f"{SITE.origin}:8443")
    assert accepted() == ((SITE.origin, f"{SITE.origin}:8443"), True)
    rules.do("set-passkey-policy", device_bound=["decision-authority"])
    assert accepted(decider) == (accepted()[0], False)
    assert accepted()[1]
    rules.do("set-passkey-policy", device_bound=["programme-manager"])
    assert (accepted(decider)[1], accepted()[1]) == (True, False)
    assert cast(PasskeyPolicySet, rules.last).device_bound == (Role.PROGRAMME_MANAGER,)


@pytest.mark.parametrize(
    ("rp_id", "origin"),
    [
        ("register.example.org", "https://register.example.org"),
        ("example.org", "https://register.example.org:8443"),
        ("localhost", "http://localhost"),
        ("localhost", "http://localhost:8000"),
        ("localhost", "https://localhost"),
        ("xn--bcher-kva.example", "https://xn--bcher-kva.example"),
    ],
)
def test_a_site_is_an_origin_as_browsers_write_it_and_its_host_or_a_suffix(
    rules: Rules, rp_id: str, origin: str
) -> None:
    rules.do("allow-origin", rp_id=rp_id, origin=origin)
    assert rules.read().passkey_policy().sites == (Site(rp_id, origin),)
    rules.refused("origin-already-allowed", "allow-origin", rp_id=rp_id, origin=origin)


@pytest.mark.parametrize(
    ("rp_id", "origin"),
    [
        ("example.org", "https://badexample.org"),  # no label begins there
        ("register.example.org", "https://example.org"),
        ("other.org", "https://register.example.org"),
        ("", "https://example.org"),
        (".org", "https://example.org"),
        ("Example.org", "https://Example.org"),
        ("example.org", "http://example.org"),
        ("example.org", "https://example.org:443"),
        ("localhost", "http://localhost:80"),
        ("example.org", "https://example.org:08443"),
        ("example.org", "https://example.org/"),
        ("example.org", "https://user@example.org"),
        ("127.0.0.1", "https://127.0.0.1"),
        ("example.org", "https://example.org\n"),
        ("a" * 64 + ".org", "https://" + "a" * 64 + ".org"),
        (".".join(["a" * 60] * 5), "https://" + ".".join(["a" * 60] * 5)),
    ],
)
def test_anything_else_is_no_site(rules: Rules, rp_id: str, origin: str) -> None:
    rules.refused("malformed", "allow-origin", rp_id=rp_id, origin=origin)


def test_only_a_director_with_a_security_officer_says_where_and_how_passkeys_count(rules: Rules) -> None:
    site = {"rp_id": SITE.rp_id, "origin": SITE.origin}
    rules.refused("role-not-held", "allow-origin", "security", "director", **site)
    rules.refused("role-not-held", "set-passkey-policy", "director", "registrar", device_bound=[])
    rules.refused("malformed", "set-passkey-policy", device_bound=["registrar", "registrar"])
    rules.do("set-passkey-policy", device_bound=[])


def test_nobody_locks_themselves_out_by_the_policy(allowed: Rules) -> None:
    """Two of each role, so that one can replace the key file of the other by a synced passkey."""
    for person, role in (("manager", "secretariat-director"), ("registrar", "security-officer")):
        allowed.do("grant-role", "director", person_id=person, role=role)
    three = ("manager", "registrar", "director")
    lost = [key_of("director").key_id]
    allowed.do("recover-passkey", *three, person_id="director", lost_key_ids=lost, **SYNCED.registration)
    for role in (Role.DIRECTOR, Role.KEY_HOLDER):
        asked = {"device_bound": [role, Role.SECURITY_OFFICER]}
        if role is Role.DIRECTOR:
            allowed.refused("policy-locks-out", "set-passkey-policy", "director", "security", **asked)
        allowed.do("set-passkey-policy", "manager" if role is Role.DIRECTOR else "director", "security", **asked)
    allowed.agree("director", SECOND.key_id)
    allowed.do("register-passkey", "registrar", "director", person_id="director", **SECOND.registration)
    allowed.do("set-passkey-policy", "director", "security", device_bound=["secretariat-director"])


def founding(*founders: tuple[str, Role, bytes | Credential], sites: tuple[Site, ...] = (SITE,)) -> LedgerFoundedV2:
    named = tuple(FounderV2(person, role, key, ()) for person, role, key in founders)
    return LedgerFoundedV2(body_en="Body", body_fr="Organisme", sites=sites, founders=named)


FOUNDING = founding(
    ("director", Role.DIRECTOR, FIRST.credential), ("security", Role.SECURITY_OFFICER, key_of("security").public)
)


def test_a_founding_names_sites_and_founders_with_passkeys() -> None:
    require_founding(FOUNDING)
    require_credentials(FOUNDING, Draft(Memory()))
    memory = Memory()
    memory.advance([event_of(FOUNDING)])
    read = Draft(memory)
    assert read.passkey_policy() == PasskeyPolicy(sites=(SITE,))
    assert read.officer("director").keys == {FIRST.key_id: FIRST.key}
    assert read.officer("security").keys == {key_of("security").key_id: PublicKey("Ed25519", key_of("security").public)}
    assert read.key_holder(FIRST.key_id) == "director"
    holder = Signer("director", Role.KEY_HOLDER)
    assert public_key_for(holder, FIRST.key_id, event_of(FOUNDING), Draft(Memory())) == FIRST.key
    accepted = accepted_of(holder, FIRST.key, event_of(FOUNDING), Draft(Memory()))
    assert accepted is not None
    assert (accepted.origins, accepted.synced) == ((SITE.origin,), True)


def event_of(fact: LedgerFoundedV2) -> Event[Fact]:
    event = Rules().events[0]
    return msgspec.structs.replace(event, type="ledger-founded/v2", facts=fact)


@pytest.mark.parametrize(
    ("code", "fact"),
    [
        ("malformed", msgspec.structs.replace(FOUNDING, sites=(SITE, SITE))),
        ("malformed", msgspec.structs.replace(FOUNDING, sites=(Site("other.example", SITE.origin),))),
        ("malformed", founding(("director", Role.DIRECTOR, b"short"), ("s", Role.SECURITY_OFFICER, b"short"))),
        ("founders-missing", founding(("director", Role.DIRECTOR, FIRST.credential))),
        (
            "founders-not-distinct",
            founding(("d", Role.DIRECTOR, FIRST.credential), ("s", Role.SECURITY_OFFICER, FIRST.credential)),
        ),
        ("credential-unfit", msgspec.structs.replace(FOUNDING, sites=())),
        (
            "credential-differs",
            founding(
                ("d", Role.DIRECTOR, msgspec.structs.replace(FIRST.credential, backup_eligible=True)),
                ("s", Role.SECURITY_OFFICER, SECOND.credential),
            ),
        ),
    ],
)
def test_a_founding_with_a_fault_is_refused(code: str, fact: LedgerFoundedV2) -> None:
    def require() -> None:
        require_founding(fact)
        require_credentials(fact, Draft(Memory()))

    with pytest.raises(Refused) as refused:
        require()
    assert refused.value.code == code


def test_the_policy_is_one_stream_about_nobody() -> None:
    assert PASSKEY_POLICY.kind == PASSKEYS.kind
    assert PASSKEYS.person is None
    assert TEXT_FORMS["rp_id"].fits("localhost")
