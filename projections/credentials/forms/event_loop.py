"""A decorator for functions that start an event loop, as pyhanko's do: they may be called where one is running."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def leave_running_loop(work: Callable[P, T]) -> Callable[P, T]:
    """Do the same work, in another thread if a loop runs in this one: asyncio starts no second loop in a thread."""

    @wraps(work)
    def done(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return work(*args, **kwargs)
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(work, *args, **kwargs).result()

    return done
