"""Webhooks: the operator's list of who is notified of changes."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.common import FOLDER, Folder, argument, clock, command, group, option, out, say, say_of, tell
from api.cli.language import in_language
from api.cli.opening import opened, opened_to_send
from api.sharing.subscriptions import Subscriptions, locked, subscribe
from ledger.store.leases import WEBHOOKS, Holding, alone, holding

if TYPE_CHECKING:
    from api.sharing.webhooks import Deliverer

webhooks = group("webhooks")


@command("webhooks list", webhooks)
def list_webhooks(folder: Folder = FOLDER) -> None:
    with _subscriptions(folder) as subscriptions:
        kept = subscriptions.all()
    if not kept:
        tell(
            "no subscription; to add one, run pca-ledger webhooks add URL",
            "aucun abonnement ; pour en ajouter un, lancez pca-ledger webhooks add URL",
        )
    for name, subscription, place in kept:
        if subscription is None:
            words = locked([name]).words
            tell(words.en, words.fr)
            continue
        told = in_language(f"sent up to entry {place.position}", f"envoyé jusqu’à l’entrée {place.position}")
        numbers = ", ".join(subscription.numbers) or in_language("every certificate", "tous les certificats")
        out.print(f"{name}  {subscription.url}  {numbers}  {told}")
        if place.trouble is not None:
            again = f"{place.again:%Y-%m-%d %H:%M:%S} UTC"
            says = in_language(
                f"failed {place.failures} times: {place.trouble}; next attempt from {again}",
                f"{place.failures} échecs : {place.trouble} ; nouvel essai à partir de {again}",
            )
            out.print(f"  {says}")


@command("webhooks add", webhooks)
def add(
    url: Annotated[
        str,
        argument(
            "Where to send: https://, or http:// to this machine.",
            "Où envoyer : https://, ou http:// vers cette machine.",
        ),
    ],
    number: Annotated[
        list[str] | None,
        option("Only for this certificate; repeat for more.", "Seulement pour ce certificat ; option répétable."),
    ] = None,
    after: Annotated[
        int | None,
        option(
            "Start after this entry of the log, 0 for everything; by default, now.",
            "Commencer après cette entrée du journal, 0 pour toutes ; par défaut, maintenant.",
            min=0,
        ),
    ] = None,
    internal: Annotated[
        bool, option("Allow an address of a private network.", "Autoriser une adresse d’un réseau privé.", "--internal")
    ] = False,
    folder: Folder = FOLDER,
) -> None:
    from api.register import Register, Settings

    subscription = subscribe(url, number or (), internal=internal)
    with opened(folder) as ledger, Register(ledger, Settings(base_url="")) as register:
        subscriptions = Subscriptions(ledger)
        subscriptions.take_in()
        subscriptions.add(subscription, register.models.changes.last() if after is None else after)
    out.print(f"{subscription.id}  secret {subscription.secret}")


@command("webhooks remove", webhooks)
def remove(
    subscription: Annotated[str, argument("The id, from webhooks list.", "L’identifiant, affiché par webhooks list.")],
    folder: Folder = FOLDER,
) -> None:
    with _subscriptions(folder) as subscriptions:
        subscriptions.remove(subscription)
    out.print(f"{subscription} {in_language('removed', 'supprimé')}")


@command("webhooks test", webhooks)
def send_test(
    subscription: Annotated[str, argument("The id, from webhooks list.", "L’identifiant, affiché par webhooks list.")],
    folder: Folder = FOLDER,
) -> None:
    with _delivering(folder, nullcontext(alone)) as (subscriptions, deliverer):
        to = subscriptions.require(subscription)
        deliverer.test(to)
    say_of(to.url, "acknowledged", "réception confirmée")


@command("webhooks deliver", webhooks)
def deliver(folder: Folder = FOLDER) -> None:
    with _delivering(folder, holding(folder, WEBHOOKS)) as (_, deliverer):
        is_done = deliverer.deliver()
    if not is_done:
        say(
            "some notifications were not acknowledged; for the reasons, run pca-ledger webhooks list",
            "certaines notifications n’ont pas été confirmées ; pour en voir la cause, lancez pca-ledger webhooks list",
        )
        raise typer.Exit(1)
    say("everything has been sent", "tout a été envoyé")


@contextmanager
def _subscriptions(folder: Path) -> Iterator[Subscriptions]:
    with opened(folder) as ledger:
        subscriptions = Subscriptions(ledger)
        subscriptions.take_in()
        yield subscriptions


@contextmanager
def _delivering(folder: Path, holding: AbstractContextManager[Holding]) -> Iterator[tuple[Subscriptions, "Deliverer"]]:
    from api.sharing.webhooks import Deliverer

    with opened_to_send(folder) as (ledger, register), holding as held:
        subscriptions = Subscriptions(ledger)
        subscriptions.take_in()
        yield subscriptions, Deliverer(register, subscriptions, clock, held)
