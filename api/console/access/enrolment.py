"""Enrolling a passkey by a link: the browser makes it, and its holder signs the enrolment with it, as a proof.

The link names who will sign the enrolment too: a security officer, and for somebody who lost their keys a director
before. The holder needs no session: until their key is enrolled, they have none.
"""

import secrets
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
from ledger.store.submission import Prepared, Receipt
from ledger.words import Language

ENROL, RECOVER = "enrol", "recover"  # what a link is for: the former for a key more, the latter in place of lost ones
MAKE, PROVE = "make", "prove"  # what a passkey is asked for, one after the other


class Enrolling(NamedTuple):
    """An enrolment by a link: for whom, and the statement that they have to sign, once their passkey is made."""

    link: Link
    name: str
    statement: Waiting | None


def find(console: Console, secret: str) -> Enrolling:
    """Return the enrolment of a link. Raises ``Refused`` for one that is not known, was used, or is too old."""
    link = console.links.find(secret)
    if link is None or link.purpose not in (ENROL, RECOVER):
        raise ConsoleRefusal("link-not-valid")
    waiting = None if link.number is None else console.office.inbox.find(link.number)
    if waiting is not None and not waiting.waits:
        waiting = None  # it was withdrawn or refused: a new one may be made
    return Enrolling(link, name_of(link.person, console.office.ledger.read()) or link.person, waiting)


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


def make(console: Console, enrolling: Enrolling, credential: str) -> Waiting:
    """File the enrolment of what the browser made, for all who sign it. An earlier one by this link is withdrawn."""
    link, made = enrolling.link, read_made(credential)
    if console.ceremonies.take(made.challenge, MAKE, link.code) is None:
        raise ConsoleRefusal("answer-too-late")
    read, inbox = console.office.ledger.read(), console.office.inbox
    sites = read.passkey_policy().sites
    read_registration(made.attestation_object, made.client_data, made.challenge, sites, made.transports)
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
        if enrolling.statement is not None:
            inbox.withdraw(enrolling.statement.number, enrolling.statement.filed_by)
        item, _ = inbox.propose(proposal(name, *link.made_by, link.person, **arguments), f"officer {link.made_by[-1]}")
        if not console.links.note(link, item.number):  # in another tab
            raise ConsoleRefusal("answer-too-late")
    inbox.sync()
    return item


def begin_proving(console: Console, enrolling: Enrolling) -> dict[str, Any]:
    """Return what the new passkey is asked to sign, and keep the challenge."""
    _, prepared, key = _to_prove(console, enrolling)
    origin = console.office.ledger.trust.origin
    challenge = sign_challenge(origin, [prepared.to_sign])
    console.ceremonies.begin(Ceremony(challenge, PROVE, enrolling.link.code, enrolling.link.person, prepared.payload))
    return request_options(challenge, required_site(console, prepared.read), [key])


def prove(console: Console, enrolling: Enrolling, credential: str) -> Receipt | Waiting:
    """Add the holder's signature with the new passkey: then the enrolment waits for the officers."""
    answered = read_asserted(credential)
    ceremony = console.ceremonies.take(answered.challenge, PROVE, enrolling.link.code)
    item, prepared, key = _to_prove(console, enrolling)
    if ceremony is None or ceremony.data != prepared.payload:
        raise ConsoleRefusal("answer-too-late")
    origin = console.office.ledger.trust.origin
    (signature,) = signatures_of(key, key_id(key.public), answered.assertion, origin, [prepared.to_sign])
    added = console.office.inbox.add(item.number, enrolling.link.person, signature)
    console.links.use(enrolling.link)
    return added


def _to_prove(console: Console, enrolling: Enrolling) -> tuple[Waiting, Prepared, Passkey]:
    if enrolling.statement is None:
        raise WrongInput("link", "make a passkey first", "créez d’abord une clé d’accès")
    item, prepared = console.office.inbox.prepare(enrolling.statement.number, enrolling.link.person)
    fact = prepared.event.facts
    assert isinstance(fact, PasskeyRegistered | PasskeyRecovered)  # what :func:`make` filed
    return item, prepared, passkey_of(fact.credential)


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
