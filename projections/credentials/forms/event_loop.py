"""A decorator for functions that start an event loop, as pyhanko's do: they may be called where one is running."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def leave_running_loop(work: Callable[P, T]) -> Callable[P, T]:
    """Do the same work in a thread of its own: asyncio starts no second loop where one is running."""

    @wraps(work)
    def done(*args: P.args, **kwargs: P.kwargs) -> T:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(work, *args, **kwargs).result()

    return done
