"""The changes as an Atom feed (RFC 4287), the newest first, in pages of bounded size (RFC 5005, 3)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from feedgenerator import Atom1Feed  # type: ignore[import-untyped]

from api.register import Register
from api.sharing.announcements import LABELS, announcement
from ledger.words import COLON, Language, Words, day_in_words
from projections.changes import Change
from projections.entry import EPOCH

MEDIA_TYPE = "application/atom+xml"
TITLE = Words("Changes to certificates", "Modifications des certificats")
EFFECTIVE = Words("Effective from {day}.", "Avec effet au {day}.")
SUPERSEDES = Words("It supersedes {number}.", "Il remplace {number}.")


class _Paged(Atom1Feed):  # type: ignore[misc]  # the library has no types
    """A feed with links between its pages, whose ``updated`` does not follow the clock while it has no entries."""

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        for relation in ("first", "next"):
            if self.feed[relation] is not None:
                handler.addQuickElement("link", "", {"rel": relation, "href": self.feed[relation]})

    def latest_post_date(self) -> datetime:
        return max((item["updateddate"] for item in self.items), default=EPOCH)


def atom(register: Register, changes: Sequence[Change], chosen: Language, before: int | None, *, more: bool) -> bytes:
    """Returns one page of the feed: ``changes`` before a position; ``more`` if there are older ones."""
    first = f"{register.settings.base_url}/changes.atom?lang={chosen}"
    feed = _Paged(
        title=f"{TITLE.into(chosen)}, {register.body.into(chosen)}",
        link=f"{register.settings.base_url}/?lang={chosen}",
        description=None,
        language=chosen,
        author_name=register.body.into(chosen),
        feed_url=first if before is None else f"{first}&before={before}",
        feed_guid=_tag(register, f"changes/{chosen}"),
        first=first,
        next=f"{first}&before={changes[-1].position}" if more else None,
    )
    for change in changes:
        what = announcement(register, change)
        sentences = [EFFECTIVE.into(chosen).format(day=day_in_words(change.effective_from).into(chosen))]
        if change.old_number is not None:
            sentences.append(SUPERSEDES.into(chosen).format(number=change.old_number))
        label = LABELS[change.kind].into(chosen)
        feed.add_item(
            title=label if change.number is None else f"{label}{COLON.into(chosen)}{change.number}",
            link=f"{what.url}?lang={chosen}",
            description=" ".join(sentences),
            pubdate=change.recorded,
            updateddate=change.recorded,
            unique_id=_tag(register, f"changes/{change.position}"),
            categories=(change.kind,),
        )
    return str(feed.writeString("utf-8")).encode()


def _tag(register: Register, specific: str) -> str:
    """Returns an id that stays the same if the register moves (RFC 4151)."""
    authority = quote(register.trust.origin.partition("/")[0])
    return f"tag:{authority},{register.founded}:{specific}"
