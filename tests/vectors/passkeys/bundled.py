"""Bundles of what officers signed with passkeys: genuine, after the policy changed, and forged by the operator."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec

from ledger.bundle import Bundle
from ledger.domain.events.office import PasskeyRegistered
from ledger.domain.events.passkeys import PASSKEY_POLICY, OriginAllowed
from ledger.domain.record import Event, Fact, Stream
from ledger.log.heads import open_heads
from ledger.signing.authenticator import GET, PRESENT, VERIFIED
from ledger.signing.envelope import STATEMENT_TYPE, Signature, open_envelope, pae, seal
from ledger.signing.passkeys import sign_challenge
from ledger.signing.statement import decode_payload, payload_of
from tests.ledger.test_verification import AWA, Operator, bundle_of
from tests.passkeys import SITE, SoftKey, client_data
from tests.scenario import ORIGIN
from tests.support import World, key_of

DEVICE, SYNCED = SoftKey("decider1"), SoftKey("decider2", algorithm="Ed25519", eligible=True)
ENROLLED, ALLOWED = (Stream("officer", "decider1"), 4), (PASSKEY_POLICY, 1)
SUSPENDED, LIFTED, AGAIN = (AWA, 3), (AWA, 4), (AWA, 5)
ELSEWHERE = "https://other.example.org"
Place = tuple[Stream, int]


def bundles(world: World) -> Iterator[tuple[str, Bundle]]:
    """Each with its name. Of two who decide, one suspends with a passkey; the other, whose passkey is synced, lifts it."""
    on = {"certification_id": "c-awa"}
    world.do("allow-origin", rp_id=SITE.rp_id, origin=SITE.origin)
    for person, key in (("decider1", DEVICE), ("decider2", SYNCED)):
        world.agree(person, key.key_id)
        world.passkeys[person] = key
        world.do("register-passkey", "security", person, person_id=person, **key.registration)
    world.do("suspend-certification", "decider1", **on, effective_from=date(2017, 5, 19), reason_code="under-review")
    yield "suspended with a passkey", bundle_of(world)
    world.do("lift-suspension", "decider2", **on, effective_from=date(2017, 5, 19))
    yield "lifted with a synced passkey", bundle_of(world)
    yield from _forgeries(world)
    world.do("set-passkey-policy", device_bound=["decision-authority"])
    yield "lifted with a synced passkey, which counted then", bundle_of(world)
    anew = world.passkeys["decider1"] = SoftKey("decider1 anew")
    lost = [DEVICE.key_id, key_of("decider1").key_id]
    people = ("director", "security", "decider1")
    world.do("recover-passkey", *people, person_id="decider1", lost_key_ids=lost, **anew.registration)
    world.do("suspend-certification", "decider1", **on, effective_from=date(2017, 5, 20), reason_code="under-review")
    yield "suspended with a recovered passkey", bundle_of(world)
    operator = Operator(world)
    _put(operator, AGAIN, _signed(operator, AGAIN, DEVICE))
    yield "forged: signed with a lost passkey", operator.bundle()
    event = _event(operator, AGAIN)
    _change(operator, AGAIN, SYNCED, by=(msgspec.structs.replace(event.by[0], person="decider2"),))
    yield "forged: signed with a synced passkey, which no longer counts", operator.bundle()


def _forgeries(world: World) -> Iterator[tuple[str, Bundle]]:
    """By an operator who holds the log's key, and in whose hands an authenticator says what it should not."""
    signed: dict[str, dict[str, Any]] = {
        "nobody verified": {"flags": PRESENT},
        "nobody present": {"flags": VERIFIED},
        "used for another relying party": {"rp_id": "other.example"},
        "used on another page": {"origin": ELSEWHERE},
        "of another log": {"log": "other.example.org/pca"},
        "of another statement": {"message": b"another"},
    }
    for name, how in signed.items():
        operator = Operator(world)
        _put(operator, SUSPENDED, _signed(operator, SUSPENDED, DEVICE, **how))
        yield f"forged with a passkey: {name}", operator.bundle()
    for name, sig in {"no signature": b"", "as of a key file": bytes(64), "of a later version": b"\2" * 200}.items():
        operator = Operator(world)
        _put(operator, SUSPENDED, Signature(DEVICE.key_id, sig))
        yield f"forged with a passkey: {name}", operator.bundle()
    enrolled: dict[str, dict[str, Any]] = {
        "an algorithm to come": {"algorithm": "ML-DSA-44"},
        "enrolled as synced": {"backup_eligible": True},
        "enrolled for another relying party": {"rp_id": "other.example"},
    }
    for name, changes in enrolled.items():
        operator = Operator(world)
        facts = _event(operator, ENROLLED).facts
        assert isinstance(facts, PasskeyRegistered)
        stated = msgspec.structs.replace(facts, credential=msgspec.structs.replace(facts.credential, **changes))
        _change(operator, ENROLLED, key_of("security"), DEVICE, facts=stated)
        yield f"forged with a passkey: {name}", operator.bundle()
    operator = Operator(world)
    both = key_of("director"), key_of("security")
    _change(operator, ALLOWED, *both, facts=OriginAllowed(rp_id=SITE.rp_id, origin=ELSEWHERE))
    yield "forged with a passkey: only another page allowed", operator.bundle()
    yield "forged with a passkey: the policy left out", _without(PASSKEY_POLICY, Operator(world))


def _leaf(operator: Operator, place: Place) -> int:
    stream, version = place
    return operator.world.ledger.statements([stream], len(operator.leaves))[version - 1][0]


def _event(operator: Operator, place: Place) -> Event[Fact]:
    return decode_payload(open_envelope(operator.leaves[_leaf(operator, place)]).payload)


def _signed(
    operator: Operator,
    place: Place,
    key: SoftKey,
    *,
    log: str = ORIGIN,
    origin: str = "",
    message: bytes = b"",
    **changed: Any,
) -> Signature:
    """What the key signs of a statement, or of something else."""
    payload = open_envelope(operator.leaves[_leaf(operator, place)]).payload
    messages = [message or pae(STATEMENT_TYPE, payload)]
    said = client_data(GET, sign_challenge(log, messages), origin) if origin else None
    (signature,) = key.sign(log, messages, said=said, **changed)
    return signature


def _put(operator: Operator, place: Place, *signatures: Signature) -> None:
    leaf = _leaf(operator, place)
    operator.leaves[leaf] = seal(open_envelope(operator.leaves[leaf]).payload, signatures)


def _change(operator: Operator, place: Place, *keys: Any, **changes: Any) -> None:
    """Change a statement, and sign it with these keys."""
    payload = payload_of(msgspec.structs.replace(_event(operator, place), **changes))
    operator.leaves[_leaf(operator, place)] = seal(payload, ())
    message = pae(STATEMENT_TYPE, payload)
    made = [
        key.sign(ORIGIN, [message])[0] if isinstance(key, SoftKey) else Signature(key.key_id, key.sign(message))
        for key in keys
    ]
    _put(operator, place, *made)


def _without(stream: Stream, operator: Operator) -> Bundle:
    """The bundle without a stream, which the heads do not name either."""
    whole = operator.bundle()
    versions = open_heads(whole.heads, operator.world.ledger.trust.verifier_key).versions
    heads = operator.bundle(versions={name: version for name, version in versions.items() if name != stream}).heads
    kept = tuple(s for s in whole.statements if decode_payload(open_envelope(s.envelope).payload).subject != stream)
    return msgspec.structs.replace(whole, heads=heads, statements=kept)
