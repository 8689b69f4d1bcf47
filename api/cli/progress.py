"""Progress bars on standard error."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import Progress, TaskID

from api.cli.common import err


@contextmanager
def bars() -> Iterator[Callable[[str, int, int], None]]:
    """Shows bars for as long as the block runs; call it with the name of one, how many are done, and of how many."""
    with Progress(console=err, transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def show(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what)
            progress.update(tasks[what], completed=done, total=of)

        yield show
