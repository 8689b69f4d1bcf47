"""What is recorded, and the calendar, cause notices: what is news, and what is still so when it is sent."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.notices.kinds import State
from api.notices.mailing import Mailing
from tests.api.notices.conftest import BASE, Sending, address, suspend
from tests.api.notices.postbox import Postbox
from tests.issued import established_issuer, make_documents
from tests.projections.test_changes import NUMBER
from tests.scenario import CRITERIA, value
from tests.support import World

__all__ = ["established_issuer"]
Sends = Callable[[World], Sending]


@pytest.fixture
def issuing(
    established_issuer: World, sending: Sends, postbox: Postbox, tmp_path: Path
) -> Iterator[tuple[World, Sending, Mailing]]:
    """A certificate of somebody with an address, whose documents are not made; the log is followed from its beginning."""
    world = established_issuer.copy(tmp_path / "issuer")
    address(world, "awa", "awa@example.org")
    it = sending(world)
    it.begin(0)
    yield world, it, it.by(postbox.server)
    world.ledger.close()


def test_what_was_recorded_before_there_was_a_mail_server_is_no_news(
    addressed: World, sending: Sends, postbox: Postbox
) -> None:
    it = sending(addressed)
    assert it.by(postbox.server).deliver()
    assert postbox.mails == []
    suspend(addressed)
    assert it.by(postbox.server).deliver()
    assert postbox.subjects() == [f"Suspension de votre certification\u00a0: {NUMBER}"]


def test_what_took_effect_long_before_it_was_recorded_is_no_news(
    addressed: World, sending: Sends, postbox: Postbox
) -> None:
    it = sending(addressed)
    it.begin()
    suspend(addressed)
    addressed.now += timedelta(days=90)
    day = addressed.now.date()
    addressed.do("lift-suspension", "decider1", certification_id="c-awa", effective_from=day - timedelta(days=89))
    addressed.now += timedelta(days=90)
    late = day - timedelta(days=80)
    addressed.do("withdraw-certification", effective_from=late, reason_code="misconduct")
    assert it.by(postbox.server).deliver()
    assert sorted(it.states()) == ["suspension awa", "suspension-lifted awa"], "and not the withdrawal"


def test_every_change_of_a_certification_is_told_in_order(addressed: World, sending: Sends, postbox: Postbox) -> None:
    it = sending(addressed)
    it.begin()
    suspend(addressed)
    addressed.do("lift-suspension", "decider1", certification_id="c-awa", effective_from=addressed.now.date())
    addressed.do("reissue-certificate", "registrar", certification_id="c-awa", reason_code="lost")
    addressed.do("withdraw-certification", effective_from=addressed.now.date(), reason_code="misconduct")
    assert it.by(postbox.server).deliver()
    kinds = [str(mail["Subject"]).partition(" ")[0] for mail in postbox.mails]
    assert kinds == ["Suspension", "Levée", "Votre", "Retrait"]
    everything = "".join(mail.get_content() for mail in postbox.mails)
    assert "misconduct" not in everything
    assert "faute" not in everything


def test_an_expiry_is_told_half_a_year_three_months_and_a_month_ahead(
    addressed: World, sending: Sends, postbox: Postbox
) -> None:
    it = sending(addressed)
    it.begin()
    mailing, told = it.by(postbox.server), []
    expires = datetime(2020, 5, 18, 7, tzinfo=UTC)
    for left in (181, 180, 100, 90, 89, 31, 30, 1, 0, -1):
        addressed.now = expires - timedelta(days=left)
        mailing.deliver()
        told.append(len(postbox.mails))
    assert told == [0, 1, 1, 2, 2, 2, 3, 3, 3, 3]
    assert postbox.subjects()[0] == f"Votre certification expire le 18 mai 2020\u00a0: {NUMBER}"
    assert "dans 180 jours" in postbox.mails[0].get_content()


def test_who_was_not_reminded_in_time_is_reminded_once(addressed: World, sending: Sends, postbox: Postbox) -> None:
    it = sending(addressed)
    addressed.now = datetime(2020, 5, 1, 5, 59, tzinfo=UTC)
    mailing = it.by(postbox.server)
    mailing.deliver()
    assert postbox.mails == [], "it is too early in the day"
    addressed.now += timedelta(minutes=1)
    mailing.deliver()
    mailing.deliver()
    assert len(postbox.mails) == 1


def test_what_was_renewed_or_withdrawn_before_it_was_sent_expires_for_nobody(
    addressed: World, sending: Sends, postbox: Postbox
) -> None:
    it = sending(addressed)
    it.begin()
    addressed.now = datetime(2020, 3, 10, 7, tzinfo=UTC)
    postbox.to_rcpt = ["451 later"]
    mailing = it.by(postbox.server)
    mailing.deliver()
    addressed.do("renew-certification", "decider1", "decider2", certification_id="c-awa", method="reassessment")
    addressed.now += timedelta(hours=1)
    mailing.deliver()
    assert it.states() == {"expiry awa": State.NOT_NEEDED}
    assert postbox.mails == []


def test_a_certificate_waits_for_its_documents_and_links_to_them(
    issuing: tuple[World, Sending, Mailing], postbox: Postbox
) -> None:
    world, _, mailing = issuing
    assert mailing.deliver(), "it is not ready"
    assert "awa@example.org" not in postbox.recipients
    make_documents(world)
    world.now += timedelta(minutes=1)
    assert mailing.deliver()
    kept = world.ledger.documents.set_of(NUMBER)
    assert kept is not None
    (mail,) = postbox.mails
    assert f"{BASE}/holder/{kept.token}\n" in mail.get_content().replace("\r\n", "\n")


def test_documents_that_cannot_be_made_keep_a_certificate_from_nobody(
    issuing: tuple[World, Sending, Mailing], postbox: Postbox
) -> None:
    world, _, mailing = issuing
    mailing.deliver()
    world.now += timedelta(days=1)
    mailing.deliver()
    (mail,) = postbox.mails
    assert "/holder/" not in mail.get_content()
    assert NUMBER in mail.get_content()


def test_a_certificate_that_was_replaced_before_it_was_sent_is_sent_once(
    addressed: World, sending: Sends, postbox: Postbox
) -> None:
    it = sending(addressed)
    it.begin(0)
    addressed.do("reissue-certificate", "registrar", certification_id="c-awa", reason_code="lost")
    it.by(postbox.server).deliver()
    assert sorted(postbox.recipients) == ["awa@example.org", "zoe@example.org"]
    assert any("TOA-PCA-FR-2017-01.2-HNR" in subject for subject in postbox.subjects())


def test_a_certificate_whose_certification_was_withdrawn_before_it_was_sent_is_not_sent(
    issuing: tuple[World, Sending, Mailing], postbox: Postbox
) -> None:
    """It waits for its documents; once it is sent without them, it would say that the certification counts."""
    world, it, mailing = issuing
    mailing.deliver()
    world.do("withdraw-certification", effective_from=world.now.date(), reason_code="misconduct")
    mailing.deliver()
    world.now += timedelta(days=1)
    mailing.deliver()
    assert [str(mail["Subject"]).partition(" ")[0] for mail in postbox.mails] == ["Retrait"]
    assert it.states()["certificate awa"] == State.NOT_NEEDED


def test_a_certificate_that_was_late_says_that_the_certification_is_suspended(
    issuing: tuple[World, Sending, Mailing], postbox: Postbox
) -> None:
    world, _, mailing = issuing
    mailing.deliver()
    suspend(world)
    mailing.deliver()
    world.now += timedelta(days=1)
    mailing.deliver()
    certificate = postbox.mails[-1].get_content()
    assert NUMBER in certificate
    assert "actuellement suspendue" in certificate
    assert "valable" not in certificate


def test_a_suspension_that_the_server_took_too_late_is_not_told_after_it_was_lifted(
    addressed: World, sending: Sends, postbox: Postbox
) -> None:
    it = sending(addressed)
    it.begin()
    suspend(addressed)
    postbox.to_rcpt = ["451 later"]
    mailing = it.by(postbox.server)
    mailing.deliver()
    addressed.do("lift-suspension", "decider1", certification_id="c-awa", effective_from=addressed.now.date())
    mailing.deliver()
    addressed.now += timedelta(hours=1)
    mailing.deliver()
    assert it.states() == {"suspension awa": State.NOT_NEEDED, "suspension-lifted awa": State.SENT}


def test_a_candidate_is_told_of_an_application_to_complete_an_invitation_and_an_exclusion(
    addressed: World, sending: Sends, postbox: Postbox
) -> None:
    it, world, again, today = sending(addressed), addressed, "TOA-PCA-FR-2019", addressed.now.date()
    it.begin()
    zoe = {"candidacy_id": "c-zoe-2"}
    start = today + timedelta(days=40)
    world.do("plan-session", session_id=again, start=start, end=start)
    world.do("nominate-candidate", **zoe, person_id="zoe", session_id=again, details=[])
    paper = {"text": "declaration/v1", "signed_on": today, "evidence": value("evidence", "on paper")}
    world.do("receive-application", **zoe, **paper, details=[])
    world.do("return-application", **zoe, missing=["cv"], complete_by=today + timedelta(days=8), reason=None)
    assert it.by(postbox.server).deliver()
    world.now += timedelta(days=1)
    for _ in range(2):
        assert it.by(postbox.server).deliver()
    findings = [{"criterion": criterion, "met": True} for criterion in CRITERIA]
    world.do("decide-eligibility", **zoe, findings=findings)
    world.do("shortlist-candidate", **zoe)
    world.do("invite-candidate", **zoe, reply_by=start - timedelta(days=9))
    assert it.by(postbox.server).deliver()
    world.do("report-incident", "moderator", session_id=again, incident_id="i-1", incident_code="other",
             day=today, person_id="moderator")  # fmt: skip
    world.do("implicate-candidate", **zoe, incident_id="i-1", account=value("account", "forged papers"))
    world.do("exclude-candidate", **zoe, incident_id="i-1", reason=value("reason", "forged papers"))
    assert it.by(postbox.server).deliver()
    kinds = ["application-returned", "application-incomplete", "invited", "excluded"]
    assert it.states() == {f"{kind} zoe": "sent" for kind in kinds}
    assert "forged" not in str(postbox.mails)
    assert "recours" in postbox.mails[-1].get_content()
