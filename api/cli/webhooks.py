"""Webhooks: the operator's list of who is notified of changes."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from api.cli.common import FOLDER, Folder, Wrong, app, clock, in_language, opened, out, require_ledger, say, say_of
from api.register import Register, Settings
from api.sharing.outbox import Outbox
from api.sharing.subscriptions import Subscriptions, load, save, subscribe
from api.sharing.webhooks import Deliverer

webhooks = typer.Typer(no_args_is_help=True, help="Webhooks: notify others of every change to a certificate's status.")
app.add_typer(webhooks, name="webhooks")


@webhooks.command("list")
def list_webhooks(folder: Folder = FOLDER) -> None:
    """List who is notified, up to which entry, and what has failed. Secrets are not shown."""
    require_ledger(folder)
    with closing(Outbox(folder)) as outbox:
        for subscription in load(folder).subscriptions:
            place = outbox.known(subscription.id)
            told = in_language("nothing sent yet", "rien n’a encore été envoyé")
            if place is not None:
                told = in_language(f"sent up to entry {place.position}", f"envoyé jusqu’à l’entrée {place.position}")
            numbers = ", ".join(subscription.numbers) or in_language("every certificate", "tous les certificats")
            out.print(f"{subscription.id}  {subscription.url}  {numbers}  {told}")
            if place is not None and place.trouble is not None:
                again = f"{place.again:%Y-%m-%d %H:%M:%S} UTC"
                says = in_language(
                    f"failed {place.failures} times: {place.trouble}; next attempt from {again}",
                    f"{place.failures} échecs : {place.trouble} ; nouvel essai à partir de {again}",
                )
                out.print(f"  {says}")


@webhooks.command()
def add(
    url: Annotated[str, typer.Argument(help="Where to send: https://, or http:// to this machine.")],
    number: Annotated[list[str] | None, typer.Option(help="Only for this certificate; repeat for more.")] = None,
    after: Annotated[
        int | None, typer.Option(help="Start after this entry of the log, 0 for everything; by default, now.", min=0)
    ] = None,
    internal: Annotated[bool, typer.Option("--internal", help="Allow an address of a private network.")] = False,
    folder: Folder = FOLDER,
) -> None:
    """Notify an address of changes from now on. The secret is printed once: give it to the receiver."""
    subscription = subscribe(url, number or (), internal=internal)
    with opened(folder) as ledger, Register(ledger, Settings(base_url="")) as register, closing(Outbox(folder)) as box:
        box.place(subscription.id, register.models.changes.last() if after is None else after)
        save(folder, Subscriptions((*load(folder).subscriptions, subscription)))
    out.print(f"{subscription.id}  secret {subscription.secret}")


@webhooks.command()
def remove(
    subscription: Annotated[str, typer.Argument(metavar="ID", help="The id, from `webhooks list`.")],
    folder: Folder = FOLDER,
) -> None:
    """Stop notifying an address."""
    require_ledger(folder)
    kept = load(folder)
    removed = kept.require(subscription)
    save(folder, Subscriptions(tuple(each for each in kept.subscriptions if each != removed)))
    with closing(Outbox(folder)) as outbox:
        outbox.forget(removed.id)
    out.print(f"{removed.id} {in_language('removed', 'supprimé')}")


@webhooks.command("test")
def send_test(
    subscription: Annotated[str, typer.Argument(metavar="ID", help="The id, from `webhooks list`.")],
    folder: Folder = FOLDER,
) -> None:
    """Send a signed test message, and show whether it was acknowledged."""
    require_ledger(folder)
    to = load(folder).require(subscription)
    with _delivering(folder) as deliverer:
        deliverer.test(to)
    say_of(to.url, "acknowledged", "réception confirmée")


@webhooks.command()
def deliver(folder: Folder = FOLDER) -> None:
    """Send what is due, once, for a timer; PCA_LEDGER_URL is the register's address. Exit code 1: not all was sent."""
    with _delivering(folder) as deliverer:
        is_done = deliverer.deliver()
    if not is_done:
        say(
            "some notifications were not acknowledged; for the reasons, run pca-ledger webhooks list",
            "certaines notifications n’ont pas été confirmées ; pour en voir la cause, lancez pca-ledger webhooks list",
        )
        raise typer.Exit(1)
    say("everything has been sent", "tout a été envoyé")


@contextmanager
def _delivering(folder: Path) -> Iterator[Deliverer]:
    settings = Settings.from_environment("")
    if not settings.base_url:
        raise Wrong(
            "PCA_LEDGER_URL",
            "expected the public address of the register, which messages contain",
            "adresse publique du registre attendue, car les messages la contiennent",
        )
    with (
        opened(folder) as ledger,
        Register(ledger, settings) as register,
        closing(Deliverer(register, folder, clock)) as deliverer,
    ):
        yield deliverer
