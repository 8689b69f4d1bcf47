"""Golden vectors of every event: the bytes that were once signed are read, and written, as they were."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from ledger.domain.events.passkeys import Credential
from ledger.domain.record import Accepted
from ledger.domain.states.passkeys import passkey_of
from ledger.domain.subjects import BY_WIRE_NAME
from ledger.errors import Unverifiable
from ledger.log.tree import leaf_hash
from ledger.signing.envelope import open_envelope, pae, seal
from ledger.signing.keys import SIGNATURE_BYTES, key_id, verify_ed25519
from ledger.signing.passkeys import require_signed
from ledger.signing.statement import decode_payload, match_signatures, payload_of, read_stored
from tests.passkeys import SITE
from tests.scenario import ORIGIN
from tests.vectors.make import EVENTS, file_of


def vector(wire_name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(file_of(wire_name).read_text(encoding="utf-8"))
    return loaded


def test_every_event_has_a_vector_and_every_vector_an_event() -> None:
    assert {path.name for path in EVENTS.glob("*.json")} == {file_of(wire_name).name for wire_name in BY_WIRE_NAME}


@pytest.mark.parametrize("wire_name", BY_WIRE_NAME)
def test_the_bytes_are_read_and_written_as_they_were(wire_name: str) -> None:
    given = vector(wire_name)
    payload, data = given["payload"].encode(), given["envelope"].encode()
    envelope = open_envelope(data)
    event = decode_payload(payload)
    assert (envelope.payload, event.type, given["wire_name"]) == (payload, wire_name, wire_name)
    assert type(event.facts) is BY_WIRE_NAME[wire_name].fact
    assert payload_of(event) == payload
    assert seal(payload, envelope.signatures) == data
    assert leaf_hash(data).hex() == given["leaf"]
    assert read_stored(wire_name, data).event == event
    for _, signature in match_signatures(envelope, event):
        public = bytes.fromhex(given["keys"][signature.keyid])
        message = pae(envelope.payloadType, payload)
        assert key_id(public) == signature.keyid
        if len(signature.sig) == SIGNATURE_BYTES:
            assert verify_ed25519(public, message, signature.sig)
        else:
            (passkey,) = (key for key in map(passkey_of, _credentials(event.facts)) if key.public == public)
            require_signed(passkey, Accepted(ORIGIN, (SITE.origin,), True), message, signature.sig)


def _credentials(facts: Any) -> list[Credential]:
    """The credentials that a fact enrols."""
    return [facts.credential] if hasattr(facts, "credential") else [founder.key for founder in facts.founders]


def _payload(change: Callable[[str], str]) -> Callable[[str], str]:
    """A fault inside the payload, of an envelope that is well formed."""

    def changed(envelope: str) -> str:
        opened = json.loads(envelope)
        payload = b64decode(opened["payload"]).decode()
        assert change(payload) != payload
        return envelope.replace(opened["payload"], b64encode(change(payload).encode()).decode())

    return changed


FAULTS: dict[str, tuple[str, Callable[[str], str]]] = {
    "a space": ("envelope-not-canonical", lambda e: e.replace(":", ": ", 1)),
    "another order of fields": (
        "envelope-not-canonical",
        lambda e: json.dumps(dict(reversed(json.loads(e).items())), separators=(",", ":")),
    ),
    "an unknown field": ("envelope-malformed", lambda e: e.replace('{"payload"', '{"more":1,"payload"', 1)),
    "a missing field": ("envelope-malformed", lambda e: e.replace('"payloadType"', '"payloadKind"', 1)),
    "another payload type": ("envelope-type", lambda e: e.replace("statement.v1", "statement.v2")),
    "not base64": ("envelope-malformed", lambda e: e.replace('"payload":"', '"payload":"!', 1)),
    "cut short": ("envelope-malformed", lambda e: e[:-1]),
    "a signature missing": ("signature-missing", lambda e: _signatures(e, lambda s: s[:1])),
    "a signature too many": ("signature-extra", lambda e: _signatures(e, lambda s: [*s, s[0]])),
    "a payload that is no JSON": ("payload-malformed", _payload(lambda p: p[1:])),
    "a payload with a space": ("payload-not-canonical", _payload(lambda p: p.replace(":", ": ", 1))),
    "a payload with a key twice": ("payload-not-canonical", _payload(lambda p: p.replace('{"by"', '{"version":1,"by"', 1))),
    "a payload with an unknown field": ("payload-malformed", _payload(lambda p: p.replace('"by"', '"and":1,"by"', 1))),
    "a fact with an unknown field": ("payload-malformed", _payload(lambda p: p.replace('"scope"', '"and":1,"scope"', 1))),
    "a fact with a field missing": ("payload-malformed", _payload(lambda p: p.replace('"language":"fr",', "", 1))),
    "a float": ("payload-malformed", _payload(lambda p: p.replace('"serial":1', '"serial":1.5'))),
    "an integer as a float": ("payload-malformed", _payload(lambda p: p.replace('"serial":1', '"serial":1.0'))),
    "a number as a string": ("payload-malformed", _payload(lambda p: p.replace('"serial":1', '"serial":"1"'))),
    "a time in another zone": ("payload-not-canonical", _payload(lambda p: p.replace('Z","type"', '+02:00","type"'))),
    "a time without zone": ("payload-malformed", _payload(lambda p: p.replace('Z","type"', '","type"'))),
    "an unknown event": ("wire-name-unknown", _payload(lambda p: p.replace("granted/v1", "granted/v9"))),
    "the name of another event": ("payload-malformed", _payload(lambda p: p.replace("-granted/v1", "-withdrawn/v1"))),
    "an unknown role": ("payload-malformed", _payload(lambda p: p.replace("decision-authority", "king", 1))),
    "an escaped character": ("payload-not-canonical", _payload(lambda p: p.replace("certification", "\\u0063ertification", 1))),
}  # fmt: skip


def _signatures(envelope: str, change: Callable[[list[Any]], list[Any]]) -> str:
    opened = json.loads(envelope)
    return json.dumps({**opened, "signatures": change(opened["signatures"])}, separators=(",", ":"))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_statement_with_one_fault_is_refused(fault: str) -> None:
    code, change = FAULTS[fault]
    data = change(vector("certification-granted/v1")["envelope"]).encode()
    with pytest.raises(Unverifiable) as refused:
        _accept(data)
    assert refused.value.code == code, refused.value


def _accept(data: bytes) -> None:
    envelope = open_envelope(data)
    match_signatures(envelope, decode_payload(envelope.payload))


def test_swapped_signatures_do_not_hold() -> None:
    given = vector("certification-granted/v1")
    envelope = open_envelope(given["envelope"].encode())
    first, second = envelope.signatures
    swapped = msgspec.structs.replace(envelope, signatures=(second, first))
    event = decode_payload(envelope.payload)
    for (signer, signature), (_, own) in zip(
        match_signatures(swapped, event), match_signatures(envelope, event), strict=True
    ):
        assert signature.keyid != own.keyid, signer  # so the ledger looks for another person's key
