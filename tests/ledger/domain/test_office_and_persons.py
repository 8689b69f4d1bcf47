"""Officers, keys, persons and administrations."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.deciding import decide, public_key_for, require_seats_of
from ledger.domain.decisions.acting import Act
from ledger.domain.events.office import KeyAgreed, RoleGranted
from ledger.domain.record import Event, Head, PublicKey, Role, Signer
from ledger.domain.refusal import Refused
from ledger.domain.states.persons import Employment, Person
from ledger.domain.subjects import BY_COMMAND, COMMAND_TYPES, EVENT_TYPES, KIND_OF
from tests.ledger.domain.rules import Rules
from tests.scenario import key_of, names, value

NAMES = names("A", "B")
DAYS = st.dates(date(2015, 1, 1), date(2019, 12, 31))


def test_only_a_director_grants_roles(rules: Rules) -> None:
    rules.refused("role-not-held", "grant-role", "registrar", person_id="manager", role="assessor")


def test_seats_are_filled_in_order_by_distinct_people(rules: Rules) -> None:
    command, _ = rules.command("approve-scheme-version", scheme_id="s", effective_from=date(2017, 1, 1))
    for by, code in (
        ((Signer("director", Role.DIRECTOR),), "seats-not-filled"),
        ((Signer("director", Role.DIRECTOR), Signer("director", Role.PROGRAMME_MANAGER)), "signers-not-distinct"),
    ):
        with pytest.raises(Refused) as refused:
            decide(command, Act(by, rules.now), rules.read())
        assert refused.value.code == code


def test_an_audit_asks_for_the_seats_again(rules: Rules) -> None:
    facts = RoleGranted(person_id="manager", role=Role.ASSESSOR)
    for by, code in (((), "seats-not-filled"), ((Signer("manager", Role.DIRECTOR),), "role-not-held")):
        event: Event[Any] = Event(
            ledger="l", type="role-granted/v1", stream="officer:manager", version=1, time=rules.now, nonce=b"",
            head=Head(0, b""), by=by, facts=facts,
        )  # fmt: skip
        with pytest.raises(Refused) as refused:
            require_seats_of(event, rules.read())
        assert refused.value.code == code


def test_roles_are_granted_once_to_known_people_and_end(rules: Rules) -> None:
    rules.refused("unknown", "grant-role", "director", person_id="nobody", role="assessor")
    rules.refused("role-not-grantable", "grant-role", "director", person_id="manager", role="key-holder")
    rules.refused("role-already-held", "grant-role", "director", person_id="manager", role="programme-manager")
    rules.refused("role-not-held", "revoke-role", "director", person_id="manager", role="assessor")
    rules.refused("own-role", "revoke-role", "director", person_id="director", role="secretariat-director")


def test_nobody_gives_roles_and_enrols_keys(rules: Rules) -> None:
    grant = ("grant-role", "director")
    rules.refused("roles-apart", *grant, person_id="security", role="secretariat-director")
    rules.do(*grant, person_id="registrar", role="secretariat-director")
    rules.refused("roles-apart", "grant-role", "registrar", person_id="director", role="security-officer")
    rules.refused("roles-apart", *grant, person_id="registrar", role="security-officer")
    rules.do("revoke-role", "director", person_id="registrar", role="secretariat-director")
    rules.do(*grant, person_id="registrar", role="security-officer")
    rules.refused("roles-apart", *grant, person_id="registrar", role="secretariat-director")


def test_a_key_is_enrolled_once_by_its_holder(rules: Rules) -> None:
    new = {"person_id": "manager", "public_key": key_of("new").public}
    rules.refused("malformed", "register-key", "security", "manager", person_id="manager", public_key=b"short")
    rules.refused("key-holder-differs", "register-key", "security", "registrar", **new)
    rules.refused(
        "key-already-enrolled",
        "register-key",
        "security",
        "manager",
        person_id="manager",
        public_key=key_of("panel1").public,
    )
    nobody = {"person_id": "nobody", "public_key": key_of("new").public}
    rules.refused("unknown", "register-key", "security", "nobody", **nobody)
    rotation = {**new, "old_key_id": key_of("panel1").key_id}
    rules.refused("key-not-active", "rotate-key", "security", "manager", **rotation)
    for key in ("new", "third"):
        rules.agree("manager", key_of(key).key_id)
    rules.do("register-key", "security", "manager", **new)
    rules.do(
        "rotate-key",
        "security",
        "manager",
        person_id="manager",
        old_key_id=key_of("new").key_id,
        public_key=key_of("third").public,
    )
    assert set(rules.read().officer("manager").keys) == {key_of("manager").key_id, key_of("third").key_id}


def test_a_security_officer_alone_gives_nobody_one_more_key(rules: Rules) -> None:
    """Else they could sign as that person: whoever has a key agrees to another, with the one that they have."""
    new, by = {"person_id": "manager", "public_key": key_of("new").public}, ("security", "manager")
    rules.refused("key-not-agreed", "register-key", *by, **new)
    rules.refused("key-not-agreed", "rotate-key", *by, **new, old_key_id=key_of("manager").key_id)
    rules.agree("manager", key_of("new").key_id)
    rules.refused("key-not-agreed", "register-key", *by, **new | {"public_key": key_of("other").public})
    assert cast(KeyAgreed, rules.last).key_id == key_of("new").key_id
    # Nor after they end the one that there is: not even what was agreed to with it holds any more.
    rules.do("revoke-key", person_id="manager", key_id=key_of("manager").key_id, reason_code="lost")
    rules.refused("key-not-agreed", "register-key", *by, **new)


def test_whoever_has_a_key_agrees_to_another_themselves_and_once(rules: Rules) -> None:
    new = {"person_id": "manager", "key_id": key_of("new").key_id}
    rules.refused("malformed", "agree-to-key", "manager", **new | {"key_id": "new"})
    rules.refused("key-holder-differs", "agree-to-key", "security", **new)
    rules.refused("key-already-enrolled", "agree-to-key", "manager", **new | {"key_id": key_of("panel1").key_id})
    rules.person("newcomer")
    rules.refused("no-key", "agree-to-key", "newcomer", **new | {"person_id": "newcomer"})
    rules.agree("manager", key_of("new").key_id)
    rules.refused("key-agreed-already", "agree-to-key", "manager", **new)


def test_an_agreement_to_a_key_is_signed_with_a_key_that_signs_already(rules: Rules) -> None:
    rules.agree("manager", key_of("new").key_id)
    agreed, holder = rules.events[-1], Signer("manager", Role.KEY_HOLDER)
    assert public_key_for(holder, key_of("manager").key_id, agreed, rules.read()) is not None
    for other in ("new", "security"):
        assert public_key_for(holder, key_of(other).key_id, agreed, rules.read()) is None


def test_a_key_is_revoked_by_another_security_officer(rules: Rules) -> None:
    key = key_of("manager").key_id
    asked = {"person_id": "manager", "key_id": key, "reason_code": "compromised"}
    later = datetime(2030, 1, 1, tzinfo=UTC)
    rules.refused("in-the-future", "revoke-key", "security", **asked, compromised_since=later)
    rules.refused("own-case", "revoke-key", person_id="security", key_id=key_of("security").key_id, reason_code="lost")
    rules.do("revoke-key", "security", **asked, compromised_since=rules.now)
    rules.refused("key-not-active", "revoke-key", "security", **asked)
    assert rules.read().officer("manager").keys == {}


@pytest.mark.parametrize("ended_by", ["revoked", "rotated"])
def test_a_compromise_found_late_is_recorded_of_a_key_that_has_ended(rules: Rules, ended_by: str) -> None:
    """Case R6. A later date would weaken what is known, so only an earlier one follows."""
    key = {"person_id": "manager", "key_id": key_of("manager").key_id}
    if ended_by == "revoked":
        rules.do("revoke-key", "security", **key, reason_code="superseded")
    else:
        new = {"old_key_id": key["key_id"], "public_key": key_of("second").public}
        rules.agree("manager", key_of("second").key_id)
        rules.do("rotate-key", "security", "manager", person_id="manager", **new)
    rules.refused("key-not-active", "revoke-key", "security", **key, reason_code="compromised")
    found = {"reason_code": "compromised", "compromised_since": rules.now - timedelta(days=3)}
    rules.refused("key-not-active", "revoke-key", "security", **{**key, "person_id": "registrar"}, **found)
    rules.do("revoke-key", "security", **key, **found)
    for same_or_later in (rules.now - timedelta(days=3), rules.now):
        again = {**found, "compromised_since": same_or_later}
        rules.refused("compromise-known", "revoke-key", "security", **key, **again)
    rules.do("revoke-key", "security", **key, **{**found, "compromised_since": rules.now - timedelta(days=4)})
    assert rules.read().officer("manager").ended == {key["key_id"]: rules.now - timedelta(days=4)}


def test_whoever_signs_in_their_own_name_signs_nothing_that_needs_a_role(rules: Rules) -> None:
    event: Event[Any] = Event(
        ledger="l", type="role-granted/v1", stream="officer:x", version=1, time=rules.now, nonce=b"", head=Head(0, b""),
        by=(), facts=RoleGranted(person_id="x", role=Role.ASSESSOR),
    )  # fmt: skip
    holder = Signer("manager", Role.KEY_HOLDER)
    assert public_key_for(holder, key_of("director").key_id, event, rules.read()) is None
    with pytest.raises(Refused, match="Secretariat director"):
        require_seats_of(msgspec.structs.replace(event, by=(holder,)), rules.read())
    officer = Signer("manager", Role.PROGRAMME_MANAGER)
    assert public_key_for(officer, key_of("manager").key_id, event, rules.read()) == PublicKey(
        "Ed25519", key_of("manager").public
    )


def test_a_person_of_one_name_has_no_given_name(rules: Rules) -> None:
    rules.do("register-person", "registrar", person_id="soekarno", details=NAMES[1:])


def test_a_person_is_registered_once(rules: Rules) -> None:
    rules.refused("already-exists", "register-person", "registrar", person_id="manager", details=NAMES)
    rules.refused("malformed", "register-person", "registrar", person_id="x", details=[])
    rules.refused("malformed", "register-person", "registrar", person_id="x", details=NAMES + NAMES)


def test_details_and_employment_of_known_people_change(rules: Rules) -> None:
    rules.do("update-person-details", "registrar", person_id="manager", details=NAMES[1:])
    rules.refused("malformed", "update-person-details", "registrar", person_id="manager", details=NAMES[1:] * 2)
    rules.refused("malformed", "update-person-details", "registrar", person_id="manager", details=[])
    rules.refused("unknown", "update-person-details", "registrar", person_id="x", details=NAMES)
    today = {"administration_id": "BE", "since": date(2017, 1, 9)}
    rules.do("record-employment", "registrar", person_id="manager", **today)
    rules.refused("unknown", "record-employment", "registrar", person_id="x", **today)
    rules.refused("unknown", "record-employment", person_id="manager", administration_id="ZZ", since=date(2017, 1, 1))
    rules.refused(
        "in-the-future", "record-employment", person_id="manager", administration_id="BE", since=date(2017, 1, 10)
    )


def test_consent_is_given_and_withdrawn(rules: Rules) -> None:
    rules.refused("consent-unchanged", "withdraw-listing-consent", "registrar", person_id="manager")
    rules.do("give-listing-consent", "registrar", person_id="manager")
    rules.refused("consent-unchanged", "give-listing-consent", "registrar", person_id="manager")
    rules.do("withdraw-listing-consent", "registrar", person_id="manager")
    assert not rules.read().person("manager").listed


def test_who_holds_a_role_a_candidacy_or_a_certification_is_not_erased(planned: Rules) -> None:
    erase = ("erase-personal-data", "protection", "security")
    planned.refused("unknown", *erase, person_id="nobody", basis_code="request")
    planned.refused("roles-held", *erase, person_id="manager", basis_code="request")
    planned.refused("candidacy-open", *erase, person_id="awa", basis_code="request")
    planned.score("c-awa", 4)
    planned.conclude("c-awa")
    planned.refused("certification-in-force", *erase, person_id="awa", basis_code="request")
    planned.at(2020, 5, 19).do(*erase, person_id="awa", basis_code="retention-ended")
    planned.refused("person-erased", "give-listing-consent", "registrar", person_id="awa")
    planned.refused("person-erased", *erase, person_id="awa", basis_code="request")


def test_administrations_have_iso_codes_and_two_names(rules: Rules) -> None:
    def register(code: str = "ML", iso3: str = "MLI", name: str = "Mali") -> dict[str, str]:
        return {"administration_id": code, "iso3": iso3, "name_en": "Mali", "name_fr": name, "region": "r"}

    rules.refused("malformed", "register-administration", "registrar", **register(code="ml"))
    rules.refused("malformed", "register-administration", "registrar", **register(iso3="ML"))
    rules.refused("malformed", "register-administration", "registrar", **register(name=" "))
    rules.do("register-administration", "registrar", **register())
    rules.refused("already-exists", "register-administration", "registrar", **register())
    rename = {"name_en": "New", "name_fr": "Nouveau", "effective_from": date(2017, 1, 1)}
    rules.do("rename-administration", "registrar", administration_id="ML", **rename)
    rules.refused("unknown", "rename-administration", "registrar", administration_id="ZZ", **rename)
    nameless = {**rename, "name_en": " "}
    rules.refused("malformed", "rename-administration", "registrar", administration_id="ML", **nameless)


def test_the_catalogue_names_each_fact_once_and_each_command_agrees_on_its_seats() -> None:
    assert len({row.wire_name for row in EVENT_TYPES}) == len({row.fact for row in EVENT_TYPES}) == len(EVENT_TYPES)
    decided = [fact for row in BY_COMMAND.values() for fact in row.facts]
    assert len(set(decided)) == len(decided) == len(EVENT_TYPES) - 2  # all but the foundings
    for row in COMMAND_TYPES:
        assert len({(event.seats, KIND_OF[event.fact]) for event in row.event_types}) == 1


OWN: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "grant-role": (("director",), {"person_id": "director", "role": "moderator"}),
    "revoke-key": (
        ("security",),
        {"person_id": "security", "key_id": key_of("security").key_id, "reason_code": "lost"},
    ),
    "register-key": (("security", "manager"), {"person_id": "security", "public_key": key_of("new").public}),
    "update-person-details": (("registrar",), {"person_id": "registrar", "details": NAMES}),
    "record-employment": (("registrar",), {"person_id": "registrar", "since": date(2017, 1, 1)}),
    "give-listing-consent": (("registrar",), {"person_id": "registrar"}),
    "withdraw-listing-consent": (("registrar",), {"person_id": "registrar"}),
    "give-results-consent": (("registrar",), {"person_id": "registrar"}),
    "withdraw-results-consent": (("registrar",), {"person_id": "registrar"}),
    "erase-personal-data": (("protection", "security"), {"person_id": "protection", "basis_code": "request"}),
    "assign-facilitator": (("manager",), {"person_id": "manager"}),
    "assign-assessor": (("manager",), {"person_id": "manager"}),
}


@pytest.mark.parametrize("command", OWN)
def test_nobody_signs_what_is_about_themselves(rules: Rules, command: str) -> None:
    """Case I16: a registrar may not record their own employment, nor anything else about themselves."""
    people, arguments = OWN[command]
    rules.refused("own-case", command, *people, **arguments)


def test_a_director_gives_up_another_role_without_help(rules: Rules) -> None:
    rules.do("grant-role", "director", person_id="registrar", role="secretariat-director")
    rules.do("grant-role", "registrar", person_id="director", role="moderator")
    rules.do("revoke-role", "director", person_id="director", role="moderator")
    assert rules.read().officer("director").roles == {Role.DIRECTOR}


@given(DAYS, DAYS, DAYS)
def test_an_employment_that_is_recorded_twice_counts_as_once(since: date, recorded: date, start: date) -> None:
    """Of only one the days do not matter: no other can have come before it, or after."""
    once = Person("p", employments=(Employment("SN", since, recorded),))
    twice = Person("p", employments=once.employments * 2)
    days = start, start + timedelta(days=4)
    assert once.employers(*days) == twice.employers(*days) == {"SN"}
    assert Person("p").employers(*days) == frozenset()


def test_an_administration_has_contact_points_until_they_are_revoked(rules: Rules) -> None:
    contact = {"administration_id": "SN", "person_id": "kim"}
    since = {"since": rules.now.date()}
    rules.refused("unknown", "appoint-contact-point", "registrar", **contact, **since)
    for person in ("kim", "twice"):
        rules.person(person)
    rules.refused("unknown", "appoint-contact-point", "registrar", **{**contact, "administration_id": "ZZ"}, **since)
    future = {"since": rules.now.date() + timedelta(days=1)}
    rules.refused("in-the-future", "appoint-contact-point", "registrar", **contact, **future)
    rules.refused("no-contact-point", "revoke-contact-point", "registrar", **contact)
    rules.do("appoint-contact-point", "registrar", **contact, **since)
    rules.refused("contact-point-already", "appoint-contact-point", "registrar", **contact, **since)
    rules.do("merge-persons", person_id="twice", merged_id="kim", reason=value("reason", "one"))
    rules.refused(
        "contact-point-already", "appoint-contact-point", "registrar", **{**contact, "person_id": "twice"}, **since
    )
    rules.do("rename-administration", administration_id="SN", name_en="S", name_fr="S", effective_from=rules.now.date())
    assert rules.read().administration("SN").contacts == {"kim"}
    rules.do("revoke-contact-point", "registrar", **contact)
    assert rules.read().administration("SN").contacts == frozenset()
