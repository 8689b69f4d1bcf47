"""What officers do not read: the results of a workshop for which they were nominated, as on the pages of workshops."""

import msgspec

from api.lists.catalogue import Answer
from api.lists.listing import Row
from api.lists.measures import PassRate
from ledger.domain.record import Stream
from ledger.reading import Draft


def without_own(answer: Answer, person: str, read: Draft) -> Answer:
    """Return an answer without the rows about workshops for which a person was nominated, their own and the others’."""
    own = {candidacy.nominated.session_id for candidacy in read.candidacies_of(person)}
    if not own:
        return answer
    kept = [row for row in answer.rows if workshop_of(row, read) not in own]
    return msgspec.structs.replace(answer, rows=kept, left_out=len(answer.rows) - len(kept))


def workshop_of(row: Row, read: Draft) -> str | None:
    """Return the id of the workshop that a row is about, if it is about one."""
    if isinstance(row, PassRate):
        return row.key if row.by == "workshop" else None
    session_id: str | None = getattr(row, "session_id", None)
    stream = getattr(row, "stream", None)
    return session_id if stream is None else workshop_in(Stream.parse(stream), read)


def workshop_in(stream: Stream, read: Draft) -> str | None:
    """Return the id of the workshop of which a stream holds a part, if it holds one."""
    if stream.kind == "session":
        return stream.id
    nomination = read.candidacy(stream.id).nomination if stream.kind in ("candidacy", "certification") else None
    return None if nomination is None else nomination.session_id
