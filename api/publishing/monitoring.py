"""Monitoring a log from outside: what it shows is compared with what it showed before, and kept.

A monitor trusts its trust root and its own memory. It keeps every signed checkpoint that it saw; two that
contradict each other are evidence that anyone can check.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import msgspec

from api.words.failures import file_in_words
from ledger import strict_json
from ledger.bundle import Bundle
from ledger.domain.certificate_status import STATUS_LABELS, CertificateStatus
from ledger.errors import Unverifiable
from ledger.files import expecting, make_private, write_whole
from ledger.log.checkpoint import Checkpoint, open_checkpoint
from ledger.log.evidence import conflict
from ledger.log.heads import open_heads
from ledger.log.tree import inclusion_path, leaf_hash, verify_inclusion
from ledger.published import PublishedLog
from ledger.signing.envelope import open_envelope
from ledger.signing.statement import decode_payload
from ledger.verdict import CheckResult, Verdict
from ledger.verification import verify_bundle
from ledger.words import Words, moment_in_words

STATE = "monitor.json"


class Alert(msgspec.Struct, frozen=True):
    """What is wrong or new, in words; ``code`` does not change with the wording."""

    code: str
    en: str
    fr: str

    @property
    def words(self) -> Words:
        return Words(self.en, self.fr)


class Remembered(msgspec.Struct, frozen=True):
    """A watched certificate at the last look: how many statements its certification had, and its status."""

    version: int
    status: CertificateStatus


class Memory(msgspec.Struct):
    """What a monitor remembers: the last checkpoint that it accepted, and each watched certificate."""

    latest: str | None = None
    certificates: dict[str, Remembered] = {}


class Monitor:
    """Follows one log, with its memory in ``folder``; ``late`` is how old the shown checkpoint may be.

    ``numbers`` are certificates to watch; ``streams`` need permission to read entries.
    """

    def __init__(
        self,
        log: PublishedLog,
        folder: Path,
        clock: Callable[[], datetime],
        *,
        late: timedelta,
        numbers: Sequence[str] = (),
        streams: Sequence[str] = (),
    ) -> None:
        self._log, self._folder, self._clock = log, folder, clock
        self._late, self._numbers, self._streams = late, numbers, streams
        make_private(folder)
        make_private(folder / "checkpoints")

    def look(self) -> list[Alert]:
        """Looks once. Returns all that is wrong now, and all that is new since the last look.

        Raises OSError and ``Unreadable`` when its own memory cannot be kept or read.
        """
        memory = self._recall()
        try:
            note = self._log.note()
            checkpoint = open_checkpoint(note, self._log.trust.verifier_key)
        except Unverifiable as error:
            return [_untrusted(error)]
        except OSError as error:
            return [_unreachable(error)]
        # Whatever the log's own key signed is evidence, witnessed or not.
        self._keep(f"checkpoints/{checkpoint.size:012}-{_name(note.encode())}.note", note.encode())
        try:
            self._log.checkpoint(note)
        except Unverifiable as error:
            return [_untrusted(error), *self._continuation(memory.latest, note, checkpoint)]
        alerts = self._lateness(note)
        try:
            broken = self._continuation(memory.latest, note, checkpoint)
            alerts += broken or self._entries(memory.latest, checkpoint)
            at_least = 0 if memory.latest is None else self._log.trust.opened(memory.latest).size
            alerts += [alert for number in self._numbers for alert in self._certificate(number, memory, at_least)]
        except Unverifiable as error:
            fr = f"ce qui est publié est incomplet : {error.fr or error}"
            return [*alerts, Alert(error.code, f"what is published is incomplete: {error}", fr)]
        except OSError as error:
            return [*alerts, _unreachable(error)]
        if not broken:
            memory.latest = note
        write_whole(self._folder / STATE, msgspec.json.encode(memory))
        return alerts

    def _lateness(self, note: str) -> list[Alert]:
        signed_at = self._log.trust.signed_at(note)
        if signed_at is None or self._clock() - signed_at <= self._late:
            return []
        at = moment_in_words(signed_at)
        en, fr = f"the latest checkpoint dates from {at.en}", f"le dernier point de contrôle date du {at.fr}"
        return [Alert("late", en, fr)]

    def _continuation(self, earlier: str | None, note: str, now: Checkpoint) -> list[Alert]:
        """Compares the log with an earlier checkpoint of it; keeps evidence of a contradiction if there is any."""
        if earlier is None:
            return []
        before, alerts = self._log.trust.opened(earlier), []
        if now.size < before.size:
            en = f"the log now has {now.size} entries; it had {before.size} before"
            fr = f"le journal compte {now.size} entrées ; il en comptait {before.size}"
            alerts.append(Alert("rolled-back", en, fr))
        try:
            nodes = self._log.nodes(max(before.size, now.size))
            evidence = conflict(earlier, note, self._log.trust.verifier_key, nodes.get_node)
        except Unverifiable as error:
            en = f"the log does not prove that it extends its earlier state: {error}"
            fr = f"le journal ne prouve pas qu’il prolonge son état antérieur : {error.fr or error}"
            return alerts or [Alert("inconsistent", en, fr)]
        if evidence is not None:
            data = bytes(evidence)
            path = f"evidence-{_name(data)}.json"
            self._keep(path, data)
            en = f"the log contradicts what it signed before; evidence: {self._folder / path}"
            fr = f"le journal contredit ce qu’il a signé ; preuve : {self._folder / path}"
            alerts.append(Alert("log-forked", en, fr))
        return alerts

    def _entries(self, earlier: str | None, checkpoint: Checkpoint) -> list[Alert]:
        """New entries of watched streams."""
        if not self._streams or earlier is None:
            return []
        alerts, position = [], self._log.trust.opened(earlier).size
        size, root = checkpoint.size, checkpoint.root
        nodes = self._log.nodes(size)
        for batch in self._log.entries(size, position):
            for state in batch:
                # Others see the checkpoint and its tiles: the entries must belong to them.
                verify_inclusion(leaf_hash(state), position, size, inclusion_path(position, size, nodes.get_node), root)
                position += 1
                event = decode_payload(open_envelope(state).payload)
                if event.stream in self._streams:
                    says = f"{event.stream}: {event.type}"
                    alerts.append(Alert("entry", f"entry {position}, {says}", f"entrée {position}, {says}"))
        return alerts

    def _certificate(self, number: str, memory: Memory, at_least: int) -> list[Alert]:
        """A watched certificate: verified, as new as the log was (``at_least`` so many entries), and compared with
        what it was.
        """
        try:
            data = self._log.read(f"certificates/{number}.bundle.json")
        except LookupError:
            return [Alert("certificate-missing", f"{number}: not found", f"{number} : introuvable")]
        report = verify_bundle(data, self._log.trust, self._clock())
        not_checked = Alert(
            "certificate-not-checked", f"{number}: {report.sentence.en}", f"{number} : {report.sentence.fr}"
        )
        if report.verdict is Verdict.NOT_AUTHENTIC:
            en, fr = next(c.detail for c in report.checks if c.result is CheckResult.FAILED)
            return [Alert("certificate-not-authentic", f"{number}: {en}", f"{number} : {fr}")]
        if report.status is None:
            return [not_checked]
        heads = open_heads(Bundle.parse(data).heads, self._log.trust.verifier_key)
        (version,) = (v for s, v in heads.versions.items() if s.kind == "certification")
        was = memory.certificates.get(number)
        if heads.size < at_least or (was is not None and version < was.version):
            en = f"{number}: the bundle covers {heads.size} entries, fewer than the log has already shown"
            fr = f"{number} : le dossier porte sur {heads.size} entrées, moins que le journal n’en a déjà montré"
            return [Alert("certificate-stale", en, fr)]
        alerts: list[Alert] = []
        if report.verdict is Verdict.NOT_CHECKED:
            alerts.append(not_checked)
        became = memory.certificates[number] = Remembered(version, report.status)
        if was not in (None, became):
            en, fr = STATUS_LABELS[report.status]
            alerts.append(Alert("certificate", f"{number}: status changed to {en}", f"{number} : nouveau statut, {fr}"))
        return alerts

    def _recall(self) -> Memory:
        path = self._folder / STATE
        if not path.exists():
            return Memory()
        data = path.read_bytes()
        with expecting(
            path,
            "what a monitor remembers; put a copy in its place, or delete it",
            "mémoire d’une surveillance ; remplacez-la par une copie, ou supprimez-la",
        ):
            return strict_json.decode(data, Memory)

    def _keep(self, name: str, data: bytes) -> None:
        path = self._folder / name
        if not path.exists():
            write_whole(path, data)


def _untrusted(error: Unverifiable) -> Alert:
    fr = f"le point de contrôle n’est pas fiable : {error.fr or error}"
    return Alert(error.code, f"the checkpoint is not trustworthy: {error}", fr)


def _unreachable(error: OSError) -> Alert:
    en, fr = file_in_words(error)
    return Alert("unreachable", f"the log does not answer: {en}", f"le journal ne répond pas : {fr}")


def _name(data: bytes) -> str:
    return sha256(data).hexdigest()[:16]
