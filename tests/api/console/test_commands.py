"""Every command at the console: listed, filled in without JavaScript, checked in words, and filed once."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from api.console.commands.words import SUBJECT_NAMES, TITLES
from api.secretariat.inbox import Inbox
from ledger.domain.record import Role
from ledger.domain.subjects import COMMAND_TYPES, SUBJECTS
from ledger.words import LANGUAGES, Language
from tests.api.console.pages import SAME_SITE, Browser, Page
from tests.scenario import ROLES
from tests.support import World


@pytest.fixture
def desk(client: TestClient) -> Inbox:
    inbox: Inbox = client.app.state.console.office.inbox  # type: ignore[attr-defined]  # of the application
    return inbox


def fill(page: Page, name: str, do: str, **changes: str) -> dict[str, Any]:
    """The form of a command as it was sent to the browser, changed, with the button that is pressed."""
    return {**page.form(f"/console/commands/{name}"), **{k.replace("__", "."): v for k, v in changes.items()}, "do": do}


def test_every_command_and_every_subject_has_a_name() -> None:
    assert {row.name for row in COMMAND_TYPES} == TITLES.keys()
    assert {kind for kind, subject in SUBJECTS.items() if subject.commands} == SUBJECT_NAMES.keys()


@pytest.mark.parametrize("role", [role for role in Role if role in ROLES.values()])
def test_one_opens_the_forms_that_one_can_sign_or_file_and_no_other(role: Role, client: TestClient) -> None:
    browser = Browser(client).enter(next(name for name, held in ROLES.items() if held is role))
    linked = {a.rpartition("/")[2] for a in browser.get("/console/commands").values("ul.commands a", "href")}
    files = role in (Role.REGISTRAR, Role.PROGRAMME_MANAGER)
    allowed = {row.name for row in COMMAND_TYPES if files or {role, Role.KEY_HOLDER} & set(row.seats)}
    assert linked == allowed
    refused = next((row.name for row in COMMAND_TYPES if row.name not in allowed), None)
    if refused is not None:
        for page in (
            client.get(f"/console/commands/{refused}"),
            client.post(f"/console/commands/{refused}", data={"do": "check"}, headers=SAME_SITE),
        ):
            assert page.status_code == 403
            assert "Awa" not in page.text  # no list of people is shown either


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_of_every_command_is_a_sound_page(client: TestClient, language: Language) -> None:
    browser = Browser(client, language).enter("registrar")
    for row in COMMAND_TYPES:
        page = browser.get(f"/console/commands/{row.name}")
        assert page.h1 == TITLES[row.name].into(language)


def test_a_person_is_registered_from_the_form_to_the_page_where_it_is_signed(
    browser: Browser, desk: Inbox, workshop: World
) -> None:
    address = "/console/commands/register-person"
    page = browser.enter("registrar").get(address)
    assert page.form(address)["signers.0"] == ["registrar"]  # who fills it in, in their own role
    checked = browser.post(
        address, fill(page, "register-person", "check", details__given_name="Zélie", details__family_name="Martin")
    )
    assert "Register Zélie Martin?" in checked.text
    assert "Registrar Exemple (Registrar)" in checked.text
    assert desk.waiting() == []  # nothing was filed yet
    review = browser.post(address, fill(checked, "register-person", "file"))
    assert "You are about to sign 1 statement" in review.text
    assert "Zélie Martin" in review.text
    size = workshop.ledger.size()
    assert "Recorded entry" in browser.post("/console/sign", review.form("/console/sign")).text
    assert workshop.ledger.size() == size + 1


def test_a_form_that_is_sent_twice_is_filed_once(browser: Browser, desk: Inbox) -> None:
    address = "/console/commands/register-person"
    page = browser.enter("registrar").get(address)
    checked = browser.post(address, fill(page, "register-person", "check", details__given_name="Zélie"))
    fields = fill(checked, "register-person", "file")
    ends = [browser.client.post(address, data=fields, headers=SAME_SITE, follow_redirects=False) for _ in range(2)]
    assert [end.status_code for end in ends] == [303, 303]
    assert ends[0].headers["location"] == ends[1].headers["location"]
    assert len(desk.waiting()) == 1
    other = browser.post(address, fields | {"details.given_name": "Zoé"}, status=422)  # the same key, something else
    assert "This form was filed already, with something else in it" in other.text
    assert len(desk.waiting()) == 1


def test_a_member_is_registered_by_its_country_alone_and_what_is_known_of_it_can_be_corrected(browser: Browser) -> None:
    name, address = "register-administration", "/console/commands/register-administration"
    page = browser.enter("registrar").get(address)
    assert "Kenya (KE)" in page.texts("select[name=administration_id] option")
    checked = browser.post(address, fill(page, name, "check", administration_id="KE"))
    assert "Customs administration, Kenya" in checked.text
    assert "East and Southern Africa" in checked.text
    changed = browser.post(address, fill(checked, name, "update", region="Africa"))
    other = browser.post(address, fill(changed, name, "update", administration_id="CM"))
    known = other.form(address)
    assert (known["iso3"], known["region"]) == (["CMR"], ["Africa"])  # what was corrected stays
    assert known["name_fr"][0].startswith("Cameroun")
    nobody = browser.post(address, fill(page, name, "check", administration_id="AQ"), status=422)
    assert nobody.values("[role=alert] a", "href") == ["#iso3", "#name_en", "#name_fr", "#region"]


def test_what_is_wrong_is_said_at_its_input_and_on_top_and_all_that_was_entered_is_kept(browser: Browser) -> None:
    address = "/console/commands/register-person"
    page = browser.enter("registrar").get(address)
    wrong = browser.post(
        address,
        fill(page, "register-person", "check", details__given_name="Zélie", details__email="nowhere"),
        status=422,
    )
    assert wrong.texts("title")[0].startswith("Problem: Register a person")
    assert wrong.values("[role=alert] a", "href") == ["#details.email"]
    assert "an e-mail address" in wrong.texts("[id='details.email-error']")[0]
    assert wrong.values("[id='details.email']", "aria-invalid") == ["true"]
    kept = wrong.form(address)
    assert (kept["details.given_name"], kept["details.email"]) == (["Zélie"], ["nowhere"])


def test_the_rules_refuse_before_it_is_filed_at_the_input_and_by_name(browser: Browser, desk: Inbox) -> None:
    address = "/console/commands/suspend-certification"
    page = browser.enter("registrar").get(f"{address}?certification_id=c-awa")
    changes = {"effective_from": "2017-06-01", "reason_code": "other", "signers__0": "decider1"}
    checked = browser.post(address, fill(page, "suspend-certification", "check", **changes))
    assert "Suspend the certification of" in checked.text
    early = browser.post(
        address, fill(page, "suspend-certification", "check", **changes | {"effective_from": "2016-01-01"}), status=422
    )
    assert early.values("[role=alert] a", "href") == ["#effective_from"]
    merge = "/console/commands/merge-persons"
    page = browser.get(merge)
    both = fill(
        page, "merge-persons", "check", person_id="director", merged_id="awa", reason="same", signers__1="director"
    )
    own = browser.post(merge, both, status=422)
    assert own.values("[role=alert] a", "href") == ["#signers.1"]
    assert "Director Exemple is the person concerned" in own.text
    assert desk.waiting() == []


def test_what_is_of_another_type_than_the_command_takes_is_said_at_its_input(browser: Browser, desk: Inbox) -> None:
    address = "/console/commands/register-key"
    page = browser.enter("security").get(f"{address}?person_id=awa&public_key=AAAA%3D%3D%3D%3D")
    wrong = browser.post(address, fill(page, "register-key", "check"), status=422)
    assert wrong.values("[role=alert] a", "href") == ["#public_key"]
    assert wrong.texts("[id='public_key-error']") == ["Problem: Invalid base64 encoded string."]
    assert browser.post(address, fill(wrong, "register-key", "file") | {"key": "a-key-of-its-own"}, status=422).h1
    assert desk.waiting() == []


def test_only_those_who_sign_a_statement_or_file_for_others_can_file_it(browser: Browser, desk: Inbox) -> None:
    address = "/console/commands/suspend-certification"
    page = browser.enter("decider2").get(f"{address}?certification_id=c-awa&effective_from=2017-06-01")
    assert page.form(address)["effective_from"] == ["2017-06-01"]
    assert page.form(address)["signers.0"] == ["decider2"]
    fields = fill(page, "suspend-certification", "check", reason_code="other", signers__0="decider1")
    refused = browser.post(address, fields, status=422)
    assert refused.values("[role=alert] a", "href") == ["#signers.0"]
    assert "only a registrar or a programme manager may file statements for others" in refused.text
    assert desk.waiting() == []


def test_what_others_sign_leads_to_the_page_of_the_statement(browser: Browser, desk: Inbox) -> None:
    address = "/console/commands/suspend-certification"
    page = browser.enter("registrar").get(f"{address}?certification_id=c-awa&effective_from=2017-06-01")
    fields = fill(page, "suspend-certification", "check", reason_code="other", signers__0="decider1")
    filed = browser.post(address, fill(browser.post(address, fields), "suspend-certification", "file"))
    (item,) = desk.waiting()
    assert filed.h1 == f"Statement no. {item.number}"
    assert item.filed_by == "registrar"
    assert item.people == {"decider1"}


def test_a_form_goes_on_once_what_others_depend_on_is_chosen(browser: Browser) -> None:
    address = "/console/commands/reduce-scope"
    page = browser.enter("decider1").get(address)
    assert page.values("[name=removed]", "value") == []
    assert "Continue" in page.texts("button")
    more = browser.post(address, fill(page, "reduce-scope", "update", certification_id="c-awa"))
    assert "practical-skills" in more.values("[name=removed]", "value")
    fields = fill(
        more, "reduce-scope", "check", reason_code="other", effective_from="2017-06-01", signers__1="decider2"
    )
    checked = browser.post(address, fields | {"removed": ["practical-skills", "communication"]})
    assert "practical-skills" in checked.text
    changed = browser.post(address, fill(checked, "reduce-scope", "update"))
    assert changed.form(address)["removed"] == ["practical-skills", "communication"]


def test_rows_are_added_and_removed_by_buttons(browser: Browser) -> None:
    address = "/console/commands/draft-scheme-version"
    page = browser.enter("manager").get(f"{address}?scheme_id=toa-pca-fr&criteria.0.id=experience")
    assert page.form(address)["version"] == ["1.1.0"]  # the next of the scheme
    two = browser.post(address, fill(page, "draft-scheme-version", "add:criteria"))
    assert (two.form(address)["criteria.0.id"], two.form(address)["criteria.1.id"]) == (["experience"], [""])
    one = browser.post(address, fill(two, "draft-scheme-version", "remove:criteria.0"))
    assert one.form(address)["criteria.0.id"] == [""]
    assert "criteria.1.id" not in one.form(address)


@pytest.mark.parametrize(
    ("name", "fields", "status"),
    [
        ("unheard-of", {}, 404),
        ("register-person", {"do": "file", "key": "x"}, 400),
        ("register-person", {"details.given_name": "x" * 200_001}, 422),
        ("register-person", [("details.given_name", "x")] * 4001, 400),
    ],
    ids=["unknown", "no key", "too long", "too many"],
)
def test_a_form_that_no_page_sent_files_nothing(
    browser: Browser, desk: Inbox, name: str, fields: Any, status: int
) -> None:
    browser.enter("registrar")
    data = fields if isinstance(fields, dict) else {"details.given_name": [text for _, text in fields]}
    response = browser.client.post(f"/console/commands/{name}", data=data, headers=SAME_SITE)
    assert response.status_code == status, response.text
    assert desk.waiting() == []
