"""The store of a witness, which never cosigns a tree that does not continue the one before.

Each request is decided and its outcome stored in one transaction, before the response. Signed checkpoints are stored
whole, refused ones too: two that contradict each other are evidence against the log.
"""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from ledger.errors import Unverifiable
from ledger.files import make_private
from ledger.log.checkpoint import Checkpoint
from ledger.log.cosignature import Cosigner
from ledger.log.witness import LogKeys, Refusal, Request, origin_of, require_continuation, signed_by_log
from ledger.signing.keys import MlDsaKey, SigningKey
from ledger.signing.note import Note, NoteSignature
from ledger.store.opening import open_database
from ledger.store.port import Cursor

KEY, ML_DSA_KEY, DATABASE = "witness.key", "witness-ml-dsa.key", "witness.db"
_TABLES = (
    "CREATE TABLE IF NOT EXISTS cosigned ("
    "origin TEXT NOT NULL, size INTEGER NOT NULL, note TEXT NOT NULL, PRIMARY KEY (origin, size))",
    "CREATE TABLE IF NOT EXISTS refused ("
    "origin TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL, "
    "PRIMARY KEY (origin, size, root))",
)


class Witness:
    """Cosigns the checkpoints of some logs. Safe for threads and for processes on the same folder."""

    def __init__(self, folder: Path, name: str, logs: LogKeys, clock: Callable[[], datetime]) -> None:
        """``name`` is that of its two keys, which are made on first use and never overwritten."""
        make_private(folder)
        if not (folder / KEY).exists():
            SigningKey.generate().save(folder / KEY)
        if not (folder / ML_DSA_KEY).exists():
            MlDsaKey.generate().save(folder / ML_DSA_KEY)
        self._database = open_database(folder / DATABASE)
        self._cosigners = (
            Cosigner(name, SigningKey.load(folder / KEY)),
            Cosigner(name, MlDsaKey.load(folder / ML_DSA_KEY)),
        )
        self._clock = clock
        self.logs = logs
        self._origins = {sha256(origin.encode()).hexdigest(): origin for origin in logs}
        self.verifier_key, self.verifier_key_ml_dsa = (cosigner.verifier_key for cosigner in self._cosigners)
        with self._database.transaction(commit=True) as cursor:
            for table in _TABLES:
                cursor.execute(table)

    def add_checkpoint(self, body: bytes) -> tuple[NoteSignature, ...]:
        """Returns the cosignatures of the checkpoint in a request. Raises ``Refusal`` with an HTTP status."""
        try:
            request = Request.parse(body.decode())
        except (UnicodeDecodeError, Unverifiable) as error:
            raise Refusal(400, str(error)) from None
        origin = origin_of(request)
        if origin not in self.logs:
            raise Refusal(404, f"{origin}: this witness does not know that log")
        signed = signed_by_log(request, self.logs[origin])
        with self._database.transaction(commit=True) as cursor:
            answer = self._answer(cursor, request, signed)
        if isinstance(answer, Refusal):  # it is stored by now
            raise answer
        return answer

    def latest(self, origin: str) -> str | None:
        """Returns the largest checkpoint of a log that this witness cosigned, as a note, or None.

        It carries the signatures of the log that held, and those of this witness, and no others.
        """
        with self._database.transaction(commit=False) as cursor:
            return _latest(cursor, origin)

    def origin(self, digest: str) -> str | None:
        """Returns the known log whose origin has this SHA-256, in lowercase hex, or None."""
        return self._origins.get(digest)

    def refused(self, origin: str) -> list[str]:
        """Returns the signed checkpoints that were not proved to continue the cosigned ones, smallest first."""
        rows = self._database.select("SELECT note FROM refused WHERE origin = ? ORDER BY size", (origin,))
        return [row["note"] for row in rows]

    def _answer(self, cursor: Cursor, request: Request, signed: Note) -> tuple[NoteSignature, ...] | Refusal:
        checkpoint = Checkpoint.parse(signed.text)
        last = _latest(cursor, checkpoint.origin)
        try:
            # What is stored was signed by a key that the log may have replaced since.
            recorded = None if last is None else Checkpoint.parse(Note.parse(last).text)
            require_continuation(request, checkpoint, recorded)
        except Refusal as refusal:
            if refusal.is_conflict:  # another size than the stored one contradicts nothing
                row = (checkpoint.origin, checkpoint.size, checkpoint.root, request.note)
                cursor.execute("INSERT INTO refused VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", row)
            return refusal
        time = int(self._clock().timestamp())
        # ML-DSA-44 leaves extension lines unsigned: other verifiers take such a cosignature for a false one.
        cosigners = self._cosigners[:1] if checkpoint.extension else self._cosigners
        lines = tuple(cosigner.cosign(checkpoint, time) for cosigner in cosigners)
        which, note = (checkpoint.origin, checkpoint.size), signed.signed_too(*lines)
        cursor.execute(
            "INSERT INTO cosigned VALUES (?, ?, ?) ON CONFLICT (origin, size) DO UPDATE SET note = excluded.note",
            (*which, str(note)),
        )
        # It may have been refused before, with a wrong proof.
        cursor.execute("DELETE FROM refused WHERE (origin, size, root) = (?, ?, ?)", (*which, checkpoint.root))
        return lines


def _latest(cursor: Cursor, origin: str) -> str | None:
    cursor.execute("SELECT note FROM cosigned WHERE origin = ? ORDER BY size DESC LIMIT 1", (origin,))
    row = cursor.fetchone()
    return None if row is None else row["note"]
