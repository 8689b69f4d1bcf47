"""Officers: the founding, the roles they hold and the keys they sign with.

A role or key counts from the log position of the event that gives it to that of the event that ends
it. A person with two keys counts as one person, so a key is enrolled once, for one person.
"""

from typing import Literal

from ledger.domain.decisions import delegation, require
from ledger.domain.decisions.acting import Act, Command
from ledger.domain.decisions.passkeys import require_site
from ledger.domain.decisions.rows import EventType, Subject, command_type
from ledger.domain.events import office as facts
from ledger.domain.events.passkeys import Credential
from ledger.domain.form import Disclosures, require_form, require_key
from ledger.domain.reader import Reader
from ledger.domain.record import Event, Fact, Moment, PublicKey, Role, Site
from ledger.domain.refusal import Refused
from ledger.domain.states.office import Founding, Officer, enrolled_key, evolve_founding, evolve_officer
from ledger.words import Words

FOUNDING_ROLES = (Role.DIRECTOR, Role.SECURITY_OFFICER)  # every other power descends from these (docs/decisions/0010)

# An officer who both gave roles and enrolled keys could act as two deciders, with people they invented.
_APART = {Role.DIRECTOR: Role.SECURITY_OFFICER, Role.SECURITY_OFFICER: Role.DIRECTOR}


def require_founding(fact: facts.AnyFounding, disclosure: Disclosures = lambda _: None) -> None:
    """Require two or more founders with different keys, among them a director and a security officer."""
    require_form(fact, disclosure)
    founders: tuple[facts.Founder | facts.FounderV2, ...] = fact.founders
    for place, founder in enumerate(founders):
        key = enrolled_key(founder)
        if isinstance(key, PublicKey):
            field = "public_key" if isinstance(founder, facts.Founder) else "key"
            require_key(key, f"founders[{place}].{field}")
    if isinstance(fact, facts.LedgerFoundedV2):
        require.none_twice("sites", fact.sites)
        for place, site in enumerate(fact.sites):
            require_site(site, f"sites[{place}].rp_id")
    if not set(FOUNDING_ROLES) <= {founder.role for founder in founders}:
        raise Refused("founders-missing", expected=FOUNDING_ROLES)
    people, keys = set[str](), set[bytes]()
    for founder in founders:
        public = enrolled_key(founder).public
        if founder.person_id in people or public in keys:
            raise Refused("founders-not-distinct", person=founder.person_id)
        people.add(founder.person_id)
        keys.add(public)


def require_credentials(fact: facts.AnyFounding, read: Reader) -> None:
    """Require of the founders' passkeys that what is stated of each is what its authenticator said."""
    if isinstance(fact, facts.LedgerFoundedV2):
        for founder in fact.founders:
            if isinstance(founder.key, Credential) and founder.key != _credential(founder.key, fact.sites, read):
                raise Refused("credential-differs", person=founder.person_id)


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


class AgreeToKey(OfficerCommand, frozen=True, kw_only=True):
    key_id: str


class RegisterPasskey(OfficerCommand, frozen=True, kw_only=True):
    """The two objects are what the browser returned when it made the passkey: all that is stated follows from them."""

    attestation_object: bytes
    client_data: bytes
    transports: tuple[str, ...]


class RecoverPasskey(OfficerCommand, frozen=True, kw_only=True):
    lost_key_ids: tuple[str, ...]
    attestation_object: bytes
    client_data: bytes
    transports: tuple[str, ...]


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
    """A security officer enrols a key whose holder proves possession of it by signing with it.

    For somebody who has or had a key, they must have agreed to this one: else one officer could sign as them.
    """
    require.person(command.person_id, read)
    key_id = _new_key_file(command.person_id, command.public_key, act, read)
    return command.stated_as(facts.KeyRegistered, key_id=key_id)


def agree_to_key(command: AgreeToKey, act: Act, read: Reader) -> Fact:
    """The holder of a key agrees that another is enrolled for them. They sign with the one that they have."""
    require.person(command.person_id, read)
    if not read.officer(command.person_id).keys:
        raise Refused("no-key", person=command.person_id)
    _require_new_key(command.person_id, command.key_id, act, read)
    if command.key_id in read.officer(command.person_id).agreed:
        raise Refused("key-agreed-already", person=command.person_id, key=command.key_id)
    return command.stated_as(facts.KeyAgreed)


def rotate_key(command: RotateKey, act: Act, read: Reader) -> Fact:
    """A new key takes the place of an active one; earlier signatures of the old one stay valid."""
    require.person(command.person_id, read)
    _require_active(command.person_id, command.old_key_id, read)
    key_id = _new_key_file(command.person_id, command.public_key, act, read)
    return command.stated_as(facts.KeyRotated, key_id=key_id)


def register_passkey(command: RegisterPasskey, act: Act, read: Reader) -> Fact:
    """A security officer enrols a passkey as they do a key file."""
    require.person(command.person_id, read)
    credential = _credential(command, read.passkey_policy().sites, read)
    key_id = _new_key(command.person_id, credential.public_key, act, read)
    _require_agreed(command.person_id, key_id, read)
    return command.stated_as(facts.PasskeyRegistered, key_id=key_id, credential=credential)


def recover_passkey(command: RecoverPasskey, act: Act, read: Reader) -> Fact:
    """A director and a security officer enrol a new passkey of somebody who lost keys, and end those.

    Two officers, because whoever enrols a passkey in somebody's name could sign as that person. No lost keys are named
    of somebody whose keys were all revoked before.
    """
    require.person(command.person_id, read)
    require.none_twice("lost_key_ids", command.lost_key_ids)
    if not command.lost_key_ids and read.officer(command.person_id).keys:
        raise Refused("malformed", field="lost_key_ids", expected=require.EACH_ONCE)
    for lost in command.lost_key_ids:
        _require_active(command.person_id, lost, read)
    credential = _credential(command, read.passkey_policy().sites, read)
    key_id = _new_key(command.person_id, credential.public_key, act, read)
    return command.stated_as(facts.PasskeyRecovered, key_id=key_id, credential=credential)


def _credential(
    said: RegisterPasskey | RecoverPasskey | Credential, sites: tuple[Site, ...], read: Reader
) -> Credential:
    credential = read.credential(said.attestation_object, said.client_data, said.transports, sites)
    if isinstance(credential, Words):
        raise Refused("credential-unfit", reason=credential)
    return credential


def _enrolling(event: Event[facts.PasskeyRegistered]) -> RegisterPasskey:
    said = event.facts.credential
    return RegisterPasskey(
        person_id=event.subject.id,
        attestation_object=said.attestation_object,
        client_data=said.client_data,
        transports=said.transports,
    )


def _recovering(event: Event[facts.PasskeyRecovered]) -> RecoverPasskey:
    said = event.facts.credential
    return RecoverPasskey(
        person_id=event.subject.id,
        lost_key_ids=event.facts.lost_key_ids,
        attestation_object=said.attestation_object,
        client_data=said.client_data,
        transports=said.transports,
    )


def revoke_key(command: RevokeKey, act: Act, read: Reader) -> Fact:
    """A security officer ends a key; as it is not their own, one who can enrol keys always remains.

    Of a key that has ended, they can still record that it was compromised, or earlier than was known.
    """
    ended = read.officer(command.person_id).ended
    if command.compromised_since is None or command.key_id not in ended:
        _require_active(command.person_id, command.key_id, read)
    require.compromise(command.compromised_since, ended.get(command.key_id), act)
    return command.stated_as(facts.KeyRevoked)


def _new_key_file(person_id: str, public_key: bytes, act: Act, read: Reader) -> str:
    require_key(PublicKey("Ed25519", public_key))
    key_id = _new_key(person_id, public_key, act, read)
    _require_agreed(person_id, key_id, read)
    return key_id


def _new_key(person_id: str, public_key: bytes, act: Act, read: Reader) -> str:
    key_id = read.key_id(public_key)
    _require_new_key(person_id, key_id, act, read)
    return key_id


def _require_new_key(person_id: str, key_id: str, act: Act, read: Reader) -> None:
    if any(s.role is Role.KEY_HOLDER and s.person != person_id for s in act.by):
        raise Refused("key-holder-differs", person=person_id)
    if read.key_holder(key_id) is not None:
        raise Refused("key-already-enrolled", key=key_id)


def _require_agreed(person_id: str, key_id: str, read: Reader) -> None:
    """Refuse one more key of somebody that they did not agree to. Their first is bound to nothing of theirs yet.

    Another id of theirs does not count: its keys do not sign with the roles of this one.
    """
    officer = read.officer(person_id)
    if officer.had_keys and key_id not in officer.agreed:
        raise Refused("key-not-agreed", person=person_id, key=key_id)


def _require_active(person_id: str, key_id: str, read: Reader) -> None:
    if key_id not in read.officer(person_id).keys:
        raise Refused("key-not-active", key=key_id, person=person_id)


def _initial_officer(person_id: str, read: Reader) -> Officer:
    founder = read.founding().founder(person_id)
    if founder is None:
        return Officer(person_id)
    key = enrolled_key(founder)
    return Officer(person_id, roles=frozenset({founder.role}), keys={read.key_id(key.public): key})


# fmt: off
LEDGER = Subject(
    kind="ledger",
    initial=lambda *_: Founding(),
    evolve=evolve_founding,
    commands=(),
    events=(
        EventType("ledger-founded/v1", facts.LedgerFounded, (Role.KEY_HOLDER, Role.KEY_HOLDER), "public",
                  Words("Ledger founded", "Registre fondé")),
        EventType("ledger-founded/v2", facts.LedgerFoundedV2, (Role.KEY_HOLDER, Role.KEY_HOLDER), "public",
                  Words("Ledger founded, with passkeys", "Registre fondé, avec des clés d’accès")),
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
        command_type("agree-to-key", AgreeToKey, agree_to_key,
            EventType("key-agreed/v1", facts.KeyAgreed, (Role.KEY_HOLDER,), "public",
                      Words("Another key agreed to", "Accord à une autre clé"))),
        command_type("register-passkey", RegisterPasskey, register_passkey,
            EventType("passkey-registered/v1", facts.PasskeyRegistered, (Role.SECURITY_OFFICER, Role.KEY_HOLDER),
                      "public", Words("Passkey registered", "Clé d’accès enregistrée")),
            inverse=_enrolling),
        command_type("recover-passkey", RecoverPasskey, recover_passkey,
            EventType("passkey-recovered/v1", facts.PasskeyRecovered,
                      (Role.DIRECTOR, Role.SECURITY_OFFICER, Role.KEY_HOLDER), "public",
                      Words("Lost keys replaced by a passkey", "Clés perdues remplacées par une clé d’accès")),
            inverse=_recovering),
        command_type("revoke-key", RevokeKey, revoke_key,
            EventType("key-revoked/v1", facts.KeyRevoked, (Role.SECURITY_OFFICER,), "public",
                      Words("Key revoked", "Clé révoquée"))),
        *delegation.COMMANDS,
    ),
)
# fmt: on
