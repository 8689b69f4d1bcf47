"""A backup does not know what was sent since: nothing of it is sent again unless a person decides so."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from api.notices.kinds import State
from api.notices.restored import doubt
from api.publishing.files import write
from ledger.store.restoring import restore
from tests.api.notices.conftest import Sending, suspend
from tests.api.notices.postbox import Postbox
from tests.ledger.store.test_restoring import backed_up, exported, lose, reopened
from tests.support import World

Sends = Callable[[World], Sending]


def restored(world: World, backup: Path, tmp_path: Path) -> None:
    """The database is lost, and its backup restored with the entries that were published since."""
    write(world.ledger, tmp_path / "export", entries=True)
    folder = lose(world)
    restore(
        backup,
        folder,
        lambda: world.now,
        exported(world, tmp_path / "export"),
        settle=lambda ledger: doubt(ledger, world.now),
    )
    reopened(world, folder)


def test_what_was_sent_since_a_backup_is_not_sent_again_once_it_is_restored(
    addressed: World, sending: Sends, postbox: Postbox, tmp_path: Path
) -> None:
    it = sending(addressed)
    it.begin(0)
    it.by(postbox.server).deliver()
    zoe = next(one for one in it.outbox.listed([State.SENT]) if one.person_id == "zoe")
    backup = backed_up(addressed, tmp_path / "backup")
    suspend(addressed)
    addressed.now = datetime(2020, 1, 1, 7, tzinfo=UTC)  # the certification expires in May
    it.by(postbox.server).deliver()
    assert len(postbox.mails) == 4

    restored(addressed, backup, tmp_path)
    again = sending(addressed)
    addressed.now += timedelta(minutes=2)
    again.by(postbox.server).deliver()
    assert len(postbox.mails) == 4
    assert again.outbox.get(zoe.id).state == State.SENT, "the backup knew"
    unknown = {one.kind for one in again.outbox.listed([State.UNKNOWN])}
    assert unknown == {"suspension", "expiry"}
    addressed.do("lift-suspension", certification_id="c-awa", effective_from=addressed.now.date())
    again.by(postbox.server).deliver()
    assert len(postbox.mails) == 5, "what is recorded from then on is sent"


def test_what_waited_in_a_backup_may_have_been_sent_since(
    addressed: World, sending: Sends, postbox: Postbox, tmp_path: Path
) -> None:
    it = sending(addressed)
    it.begin(0)
    postbox.to_rcpt = ["451 later", "451 later"]
    it.by(postbox.server).deliver()
    backup = backed_up(addressed, tmp_path / "backup")
    addressed.now += timedelta(hours=1)
    it.by(postbox.server).deliver()
    assert len(postbox.mails) == 2
    restored(addressed, backup, tmp_path)
    again = sending(addressed)
    addressed.now += timedelta(hours=1)
    again.by(postbox.server).deliver()
    assert len(postbox.mails) == 2
    assert set(again.states().values()) == {State.UNKNOWN}


def test_a_register_that_sent_nothing_before_doubts_nothing(addressed: World) -> None:
    assert doubt(addressed.ledger, addressed.now) == 0
