"""Facts about delegations: an officer lends a role to another until a day."""

from datetime import date

from ledger.domain.record import Fact, Role


class DelegationGranted(Fact, frozen=True, kw_only=True):
    """Until that day, included, the person may sign in this role too, while the delegator holds it."""

    person_id: str
    delegator_id: str
    role: Role
    until: date


class DelegationRevoked(Fact, frozen=True, kw_only=True):
    """From here on the person may no longer sign in the role that was delegated to them."""

    person_id: str
    role: Role
