"""Enrolling a passkey by a link: the browser makes it, and its holder signs the enrolment with it, as a proof.

Whoever has a key already agrees to the new one before, with a gesture of the one they have: so nobody else can enrol
one for them. The link names who will sign the enrolment too: a security officer, and for somebody who lost their keys
a director before. The holder needs no session: until their key is enrolled, they have none.
"""

import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple

from api.console.access.ceremonies import Ceremony
from api.console.access.passkeys import (
    creation_options,
    passkeys_of,
    read_asserted,
    read_made,
    request_options,
    site_of,
)
from api.console.application import Console
from api.console.refusals import ConsoleRefusal
from api.problems import WrongInput
from api.secretariat.links import Link
from api.secretariat.proposals import Waiting, proposal
from api.words.names import name_of
from ledger.domain.events.office import PasskeyRecovered, PasskeyRegistered
from ledger.domain.reader import Reader
from ledger.domain.record import Passkey, Role, Site
from ledger.domain.states.passkeys import passkey_of
from ledger.signing.keys import key_id
from ledger.signing.passkeys import RANDOM_BYTES, enrol_challenge, read_registration, sign_challenge, signatures_of
from ledger.store.ledger import Ledger
from ledger.store.submission import Prepared
from ledger.words import Language

ENROL, RECOVER = "enrol", "recover"  # what a link is for: the former for a key more, the latter in place of lost ones
MAKE, AGREE, PROVE = "make", "agree", "prove"  # what passkeys are asked for, one after the other


class Enrolling(NamedTuple):
    """An enrolment by a link: for whom, and the statements that they have to sign, once their passkey is made.

    ``agreement`` is there while it waits for a key that they have already.
    """

    link: Link
    name: str
    statement: Waiting | None
    agreement: Waiting | None


class ToSign(NamedTuple):
    """What the holder signs next: for which purpose, the statement, and with which of these passkeys, by id."""

    purpose: str
    item: Waiting
    prepared: Prepared
    keys: Mapping[str, Passkey]


def find(console: Console, secret: str) -> Enrolling:
    """Return the enrolment of a link. Raises ``Refused`` for one that is not known, was used, or is too old."""
    link = console.links.find(secret)
    if link is None or link.purpose not in (ENROL, RECOVER):
        raise ConsoleRefusal("link-not-valid")
    waiting = None if link.number is None else console.office.inbox.find(link.number)
    if waiting is not None and not waiting.waits:
        waiting = None  # it was withdrawn or refused: a new one may be made
    agreement = None
    if waiting is not None:
        source = _source(waiting.number)
        agreement = next((one for one in console.office.inbox.waiting(link.person) if one.source == source), None)
    return Enrolling(link, name_of(link.person, console.office.ledger.read()) or link.person, waiting, agreement)


def _source(number: int) -> str:
    """Return what the agreement to the key of an enrolment is filed from."""
    return f"enrolment {number}"


def begin_making(console: Console, enrolling: Enrolling, language: Language) -> dict[str, Any]:
    """Return what the browser is asked to make, and keep the challenge."""
    ledger, link = console.office.ledger, enrolling.link
    read = ledger.read()
    site = required_site(console, read)
    challenge = enrol_challenge(ledger.trust.origin, secrets.token_bytes(RANDOM_BYTES))
    console.ceremonies.begin(Ceremony(challenge, MAKE, link.code, link.person, b""))
    known = passkeys_of(read.officer(link.person), site).values()
    founding = read.founding()
    body = founding.body_fr if language == "fr" else founding.body_en
    return creation_options(challenge, site, body, link.person, enrolling.name, known)


def make(console: Console, enrolling: Enrolling, credential: str) -> None:
    """File the enrolment of what the browser made, for all who sign it, and the agreement that comes before.

    Earlier ones by this link are withdrawn.
    """
    link, made = enrolling.link, read_made(credential)
    if console.ceremonies.take(made.challenge, MAKE, link.code) is None:
        raise ConsoleRefusal("answer-too-late")
    read, inbox = console.office.ledger.read(), console.office.inbox
    sites = read.passkey_policy().sites
    enrolled = read_registration(made.attestation_object, made.client_data, made.challenge, sites, made.transports)
    arguments: dict[str, Any] = {
        "person_id": link.person,
        "attestation_object": made.attestation_object,
        "client_data": made.client_data,
        "transports": made.transports,
    }
    name = "register-passkey"
    if link.purpose == RECOVER:
        name, arguments["lost_key_ids"] = "recover-passkey", tuple(read.officer(link.person).keys)
    with inbox.desk.transaction():
        for earlier in (enrolling.agreement, enrolling.statement):
            if earlier is not None:
                inbox.withdraw(earlier.number, earlier.filed_by)
        filed, source = proposal(name, *link.made_by, link.person, **arguments), f"officer {link.made_by[-1]}"
        if link.purpose == ENROL and read.officer(link.person).had_keys:
            (number,) = inbox.file([filed], source)  # it cannot be signed before the agreement
            agreeing = {"person_id": link.person, "key_id": key_id(enrolled.public_key)}
            inbox.propose(proposal("agree-to-key", link.person, **agreeing), _source(number))
        else:
            number = inbox.propose(filed, source)[0].number
        if not console.links.note(link, number):  # in another tab
            raise ConsoleRefusal("answer-too-late")
    inbox.sync()


def to_sign(console: Console, enrolling: Enrolling) -> ToSign:
    """Return what the holder signs next: the agreement with a passkey that they have, then the enrolment with it."""
    if enrolling.statement is None:
        raise WrongInput("link", "make a passkey first", "créez d’abord une clé d’accès")
    inbox, person = console.office.inbox, enrolling.link.person
    if enrolling.agreement is not None:
        item, prepared = inbox.prepare(enrolling.agreement.number, person)
        site = required_site(console, prepared.read)
        return ToSign(AGREE, item, prepared, passkeys_of(prepared.read.officer(person), site))
    item, prepared = inbox.prepare(enrolling.statement.number, person)
    fact = prepared.event.facts
    assert isinstance(fact, PasskeyRegistered | PasskeyRecovered)  # what :func:`make` filed
    return ToSign(PROVE, item, prepared, {fact.key_id: passkey_of(fact.credential)})


def begin_signing(console: Console, enrolling: Enrolling) -> dict[str, Any]:
    """Return what a passkey of the holder is asked to sign next, and keep the challenge."""
    purpose, _, prepared, keys = to_sign(console, enrolling)
    challenge = sign_challenge(console.office.ledger.trust.origin, [prepared.to_sign])
    console.ceremonies.begin(Ceremony(challenge, purpose, enrolling.link.code, enrolling.link.person, prepared.payload))
    return request_options(challenge, required_site(console, prepared.read), keys.values())


def sign(console: Console, enrolling: Enrolling, credential: str) -> bool:
    """Add the holder's signature; return whether it was the last: then the enrolment waits for the officers."""
    answered = read_asserted(credential)
    purpose, item, prepared, keys = to_sign(console, enrolling)
    ceremony = console.ceremonies.take(answered.challenge, purpose, enrolling.link.code)
    if ceremony is None or ceremony.data != prepared.payload:
        raise ConsoleRefusal("answer-too-late")
    used = [(i, key) for i, key in keys.items() if key.credential_id == answered.credential_id]
    if not used:
        raise ConsoleRefusal("passkey-unknown")
    origin = console.office.ledger.trust.origin
    (signature,) = signatures_of(used[0][1], used[0][0], answered.assertion, origin, [prepared.to_sign])
    console.office.inbox.add(item.number, enrolling.link.person, signature)
    if purpose == PROVE:
        console.links.use(enrolling.link)
    return purpose == PROVE


def required_site(console: Console, read: Reader) -> Site:
    """Return our site. Raises ``Refused`` while the log allows no passkeys on our pages."""
    site = site_of(read, console.office.base_url)
    if site is None:
        raise ConsoleRefusal("origin-not-allowed", origin=console.office.base_url)
    return site


def enroller(ledger: Ledger, person: str, role: Role) -> str:
    """Return an officer in a role who can sign an enrolment of this person: not themselves. Raises ``Refused``."""
    read = ledger.read()
    human = read.one(person)
    for one in ledger.holders(role):
        if read.one(one) != human:
            return one
    raise ConsoleRefusal("no-enroller", role=role)
