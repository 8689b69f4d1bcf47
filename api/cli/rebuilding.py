"""Rebuilding the read models."""

from functools import partial

from api.cli.common import FOLDER, Folder, command, say
from api.cli.opening import opened
from api.cli.progress import bars
from projections.read_models import rebuild as rebuild_views


@command("rebuild")
def rebuild(folder: Folder = FOLDER) -> None:
    with opened(folder) as ledger, bars() as progress:
        rebuild_views(ledger, partial(progress, "entries"))
        size = ledger.size()
    say(f"{size} entries replayed", f"{size} entrées rejouées")
