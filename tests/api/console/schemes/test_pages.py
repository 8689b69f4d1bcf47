"""Schemes at the console: read, drafted in the editor, compared, carried as files, and a second programme held."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime

import pytest
from starlette.testclient import TestClient

from api.console.schemes.carried import read
from ledger.words import LANGUAGES, Language
from tests.api.console.conftest import console_over
from tests.api.console.pages import SAME_SITE, Browser, Page, require_sound
from tests.api.console.schemes.test_carried import FILE
from tests.scenario import SCHEME, SESSION, value
from tests.support import World

HOME = "/console/schemes"
DRAFT = f"{HOME}/{SCHEME}/draft"
ORIGIN = "toa-origin"
START, END = date(2017, 6, 12), date(2017, 6, 14)


@pytest.fixture(scope="module")
def held(appointed: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world with one scheme in force and a workshop under it, which these tests share."""
    world = appointed.copy(tmp_path_factory.mktemp("schemes") / "ledger")
    world.plan()
    yield world
    world.ledger.close()


@pytest.fixture(scope="module")
def served(held: World) -> Iterator[TestClient]:
    with console_over(held) as client:
        yield client


@pytest.fixture
def console(served: TestClient) -> TestClient:
    served.cookies.clear()
    return served


@pytest.fixture
def manager(console: TestClient) -> Browser:
    return Browser(console).enter("manager")


def send(browser: Browser, page: Page, address: str, do: str, changes: Mapping[str, object], *, status: int) -> Page:
    """Send the form of a page with a button and some fields changed."""
    return browser.post(address, {**page.form(address), **changes, "do": do}, status=status)


def upload(browser: Browser, address: str, data: bytes, *, status: int = 200) -> Page:
    response = browser.client.post(address, files={"file": ("programme.json", data)}, headers=SAME_SITE)
    assert response.status_code == status, response.text
    page = Page(response)
    require_sound(page, browser.language)
    return page


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_schemes_is_sound(console: TestClient, language: Language) -> None:
    browser = Browser(console, language).enter("manager")
    title = {"en": "Schemes", "fr": "Programmes"}[language]
    assert browser.get(HOME).h1 == title
    for path in ("versions/1.0.0", "compare", "draft", "draft?from=1.0.0"):
        browser.get(f"{HOME}/{SCHEME}/{path}")


def test_a_version_is_read_with_its_plan_its_rule_and_who_approved_it(console: TestClient) -> None:
    page = Browser(console).enter("assessor1").get(f"{HOME}/{SCHEME}/versions/1.0.0")
    assert page.h1 == "PCA advisor, version 1.0.0"
    assert page.texts("table.plan tbody tr:nth-child(2) td") == ["assessed", "assessed", "–", "–"]
    assert page.texts("table.plan tbody tr:nth-child(1) td") == ["–"] * 4
    assert "Approved, in force for workshops that begin on or after 1 January 2017." in page.text
    assert "director Exemple (" in page.text
    assert SESSION in page.text
    assert "Approve it" not in page.text


def test_only_programme_managers_draft_and_import(console: TestClient, held: World) -> None:
    browser, size = Browser(console).enter("director"), held.ledger.size()
    assert not [a for a in browser.get(HOME).values("main a", "href") if "/draft" in a]
    for path in (f"{SCHEME}/draft", f"{SCHEME}/file", "file"):
        assert console.post(f"{HOME}/{path}", files={"file": ("a.json", FILE)}, headers=SAME_SITE).status_code == 403
    assert held.ledger.size() == size


def test_what_does_not_exist_is_said(manager: Browser) -> None:
    for path in (
        f"{SCHEME}/versions/9.0.0",
        "nothing/draft",
        f"{SCHEME}/draft?from=9.0.0",
        f"{SCHEME}/compare?a=9.0.0",
    ):
        assert manager.client.get(f"{HOME}/{path}").status_code == 404


def test_a_draft_keeps_everything_typed_while_rows_come_go_and_move(manager: Browser) -> None:
    page = manager.get(f"{DRAFT}?from=1.0.0")
    assert page.form(DRAFT)["version"] == ["1.1.0"]
    assert page.form(DRAFT)["activities.1.competencies"] == ["0", "1"]
    page = send(manager, page, DRAFT, "add:competencies", {"seats": "5"}, status=200)
    new = {"competencies.4.name_en": "Report writing", "competencies.4.name_fr": "Rédaction", "competencies.4.cut": "9"}
    page = send(manager, page, DRAFT, "up:competencies.4", new, status=200)
    form = page.form(DRAFT)
    assert form["seats"] == ["5"]
    assert [form[f"competencies.{row}.id"][0] for row in (3, 4)] == ["report-writing", "advisory-capacity"]
    assert form["activities.2.competencies"] == ["1", "4"]  # the boxes went along
    page = send(manager, page, DRAFT, "check", {"criteria.0.name_fr": ""}, status=422)
    assert page.form(DRAFT)["seats"] == ["5"]
    assert page.texts("#problems ~ ul a") == ["Selection criteria 1, French name"]
    assert page.values("[aria-invalid]", "id") == ["criteria.0.name_fr"]
    page = send(manager, page, DRAFT, "check", {"criteria.0.name_fr": "Expérience"}, status=422)
    assert page.values("[aria-invalid]", "id") == ["competencies.3.cut"]  # a level that the rubric has not
    page = send(manager, page, DRAFT, "check", {"competencies.3.cut": "3"}, status=422)
    assert "in at least one activity" in page.texts("#activities-error")[0]
    page = send(manager, page, DRAFT, "remove:competencies.3", {}, status=200)
    assert page.form(DRAFT)["activities.2.competencies"] == ["1", "3"]


def test_what_differs_is_said_before_a_version_is_filed_and_filing_leads_to_signing(
    manager: Browser, held: World
) -> None:
    page = manager.get(f"{DRAFT}?from=1.0.0")
    page = send(manager, page, DRAFT, "check", {"version": "1.2.0", "seats": "5", "validity_months": ""}, status=200)
    assert page.texts("table.compared tbody tr td") == ["2", "5", "changed", "36", "no expiry", "changed"]
    back = send(manager, page, DRAFT, "update", {}, status=200)
    assert back.form(DRAFT)["activities.1.competencies"] == ["0", "1"]
    size = held.ledger.size()
    review = send(manager, page, DRAFT, "file", {}, status=200)
    assert review.h1 == "Review and sign"
    assert held.ledger.size() == size
    assert "waits for signatures" in manager.get(HOME).text
    again = send(manager, page, DRAFT, "file", {}, status=200)
    assert again.form("/console/sign").keys() == review.form("/console/sign").keys()  # filed once
    manager.post("/console/sign", review.form("/console/sign"))
    drafted = manager.get(f"{HOME}/{SCHEME}/versions/1.2.0")
    assert "A draft: no workshop can be held under it" in drafted.text
    approve = next(a for a in drafted.values("a", "href") if "approve-scheme-version" in a)
    assert manager.get(approve).form("/console/commands/approve-scheme-version")["version"] == ["1.2.0"]
    compared = manager.get(f"{HOME}/{SCHEME}/compare?a=1.0.0&b=1.2.0")
    assert "2 differences" in compared.text
    assert compared.texts("main ul li") == [
        "Rule and numbers, Places: changed",
        "Rule and numbers, Validity in months: changed",
    ]


def test_a_number_that_is_not_greater_is_refused_at_its_field(manager: Browser) -> None:
    page = manager.get(f"{DRAFT}?from=1.0.0")
    page = send(manager, page, DRAFT, "check", {"version": "0.9.0"}, status=422)
    assert page.values("[aria-invalid]", "id") == ["version"]


def test_an_exported_version_is_imported_as_it_was(manager: Browser, held: World) -> None:
    response = manager.client.get(f"{HOME}/{SCHEME}/versions/1.0.0/file")
    assert response.headers["content-disposition"] == f'attachment; filename="{SCHEME}-1.0.0.json"'
    assert read(response.content).content == held.read().scheme(SCHEME).drafts["1.0.0"]
    size = held.ledger.size()
    page = upload(manager, f"{HOME}/file", response.content)
    assert "Here it becomes version" in page.text
    page = send(manager, page, DRAFT, "check", {}, status=200)
    assert "2 differences" in page.text or "It says the same as" in page.text  # from the last version
    assert held.ledger.size() == size


def test_a_file_of_another_programme_starts_a_version_and_what_is_wrong_is_said_at_its_field(manager: Browser) -> None:
    page = upload(manager, f"{HOME}/{SCHEME}/file", FILE)
    assert len(page.texts("table.plan thead th")) == 1 + 3
    wrong = FILE.replace(b'"cut": 2', b'"cut": 77')
    page = upload(manager, f"{HOME}/{SCHEME}/file", wrong, status=422)
    assert page.values("[aria-invalid]", "id") == ["competencies.2.cut"]


def test_a_file_that_is_none_is_refused_with_its_path(manager: Browser) -> None:
    page = upload(manager, f"{HOME}/file", FILE.replace(b'"seats": 6', b'"seats": 0'), status=422)
    assert page.texts(".problems li")[0].endswith("content.seats: expected from 1 to 1000")
    assert "choose a file" in upload(manager, f"{HOME}/{SCHEME}/file", b"", status=422).text


def test_a_second_programme_of_three_competencies_runs_from_its_file_to_a_certificate(staffed: World) -> None:
    world = staffed
    with console_over(world) as client:
        manager = Browser(client).enter("manager")
        page = upload(manager, f"{HOME}/file", FILE)
        assert page.h1 == "Establish a scheme"
        address = "/console/commands/establish-scheme"
        page = manager.post(address, {**page.form(address), "signers.0": "director", "do": "check"})
        manager.post(address, {**page.form(address), "do": "file"})
        _sign_all(client, "director")
        manager = Browser(client).enter("manager")
        page = upload(manager, f"{HOME}/file", FILE)
        drafting = f"{HOME}/{ORIGIN}/draft"
        page = send(manager, page, drafting, "check", {}, status=200)
        assert "The first version of this scheme" in page.text
        page = send(manager, page, drafting, "file", {"day": "2017-01-01"}, status=422)
        assert page.values(".problems a", "href") == ["#director"]
        assert page.texts(".field .problem") == ["Problem: This field is required."]
        review = send(manager, page, drafting, "file", {"director": "director"}, status=200)
        assert len(review.form("/console/sign")["n"]) == 2
        signed = manager.post("/console/sign", review.form("/console/sign"))
        assert "Recorded entry" in signed.text
        assert "Waits for others director Exemple" in signed.text
        _sign_all(client, "director")
        manager = Browser(client).enter("manager")
        assert manager.client.get(f"{HOME}/{ORIGIN}/versions/1.0.0/file").content == FILE
    _hold(world)
    certification = world.read().certification("c-awa")
    assert certification.number is not None
    assert [c.competency for c in world.read().candidacy("c-awa").outcome.competencies] == [  # type: ignore[union-attr]  # it was computed
        "determining-origin",
        "verifying-proofs",
        "advising",
    ]


def _sign_all(client: TestClient, person: str) -> None:
    client.cookies.clear()
    browser = Browser(client).enter(person)
    numbers = browser.get("/console").values('input[name="n"]', "value")
    review = browser.get("/console/review?" + "&".join(f"n={number}" for number in numbers))
    browser.post("/console/sign", review.form("/console/sign"))
    client.cookies.clear()


def _hold(world: World) -> None:
    """Hold a workshop under the version that was imported."""
    version = read(FILE).content
    session = "ORIGIN-2017"
    world.do("plan-session", session_id=session, scheme_id=ORIGIN, start=START, end=END)
    world.do("assign-assessor", "manager", session_id=session, person_id="assessor1")
    world.person("awa")
    nomination = {"candidacy_id": "c-awa", "session_id": session, "person_id": "awa"}
    world.do("nominate-candidate", **nomination, details=[value("years_of_pca", 8)])
    findings = [{"criterion": criterion.id, "met": True} for criterion in version.criteria]
    world.do("decide-eligibility", candidacy_id="c-awa", findings=findings)
    world.now = datetime(2017, 6, 13, 9, tzinfo=UTC)
    for activity in version.activities:
        if activity.competencies:
            world.do(
                "submit-score-sheet",
                "assessor1",
                candidacy_id="c-awa",
                sheet_id=f"c-awa-{activity.id}",
                activity=activity.id,
                commitment=value("levels", dict.fromkeys(activity.competencies, 3)),
            )
    world.now = datetime(2017, 6, 14, 16, tzinfo=UTC)
    world.do("close-session", "manager", session_id=session)
    for sheet in world.read().candidacy("c-awa").live_sheets:
        world.do("reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id=sheet.sheet_id)
    world.do("compute-outcome", "registrar", candidacy_id="c-awa")
    world.do("compute-ranking", "registrar", session_id=session)
    assert world.do("decide-certification", candidacy_id="c-awa", effective_from=END) == "certification-granted/v1"
    world.do("issue-certificate", "registrar", certification_id="c-awa")
