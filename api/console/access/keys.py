"""The pages on keys: one's own, those of all officers, and the links by which passkeys are enrolled."""

from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any, NamedTuple

from fastapi import Form, Query, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from api.console.access import enrolment
from api.console.access.enrolment import ENROL, PROVE, RECOVER, Enrolling, enroller
from api.console.access.passkeys import MAX_CREDENTIAL_CHARACTERS, passkeys_of, site_of
from api.console.application import Console, console_of, visitor_of
from api.console.names import with_names
from api.console.page import page
from api.console.refusals import ConsoleRefusal
from api.console.routing import PREFIX, router
from api.pages import language_of
from api.words import event_in_words
from api.words.names import name_of
from ledger.domain.decisions import require
from ledger.domain.reader import Reader
from ledger.domain.record import ROLE_LABELS, Passkey, Role
from ledger.domain.recovery import irreplaceable
from ledger.domain.refusal import Refused
from ledger.likeness import parts_of, words_of
from ledger.words import Language

keys = router()
MOST_FOUND = 20
Credential = Annotated[str, Form(max_length=MAX_CREDENTIAL_CHARACTERS)]
Person = Annotated[str, Form(max_length=64)]


class Key(NamedTuple):
    """A key that signs: its id, whether it is a passkey, may be on several devices, and when its counter went back."""

    id: str
    is_passkey: bool
    is_synced: bool
    went_back: datetime | None


class Holder(NamedTuple):
    """Somebody with their roles in words and their active keys. ``had_keys`` is true also when all have ended.

    ``adds_own`` of somebody with a passkey of our pages: nobody invites them.
    """

    person: str
    name: str
    roles: str
    keys: tuple[Key, ...]
    had_keys: bool
    adds_own: bool


@keys.get("/my-keys", name="access.my-keys")
def my_keys(request: Request) -> Response:
    """One's own keys; another passkey can be added."""
    console, person = console_of(request), visitor_of(request).person
    holder = _holder(console, person, console.office.ledger.read(), language_of(request))
    return page(request, "my-keys.html", holder=holder, is_irreplaceable=is_irreplaceable(console, person))


@keys.post("/my-keys/add", name="access.add-key")
def add_key(request: Request) -> Response:
    """Go on to enrol another passkey of one's own: one agrees with a key that one has, a security officer signs."""
    console, person = console_of(request), visitor_of(request).person
    security = enroller(console.office.ledger, person, Role.SECURITY_OFFICER)
    return RedirectResponse(f"{PREFIX}/enrol/{console.links.make(ENROL, person, (security,))}", 303)


@keys.get("/keys", name="access.keys")
def everybodys_keys(request: Request, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """The keys of all who sign; and who has none and no role yet, such as a candidate, by words of their name."""
    return _keys_page(request, words=q)


@keys.post("/keys/invite", name="access.invite")
def invite(request: Request, person: Person) -> Response:
    """Make a link for somebody to enrol a passkey; whoever makes it signs the enrolment."""
    console = console_of(request)
    read = console.office.ledger.read()
    if has_passkey(console, person, read):
        raise ConsoleRefusal("adds-own-key", person=name_of(person, read) or person)
    return _linked(request, ENROL, person, (visitor_of(request).person,))


def has_passkey(console: Console, person: str, read: Reader) -> bool:
    """Return whether an officer has a passkey of our pages: they add another themselves, by a link that is theirs.

    Whoever has a link files what its person is to agree to.
    """
    site = site_of(read, console.office.base_url)
    return site is not None and bool(passkeys_of(read.officer(person), site))


@keys.post("/keys/recover", name="access.recover")
def recover(request: Request, person: Person) -> Response:
    """Make a link for somebody who lost their keys. A director signs the enrolment too, and the lost keys end."""
    console = console_of(request)
    director = enroller(console.office.ledger, person, Role.DIRECTOR)
    return _linked(request, RECOVER, person, (director, visitor_of(request).person))


def _linked(request: Request, purpose: str, person: str, made_by: tuple[str, ...]) -> Response:
    """Show a new link, once: the record keeps only its digest."""
    console = console_of(request)
    enrolment.required_site(console, console.office.ledger.read())
    require.person(person[:64], console.office.ledger.read())
    if person in made_by:
        raise Refused("signers-not-distinct", person=person)
    link = f"{console.office.base_url}{PREFIX}/enrol/{console.links.make(purpose, person, made_by)}"
    return _keys_page(request, link=link, linked=name_of(person, console.office.ledger.read()) or person)


def is_irreplaceable(console: Console, person: str) -> bool:
    """Return whether nobody could give this person another key if they lost theirs."""
    ledger = console.office.ledger
    return person in irreplaceable(ledger.people(), ledger.read())


def _keys_page(request: Request, link: str = "", linked: str = "", words: str = "") -> Response:
    console, language = console_of(request), language_of(request)
    people = console.office.ledger.people()
    read = with_names(console.office.ledger, people)
    holders, wanted = [_holder(console, person, read, language) for person in people], parts_of(words)
    found = [holder for holder in holders if wanted and _is_named(holder.name, wanted)]
    return page(
        request,
        "keys.html",
        holders=[holder for holder in holders if holder.roles or holder.keys or holder.had_keys],
        found=found[:MOST_FOUND],
        words=words,
        irreplaceable=[name_of(person, read) or person for person in irreplaceable(people, read)],
        link=link,
        linked=linked,
        may_invite=Role.SECURITY_OFFICER in visitor_of(request).roles,
        own=visitor_of(request).person,
    )


def _is_named(name: str, wanted: list[str]) -> bool:
    own = words_of(name)
    return all(any(word.startswith(part) for word in own) for part in wanted)


@keys.get("/enrol/{secret}", name="access.enrol")
def enrol(request: Request, secret: str) -> Response:
    """Enrol a passkey by a link: make it, agree with a key that one has already, prove that one has the new one."""
    return _enrol_page(request, secret)


@keys.post("/enrol/{secret}/begin", name="access.begin-making")
def begin_making(request: Request, secret: str) -> Response:
    """What the browser is asked to make, for the script of the page."""
    console = console_of(request)
    options = enrolment.begin_making(console, enrolment.find(console, secret), language_of(request))
    return JSONResponse({"publicKey": options})


@keys.post("/enrol/{secret}", name="access.make")
def make(request: Request, secret: str, credential: Credential) -> Response:
    """Take in what the browser made."""
    console = console_of(request)
    enrolment.make(console, enrolment.find(console, secret), credential)
    return RedirectResponse(f"{PREFIX}/enrol/{secret}", 303)


@keys.post("/enrol/{secret}/prove/begin", name="access.begin-proving")
def begin_proving(request: Request, secret: str) -> Response:
    """What a passkey is asked to sign next, for the script of the page."""
    console = console_of(request)
    return JSONResponse({"publicKey": enrolment.begin_signing(console, enrolment.find(console, secret))})


@keys.post("/enrol/{secret}/prove", name="access.prove")
def prove(request: Request, secret: str, credential: Credential) -> Response:
    """Add the holder's signature; after the last one the officers sign in their inbox."""
    console = console_of(request)
    enrolling = enrolment.find(console, secret)
    if not enrolment.sign(console, enrolling, credential):
        return RedirectResponse(f"{PREFIX}/enrol/{secret}", 303)
    return page(
        request, "enrolled.html", name=enrolling.name, signers=_signers(console, enrolling, language_of(request))
    )


def _enrol_page(request: Request, secret: str) -> Response:
    console, language = console_of(request), language_of(request)
    enrolling = enrolment.find(console, secret)
    read = console.office.ledger.read()
    signs_twice = enrolling.link.purpose == ENROL and read.officer(enrolling.link.person).had_keys
    step, of, says, can_sign, number = 1, 3 if signs_twice else 2, "", False, None
    if enrolling.statement is not None:
        with suppress(Refused):  # the agreement was refused, say, or the key ended: another passkey can be made
            purpose, item, prepared, with_keys = enrolment.to_sign(console, enrolling)
            step, can_sign, number = of if purpose == PROVE else 2, bool(with_keys), item.number
            says = event_in_words(prepared.event, language, prepared.read)
    context: dict[str, Any] = {
        "step": step,
        "of": of,
        "can_sign": can_sign,
        "number": number,
        "secret": secret,
        "name": enrolling.name,
        "until": enrolling.link.until,
        "is_lost": enrolling.link.purpose == RECOVER,
        "says": says,
        "signers": _signers(console, enrolling, language),
    }
    return page(request, "enrol.html", **context)


def _signers(console: Console, enrolling: Enrolling, language: Language) -> str:
    read = console.office.ledger.read()
    roles = (Role.DIRECTOR, Role.SECURITY_OFFICER)[-len(enrolling.link.made_by) :]
    signers = zip(enrolling.link.made_by, roles, strict=True)
    return ", ".join(
        f"{name_of(person, read) or person} ({ROLE_LABELS[role].into(language)})" for person, role in signers
    )


def _holder(console: Console, person: str, read: Reader, language: Language) -> Holder:
    officer = read.officer(person)
    went_back = console.counters.went_back(officer.keys)
    found = [
        Key(i, isinstance(key, Passkey), isinstance(key, Passkey) and key.is_backup_eligible, went_back.get(i))
        for i, key in officer.keys.items()
    ]
    roles = ", ".join(ROLE_LABELS[role].into(language) for role in Role if role in officer.roles)
    adds_own = has_passkey(console, person, read)
    return Holder(person, name_of(person, read) or person, roles, tuple(found), officer.had_keys, adds_own)
