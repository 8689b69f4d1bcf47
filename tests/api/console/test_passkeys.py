"""Passkeys at the console: enrolling them, signing in, and one gesture over many statements."""

import json
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.console.access import enrolment
from api.console.access.ceremonies import GOOD_SECONDS
from api.console.application import Console
from api.secretariat.links import GOOD_SECONDS as LINK_SECONDS
from api.secretariat.proposals import proposal
from ledger.auditing import audit
from ledger.domain.record import Role, Site
from ledger.domain.refusal import Refused
from ledger.signing.authenticator import CREATE, GET, PRESENT, VERIFIED
from ledger.signing.passkeys import Assertion
from tests.api.console.conftest import console_over
from tests.api.console.pages import SAME_SITE, Browser
from tests.passkeys import SITE, SoftKey, client_data
from tests.scenario import key_of, names
from tests.support import PasskeyWorld

JSON = {**SAME_SITE, "Accept": "application/json"}


@pytest.fixture
def founded(tmp_path: Path) -> Iterator[PasskeyWorld]:
    world = PasskeyWorld(tmp_path / "ledger")
    world.do("grant-role", "director", person_id="security", role=Role.REGISTRAR)
    yield world
    world.ledger.close()


@pytest.fixture
def client(founded: PasskeyWorld) -> Iterator[TestClient]:
    with console_over(founded, {}) as client:
        yield client


@pytest.fixture
def browser(client: TestClient) -> Browser:
    return Browser(client)


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def challenge_of(options: dict[str, Any]) -> bytes:
    challenge: str = options["challenge"]
    return urlsafe_b64decode(challenge + "=" * (-len(challenge) % 4))


def begun(client: TestClient, address: str, fields: Any = None) -> dict[str, Any]:
    """What the browser is asked."""
    response = client.post(address, data=fields or {}, headers=JSON)
    assert response.status_code == 200, response.text
    options: dict[str, Any] = response.json()["publicKey"]
    return options


def answer(key: SoftKey, assertion: Assertion, person: str = "") -> str:
    """What the script of a page sends after a passkey was used."""
    response = {
        "authenticatorData": b64(assertion.authenticator_data),
        "clientDataJSON": b64(assertion.client_data),
        "signature": b64(assertion.signature),
        "userHandle": b64(person.encode()),
    }
    return json.dumps({"id": b64(key.credential_id), "rawId": b64(key.credential_id), "response": response})


def sign_in(browser: Browser, key: SoftKey, person: str, *, status: int = 200, **changed: Any) -> str:
    browser.client.cookies.clear()
    options = begun(browser.client, "/console/sign-in/begin")
    assert options["userVerification"] == "required"
    credential = answer(key, key.asserted(challenge_of(options), **changed), person)
    response = browser.client.post("/console/sign-in", data={"credential": credential}, headers=SAME_SITE)
    assert response.status_code == status, response.text
    return response.text


def signed(browser: Browser, key: SoftKey, numbers: list[int], **changed: Any) -> Any:
    """Review statements and sign them with one gesture; the response of the last request, not followed."""
    review = browser.get("/console/review?" + "&".join(f"n={number}" for number in numbers))
    fields = review.form("/console/sign")
    options = begun(browser.client, "/console/sign/begin", fields)
    assert [b64(key.credential_id)] == [known["id"] for known in options["allowCredentials"]]
    fields["credential"] = [answer(key, key.asserted(challenge_of(options), **changed))]
    return browser.client.post("/console/sign", data=fields, headers=SAME_SITE, follow_redirects=False)


def file(founded: PasskeyWorld, client: TestClient, people: int) -> list[int]:
    inbox = client.app.state.console.office.inbox  # type: ignore[attr-defined]  # of the application
    proposals = [
        proposal("register-person", "security", person_id=f"p{n}", details=names(f"P{n}")) for n in range(people)
    ]
    numbers: list[int] = inbox.file(proposals, "test", by="security")
    return numbers


@pytest.mark.parametrize("person", ["director", "security"])
def test_a_founder_signs_in_with_a_passkey(person: str, browser: Browser, founded: PasskeyWorld) -> None:
    assert "To do" in sign_in(browser, founded.passkeys[person], person)
    assert len(browser.get("/console/sessions").texts("tbody tr")) == 1


def test_one_gesture_signs_many_statements_and_each_is_in_order(browser: Browser, founded: PasskeyWorld) -> None:
    numbers, size = file(founded, browser.client, 7), founded.ledger.size()
    sign_in(browser, founded.passkeys["security"], "security")
    response = signed(browser, founded.passkeys["security"], numbers)
    assert response.status_code == 303
    assert browser.get(response.headers["location"]).text.count("Recorded entry") == 7
    assert founded.ledger.size() == size + 7
    assert audit(founded.ledger.folder).clean


def test_a_gesture_is_taken_once(browser: Browser, founded: PasskeyWorld) -> None:
    numbers = file(founded, browser.client, 1)
    key = founded.passkeys["security"]
    sign_in(browser, key, "security")
    review = browser.get(f"/console/review?n={numbers[0]}")
    fields = review.form("/console/sign")
    challenge = challenge_of(begun(browser.client, "/console/sign/begin", fields))
    fields["credential"] = [answer(key, key.asserted(challenge))]
    assert browser.client.post("/console/sign", data=fields, headers=JSON, follow_redirects=False).status_code == 303
    again = browser.client.post("/console/sign", data=fields, headers=JSON)
    assert (again.status_code, again.json()["code"]) == (409, "answer-too-late")


def test_a_gesture_that_was_begun_again_signs_once(browser: Browser, founded: PasskeyWorld) -> None:
    (number,) = file(founded, browser.client, 1)
    key = founded.passkeys["security"]
    sign_in(browser, key, "security")
    fields = browser.get(f"/console/review?n={number}").form("/console/sign")
    first = challenge_of(begun(browser.client, "/console/sign/begin", fields))
    assert challenge_of(begun(browser.client, "/console/sign/begin", fields)) == first, "it signs the same statement"
    fields["credential"] = [answer(key, key.asserted(first))]
    assert "Recorded entry" in browser.post("/console/sign", fields).text


def test_two_officers_who_sign_the_same_statements_at_once_both_sign(founded: PasskeyWorld) -> None:
    founded.do("register-person", "security", person_id="p0", details=names("P0"))
    founded.do("register-person", "security", person_id="p1", details=names("P1"))
    with console_over(founded, {}) as client:
        inbox = client.app.state.console.office.inbox  # type: ignore[attr-defined]  # of the application
        merge = proposal(
            "merge-persons",
            "security",
            "director",
            person_id="p0",
            merged_id="p1",
            reason={"name": "reason", "value": "same"},
        )
        (number,) = inbox.file([merge], "test", by="security")
        gestures = []
        for person in ("security", "director"):
            browser, key = Browser(client), founded.passkeys[person]
            sign_in(browser, key, person)
            fields = browser.get(f"/console/review?n={number}").form("/console/sign")
            challenge = challenge_of(begun(client, "/console/sign/begin", fields))
            gestures.append((dict(client.cookies), {**fields, "credential": [answer(key, key.asserted(challenge))]}))
        for cookies, fields in gestures:
            client.cookies.clear()
            client.cookies.update(cookies)
            sent = client.post("/console/sign", data=fields, headers=SAME_SITE, follow_redirects=False)
            assert sent.status_code == 303, sent.text
        assert inbox.find(number).leaf is not None


@pytest.mark.parametrize("number", ["0", "-1", "9223372036854775808", "9" * 5000, "x"])
def test_what_is_no_number_of_a_statement_is_refused(number: str, browser: Browser, founded: PasskeyWorld) -> None:
    sign_in(browser, founded.passkeys["director"], "director")
    for address in ("/console/review", "/console/signed"):
        assert browser.client.get(address, params={"n": number}).status_code == 400
    fields = {"n": number, f"agreed-{number}": "00"}
    response = browser.client.post("/console/sign/begin", data=fields, headers=JSON)
    assert (response.status_code, response.json()["detail"]) == (400, "n: expected what the page listed")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"flags": PRESENT}, "passkey-user-verification"),
        ({"flags": VERIFIED}, "passkey-user-presence"),
        ({"rp_id": "evil.example"}, "passkey-rp-id"),
    ],
)
def test_a_gesture_that_does_not_hold_signs_nothing(
    changed: dict[str, Any], code: str, browser: Browser, founded: PasskeyWorld
) -> None:
    numbers, size = file(founded, browser.client, 2), founded.ledger.size()
    sign_in(browser, founded.passkeys["director"], "director")
    assert code in sign_in(browser, founded.passkeys["security"], "security", status=400, **changed)
    sign_in(browser, founded.passkeys["security"], "security")
    response = signed(browser, founded.passkeys["security"], numbers, **changed)
    assert response.status_code == 400
    assert code in response.text
    assert founded.ledger.size() == size


def test_a_session_begins_on_the_pages_of_this_address_only(browser: Browser, founded: PasskeyWorld) -> None:
    """Another page for which the log allows the same passkeys may sign statements, and begins no session here."""
    other = Site(SITE.rp_id, f"https://other.{SITE.rp_id}")
    founded.do("allow-origin", "director", "security", rp_id=other.rp_id, origin=other.origin)
    key = founded.passkeys["director"]
    challenge = challenge_of(begun(browser.client, "/console/sign-in/begin"))
    credential = answer(key, key.asserted(challenge, said=client_data(GET, challenge, other.origin)), "director")
    response = browser.client.post("/console/sign-in", data={"credential": credential}, headers=JSON)
    assert response.json()["code"] == "passkey-origin"


def test_a_passkey_does_not_sign_in_for_anybody_else(browser: Browser, founded: PasskeyWorld) -> None:
    text = sign_in(browser, founded.passkeys["director"], "security", status=403)
    assert "not enrolled here" in text
    sign_in(browser, SoftKey("nobody"), "nobody", status=403)


def test_the_challenge_of_a_sign_in_signs_no_statement_and_the_reverse(browser: Browser, founded: PasskeyWorld) -> None:
    (number,) = file(founded, browser.client, 1)
    key = founded.passkeys["security"]
    sign_in(browser, key, "security")
    fields = browser.get(f"/console/review?n={number}").form("/console/sign")
    to_sign_in = answer(key, key.asserted(challenge_of(begun(browser.client, "/console/sign-in/begin"))), "security")
    to_sign = answer(key, key.asserted(challenge_of(begun(browser.client, "/console/sign/begin", fields))), "security")
    for address, credential in (("/console/sign", to_sign_in), ("/console/sign-in", to_sign)):
        response = browser.client.post(address, data={"credential": credential}, headers=JSON)
        assert response.json()["code"] == "answer-too-late"


def test_an_answer_that_comes_too_late_is_refused(browser: Browser, founded: PasskeyWorld) -> None:
    key = founded.passkeys["director"]
    options = begun(browser.client, "/console/sign-in/begin")
    founded.now += timedelta(seconds=GOOD_SECONDS)
    credential = answer(key, key.asserted(challenge_of(options)), "director")
    response = browser.client.post("/console/sign-in", data={"credential": credential}, headers=JSON)
    assert response.json()["code"] == "answer-too-late"


def test_a_statement_that_changed_meanwhile_is_not_signed_and_the_others_are(
    browser: Browser, founded: PasskeyWorld
) -> None:
    one, other = file(founded, browser.client, 2)
    key = founded.passkeys["security"]
    sign_in(browser, key, "security")
    fields = browser.get(f"/console/review?n={one}&n={other}").form("/console/sign")
    challenge = challenge_of(begun(browser.client, "/console/sign/begin", fields))
    founded.do("register-person", "security", person_id="p0", details=names("Other"))
    fields["credential"] = [answer(key, key.asserted(challenge))]
    page = browser.post("/console/sign", fields)
    assert page.text.count("Recorded entry") == 1
    assert page.text.count("Waits for your signature") == 1


def test_a_counter_that_goes_back_is_a_warning(browser: Browser, founded: PasskeyWorld) -> None:
    key = founded.passkeys["director"]
    sign_in(browser, key, "director")
    assert "counter went back" not in browser.get("/console/my-keys").text
    copied = SoftKey("director")  # it counts from the beginning
    sign_in(browser, copied, "director")
    assert "counter went back" in browser.get("/console/my-keys").text
    assert "counter went back" in browser.get("/console/keys").text


def made(key: SoftKey, challenge: bytes) -> str:
    """What the script of a page sends after a passkey was made."""
    response = {
        "attestationObject": b64(key.attestation_object),
        "clientDataJSON": b64(client_data(CREATE, challenge, key.site.origin)),
        "transports": ["internal"],
    }
    return json.dumps({"rawId": b64(key.credential_id), "response": response})


def enrolled(browser: Browser, link: str, key: SoftKey, has: SoftKey | None = None) -> str:
    """Follow a link: make a passkey, agree to it with one that one has, and prove it; the text of the last page."""
    path, of = link.removeprefix("https://register.example.org"), 2 if has is None else 3
    assert f"Step 1 of {of}" in browser.get(path).text
    options = begun(browser.client, f"{path}/begin")
    assert options["authenticatorSelection"] == {"residentKey": "required", "userVerification": "required"}
    page = browser.post(path, {"credential": made(key, challenge_of(options))})
    if has is not None:
        assert "Step 2 of 3" in page.text
        options = begun(browser.client, f"{path}/prove/begin")
        assert [b64(has.credential_id)] == [known["id"] for known in options["allowCredentials"]]
        page = browser.post(f"{path}/prove", {"credential": answer(has, has.asserted(challenge_of(options)))})
    assert f"Step {of} of {of}" in page.text
    challenge = challenge_of(begun(browser.client, f"{path}/prove/begin"))
    return browser.post(f"{path}/prove", {"credential": answer(key, key.asserted(challenge))}).text


def link_on(page: Any) -> str:
    (link,) = page.texts(".notice code")
    return str(link)


def test_an_officer_is_enrolled_by_a_link_and_signs_in(browser: Browser, founded: PasskeyWorld) -> None:
    founded.do("register-person", "security", person_id="manager", details=names("Manager"))
    founded.do("grant-role", "director", person_id="manager", role=Role.PROGRAMME_MANAGER)
    security = founded.passkeys["security"]
    sign_in(browser, security, "security")
    link = link_on(browser.post("/console/keys/invite", {"person": "manager"}))
    key = SoftKey("manager")
    browser.client.cookies.clear()
    text = enrolled(browser, link, key)
    assert "now waits for the signature of: security Exemple (Security officer)" in text
    assert browser.client.get(link).status_code == 404, "it was used"
    sign_in(browser, key, "manager", status=403)
    sign_in(browser, security, "security")
    waiting = [int(n) for n in browser.get("/console").values("input[name=n]", "value")]
    assert signed(browser, security, waiting).status_code == 303
    assert "To do" in sign_in(browser, key, "manager")
    assert audit(founded.ledger.folder).clean


def test_an_officer_who_lost_their_keys_gets_a_new_one_by_two_officers(browser: Browser, founded: PasskeyWorld) -> None:
    founded.do("register-person", "security", person_id="manager", details=names("Manager"))
    founded.do("grant-role", "director", person_id="manager", role=Role.PROGRAMME_MANAGER)
    old, new = SoftKey("lost"), SoftKey("found")
    founded.passkeys["manager"] = old
    founded.do("register-passkey", "security", "manager", person_id="manager", **old.registration)
    sign_in(browser, founded.passkeys["security"], "security")
    link = link_on(browser.post("/console/keys/recover", {"person": "manager"}))
    browser.client.cookies.clear()
    enrolled(browser, link, new)
    for person in ("director", "security"):
        sign_in(browser, founded.passkeys[person], person)
        waiting = [int(n) for n in browser.get("/console").values("input[name=n]", "value")]
        signed(browser, founded.passkeys[person], waiting)
    assert "To do" in sign_in(browser, new, "manager")
    sign_in(browser, old, "manager", status=403)


def test_a_passkey_made_again_takes_the_place_of_the_first(browser: Browser, founded: PasskeyWorld) -> None:
    founded.do("register-person", "security", person_id="manager", details=names("Manager"))
    founded.do("grant-role", "director", person_id="manager", role=Role.PROGRAMME_MANAGER)
    sign_in(browser, founded.passkeys["security"], "security")
    path = link_on(browser.post("/console/keys/invite", {"person": "manager"})).removeprefix(
        "https://register.example.org"
    )
    for name in ("first", "second"):
        challenge = challenge_of(begun(browser.client, f"{path}/begin"))
        browser.post(path, {"credential": made(SoftKey(name), challenge)})
    console: Console = browser.client.app.state.console  # type: ignore[attr-defined]  # of the application
    assert len(console.office.inbox.waiting("manager")) == 1
    key = SoftKey("second")
    challenge = challenge_of(begun(browser.client, f"{path}/prove/begin"))
    assert "now waits" in browser.post(f"{path}/prove", {"credential": answer(key, key.asserted(challenge))}).text


def test_of_two_tabs_with_one_link_the_first_files_the_enrolment(browser: Browser, founded: PasskeyWorld) -> None:
    founded.do("register-person", "security", person_id="manager", details=names("Manager"))
    founded.do("grant-role", "director", person_id="manager", role=Role.PROGRAMME_MANAGER)
    sign_in(browser, founded.passkeys["security"], "security")
    link = link_on(browser.post("/console/keys/invite", {"person": "manager"}))
    console: Console = browser.client.app.state.console  # type: ignore[attr-defined]  # of the application
    found = enrolment.find(console, link.rpartition("/")[2])  # in both
    challenges = [challenge_of(enrolment.begin_making(console, found, "en")) for _ in range(2)]
    enrolment.make(console, found, made(SoftKey("first"), challenges[0]))
    with pytest.raises(Refused, match="waits for signatures already"):
        enrolment.make(console, found, made(SoftKey("second"), challenges[1]))
    assert len(console.office.inbox.waiting("manager")) == 1


def test_a_link_is_for_days_and_a_new_one_ends_it(browser: Browser, founded: PasskeyWorld) -> None:
    founded.do("register-person", "security", person_id="manager", details=names("Manager"))
    founded.do("grant-role", "director", person_id="manager", role=Role.PROGRAMME_MANAGER)
    sign_in(browser, founded.passkeys["security"], "security")
    first = link_on(browser.post("/console/keys/invite", {"person": "manager"}))
    second = link_on(browser.post("/console/keys/invite", {"person": "manager"}))
    assert [browser.client.get(link).status_code for link in (first, second)] == [404, 200]
    founded.now += timedelta(seconds=LINK_SECONDS)
    assert browser.client.get(second).status_code == 404


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"person": "security"}, "adds another on the page My keys"),
        ({"person": "nobody"}, "Page not found"),
    ],
)
def test_a_link_is_made_for_others_who_are_registered(
    fields: dict[str, str], says: str, browser: Browser, founded: PasskeyWorld
) -> None:
    sign_in(browser, founded.passkeys["security"], "security")
    response = browser.client.post("/console/keys/invite", data=fields, headers=SAME_SITE)
    assert response.status_code in (404, 422)
    assert says in response.text


def test_nobody_enrols_a_second_key_without_another_security_officer(browser: Browser, founded: PasskeyWorld) -> None:
    sign_in(browser, founded.passkeys["security"], "security")
    response = browser.client.post("/console/my-keys/add", headers=SAME_SITE)
    assert "Somebody else must hold the role Security officer" in response.text
    sign_in(browser, founded.passkeys["director"], "director")
    key = SoftKey("second of the director")
    response = browser.client.post("/console/my-keys/add", headers=SAME_SITE, follow_redirects=False)
    assert "now waits" in enrolled(browser, response.headers["location"], key, founded.passkeys["director"])
    sign_in(browser, founded.passkeys["security"], "security")
    waiting = [int(n) for n in browser.get("/console").values("input[name=n]", "value")]
    assert signed(browser, founded.passkeys["security"], waiting).status_code == 303
    assert "To do" in sign_in(browser, key, "director")
    assert audit(founded.ledger.folder).clean


def test_a_security_officer_makes_no_second_key_of_somebody_else(browser: Browser, founded: PasskeyWorld) -> None:
    """Nor do they lay an agreement to a key of their own among what waits for whom it is about."""
    security, own = founded.passkeys["security"], SoftKey("of the security officer")
    sign_in(browser, security, "security")
    assert "director" not in browser.get("/console/keys").values("form[action$=invite] button", "value")
    refused = browser.client.post("/console/keys/invite", data={"person": "director"}, headers=JSON)
    assert refused.json()["code"] == "adds-own-key"
    agreed = {"person_id": "director", "key_id": own.key_id, "signers.0": "director"}
    page = browser.post("/console/commands/agree-to-key", {**agreed, "do": "check"}, status=422)
    assert "Only director Exemple may file that they agree to a key." in page.texts(".problems li")[0]
    key_file = {"person_id": "director", "public_key": b64encode(key_of("x").public).decode(), "signers.0": "security"}
    page = browser.post("/console/commands/register-key", {**key_file, "do": "check"}, status=422)
    assert "irector Exemple must first agree to key" in page.texts(".problems li")[0]
    console: Console = browser.client.app.state.console  # type: ignore[attr-defined]  # of the application
    assert console.office.inbox.waiting("director") == []
    sign_in(browser, founded.passkeys["director"], "director")
    sent = browser.client.post("/console/my-keys/add", headers=SAME_SITE, follow_redirects=False)
    path = sent.headers["location"]
    challenge = challenge_of(begun(browser.client, f"{path}/begin"))
    assert "Step 2 of 3" in browser.post(path, {"credential": made(own, challenge)}).text
    assert f"Agree that whoever has key {own.key_id} signs as director" in browser.get("/console").text
    for key in (own, security):
        challenge = challenge_of(begun(browser.client, f"{path}/prove/begin"))
        sent = browser.client.post(
            f"{path}/prove", data={"credential": answer(key, key.asserted(challenge))}, headers=JSON
        )
        assert sent.json()["code"] == "passkey-unknown"
    sign_in(browser, security, "security")
    assert "must first agree to key" in browser.get("/console").text
    assert set(founded.read().officer("director").keys) == {founded.passkeys["director"].key_id}


def test_after_an_agreement_was_refused_the_link_makes_another_passkey(browser: Browser, founded: PasskeyWorld) -> None:
    has, new = founded.passkeys["director"], SoftKey("new")
    sign_in(browser, has, "director")
    path = browser.client.post("/console/my-keys/add", headers=SAME_SITE, follow_redirects=False).headers["location"]
    challenge = challenge_of(begun(browser.client, f"{path}/begin"))
    browser.post(path, {"credential": made(SoftKey("made first"), challenge)})
    (number,) = browser.get("/console").values("input[name=n]", "value")
    browser.post(f"/console/statements/{number}/refuse", {"reason": "another device"})
    assert "now waits" in enrolled(browser, path, new, has)


def test_whoever_could_not_be_given_another_key_is_told_ahead(browser: Browser, founded: PasskeyWorld) -> None:
    sign_in(browser, founded.passkeys["director"], "director")
    for address in ("/console", "/console/my-keys"):
        assert "If you lose this only key, nobody can give you another." in browser.get(address).text
    assert "director Exemple, security Exemple" in " ".join(browser.get("/console/keys").texts(".notice p"))


def test_after_all_keys_of_an_officer_were_revoked_two_officers_enrol_another(
    browser: Browser, founded: PasskeyWorld
) -> None:
    founded.do("register-person", "security", person_id="manager", details=names("Manager"))
    founded.do("grant-role", "director", person_id="manager", role=Role.PROGRAMME_MANAGER)
    old, new = SoftKey("lost"), SoftKey("found")
    founded.passkeys["manager"] = old
    founded.do("register-passkey", "security", "manager", person_id="manager", **old.registration)
    founded.do("revoke-key", "security", person_id="manager", key_id=old.key_id, reason_code="lost")
    sign_in(browser, founded.passkeys["security"], "security")
    page = browser.get("/console/keys")
    assert not page.values("form[action$=invite] button", "value").count("manager")
    enrolled(browser, link_on(browser.post("/console/keys/recover", {"person": "manager"})), new)
    for person in ("director", "security"):
        sign_in(browser, founded.passkeys[person], person)
        waiting = [int(n) for n in browser.get("/console").values("input[name=n]", "value")]
        signed(browser, founded.passkeys[person], waiting)
    assert "To do" in sign_in(browser, new, "manager")


@pytest.mark.parametrize(
    "credential",
    ["", "{", "[]", "{}", '{"response": 1}', '{"response": {"clientDataJSON": 1}}', "[" * 9000, "x" * 40000],
)
def test_what_no_browser_returns_is_refused(credential: str, browser: Browser) -> None:
    response = browser.client.post("/console/sign-in", data={"credential": credential}, headers=JSON)
    assert response.status_code == 400
    assert "credential" in response.text


def test_the_pages_on_keys_are_in_french_too(client: TestClient, founded: PasskeyWorld) -> None:
    browser = Browser(client, "fr")
    founded.do("register-person", "security", person_id="manager", details=names("Manager"))
    founded.do("grant-role", "director", person_id="manager", role=Role.PROGRAMME_MANAGER)
    assert browser.get("/console/sign-in").h1 == "Se connecter"
    sign_in(browser, founded.passkeys["security"], "security")
    assert browser.get("/console/my-keys").h1 == "Mes clés"
    link = link_on(browser.post("/console/keys/invite", {"person": "manager"}))
    assert "Étape 1 sur 2" in browser.get(link.removeprefix("https://register.example.org")).text
