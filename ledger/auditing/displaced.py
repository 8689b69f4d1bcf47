"""Entries that are not in their places: one alteration may displace many, and is one fault."""

from collections.abc import Mapping

import msgspec

from ledger.auditing.faults import Fault, spoiled_with
from ledger.auditing.leaves import Leaf

MOST_LISTED = 10
ENTRIES = "stored_events"


class Displaced(msgspec.Struct, frozen=True):
    """Places whose entries are not those that were there, by one alteration.

    ``lost`` are those whose entry is nowhere; ``foreign`` those where there is an entry that the log never had.
    """

    places: list[int]
    lost: list[int]
    foreign: list[int]


def sorted_out(differing: Mapping[int, Leaf]) -> tuple[list[Displaced], dict[int, int]]:
    """The alterations that explain what differs, and by place where its entry is now, if it is anywhere."""
    places = {was: place for place, (_, was) in differing.items() if was is not None}
    found_at = {places[entry]: place for place, (entry, _) in differing.items() if entry in places}
    groups: dict[int, list[int]] = {}
    group_of: dict[int, int] = {}

    def join(one: int, other: int) -> None:
        into, old = sorted((group_of[one], group_of[other]))
        if into != old:
            for place in groups.pop(old):
                group_of[place] = into
                groups[into].append(place)

    for place, (entry, _) in sorted(differing.items()):
        groups[place], group_of[place] = [place], place
        if entry is None and place - 1 in differing and differing[place - 1][0] is None:
            join(place, place - 1)  # neighbours that were removed
    for place, source in found_at.items():
        join(place, source)
    return [
        Displaced(
            sorted(members),
            [p for p in sorted(members) if p not in found_at and differing[p][1] is not None],
            [p for p in sorted(members) if (entry := differing[p][0]) is not None and entry not in places],
        )
        for _, members in sorted(groups.items())
    ], found_at


def faults_of(displaced: Displaced, streams: list[str], found_at: Mapping[int, int]) -> list[Fault]:
    """The fault that an alteration is, and what follows from it. ``streams`` are those it concerns, if it is known."""
    places, lost, foreign = displaced.places, displaced.lost, displaced.foreign
    spoils = spoiled_with(*streams) | {ENTRIES}
    if not lost and not foreign:
        says = f"entries {_listed(places)} have changed places"
        fault = Fault("entry-moved", places[0], says)
    elif not lost:
        fault = Fault("entry-added", foreign[0], "an entry that the log never had")
    elif foreign:
        says = "the bytes are not those whose hash the tree holds under the checkpoints that the log signed"
        fault = Fault("entry-altered", foreign[0], says, spoils=spoils)
    else:
        which = f"entry {lost[0]} is" if len(lost) == 1 else f"{len(lost)} entries from {lost[0]} to {lost[-1]} are"
        fault = Fault("entry-missing", lost[0], f"{which} missing: the tree still holds what was signed", spoils=spoils)
    if not lost and not foreign:
        return [fault]
    moved = [(was, now) for was, now in sorted(found_at.items()) if was in places]
    return [fault, *(Fault("entry-moved", now, f"here is entry {was}", cause=fault) for was, now in moved)]


def _listed(places: list[int]) -> str:
    return ", ".join(map(str, places[:MOST_LISTED])) + (" and more" if len(places) > MOST_LISTED else "")
