"""Delegations (ISO/IEC 17024, 4.2): an officer lends a role to another until a day, and a director agrees.

Only roles that carry out what others decide are lent. A director and a security officer hold the powers from which all
others descend; panels, assessors and moderators were chosen as persons; and decisions on certification are not
delegated (9.4.2).
"""

from datetime import date

import msgspec

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, Command
from ledger.domain.decisions.rows import EventType, command_type
from ledger.domain.events import delegation as facts
from ledger.domain.months import add_months
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role
from ledger.domain.refusal import Refused
from ledger.words import Words

DELEGABLE = (Role.PROGRAMME_MANAGER, Role.REGISTRAR, Role.DATA_PROTECTION_OFFICER)
A_YEAR = 12  # in months: who acts for longer is appointed


class DelegationCommand(Command, frozen=True, kw_only=True):
    kind = "officer"
    person_id: str


class GrantDelegation(DelegationCommand, frozen=True, kw_only=True):
    delegator_id: str
    role: Role
    until: date


class RevokeDelegation(DelegationCommand, frozen=True, kw_only=True):
    role: Role


def grant_delegation(command: GrantDelegation, act: Act, read: Reader) -> Fact:
    """An officer lends a role that they hold themselves, in their own name, and a director agrees."""
    if command.role not in DELEGABLE:
        raise Refused("role-not-delegable", role=command.role, expected=DELEGABLE)
    require.in_own_name(msgspec.structs.replace(act, by=act.by[:1]), command.delegator_id, read)
    require.person(command.person_id, read)
    require.not_in_own_case(act, command.person_id, read)
    if read.is_among(command.person_id, [command.delegator_id]):
        raise Refused("delegated-to-oneself", person=command.person_id)
    if command.role not in read.officer(command.delegator_id).roles:  # one that was lent to them is not lent on
        raise Refused("role-not-held", person=command.delegator_id, role=command.role)
    if read.holds(command.person_id, command.role, act.day):
        raise Refused("role-already-held", person=command.person_id, role=command.role)
    latest = add_months(act.day, A_YEAR)
    if not act.day <= command.until <= latest:
        expected = Words(f"from {act.day} to {latest}", f"du {act.day} au {latest}")
        raise Refused("malformed", field="until", expected=expected)
    return command.stated_as(facts.DelegationGranted)


def revoke_delegation(command: RevokeDelegation, act: Act, read: Reader) -> Fact:
    """A director ends a delegation before its last day."""
    if command.role not in read.officer(command.person_id).delegated:
        raise Refused("not-delegated", person=command.person_id, role=command.role)
    return command.stated_as(facts.DelegationRevoked)


# fmt: off
COMMANDS = (
    command_type("grant-delegation", GrantDelegation, grant_delegation,
        EventType("delegation-granted/v1", facts.DelegationGranted, (Role.KEY_HOLDER, Role.DIRECTOR), "restricted",
                  Words("Delegation granted", "Délégation accordée")),
        names=lambda said: said.delegator_id),
    command_type("revoke-delegation", RevokeDelegation, revoke_delegation,
        EventType("delegation-revoked/v1", facts.DelegationRevoked, (Role.DIRECTOR,), "restricted",
                  Words("Delegation revoked", "Délégation révoquée")),
        own_case="giving up a role that was delegated gives nobody any power"),
)
# fmt: on
