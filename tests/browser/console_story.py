"""A whole workshop in the console, from the founding to a certificate, told for any programme and either language.

``python -m tests.browser.console_story 14`` tells it with fourteen candidates and prints what it cost each person.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import monotonic

from playwright.sync_api import Browser, expect, sync_playwright

from ledger.domain.record import Role
from ledger.words import Language
from tests.browser.conftest import FLAGS
from tests.browser.console_people import House, Person
from tests.browser.programmes import HOMES, Candidate, Programme, pilot
from tests.programs import program

FOUNDERS = {"director": "Ada Exemple", "security": "Luc Exemple"}
APPOINTED = {
    "registrar": ("Rita", Role.REGISTRAR),
    "manager": ("Max", Role.PROGRAMME_MANAGER),
    "panel1": ("Pia", Role.SELECTION_PANEL),
    "panel2": ("Paul", Role.SELECTION_PANEL),
    "assessor1": ("Anne", Role.ASSESSOR),
    "assessor2": ("Alain", Role.ASSESSOR),
    "decider1": ("Diane", Role.DECISION_AUTHORITY),
    "decider2": ("Denis", Role.DECISION_AUTHORITY),
}
"""Ten people with the founders. The first member of the panel moderates too: the rules allow it."""

NAMES = FOUNDERS | {who: f"{given} Exemple" for who, (given, _) in APPOINTED.items()}
CONTACT = ("Mariam", "mariam@example.org")
"""The contact point of the first candidate's administration, who has no passkey: links come by e-mail."""
ASSESSORS, DECIDERS, MODERATOR = ("assessor1", "assessor2"), ("decider1", "decider2"), "panel1"
RATIONALE: dict[Language, str] = {
    "en": "Both assessors went through their notes again.",
    "fr": "Les deux évaluateurs ont revu leurs notes ensemble.",
}
Show = Callable[[Person, str], None]
"""Called at each step with who is at it and what the step is called."""


def nothing(person: Person, step: str) -> None:
    """Show nothing."""


class Story:
    """The people of one register, and a workshop that they hold.

    Whoever has something to do comes to work: they sign in once a day.
    """

    def __init__(self, people: dict[str, Person], house: House, programme: Programme, show: Show) -> None:
        self.people, self.house, self.programme, self.show = people, house, programme, show
        self.present = set[str]()
        self.registered = set[str]()
        self.contact: Person | None = None
        self.session = programme.session["session_id"]
        self.start, self.end = (date.fromisoformat(programme.session[day]) for day in ("start", "end"))
        self.attending = [one for one in programme.candidates if not one.unmet]
        activities = programme.scheme["content"]["activities"]
        self.sheets = {one["id"]: one["competencies"] for one in activities if one["competencies"]}

    def next(self, programme: Programme, language: Language) -> "Story":
        """The same people before another workshop, who read the pages in another language and are counted anew."""
        story = Story(self.people, self.house, programme, self.show)
        story.registered = self.registered
        for person in self.people.values():
            person.begin_anew(language)
        return story

    def at_work(self, who: str) -> Person:
        if who not in self.present:
            self.present.add(who)
            self.people[who].sign_in()
        return self.people[who]

    def on(self, day: date) -> None:
        """Another day begins, on which nobody is signed in yet."""
        self.house.set_clock(datetime.combine(day, time(9), UTC))
        self.present.clear()

    def hold(self) -> None:
        """From the scheme to certificates, one step after the other."""
        for step in (self.approve, self.plan, self.nominate, self.select):
            step()
        self.on(self.end)
        for step in (self.score, self.conclude, self.reveal, self.moderate, self.rank, self.decide):
            step()

    def workshop(self, page: str = "") -> str:
        return f"/console/workshops/{self.session}{page}"

    def found(self) -> None:
        """The two founders make their passkeys and sign the founding."""
        founders = [self.people[who] for who in FOUNDERS]
        with self.house.founding(*FOUNDERS.values()) as links:
            for button in ("Make a passkey", "Sign with my passkey"):
                for founder, link in zip(founders, links, strict=True):
                    founder.open(link)
                    self.show(founder, "found")
                    founder.press(button)

    def appoint(self) -> None:
        """The director makes the security officer registrar for now, who registers everybody and gives out links."""
        director, security = self.at_work("director"), self.at_work("security")
        director.press_link("grant the role of registrar")
        director.press("Check")
        director.press("File it")
        director.sign()
        security.open("/console/officers/appoint")
        for row, (who, (given, role)) in enumerate(APPOINTED.items()):
            texts = {"given_name": given, "family_name": "Exemple", "role": role}
            security.enter(**{f"{name}-{row}": text for name, text in texts.items()})
            if who == MODERATOR:
                security.clicks += 1
                security.page.locator(f"details:has([name=more-{row}]) summary").click()
                security.enter(**{f"more-{row}": Role.MODERATOR})
        self.show(security, "appoint")
        security.press("File the appointments")
        security.sign()
        director.sign_everything()
        for who in APPOINTED:
            self.enrol(self.people[who], security)
        security.sign_everything()
        director.file("revoke-role", person_id=NAMES["security"], role=Role.REGISTRAR)
        registrar = self.at_work("registrar")
        given, email = CONTACT
        texts = {"given_name": given, "family_name": "Exemple", "email": email}
        registrar.file("register-person", **{f"details.{name}": text for name, text in texts.items()})
        self.register([*HOMES, *self.programme.administrations])
        home = self.programme.administrations[0]
        registrar.file(
            "appoint-contact-point", administration_id=home, person_id=f"{given} Exemple", since="2017-01-01"
        )
        for who in (*ASSESSORS, *DECIDERS):
            home = HOMES[who.endswith("2")]
            registrar.file("record-employment", person_id=NAMES[who], administration_id=home, since="2010-01-01")
        registrar.sign_everything()

    def register(self, administrations: list[str]) -> None:
        """Register the administrations that are not registered yet."""
        missing = [code for code in dict.fromkeys(administrations) if code not in self.registered]
        registrar = self.at_work("registrar")
        for code in missing:
            registrar.file("register-administration", administration_id=code)
        if missing:
            registrar.sign_everything()
        self.registered.update(missing)

    def enrol(self, officer: Person, security: Person) -> None:
        security.open("/console/keys")
        row = security.page.get_by_role("row").filter(has_text=officer.name)
        security.press(row.get_by_role("button", name=security.says("Link for a passkey")))
        self.show(security, "link")
        officer.open(security.page.locator(".notice code").inner_text())
        self.show(officer, "enrol")
        officer.press("Make a passkey")
        officer.press("Sign with the new passkey")
        officer.reads("Passkey made")

    def approve(self) -> None:
        """The scheme is established, then drafted from its file, which opens in the editor, and approved."""
        director, manager, scheme = self.at_work("director"), self.at_work("manager"), self.programme.scheme
        titles = {name: scheme[name] for name in ("scheme_id", "title_en", "title_fr", "domain")}
        director.file("establish-scheme", **titles)
        director.sign_everything()
        manager.open("/console/schemes")
        file = json.dumps(scheme).encode()
        manager.page.locator("[name=file]").set_input_files(
            {"name": "scheme.json", "mimeType": "application/json", "buffer": file}
        )
        manager.press("Open it in the editor")
        self.show(manager, "scheme")
        manager.press("Check")
        manager.enter(day=f"{self.start.year}-01-01", director=director.name)
        manager.press("File and review")
        manager.sign()
        director.sign_everything()

    def plan(self) -> None:
        """The workshop, its administrations, and who assesses in it."""
        manager = self.at_work("manager")
        manager.open("/console/schemes/{scheme_id}/versions/{content[version]}".format(**self.programme.scheme))
        manager.press_link("Plan a workshop")
        manager.enter(**self.programme.session)
        self.show(manager, "plan")
        manager.press("Check")
        manager.press("File it")
        manager.sign()
        self.register(self.programme.administrations)
        for who in ASSESSORS:
            manager.open(self.workshop())
            row = manager.page.get_by_role("row").filter(has_text=NAMES[who])
            manager.press(row.get_by_role("button", name=manager.says("Assign")))
        manager.sign_everything()

    def nominate(self) -> None:
        """The contact point is called and nominates the first candidate, the registrar the others, and signs all."""
        registrar, candidates = self.at_work("registrar"), self.programme.candidates
        if self.contact is not None:
            self.call(registrar, self.contact)
            self.contact.press_link("Nominate for %(workshop)s", workshop=self.session)
            self.enter(self.contact, candidates[0])
            candidates = candidates[1:]
        for one in candidates:
            registrar.open(self.workshop("/nominate"))
            registrar.enter(administration_id=one.administration)
            self.enter(registrar, one)
        registrar.sign_everything()

    def call(self, registrar: Person, contact: Person) -> None:
        """The contact point gets a letter, asks for a link on the page that it names, and signs in with it."""
        registrar.open(self.workshop("/nominate"))
        registrar.enter(until=(self.start - timedelta(days=60)).isoformat())
        self.show(registrar, "call")
        registrar.press("Write to them")
        _, email = CONTACT
        contact.open(self.house.linked_in_mail(email))
        contact.enter(email=email)
        contact.press("Send me a link")
        contact.open(self.house.linked_in_mail(email))
        contact.press("Sign in now")
        self.show(contact, "member")

    def enter(self, person: Person, one: Candidate) -> None:
        """Somebody nominates a candidate on the page that they see."""
        texts = {"given_name": one.given, "family_name": one.family, "email": one.email}
        texts |= {"languages": one.languages, "years_of_pca": one.years}
        person.enter(**{f"details.{name}": text for name, text in texts.items()})
        self.show(person, "nominate")
        person.press("Nominate")

    def select(self) -> None:
        """Two members of the panel find who meets the criteria; they decide, as both found."""
        first, second = self.at_work("panel1"), self.at_work("panel2")
        criteria = [one["id"] for one in self.programme.scheme["content"]["criteria"]]
        for each in (first, second):
            each.open(self.workshop("/selection"))
            for one in self.programme.candidates:
                row = each.page.locator("table:has(#own)").get_by_role("row").filter(has_text=one.name)
                for place, criterion in enumerate(criteria):
                    each.clicks += 1
                    row.get_by_role("combobox").nth(place).select_option("not-met" if criterion in one.unmet else "met")
            self.show(each, "findings")
            each.press("File and review my findings")
            each.sign()
        first.open(self.workshop("/selection"))
        first.enter(second=NAMES["panel2"])
        self.show(first, "select")
        first.press("File and review")
        first.sign()
        second.open(self.workshop("/selection"))
        second.press("Agree: review and sign")
        self.show(second, "review")
        second.sign()

    def score(self) -> None:
        """Each assessor fills in a sheet for each candidate and activity, and signs all of them at once."""
        for place, who in enumerate(ASSESSORS):
            assessor = self.at_work(who)
            assessor.open(self.workshop("/sheets"))
            assessor.clicks += 1
            assessor.page.locator(".queue td a").first.click()
            for _ in range(len(self.attending) * len(self.sheets)):
                self.fill_in(assessor, place)
            self.show(assessor, "sheets")
            assessor.press("Review and sign what is saved")
            assessor.sign()

    def fill_in(self, assessor: Person, place: int) -> None:
        """Fill in the sheet that is shown, save it, and come to the next one."""
        sheet = assessor.page.locator("section.sheet:visible")
        title, anchor = sheet.get_by_role("heading").inner_text(), sheet.get_attribute("id")
        activity = sheet.locator("[name=activity]").input_value()
        (candidate,) = [one for one in self.attending if title.startswith(one.name)]
        for competency in self.sheets[activity]:
            given = candidate.levels[activity, competency]
            level = str(given[place]) if place < len(given) else "none"
            assessor.clicks += 1
            sheet.locator(f'label[for="{anchor}.{competency}.{level}"]').click()
        if candidate is self.attending[0]:
            self.show(assessor, "sheet")
        assessor.clicks += 1
        sheet.get_by_role("button", name=assessor.says("Save and next")).click()
        state = assessor.page.locator(f'[id="{anchor}"] [data-state]')
        expect(state).to_have_text(assessor.says("sent, to be signed"))

    def conclude(self) -> None:
        manager = self.at_work("manager")
        manager.open(self.workshop("/ranking"))
        manager.press("Close the workshop")
        manager.sign()

    def reveal(self) -> None:
        registrar = self.at_work("registrar")
        registrar.open(self.workshop("/moderation"))
        registrar.press("Go on to reveal them")
        registrar.sign()

    def moderate(self) -> None:
        """The moderator settles the first cell in which the assessors differ, if there is one."""
        moderator = self.at_work(MODERATOR)
        moderator.open(self.workshop("/moderation"))
        cell = moderator.page.locator("form details").first
        if not cell.count():
            return
        moderator.clicks += 1
        cell.locator("summary").click()
        moderator.clicks += 1
        cell.locator("select").select_option(index=4)
        cell.locator("textarea").first.fill(RATIONALE[moderator.language])
        self.show(moderator, "moderate")
        moderator.press(moderator.button("Show what changes").first)
        self.show(moderator, "effect")
        moderator.press("Go on to sign")
        moderator.sign()

    def rank(self) -> None:
        registrar = self.at_work("registrar")
        registrar.open(self.workshop("/ranking"))
        registrar.press("Compute outcomes and ranking")
        registrar.sign()
        registrar.open(self.workshop("/ranking"))
        self.show(registrar, "rank")

    def decide(self) -> None:
        """Two of the decision authority decide, and the registrar issues the certificates."""
        first, second, registrar = map(self.at_work, (*DECIDERS, "registrar"))
        first.open(self.workshop("/memo"))
        first.enter(second=NAMES["decider2"])
        self.show(first, "decide")
        first.press("File and review")
        first.sign()
        second.open(self.workshop("/memo"))
        second.press(second.page.locator('form[action="/console/review"] button'))
        second.sign()
        registrar.open(self.workshop("/memo"))
        registrar.press(registrar.page.locator("form[action='/console/review'] button"))
        registrar.sign()
        registrar.open(self.workshop())
        self.show(registrar, "workshop")

    def costs(self) -> str:
        """What the work cost each person, as a table."""
        rows = [
            (one.name, one.clicks, one.authenticator.gestures)
            for one in (*self.people.values(), *filter(None, [self.contact]))
        ]
        rows.append(("all", sum(row[1] for row in rows), sum(row[2] for row in rows)))
        return "\n".join(f"{name:20}{clicks:8} clicks{gestures:6} gestures" for name, clicks, gestures in rows)


@contextmanager
def pilot_in(folder: Path, browser: Browser, number: int, show: Show = nothing) -> Iterator[Story]:
    """The pilot of 2017 in French, from the founding; the register is served until the block ends."""
    house = House(folder, datetime(2017, 1, 9, 8, tzinfo=UTC))
    people = {who: Person(browser, house.url, name, "fr") for who, name in NAMES.items()}
    story = Story(people, house, pilot(number), show)
    story.contact = Person(browser, house.url, CONTACT[0], "fr")
    story.found()
    with story.house.register():
        story.appoint()
        story.hold()
        yield story


def main() -> None:
    number, began = int(sys.argv[1]), monotonic()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program("chromium"), args=FLAGS)
        with pilot_in(Path(folder) / "ledger", browser, number) as story:
            sys.stdout.write(f"{story.costs()}\n{number} candidates, {round(monotonic() - began)} seconds\n")
        browser.close()


if __name__ == "__main__":
    main()
