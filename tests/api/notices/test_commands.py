"""The operator sees what was sent and what was not, tries it, and decides, in English and in French."""

from datetime import UTC, datetime
from mailbox import Maildir
from pathlib import Path

import pytest

from api.notices.kinds import State
from api.notices.outbox import Outbox, Place
from ledger.store.ledger import Ledger
from tests.api.notices.postbox import Postbox
from tests.api.notices.test_bounces import ID, REPORT
from tests.commands import run
from tests.support import World


@pytest.fixture
def folder(with_addresses: World, postbox: Postbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a ledger lies of which nothing was sent yet; the commands know the mail server."""
    world = with_addresses.copy(tmp_path / "ledger")
    Outbox(world.ledger).queue([], world.now, Place(0, "2999-01-01"))
    world.ledger.close()
    monkeypatch.setenv("PCA_LEDGER_URL", "https://register.example.org")
    monkeypatch.setenv("PCA_LEDGER_SMTP", f"smtp://127.0.0.1:{postbox.port}")
    monkeypatch.setenv("PCA_LEDGER_MAIL_FROM", "register@register.example.org")
    return tmp_path


def test_what_was_not_sent_is_listed_until_a_person_decides(folder: Path, postbox: Postbox) -> None:
    assert "no notice" in run(folder, "notices", "list")
    postbox.to_rcpt = ["550 5.1.1 unknown"]
    assert "some notices were not sent" in run(folder, "notices", "send", code=1)
    listed = run(folder, "notices", "list", language="fr")
    notice = listed.split()[0]
    assert "refusé par le serveur de messagerie" in listed
    assert "550 5.1.1 unknown" in listed
    assert "responsables sans adresse\u00a0: director, security" in listed
    assert "sent" in run(folder, "notices", "list", "--all", "--person", "zoe")
    assert "will be sent again" in run(folder, "notices", "resend", notice)
    assert "everything has been sent" in run(folder, "notices", "send")
    assert len(postbox.mails) == 2
    assert "there is no notice" in run(folder, "notices", "close", "0" * 32, code=64)
    assert "seul un avis à l’état" in run(folder, "notices", "close", notice, code=64, language="fr")


def test_what_comes_back_marks_its_notice_from_a_file_and_from_a_maildir(folder: Path) -> None:
    run(folder, "notices", "send")
    with Ledger.open(folder / "ledger", lambda: datetime.now(UTC)) as ledger:
        first, second = Outbox(ledger).listed([State.SENT])
    (folder / "report").write_text(REPORT.replace(ID, first.id))
    assert f"{first.id}: returned as undeliverable" in run(folder, "notices", "bounce", "report")
    maildir = Maildir(folder / "mail")
    maildir.add(REPORT.replace(ID, second.id))
    maildir.add("Subject: I am on holiday\n\n")
    taken = run(folder, "notices", "bounce", "mail", language="fr")
    assert f"{second.id}\u00a0: retourné, non remis" in taken
    assert "ce n’est pas un rapport" in taken
    assert run(folder, "notices", "bounce", "mail") == "", "each once"
    (folder / "report").write_text(REPORT)
    assert "no such notice was sent" in run(folder, "notices", "bounce", "report")
    assert run(folder, "notices", "list").count("returned as undeliverable") == 2
    assert "closed" in run(folder, "notices", "close", first.id)
    chosen = run(folder, "notices", "choose", second.person_id, "--language", "fr", "--no-digests")
    assert f"{second.person_id}@example.org (returned as undeliverable); language fr; summaries no" in chosen
    assert "récapitulatifs oui" in run(folder, "notices", "choose", first.person_id, "--digests", language="fr")
    assert "there is no person nobody" in run(folder, "notices", "choose", "nobody", code=64)


def test_a_notice_is_shown_before_one_is_sent_and_sent_as_a_test(
    folder: Path, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = run(folder, "notices", "preview", "expiry", "--language", "fr")
    assert shown.startswith("Subject: Votre certification expire le 28 août 2027")
    assert "Bonjour Awa Exemple," in shown
    assert postbox.mails == []
    assert "you@example.org: sent (250 OK)" in run(folder, "notices", "preview", "digest", "--to", "you@example.org")
    assert postbox.recipients == ["you@example.org"]
    postbox.to_rcpt = ["550 no"]
    assert "refusé" in run(folder, "notices", "preview", "digest", "--to", "you@example.org", code=1, language="fr")
    assert "--to: expected an address" in run(folder, "notices", "preview", "digest", "--to", "you", code=64)
    monkeypatch.setenv("PCA_LEDGER_SMTP", "")
    assert "PCA_LEDGER_SMTP: expected the address of the mail server" in run(folder, "notices", "send", code=64)
    monkeypatch.setenv("PCA_LEDGER_URL", "")
    assert "PCA_LEDGER_URL: expected" in run(folder, "notices", "preview", "digest", code=64)
