"""Officers get a summary of what waits for them, at most once a day, until they end that."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from api.notices.kinds import State
from api.notices.people import People
from api.secretariat.proposals import proposal
from tests.api.console.pages import Browser, Page
from tests.api.notices.conftest import BASE, Sending, address
from tests.api.notices.postbox import Postbox
from tests.serving import client_of
from tests.support import World

Sends = Callable[[World], Sending]


@pytest.fixture
def it(addressed: World, sending: Sends) -> Sending:
    """Two statements wait for both deciders and one for decider1, who is asked at seven in the morning of each day."""
    it = sending(addressed)
    it.begin()
    withdrawal = proposal(
        "withdraw-certification", "decider1", "decider2", certification_id="c-awa",
        effective_from=addressed.now.date(), reason_code={"name": "withdrawal_reason", "value": "misconduct"}, reason=None,
    )  # fmt: skip
    suspension = proposal(
        "suspend-certification", "decider1", certification_id="c-awa",
        effective_from=addressed.now.date(), reason_code={"name": "suspension_reason", "value": "other"}, reason=None,
    )  # fmt: skip
    it.inbox.file([withdrawal, withdrawal], "one")
    addressed.now += timedelta(days=15)
    it.inbox.file([suspension], "two")
    addressed.now = addressed.now.replace(hour=7)
    return it


def test_a_digest_says_how_much_waits_the_overdue_first_and_neither_names_nor_reasons(
    it: Sending, postbox: Postbox
) -> None:
    mailing = it.by(postbox.server)
    mailing.deliver()
    mailing.deliver()
    assert sorted(postbox.recipients) == ["decider1@example.org", "decider2@example.org"], "one each"
    mail = postbox.mails[postbox.recipients.index("decider1@example.org")]
    assert mail["Subject"] == "3 statements wait for your signature, 2 of them overdue"
    lines = [line for line in mail.get_content().splitlines() if line.startswith("- ")]
    assert lines == [
        "- Certification withdrawn: 2, since 19 May 2017 (2 for more than 14 days)",
        "- Certification suspended: 1, since 3 June 2017",
    ]
    assert "awa" not in mail.get_content().lower()
    assert f"{BASE}/console" in mail.get_content()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_it_comes_the_next_day_again_while_something_waits(it: Sending, postbox: Postbox) -> None:
    mailing = it.by(postbox.server)
    for day, sent in enumerate((2, 4, 4)):
        mailing.deliver()
        assert len(postbox.mails) == sent
        it.world.now += timedelta(days=1)
        if day == 1:
            for number in (1, 2, 3):
                it.inbox.refuse(number, "decider1", "no longer wanted")


def test_what_was_signed_before_it_is_sent_is_not_in_it_and_nothing_is_no_digest(it: Sending, postbox: Postbox) -> None:
    postbox.to_rcpt = ["451 later", "451 later"]
    mailing = it.by(postbox.server)
    mailing.deliver()
    for number in (1, 2):
        it.inbox.refuse(number, "decider1", "no longer wanted")
    it.world.now += timedelta(hours=1)
    mailing.deliver()
    assert postbox.subjects() == ["1 statement waits for your signature"]
    assert it.states() == {"digest decider1": State.SENT, "digest decider2": State.NOT_NEEDED}


def test_the_link_in_it_asks_first_and_a_reader_of_mail_ends_it_with_one_click(it: Sending, postbox: Postbox) -> None:
    mailing = it.by(postbox.server)
    mailing.deliver()
    mail = postbox.mails[postbox.recipients.index("decider2@example.org")]
    link = str(mail["List-Unsubscribe"]).strip("<>")
    assert link in mail.get_content()
    with client_of(it.world.ledger, BASE, inbox=it.inbox) as client:
        page = Browser(client, "fr").get(link)
        assert page.texts("button")[-1] == "Ne plus les recevoir"
        assert People(it.world.ledger).choices("decider2").digests, "nothing ends by looking"
        ended = client.post(link, data={"List-Unsubscribe": "One-Click"})  # RFC 8058, 3.2
        assert ended.status_code == 200
        assert "Vous ne recevez plus de récapitulatif" in Page(ended).text
        assert "Ne plus les recevoir" not in Browser(client, "fr").get(link).text
        for method in (client.get, client.post):
            assert method(f"{BASE}/notices/{'x' * 22}").status_code == 404
    it.world.now += timedelta(days=1)
    mailing.deliver()
    assert sorted(postbox.recipients) == ["decider1@example.org", "decider1@example.org", "decider2@example.org"]


def test_an_officer_reads_it_in_the_language_that_they_chose(it: Sending, postbox: Postbox) -> None:
    People(it.world.ledger).choose("decider1", language="fr")
    it.by(postbox.server).deliver()
    subjects = dict(zip(postbox.recipients, postbox.subjects(), strict=True))
    assert subjects == {
        "decider1@example.org": "3 déclarations attendent votre signature, dont 2 en retard",
        "decider2@example.org": "2 statements wait for your signature, 2 of them overdue",
    }


def test_an_address_to_which_nothing_can_be_delivered_gets_none_until_it_is_another(
    it: Sending, postbox: Postbox
) -> None:
    mailing = it.by(postbox.server)
    mailing.deliver()
    (notice,) = it.outbox.listed([State.SENT], "decider2")
    assert it.outbox.bounce(notice.id, "5.1.1 no such user", it.world.now)
    for sent in (3, 5):
        it.world.now += timedelta(days=1)
        mailing.deliver()
        assert len(postbox.mails) == sent
        address(it.world, "decider2", "new@example.org")
    assert "new@example.org" in postbox.recipients
