"""Facts about signing with passkeys: on which web origins, and for which roles a synced passkey does not count."""

from typing import Annotated

import msgspec

from ledger.domain.record import Fact, Role, Stream

PASSKEY_POLICY = Stream("passkeys", "policy")  # there is one
MOST_TRANSPORTS = 10


class Credential(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A WebAuthn credential as it was enrolled: all but ``transports`` follows from the two objects of the browser.

    ``public_key`` is raw: 32 bytes of Ed25519, or a compressed P-256 point (33 bytes) for ES256. ``aaguid`` names the
    model of the authenticator, and proves nothing. With ``backup_eligible`` the passkey may be on several devices.
    """

    credential_id: bytes
    algorithm: str
    public_key: bytes
    rp_id: str
    origin: str
    attestation_object: bytes
    client_data: bytes
    aaguid: str
    backup_eligible: bool
    backed_up: bool
    transports: Annotated[tuple[str, ...], msgspec.Meta(max_length=MOST_TRANSPORTS)]


class OriginAllowed(Fact, frozen=True, kw_only=True):
    """From here on a passkey of ``rp_id`` signs on the pages of ``origin`` too."""

    rp_id: str
    origin: str


class PasskeyPolicySet(Fact, frozen=True, kw_only=True):
    """From here on a synced passkey does not count in the roles ``device_bound``; it does in all others."""

    device_bound: tuple[Role, ...]
