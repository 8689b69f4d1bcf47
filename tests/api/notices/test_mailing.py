"""People are told what was decided about them, each once, whatever the mail server does and whoever dies."""

from collections.abc import Callable
from datetime import timedelta
from time import monotonic, sleep

import msgspec
import pytest
from sqlalchemy import insert, select

from api.notices.facts import Gathering
from api.notices.kinds import State
from api.notices.people import People
from ledger.errors import Unfit, Unreachable
from ledger.store.leases import alone
from ledger.store.ledger import Ledger
from ledger.store.notice_tables import NOTICE_CHOICES, NOTICES
from tests.api.notices.conftest import BASE, Sending, address, suspend
from tests.api.notices.postbox import Postbox
from tests.projections.test_changes import NUMBER
from tests.scenario import value
from tests.support import World

Sends = Callable[[World], Sending]


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


def test_what_a_backup_brings_back_of_an_erased_person_is_removed_at_the_next_opening(addressed: World) -> None:
    withdraw(addressed)
    erase(addressed)
    with addressed.ledger.database.transaction(commit=True) as cursor:
        cursor.run(insert(NOTICE_CHOICES), {"person_id": "awa", "language": "fr", "digests": 1, "token": "t"})
    addressed.ledger.close()
    addressed.ledger = Ledger.open(addressed.ledger.folder, lambda: addressed.now, is_simulated=True)
    assert addressed.ledger.database.run(select(NOTICE_CHOICES)) == []


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
