"""Webhooks: the operator's list of who is notified of changes."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Annotated

import typer

from api.cli.common import FOLDER, Folder, Wrong, argument, clock, command, group, option, out, say, say_of, tell
from api.cli.language import in_language
from api.cli.opening import opened, require_ledger
from api.register import Register, Settings
from api.sharing.outbox import Outbox, take_in_places
from api.sharing.subscriptions import Subscriptions, load, save, subscribe
from api.sharing.webhooks import Deliverer
from ledger.store.leases import WEBHOOKS, Holding, alone, holding

webhooks = group("webhooks")


@command("webhooks list", webhooks)
def list_webhooks(folder: Folder = FOLDER) -> None:
    require_ledger(folder)
    subscriptions = load(folder).subscriptions
    if not subscriptions:
        tell(
            "no subscription; to add one, run pca-ledger webhooks add URL",
            "aucun abonnement ; pour en ajouter un, lancez pca-ledger webhooks add URL",
        )
    with opened(folder) as ledger:
        take_in_places(ledger.database, folder)
        outbox = Outbox(ledger.database)
        for subscription in subscriptions:
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
    subscription = subscribe(url, number or (), internal=internal)
    with opened(folder) as ledger, Register(ledger, Settings(base_url="")) as register:
        Outbox(ledger.database).place(subscription.id, register.models.changes.last() if after is None else after)
        save(folder, Subscriptions((*load(folder).subscriptions, subscription)))
    out.print(f"{subscription.id}  secret {subscription.secret}")


@command("webhooks remove", webhooks)
def remove(
    subscription: Annotated[str, argument("The id, from webhooks list.", "L’identifiant, affiché par webhooks list.")],
    folder: Folder = FOLDER,
) -> None:
    require_ledger(folder)
    kept = load(folder)
    removed = kept.require(subscription)
    save(folder, Subscriptions(tuple(each for each in kept.subscriptions if each != removed)))
    with opened(folder) as ledger:
        Outbox(ledger.database).forget(removed.id)
    out.print(f"{removed.id} {in_language('removed', 'supprimé')}")


@command("webhooks test", webhooks)
def send_test(
    subscription: Annotated[str, argument("The id, from webhooks list.", "L’identifiant, affiché par webhooks list.")],
    folder: Folder = FOLDER,
) -> None:
    require_ledger(folder)
    to = load(folder).require(subscription)
    with _delivering(folder, nullcontext(alone)) as deliverer:
        deliverer.test(to)
    say_of(to.url, "acknowledged", "réception confirmée")


@command("webhooks deliver", webhooks)
def deliver(folder: Folder = FOLDER) -> None:
    with _delivering(folder, holding(folder, WEBHOOKS)) as deliverer:
        is_done = deliverer.deliver()
    if not is_done:
        say(
            "some notifications were not acknowledged; for the reasons, run pca-ledger webhooks list",
            "certaines notifications n’ont pas été confirmées ; pour en voir la cause, lancez pca-ledger webhooks list",
        )
        raise typer.Exit(1)
    say("everything has been sent", "tout a été envoyé")


@contextmanager
def _delivering(folder: Path, holding: AbstractContextManager[Holding]) -> Iterator[Deliverer]:
    settings = Settings.from_environment("")
    if not settings.base_url:
        raise Wrong(
            "PCA_LEDGER_URL",
            "expected the public address of the register, which messages contain",
            "adresse publique du registre attendue, car les messages la contiennent",
        )
    with opened(folder) as ledger, Register(ledger, settings) as register, holding as held:
        yield Deliverer(register, folder, clock, held)
