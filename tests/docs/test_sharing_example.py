"""The receiver of webhooks in the documentation believes what the log proves, and nothing else."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.register import Register, Settings
from api.sharing.outbox import Outbox
from api.sharing.subscriptions import Subscription, Subscriptions, subscribe
from api.sharing.webhooks import Deliverer
from ledger.store.leases import alone
from tests.docs.test_examples import DOCS, ROOT, blocks
from tests.support import World


def place(world: World, subscription: Subscription) -> None:
    """Let it begin with everything."""
    outbox = Outbox(world.ledger.database)
    outbox.forget(subscription.id)
    outbox.begin(subscription.id, 0)


def test_the_receiver_of_the_how_to_works(workshop: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (program,) = blocks(DOCS / "how-to" / "share-and-follow.md", "python")
    (tmp_path / "receive.py").write_text(program, encoding="utf-8")
    folder = workshop.ledger.folder
    draft = subscribe("http://127.0.0.1:1/", (), internal=False)
    process = subprocess.Popen(
        [sys.executable, "receive.py", "0", draft.secret, str(folder / "trust.json")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        port = re.search(r"port (\d+)", process.stdout.readline())
        assert port is not None
        subscription = Subscription(id=draft.id, url=f"http://127.0.0.1:{port[1]}/", secret=draft.secret)
        with Register(workshop.ledger, Settings(base_url="https://register.example.org")) as register:
            subscriptions = Subscriptions(workshop.ledger)
            deliverer = Deliverer(register, subscriptions, lambda: datetime.now(UTC), alone)
            deliverer.test(subscription)
            subscriptions.add(subscription, 0)
            assert deliverer.deliver()
            assert process.stdout.readline() == "certificate-issued/v2 certification:c-awa TOA-PCA-FR-2017-01-BTH\n"
            place(workshop, subscription)
            # Another entry's proof, under a good signature of the transport.
            other = register.proof(0)
            monkeypatch.setattr(register, "proof", lambda _: other)
            assert not deliverer.deliver()
            assert process.stdout.readline().startswith("refused: ")
    finally:
        process.terminate()
        process.wait(10)
