"""Officers: the founding, the roles they hold and the keys they sign with.

A role or key counts from the log position of the event that gives it to that of the event that ends
it. A person with two keys counts as one person, so a key is enrolled once, for one person.
"""

from typing import Literal

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, Command
from ledger.domain.decisions.rows import EventType, Subject, command_type
from ledger.domain.events import office as facts
from ledger.domain.form import Disclosures, require_form, require_key
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Moment, PublicKey, Role
from ledger.domain.refusal import Refused
from ledger.domain.states.office import Founding, Officer, enrolled_key, evolve_founding, evolve_officer
from ledger.words import Words

FOUNDING_ROLES = (Role.DIRECTOR, Role.SECURITY_OFFICER)  # every other power descends from these (docs/decisions/0010)

# An officer who both gave roles and enrolled keys could act as two deciders, with people they invented.
_APART = {Role.DIRECTOR: Role.SECURITY_OFFICER, Role.SECURITY_OFFICER: Role.DIRECTOR}


def require_founding(fact: facts.LedgerFounded, disclosure: Disclosures = lambda _: None) -> None:
    """Require two or more founders with different keys, among them a director and a security officer."""
    require_form(fact, disclosure)
    for place, founder in enumerate(fact.founders):
        require_key(PublicKey("Ed25519", founder.public_key), f"founders[{place}].public_key")
    if not set(FOUNDING_ROLES) <= {founder.role for founder in fact.founders}:
        raise Refused("founders-missing", expected=FOUNDING_ROLES)
    people, keys = set[str](), set[bytes]()
    for founder in fact.founders:
        if founder.person_id in people or founder.public_key in keys:
            raise Refused("founders-not-distinct", person=founder.person_id)
        people.add(founder.person_id)
        keys.add(founder.public_key)


class OfficerCommand(Command, frozen=True, kw_only=True):
    kind = "officer"
    person_id: str


class GrantRole(OfficerCommand, frozen=True, kw_only=True):
    role: Role


class RevokeRole(OfficerCommand, frozen=True, kw_only=True):
    role: Role


class RegisterKey(OfficerCommand, frozen=True, kw_only=True):
    public_key: bytes


class RotateKey(OfficerCommand, frozen=True, kw_only=True):
    old_key_id: str
    public_key: bytes


class RevokeKey(OfficerCommand, frozen=True, kw_only=True):
    key_id: str
    reason_code: Literal["lost", "compromised", "left-service", "superseded"]
    compromised_since: Moment | None = None


def grant_role(command: GrantRole, act: Act, read: Reader) -> Fact:
    """A director gives a registered person a role. Nobody is director and security officer at once."""
    if command.role is Role.KEY_HOLDER:
        raise Refused("role-not-grantable", role=command.role)
    require.person(command.person_id, read)
    if command.role in read.officer(command.person_id).roles:
        raise Refused("role-already-held", person=command.person_id, role=command.role)
    apart = _APART.get(command.role)
    if apart is not None and any(apart in read.officer(one_id).roles for one_id in read.ids_of(command.person_id)):
        raise Refused("roles-apart", person=command.person_id, role=apart)
    return command.stated_as(facts.RoleGranted)


def revoke_role(command: RevokeRole, act: Act, read: Reader) -> Fact:
    """A director ends a role. Another director must end their role of director, so that one always remains."""
    if command.role not in read.officer(command.person_id).roles:
        raise Refused("role-not-held", person=command.person_id, role=command.role)
    if command.role is Role.DIRECTOR and read.is_among(command.person_id, [act.by[0].person]):
        raise Refused("own-role")
    return command.stated_as(facts.RoleRevoked)


def register_key(command: RegisterKey, act: Act, read: Reader) -> Fact:
    """A security officer enrols a key whose holder proves possession of it by signing with it."""
    require.person(command.person_id, read)
    key_id = _new_key(command.person_id, command.public_key, act, read)
    return command.stated_as(facts.KeyRegistered, key_id=key_id)


def rotate_key(command: RotateKey, act: Act, read: Reader) -> Fact:
    """A new key takes the place of an active one; earlier signatures of the old one stay valid."""
    require.person(command.person_id, read)
    _require_active(command.person_id, command.old_key_id, read)
    key_id = _new_key(command.person_id, command.public_key, act, read)
    return command.stated_as(facts.KeyRotated, key_id=key_id)


def revoke_key(command: RevokeKey, act: Act, read: Reader) -> Fact:
    """A security officer ends a key; as it is not their own, one who can enrol keys always remains.

    Of a key that has ended, they can still record that it was compromised, or earlier than was known.
    """
    ended = read.officer(command.person_id).ended
    if command.compromised_since is None or command.key_id not in ended:
        _require_active(command.person_id, command.key_id, read)
    require.compromise(command.compromised_since, ended.get(command.key_id), act)
    return command.stated_as(facts.KeyRevoked)


def _new_key(person_id: str, public_key: bytes, act: Act, read: Reader) -> str:
    require_key(PublicKey("Ed25519", public_key))
    if any(s.role is Role.KEY_HOLDER and s.person != person_id for s in act.by):
        raise Refused("key-holder-differs", person=person_id)
    key_id = read.key_id(public_key)
    if read.key_holder(key_id) is not None:
        raise Refused("key-already-enrolled", key=key_id)
    return key_id


def _require_active(person_id: str, key_id: str, read: Reader) -> None:
    if key_id not in read.officer(person_id).keys:
        raise Refused("key-not-active", key=key_id, person=person_id)


def _initial_officer(person_id: str, read: Reader) -> Officer:
    founder = read.founding().founder(person_id)
    if founder is None:
        return Officer(person_id)
    keys = {read.key_id(founder.public_key): enrolled_key(founder)}
    return Officer(person_id, roles=frozenset({founder.role}), keys=keys)


# fmt: off
LEDGER = Subject(
    kind="ledger",
    initial=lambda *_: Founding(),
    evolve=evolve_founding,
    commands=(),
    events=(
        EventType("ledger-founded/v1", facts.LedgerFounded, (Role.KEY_HOLDER, Role.KEY_HOLDER), "public",
                  Words("Ledger founded", "Registre fondé")),
    ),
)
OFFICER = Subject(
    kind="officer",
    id_field="person_id",
    initial=_initial_officer,
    evolve=evolve_officer,
    person=lambda person_id, _: person_id,
    commands=(
        command_type("grant-role", GrantRole, grant_role,
            EventType("role-granted/v1", facts.RoleGranted, (Role.DIRECTOR,), "restricted",
                      Words("Role granted", "Fonction attribuée"))),
        command_type("revoke-role", RevokeRole, revoke_role,
            EventType("role-revoked/v1", facts.RoleRevoked, (Role.DIRECTOR,), "restricted",
                      Words("Role revoked", "Fonction retirée")),
            own_case="giving up another role than that of director gives nobody any power"),
        command_type("register-key", RegisterKey, register_key,
            EventType("key-registered/v1", facts.KeyRegistered, (Role.SECURITY_OFFICER, Role.KEY_HOLDER), "public",
                      Words("Key registered", "Clé enregistrée"))),
        command_type("rotate-key", RotateKey, rotate_key,
            EventType("key-rotated/v1", facts.KeyRotated, (Role.SECURITY_OFFICER, Role.KEY_HOLDER), "public",
                      Words("Key rotated", "Clé renouvelée"))),
        command_type("revoke-key", RevokeKey, revoke_key,
            EventType("key-revoked/v1", facts.KeyRevoked, (Role.SECURITY_OFFICER,), "public",
                      Words("Key revoked", "Clé révoquée"))),
    ),
)
# fmt: on
