"""People are told what was decided about them, each once, whatever the mail server does and whoever dies."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

import msgspec
import pytest
from sqlalchemy import select

from api.notices.facts import Gathering
from api.notices.kinds import State
from api.notices.people import People
from ledger.errors import Unfit, Unreachable
from ledger.store.leases import alone
from ledger.store.notice_tables import NOTICE_CHOICES, NOTICES
from tests.api.notices.conftest import BASE, Sending, address
from tests.api.notices.postbox import Postbox
from tests.issued import established_issuer, make_documents
from tests.projections.test_changes import NUMBER
from tests.scenario import value
from tests.support import World

__all__ = ["established_issuer"]
Sends = Callable[[World], Sending]


def suspend(world: World) -> None:
    world.do("suspend-certification", certification_id="c-awa", effective_from=world.now.date())


def withdraw(world: World) -> None:
    world.do("withdraw-certification", effective_from=world.now.date(), reason_code="misconduct")


def erase(world: World) -> None:
    world.do("erase-personal-data", "protection", "security", person_id="awa", basis_code="request")


@pytest.mark.usefixtures("engine")
def test_the_holder_gets_their_certificate_and_whom_it_was_refused_that(
    addressed: World, sending: Sends, postbox: Postbox
) -> None:
    it = sending(addressed)
    it.begin(0)
    mailing = it.by(postbox.server)
    assert mailing.deliver()
    assert mailing.deliver()
    assert sorted(postbox.recipients) == ["awa@example.org", "zoe@example.org"]
    mails = dict(zip(postbox.recipients, postbox.mails, strict=True))
    awa, zoe = mails["awa@example.org"], mails["zoe@example.org"]
    assert awa["Subject"] == f"Votre certificat {NUMBER}"
    assert awa["Content-Language"] == "fr", "as the certificate"
    assert f"{BASE}/certificates/{NUMBER}" in awa.get_content()
    assert "awa N'Guessan-Écho" in str(awa["To"])
    assert zoe["Subject"] == "Décision sur votre certification après l’atelier TOA-PCA-FR-2017"
    for mail in (awa, zoe):
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["Reply-To"] == "secretariat@example.org"
        assert mail["List-Unsubscribe"] is None, "nobody can end these"
        assert str(mail["Message-ID"]).endswith("@register.example.org>")
        assert mail["Date"].datetime == addressed.now
    assert it.states() == {"certificate awa": State.SENT, "refusal zoe": State.SENT}


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


def test_nobody_is_sent_anything_twice_by_a_process_that_is_started_again(
    addressed: World, sending: Sends, postbox: Postbox
) -> None:
    it = sending(addressed)
    it.begin(0)
    for _ in range(3):
        assert it.by(postbox.server).deliver()
    it.begin(0)  # as a process does that died before it had noted the place
    assert it.by(postbox.server).deliver()
    assert len(postbox.mails) == 2


def test_a_notice_that_the_server_takes_later_is_sent_once_under_the_same_id(
    addressed: World, sending: Sends, postbox: Postbox
) -> None:
    it = sending(addressed)
    it.begin()
    suspend(addressed)
    postbox.to_rcpt, postbox.to_data = ["451 later"], ["452 no space for awa@example.org"]
    mailing = it.by(postbox.server)
    for attempts in (1, 2):
        assert not mailing.deliver()
        assert it.states() == {"suspension awa": State.DEFERRED}
        (notice,) = it.outbox.listed([State.DEFERRED])
        assert notice.attempts == attempts
        assert not mailing.deliver(), "not at once"
        assert postbox.given == attempts - 1
        addressed.now = notice.again
    (notice,) = it.outbox.listed([State.DEFERRED])
    assert notice.sending is not None
    assert notice.sending.reply == "452 no space for awa@example.org"
    assert mailing.deliver()
    assert mailing.deliver()
    assert [mail["Message-ID"] for mail in postbox.mails] == [f"<{notice.id}@register.example.org>"]


def test_a_server_that_is_full_for_days_is_given_up(addressed: World, sending: Sends, postbox: Postbox) -> None:
    it = sending(addressed)
    it.begin()
    suspend(addressed)
    postbox.to_rcpt = ["451 later"] * 100
    mailing = it.by(postbox.server)
    until = addressed.now + timedelta(days=6)
    while addressed.now < until and not mailing.deliver():
        addressed.now += timedelta(hours=3)
    assert it.states() == {"suspension awa": State.REFUSED}
    assert 10 < 100 - len(postbox.to_rcpt) < 40, "it is attempted rarely"


@pytest.mark.parametrize("refusing", ["to_rcpt", "to_data"])
def test_what_the_server_refuses_is_not_attempted_again_unless_a_person_decides_so(
    addressed: World, sending: Sends, postbox: Postbox, refusing: str
) -> None:
    it = sending(addressed)
    it.begin(0)
    setattr(postbox, refusing, ["550 5.1.1 no such user"])
    assert it.by(postbox.server).deliver()
    assert sorted(it.states().values()) == [State.REFUSED, State.SENT], "and the other one is sent"
    (notice,) = it.outbox.listed([State.REFUSED])
    assert notice.sending is not None
    assert notice.sending.reply == "550 5.1.1 no such user"
    addressed.now += timedelta(days=1)
    assert it.by(postbox.server).deliver()
    assert len(postbox.mails) == 1
    it.outbox.resend(notice.id, addressed.now)
    assert it.by(postbox.server).deliver()
    assert len(postbox.mails) == 2
    with pytest.raises(Unfit, match="is sent; only one that is"):
        it.outbox.resend(notice.id, addressed.now)


def test_a_server_that_goes_away_without_a_word_leaves_it_unknown_whether_it_was_sent(
    addressed: World, sending: Sends, postbox: Postbox
) -> None:
    it = sending(addressed)
    it.begin()
    suspend(addressed)
    postbox.to_data = [""]
    mailing = it.by(postbox.server)
    mailing.deliver()
    mailing.deliver()
    assert (postbox.given, postbox.mails) == (1, []), "it was given the message once"
    assert it.states() == {"suspension awa": State.UNKNOWN}
    (notice,) = it.outbox.listed([State.UNKNOWN])
    it.outbox.close(notice.id, addressed.now)
    assert it.states() == {"suspension awa": State.CLOSED}
    with pytest.raises(Unfit):
        it.outbox.close(notice.id, addressed.now)


def test_a_server_that_cannot_be_reached_or_refuses_us_costs_no_notice_an_attempt(
    addressed: World, sending: Sends, postbox: Postbox
) -> None:
    it = sending(addressed)
    it.begin()
    suspend(addressed)
    nobody = msgspec.structs.replace(postbox.server, port=1)
    failing = (
        (it.by(nobody), "127.0.0.1:1 took nothing: ConnectionRefusedError"),
        (it.by(postbox.server), "Refused 530"),
    )
    for mailing, says in failing:
        postbox.to_mail = ["530 awa@example.org may not"]
        for _ in range(2):
            with pytest.raises(Unreachable, match=says) as failure:
                mailing.deliver()
            assert "awa" not in str(failure.value), "everybody may read it"
        assert postbox.sessions <= 1, "nor is the server asked again at once"
        (notice,) = it.outbox.listed([State.QUEUED])
        assert notice.attempts == 0
        addressed.now += timedelta(seconds=10)
    assert failing[1][0].deliver()
    assert len(postbox.mails) == 1


def test_no_more_are_sent_in_a_minute_than_the_operator_allows(
    addressed: World, sending: Sends, postbox: Postbox
) -> None:
    it = sending(addressed)
    it.begin(0)
    mailing = it.by(msgspec.structs.replace(postbox.server, most_a_minute=1))
    for sent in (1, 1, 2):
        mailing.deliver()
        assert len(postbox.mails) == sent
        addressed.now += timedelta(seconds=31)


def test_who_has_no_address_is_listed_and_gets_it_once_there_is_one(
    workshop: World, sending: Sends, postbox: Postbox
) -> None:
    it = sending(workshop)
    it.begin(0)
    assert it.by(postbox.server).deliver()
    assert set(it.states().values()) == {State.NO_ADDRESS}
    address(workshop, "zoe", "zoe@example.org")
    for notice in it.outbox.listed([State.NO_ADDRESS], "zoe"):
        it.outbox.resend(notice.id, workshop.now)
    assert it.by(postbox.server).deliver()
    assert postbox.recipients == ["zoe@example.org"]


def test_a_person_with_two_ids_gets_it_at_the_address_of_either(
    addressed: World, sending: Sends, postbox: Postbox
) -> None:
    it = sending(addressed)
    it.begin()
    addressed.person("hawa")
    reason = value("reason", "one person")
    addressed.do("merge-persons", person_id="hawa", merged_id="awa", reason=reason)
    suspend(addressed)
    assert it.by(postbox.server).deliver()
    assert it.states() == {"suspension hawa": State.SENT}
    assert postbox.recipients == ["awa@example.org"]


@pytest.mark.usefixtures("engine")
def test_of_a_person_who_is_erased_nothing_is_left_and_nothing_is_sent(
    addressed: World, sending: Sends, postbox: Postbox
) -> None:
    it = sending(addressed)
    it.begin()
    withdraw(addressed)
    postbox.to_rcpt = ["451 later"]
    mailing = it.by(postbox.server)
    mailing.deliver()
    People(addressed.ledger).choose("awa", language="en")
    ((sealed,),) = addressed.ledger.database.run(select(NOTICES.c.sealed))
    assert b"awa@" not in sealed
    erase(addressed)
    for table in (NOTICES, NOTICE_CHOICES):
        assert addressed.ledger.database.run(select(table)) == []
    addressed.now += timedelta(hours=1)
    it.begin(0)
    assert mailing.deliver(), "nor is anything queued again"
    assert postbox.recipients == ["zoe@example.org"]
    assert People(addressed.ledger).token("awa") == ""


def test_a_notice_of_somebody_who_was_erased_meanwhile_is_not_given_to_the_server(
    addressed: World, sending: Sends, postbox: Postbox
) -> None:
    it = sending(addressed)
    it.begin()
    withdraw(addressed)
    it.by(msgspec.structs.replace(postbox.server, most_a_minute=0)).deliver()  # only queued
    (notice,) = it.outbox.due(addressed.now, 9)
    erase(addressed)
    assert not it.outbox.begin(alone(), notice, "awa@example.org", addressed.now)


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
    established_issuer: World, sending: Sends, postbox: Postbox, tmp_path: Path
) -> None:
    world = established_issuer.copy(tmp_path / "issuer")
    address(world, "awa", "awa@example.org")
    it = sending(world)
    it.begin(0)
    mailing = it.by(postbox.server)
    assert mailing.deliver(), "it is not ready"
    assert "awa@example.org" not in postbox.recipients
    make_documents(world)
    world.now += timedelta(minutes=1)
    assert mailing.deliver()
    kept = world.ledger.documents.set_of(NUMBER)
    assert kept is not None
    (mail,) = postbox.mails
    assert f"{BASE}/holder/{kept.token}\n" in mail.get_content().replace("\r\n", "\n")
    world.ledger.close()


def test_documents_that_cannot_be_made_keep_a_certificate_from_nobody(
    established_issuer: World, sending: Sends, postbox: Postbox, tmp_path: Path
) -> None:
    world = established_issuer.copy(tmp_path / "issuer")
    address(world, "awa", "awa@example.org")
    it = sending(world)
    it.begin(0)
    mailing = it.by(postbox.server)
    mailing.deliver()
    world.now += timedelta(days=1)
    mailing.deliver()
    (mail,) = postbox.mails
    assert "/holder/" not in mail.get_content()
    assert NUMBER in mail.get_content()
    world.ledger.close()


def test_a_certificate_that_was_replaced_before_it_was_sent_is_sent_once(
    addressed: World, sending: Sends, postbox: Postbox
) -> None:
    it = sending(addressed)
    it.begin(0)
    addressed.do("reissue-certificate", "registrar", certification_id="c-awa", reason_code="lost")
    it.by(postbox.server).deliver()
    assert sorted(postbox.recipients) == ["awa@example.org", "zoe@example.org"]
    assert any("TOA-PCA-FR-2017-01.2-HNR" in subject for subject in postbox.subjects())


def test_a_notice_that_cannot_be_written_keeps_no_other_from_being_sent(
    addressed: World, sending: Sends, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = sending(addressed)
    it.begin(0)
    monkeypatch.setattr(Gathering, "_certificate", lambda *_: 1 // 0)
    assert not it.by(postbox.server).deliver()
    assert it.states() == {"certificate awa": State.DEFERRED, "refusal zoe": State.SENT}
    monkeypatch.undo()
    addressed.now += timedelta(minutes=5)
    assert it.by(postbox.server).deliver()
    assert len(postbox.mails) == 2


def test_an_address_that_is_none_is_refused_without_asking_the_server(
    addressed: World, sending: Sends, postbox: Postbox
) -> None:
    address(addressed, "awa", "a,b@example.org")
    it = sending(addressed)
    it.begin()
    suspend(addressed)
    it.by(postbox.server).deliver()
    assert it.states() == {"suspension awa": State.REFUSED}
    assert postbox.sessions == 0


def test_a_process_that_serves_sends_within_moments_and_says_what_fails(
    addressed: World, sending: Sends, postbox: Postbox
) -> None:
    it = sending(addressed)
    it.begin()
    postbox.to_mail, postbox.to_data = ["530 no"], [""]
    with it.by(postbox.server).running(addressed.ledger.log.appends):
        suspend(addressed)
        wait_until(lambda: "SMTPSenderRefused 530" in it.troubles.get("notices", ""))
        addressed.now += timedelta(minutes=1)
        wait_until(lambda: it.troubles.get("notices", "").startswith("1 may have been sent or not"))
        (notice,) = it.outbox.listed([State.UNKNOWN])
        it.outbox.resend(notice.id, addressed.now)
        wait_until(lambda: "notices" not in it.troubles and len(postbox.mails) == 1)


def wait_until(is_so: Callable[[], bool]) -> None:
    until = monotonic() + 60
    while not is_so():
        assert monotonic() < until
        sleep(0.02)
