"""Webhooks: who is told of changes, managed by the operator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from api.cli.common import FOLDER, Folder, Wrong, app, clock, in_language, opened, out, require_ledger, say
from api.register import Register, Settings
from api.sharing.outbox import Outbox
from api.sharing.subscriptions import Subscriptions, load, save, subscribe
from api.sharing.webhooks import Deliverer

webhooks = typer.Typer(no_args_is_help=True, help="Webhooks: tell others of every change of a certificate's status.")
app.add_typer(webhooks, name="webhooks")


@webhooks.command("list")
def list_webhooks(folder: Folder = FOLDER) -> None:
    """Who is told, how far, and what is wrong if anything is. Secrets are not shown."""
    require_ledger(folder)
    with closing(Outbox(folder)) as outbox:
        for subscription in load(folder).subscriptions:
            place = outbox.known(subscription.id)
            told = in_language("nothing told yet", "rien d'annoncé encore")
            if place is not None:
                told = in_language(f"told up to entry {place.position}", f"annoncé jusqu'à l'entrée {place.position}")
            numbers = ", ".join(subscription.numbers) or in_language("every certificate", "tous les certificats")
            out.print(f"{subscription.id}  {subscription.url}  {numbers}  {told}", markup=False)
            if place is not None and place.trouble is not None:
                again = f"{place.again:%Y-%m-%d %H:%M:%S} UTC"
                says = in_language(
                    f"failed {place.failures} times: {place.trouble}; again from {again}",
                    f"{place.failures} échecs : {place.trouble} ; de nouveau à partir de {again}",
                )
                out.print(f"  {says}", markup=False)


@webhooks.command()
def add(
    url: Annotated[str, typer.Argument(help="Where to send to: https://, or http:// to this machine.")],
    number: Annotated[list[str] | None, typer.Option(help="Only of this certificate; again for more.")] = None,
    after: Annotated[
        int | None, typer.Option(help="Begin after this entry of the log, 0 with everything; else now.", min=0)
    ] = None,
    internal: Annotated[bool, typer.Option("--internal", help="Allow an address of a private network.")] = False,
    folder: Folder = FOLDER,
) -> None:
    """Tell an address of changes from now on. Its secret is printed once: hand it to who receives."""
    subscription = subscribe(url, number or (), internal=internal)
    with opened(folder) as ledger, Register(ledger, Settings(base_url="")) as register, closing(Outbox(folder)) as box:
        box.place(subscription.id, register.models.changes.last() if after is None else after)
        save(folder, Subscriptions((*load(folder).subscriptions, subscription)))
    out.print(f"{subscription.id}  secret {subscription.secret}", markup=False)


@webhooks.command()
def remove(
    subscription: Annotated[str, typer.Argument(metavar="ID", help="As list shows it.")], folder: Folder = FOLDER
) -> None:
    """Tell it nothing more."""
    require_ledger(folder)
    kept = load(folder)
    removed = kept.require(subscription)
    save(folder, Subscriptions(tuple(each for each in kept.subscriptions if each != removed)))
    with closing(Outbox(folder)) as outbox:
        outbox.forget(removed.id)
    out.print(f"{removed.id} {in_language('removed', 'retiré')}", markup=False)


@webhooks.command("test")
def send_test(
    subscription: Annotated[str, typer.Argument(metavar="ID", help="As list shows it.")], folder: Folder = FOLDER
) -> None:
    """Send a signed message that tells nothing, and say whether it was acknowledged."""
    require_ledger(folder)
    to = load(folder).require(subscription)
    with _delivering(folder) as deliverer:
        deliverer.test(to)
    out.print(f"{to.url}: {in_language('acknowledged', 'reçu confirmé')}", markup=False)


@webhooks.command()
def deliver(folder: Folder = FOLDER) -> None:
    """Send once what is due, for a timer; PCA_LEDGER_URL is the register's address. Exit code 1: something is left."""
    with _delivering(folder) as deliverer:
        is_done = deliverer.deliver()
    if not is_done:
        say(
            "not everything was acknowledged: pca-ledger webhooks list says what is wrong",
            "tout n'a pas été confirmé : pca-ledger webhooks list dit pourquoi",
        )
        raise typer.Exit(1)
    say("everything is told", "tout est annoncé")


@contextmanager
def _delivering(folder: Path) -> Iterator[Deliverer]:
    settings = Settings.from_environment("")
    if not settings.base_url:
        raise Wrong(
            "PCA_LEDGER_URL",
            "expected the register's public address: messages lead there",
            "l'adresse publique du registre est attendue : les messages y mènent",
        )
    with (
        opened(folder) as ledger,
        Register(ledger, settings) as register,
        closing(Deliverer(register, folder, clock)) as deliverer,
    ):
        yield deliverer
