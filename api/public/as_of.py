"""The two times of a query: the day it is about, and the day up to which the record counts."""

from datetime import UTC, date, datetime, time
from typing import Annotated, Self

from fastapi import Depends, Query, Request
from pydantic import BaseModel, Field

from api.pages import register_as_it_is
from api.problems import WrongInput
from ledger.words import day_in_words


class AsOf(BaseModel, frozen=True):
    """What was true on ``on``, as known at the end of ``known_on`` (UTC).

    ``given`` are the dates that the request stated, for links that keep them: a link without dates is never out of
    date.
    """

    on: date
    known_on: date
    today: date
    given: dict[str, str] = Field(default_factory=dict)

    @classmethod
    def now(cls, today: date) -> Self:
        """Returns the times of a request without dates."""
        return cls(on=today, known_on=today, today=today)

    @property
    def known(self) -> datetime:
        """The moment up to which the record counts."""
        return datetime.combine(self.known_on, time.max, UTC)

    @property
    def is_today(self) -> bool:
        return self.on == self.known_on == self.today

    @property
    def is_forecast(self) -> bool:
        """Whether the day had not come at the moment as of which the register answers: then nothing is certain."""
        return self.on > self.known_on


async def as_of(
    request: Request,
    on: Annotated[str, Query(description="The date of the status, YYYY-MM-DD; today by default.")] = "",
    known_on: Annotated[
        str,
        Query(description="The date as of which the register is consulted, YYYY-MM-DD; today by default, never later."),
    ] = "",
) -> AsOf:
    """Returns the two times of a request; each is today when not given. Raises ``WrongInput``."""
    return times(request, on, known_on)  # on the event loop: it reads nothing


def times(request: Request, on: str = "", known_on: str = "") -> AsOf:
    """Returns what ``as_of`` returns."""
    today = register_as_it_is(request).now().date()
    day, known_day = _day("on", on), _day("known_on", known_on)
    if known_day is not None and known_day > today:
        raise WrongInput(
            "known_on",
            f"expected {day_in_words(today).en} (today, UTC) or earlier: the register cannot be consulted as it "
            "will be on a day to come",
            f"date attendue : le {day_in_words(today).fr} (aujourd’hui, UTC) ou avant ; l’état futur du registre "
            "n’est pas connu",
        )
    given = {"on": day, "known_on": known_day}
    return AsOf(
        on=day or today,
        known_on=known_day or today,
        today=today,
        given={name: asked.isoformat() for name, asked in given.items() if asked is not None},
    )


When = Annotated[AsOf, Depends(as_of)]


def _day(field: str, text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise WrongInput(field, "expected a date as YYYY-MM-DD", "date attendue au format AAAA-MM-JJ") from None
