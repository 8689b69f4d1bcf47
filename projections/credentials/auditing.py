"""The audit of the kept documents: the body signed each of them, and each states what the entries state.

 1. Each set of documents belongs to an issued certificate and to its holder, who was not erased. It has a document in
    every form that it records, and no document is without a set.
 2. The signature or the seal of each document is valid, by a key that the body enrolled.
 3. The document states the facts of the entries, and names the certificate's place in the status lists.
 4. No two certificates share a place, and every certificate with a place has its documents.

Nobody signs the picture around a credential, or the token that opens documents to their holder.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache

from msgspec.structs import replace

from ledger.auditing import AuditFinding
from ledger.auditing.report import Progress
from ledger.errors import Corrupt, Unverifiable
from ledger.store.documents import DocumentSet, StatusIndex
from ledger.store.reading import Record
from projections.certificates import CertificateRow
from projections.credentials.facts import CertificateFacts
from projections.credentials.forms import catalogue
from projections.credentials.forms.form import Verified
from projections.credentials.gathering import issuer_of, levels_reached, stated_of
from projections.credentials.keys import seal_chain
from projections.credentials.keys.enrolled import IssuerKeys
from projections.questions import Questions

Verify = Callable[[str, IssuerKeys], Verified]
Judge = Callable[[Verify, str], tuple[Verified, bool]]
"""What a key of the body signed in a text, and whether it states the facts of the entries. Raises ``Unverifiable``."""


def audit_documents(record: Record, models: Questions, progress: Progress | None = None) -> list[AuditFinding]:
    """The findings on the documents beside a record that is in order; ``models`` are read from the same entries."""
    return list(_Audit(record, models).run(progress))


class _Audit:
    def __init__(self, record: Record, models: Questions) -> None:
        self._record, self._models = record, models
        self._recorded = record.read().issuer()
        self._indexes = record.documents.indexes()

    def run(self, progress: Progress | None) -> Iterator[AuditFinding]:
        forms: dict[str, set[str]] = defaultdict(set)
        for number, form in self._record.documents.kept():
            forms[number].add(form)
        sets = self._record.documents.sets()
        for done, made in enumerate(sets, 1):
            yield from self._set(made, forms.pop(made.number, set()))
            if progress is not None:
                progress(done, len(sets))
        for number in forms:
            yield AuditFinding("document-unreferenced", None, f"{number}: its set is not kept")
        yield from self._places({made.number for made in sets})

    def _set(self, made: DocumentSet, forms: set[str]) -> Iterator[AuditFinding]:
        number = made.number
        row, index = self._models.certificates.by_number(number), self._indexes.get(number)
        if row is None or row.person_id != made.person_id:
            yield AuditFinding("document-unreferenced", None, f"{number}: no such certificate of {made.person_id}")
            return
        facts = stated_of(self._record, row, "")
        if facts is None:
            yield AuditFinding("document-of-erased", None, f"{number}: {made.person_id} was erased")
            return
        if index is None:
            yield AuditFinding("status-place", None, f"{number}: it has no place")
            return
        for form in sorted(set(made.forms) - forms):
            yield AuditFinding("document-missing", None, f"{number}: {form}")
        facts, issuer = self._with_every_level(facts, row), issuer_of(self._recorded.url, row)
        keys = IssuerKeys(issuer, self._recorded)

        @lru_cache  # several forms carry the same credential
        def judged(verify: Verify, text: str) -> tuple[Verified, bool]:
            verified = verify(text, keys)
            return verified, verified.agrees(facts, issuer, index)

        documents = self._record.documents
        sealed = documents.sealed(number)
        for name in sorted(forms):
            try:
                body = documents.opened(sealed.get(name)) or b""
                does_agree = _agrees(name, body, keys, made.made, judged)
            except (Unverifiable, Corrupt) as error:
                yield AuditFinding("document-altered", None, f"{number}: {name}: {error.code}: {error}")
            else:
                if not does_agree:
                    yield AuditFinding("document-differs", None, f"{number}: {name}")

    def _places(self, made: set[str]) -> Iterator[AuditFinding]:
        taken: dict[StatusIndex, str] = {}
        for number, index in self._indexes.items():
            other, row = taken.setdefault(index, number), self._models.certificates.by_number(number)
            if row is None:
                yield AuditFinding("status-place", None, f"{number}: no such certificate")
            elif other != number:
                yield AuditFinding("status-place", None, f"{number}: its place {index.index} is that of {other} too")
            elif number not in made and not self._models.roster.person(row.person_id).erased:
                yield AuditFinding("document-missing", None, f"{number}: every form")

    def _with_every_level(self, facts: CertificateFacts, row: CertificateRow) -> CertificateFacts:
        """The facts with every level reached: which of them the holder agreed to show, only the documents tell."""
        reached = levels_reached(self._record, row.certification_id)
        scope = tuple(replace(one, achieved=reached.get(one.id)) for one in facts.scheme.scope)
        return replace(facts, scheme=replace(facts.scheme, scope=scope))


def _agrees(name: str, body: bytes, keys: IssuerKeys, made: datetime, judged: Judge) -> bool:
    """Whether the signed content of a kept document states the facts of the entries. Raises ``Unverifiable``."""
    form = catalogue.by_name().get(name)
    text = None if form is None else form.recognise(body)
    if form is None or text is None:
        raise Unverifiable("document-form", "the document does not have this form")
    if form.verify_seal is not None:
        form.verify_seal(body, keys, made)
    verified, does_agree = judged(form.verify, text)
    if verified.by_chain:
        seal_chain.require_valid(verified.key.certificates, made)
    return does_agree
