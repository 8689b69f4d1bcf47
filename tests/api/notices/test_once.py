"""However processes die or stand still, nothing is sent twice, and what may not have been sent is known."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from api.notices.kinds import Kind, State, Wanted
from api.notices.outbox import Outbox
from ledger.store.leases import LIFE, NOTICES, LeaseLost
from tests.api.notices.conftest import Sending
from tests.api.notices.postbox import Postbox
from tests.engines import Engine, ledgers_on
from tests.support import World
from tests.tenures import two

Sends = Callable[[World], Sending]
SENT_BEFORE, ALL = 2, 6


@pytest.mark.usefixtures("engine")
def test_who_stood_still_while_the_server_had_a_message_notes_nothing_and_who_took_over_does_not_send_it(
    addressed: World, sending: Sends, postbox: Postbox
) -> None:
    it = sending(addressed)
    it.begin(0)
    with two(addressed.ledger.folder, addressed.ledger.database, NOTICES) as both:
        postbox.taking = both.first_stands_still
        with pytest.raises(LeaseLost):
            it.by(postbox.server, both.first.of(NOTICES)).deliver()
        assert sorted(it.states().values()) == [State.QUEUED, State.SENDING]
        postbox.taking = lambda: None
        assert it.by(postbox.server, both.second.of(NOTICES)).deliver()
        assert it.by(postbox.server, both.first.of(NOTICES)).deliver() is False
    assert sorted(it.states().values()) == [State.SENT, State.UNKNOWN]
    assert len(postbox.mails) == 2, "the server had taken the first"
    assert len({mail["Message-ID"] for mail in postbox.mails}) == 2


def test_who_lost_the_duty_before_the_server_had_a_message_sends_nothing(
    addressed: World, sending: Sends, postbox: Postbox
) -> None:
    it = sending(addressed)
    it.begin(0)
    with two(addressed.ledger.folder, addressed.ledger.database, NOTICES) as both:
        held = both.first.of(NOTICES)()
        assert held is not None
        both.pass_by(2 * LIFE)
        both.second.look()
        with pytest.raises(LeaseLost):
            it.by(postbox.server, lambda: held).deliver()
    assert (postbox.given, it.outbox.waiting()) == (0, 0)


def test_a_process_that_is_killed_while_it_sends_is_replaced_and_nothing_comes_twice(
    with_addresses: World, postbox: Postbox, tmp_path: Path
) -> None:
    with ledgers_on("postgresql", tmp_path) as engine:
        world = with_addresses.copy(folder := tmp_path / "ledger")
        outbox = Outbox(world.ledger)
        receipts = [Wanted(Kind.RECEIPT, "decider1", str(leaf), str(leaf)) for leaf in range(ALL)]
        outbox.queue(receipts, world.now)
        senders = {name: started(engine, folder, name, postbox.port) for name in ("one.example", "two.example")}

        def kill() -> None:
            if len(postbox.mails) == SENT_BEFORE and len(senders) == 2:
                killed = senders.pop(postbox.greeted)
                killed.kill()
                killed.wait()

        postbox.taking = kill
        for sender in list(senders.values()):
            sender.wait(120)
        ((left, survivor),) = senders.items()
        assert (left, survivor.returncode) == (postbox.greeted, 0)
        ids = [str(mail["Message-ID"]).partition("@")[0] for mail in postbox.mails]
        assert len(ids) == len(set(ids)) == ALL
        states = sorted(notice.state for notice in outbox.listed(list(State)))
        assert states == [*[State.SENT] * (ALL - 1), State.UNKNOWN]
        world.ledger.close()


def started(engine: Engine, folder: Path, name: str, port: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.api.notices.sender", str(folder), name, str(port)]
    own = {"PCA_LEDGER_READ_MODELS": str(folder.with_name(name))}  # as each process has that serves one record
    return subprocess.Popen(command, env=engine.environment(folder) | own)
