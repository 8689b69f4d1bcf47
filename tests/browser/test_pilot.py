"""The pilot of 2017 from its founding to a certificate verified offline, and another programme, all in the browser."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from ledger.auditing import audit
from tests.browser.console_story import Story, pilot_in
from tests.browser.programmes import rules_of_origin
from tests.commands import run

PAGE = Path(__file__).parents[2] / "api" / "offline" / "verify.html"


@pytest.fixture(scope="module")
def pilot(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The pilot with one candidate who is certified, one who is refused and one who is not selected."""
    with pilot_in(tmp_path_factory.mktemp("pilot") / "ledger", browser, 3) as story:
        yield story


def results(story: Story) -> dict[str, str]:
    """What the page of the workshop says of each candidate."""
    registrar = story.at_work("registrar")
    registrar.open(story.workshop())
    rows = registrar.page.get_by_role("row")
    return {
        one.name: rows.filter(has_text=one.name).get_by_role("cell").nth(1).inner_text()
        for one in story.programme.candidates
    }


def test_the_pilot_of_2017_is_held_in_french(pilot: Story) -> None:
    assert results(pilot) == {
        "Koffi Exemple-Alpha": "Certificat délivré",
        "Zoé Exemple-Bravo": "Certification refusée",
        "Étienne Exemple-Écho": "Non-sélection",
    }
    assert audit(pilot.house.folder).clean


def test_ten_people_need_fewer_than_sixty_gestures(pilot: Story) -> None:
    """From the founding on: to make each passkey, to prove it, to sign in, and to sign."""
    assert len(pilot.people) == 10
    assert sum(one.authenticator.gestures for one in pilot.people.values()) < 60


def test_a_certificate_is_verified_offline(pilot: Story, browser: Browser, tmp_path: Path) -> None:
    """By the program and by the page, the day after the workshop."""
    registrar = pilot.at_work("registrar")
    registrar.open(pilot.workshop())
    number = registrar.page.locator("td .number").inner_text()
    registrar.open(f"/certificates/{number}")
    registrar.page.get_by_text(registrar.says("For verifiers")).click()
    with registrar.page.expect_download() as download:
        registrar.page.get_by_role("link", name=registrar.says("Download the verification bundle")).click()
    bundle, trust = tmp_path / "bundle.json", pilot.house.folder / "trust.json"
    download.value.save_as(bundle)
    said = run(tmp_path, "verify", str(bundle), "--trust", str(trust), "--on", "2017-05-20", "--recent", "9000")
    assert "In force. " in said
    page = browser.new_context(locale="fr-FR", offline=True).new_page()
    page.clock.set_fixed_time("2017-05-20T12:00:00Z")
    page.goto(PAGE.as_uri())
    page.locator("#trust").set_input_files(trust)
    page.locator("#bundle").set_input_files(bundle)
    expect(page.locator("#verdict")).to_have_text("En vigueur")
    expect(page.locator("#checks li")).to_have_count(12)
    page.context.close()


def test_a_second_programme_of_three_competencies_is_held_in_english(pilot: Story) -> None:
    pilot.on(date(2018, 1, 9))
    story = pilot.next(rules_of_origin(), "en")
    story.hold()
    assert results(story) == {
        "Grace Example-Lima": "Certificate issued",
        "Amos Example-Mike": "Certification refused",
    }
    assert audit(story.house.folder).clean
    few = ("assessor1", "assessor2", "decider1", "decider2")
    assert {story.people[who].authenticator.gestures for who in few} == {2}  # to sign in, and to sign
    assert story.people["panel2"].authenticator.gestures == 3  # to sign their findings, and what both decide
