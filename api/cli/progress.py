"""A progress bar on standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import Progress

from api.cli.common import err


@contextmanager
def bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """Shows a bar for as long as the block runs; call it with how many are done, of how many."""
    with Progress(console=err, transient=True) as progress:
        task = progress.add_task(what)
        yield lambda done, of: progress.update(task, completed=done, total=of)
