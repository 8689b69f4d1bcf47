"""The policy for passkeys: on which web origins they sign, and in which roles a synced one does not count.

Browsers bind a passkey to its rp_id for ever. So a site is added, and none is taken away: what was signed there stays
valid, and whoever no longer trusts a site revokes the keys.
"""

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, Command
from ledger.domain.decisions.rows import EventType, Subject, command_type
from ledger.domain.events import passkeys as facts
from ledger.domain.events.passkeys import PASSKEY_POLICY
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Passkey, Role, Site, Stream
from ledger.domain.refusal import Refused
from ledger.domain.states.passkeys import PasskeyPolicy, evolve_passkeys
from ledger.words import Words


class PasskeysCommand(Command, frozen=True, kw_only=True):
    @property
    def subject(self) -> Stream:
        return PASSKEY_POLICY


class AllowOrigin(PasskeysCommand, frozen=True, kw_only=True):
    rp_id: str
    origin: str


class SetPasskeyPolicy(PasskeysCommand, frozen=True, kw_only=True):
    device_bound: tuple[Role, ...]


def allow_origin(command: AllowOrigin, act: Act, read: Reader) -> Fact:
    """A director and a security officer allow passkeys of an rp_id on the pages of one more web origin."""
    site = Site(command.rp_id, command.origin)
    require_site(site)
    if site in read.passkey_policy().sites:
        raise Refused("origin-already-allowed", origin=command.origin, rp_id=command.rp_id)
    return command.stated_as(facts.OriginAllowed)


def set_passkey_policy(command: SetPasskeyPolicy, act: Act, read: Reader) -> Fact:
    """A director and a security officer say in which roles no synced passkey counts: not so that they lock themselves
    out, because nobody else could undo it."""
    require.none_twice("device_bound", command.device_bound)
    for signer in act.by:
        keys = read.officer(signer.person).keys.values()
        counts = [key for key in keys if not (isinstance(key, Passkey) and key.is_backup_eligible)]
        if signer.role in command.device_bound and not counts:
            raise Refused("policy-locks-out", person=signer.person, role=signer.role)
    return command.stated_as(facts.PasskeyPolicySet)


def require_site(site: Site, field: str = "rp_id") -> None:
    """Refuse an rp_id that is neither the host of the origin nor a suffix of it where a label begins.

    Which suffixes anybody can register, such as org, only browsers know: for those they make no passkey.
    """
    host = site.origin.partition("://")[2].partition(":")[0]
    if site.rp_id != host and not host.endswith(f".{site.rp_id}"):
        raise Refused(
            "malformed",
            field=field,
            expected=Words(f"{host}, or what follows one of its points", f"{host}, ou ce qui suit l’un de ses points"),
        )


# fmt: off
PASSKEYS = Subject(
    kind="passkeys",
    # Leaf 0 may name sites: a ledger that was founded with passkeys can be used before anything else is recorded.
    initial=lambda _, read: PasskeyPolicy(sites=read.founding().sites),
    evolve=evolve_passkeys,
    commands=(
        command_type("allow-origin", AllowOrigin, allow_origin,
            EventType("origin-allowed/v1", facts.OriginAllowed, (Role.DIRECTOR, Role.SECURITY_OFFICER), "public",
                      Words("Web origin allowed", "Origine web autorisée"))),
        command_type("set-passkey-policy", SetPasskeyPolicy, set_passkey_policy,
            EventType("passkey-policy-set/v1", facts.PasskeyPolicySet, (Role.DIRECTOR, Role.SECURITY_OFFICER),
                      "public", Words("Policy for passkeys set", "Règle des clés d’accès fixée"))),
    ),
)
# fmt: on
