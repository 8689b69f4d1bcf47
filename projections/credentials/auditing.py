"""The audit of the kept documents: each is one that the body signed, and says what the entries say.

 1. A set of documents is that of a certificate that was issued, and of its person, who was not erased. Every form is
    in it, and no document stands outside of a set.
 2. Each document holds: its signature or seal is by a key that the body enrolled.
 3. It says what is made from the entries, and names the certificate's place in the status lists.
 4. That place is no other certificate's, and whose place was taken has its documents.

The picture around a credential, and the token that opens documents to their holder, are signed by nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from ledger.auditing import Finding
from ledger.auditing.report import Progress
from ledger.documents import DocumentSet
from ledger.errors import Unverifiable
from ledger.store.ledger import Ledger
from projections.certificates import CertificateRow
from projections.credentials.facts import CertificateFacts, IssuerIdentity, StatusIndex
from projections.credentials.forms import baking, open_badge, sd_jwt, sealed, vc_jwt
from projections.credentials.gathering import facts_of, issuer_of, levels_reached
from projections.credentials.keys import seal_chain
from projections.credentials.keys.enrolled import enrolled_keys
from projections.credentials.proofs import data_integrity
from projections.credentials.proofs.jws import read_json
from projections.read_models import ReadModels


def audit_documents(ledger: Ledger, models: ReadModels, progress: Progress | None = None) -> list[Finding]:
    """What is wrong with the documents of a ledger whose entries and read models are in order."""
    with ledger.log.datastore.snapshot():  # a register may go on issuing and erasing
        models.catch_up()
        return list(_Audit(ledger, models).run(progress))


class _Audit:
    def __init__(self, ledger: Ledger, models: ReadModels) -> None:
        self._ledger, self._models = ledger, models
        established = ledger.read().issuer()
        self._url, self._keys = established.url, enrolled_keys(established)
        self._indexes = ledger.documents.indexes()
        # The same credential stands in four forms of a certificate, one after the other.
        self._is_credential = lru_cache(1)(self._credential_says)

    def run(self, progress: Progress | None) -> Iterator[Finding]:
        forms: dict[str, set[str]] = defaultdict(set)
        for number, form in self._ledger.documents.kept():
            forms[number].add(form)
        sets = self._ledger.documents.sets()
        for done, made in enumerate(sets, 1):
            yield from self._set(made, forms.pop(made.number, set()))
            if progress is not None:
                progress(done, len(sets))
        for number in forms:
            yield Finding("document-unreferenced", None, f"{number}: its set is not kept")
        yield from self._places({made.number for made in sets})

    def _set(self, made: DocumentSet, forms: set[str]) -> Iterator[Finding]:
        number = made.number
        row, index = self._models.certificates.by_number(number), self._indexes.get(number)
        if row is None or row.person_id != made.person_id:
            yield Finding("document-unreferenced", None, f"{number}: no such certificate of {made.person_id}")
            return
        facts = facts_of(self._ledger, row, "")
        if facts is None:
            yield Finding("document-of-erased", None, f"{number}: {made.person_id} was erased")
            return
        if index is None:
            yield Finding("status-place", None, f"{number}: it has no place")
            return
        for form in sorted(set(made.forms) - forms):
            yield Finding("document-missing", None, f"{number}: {form}")
        said = _Said(self._with_every_level(facts, row), issuer_of(self._url, row), index)
        for form in sorted(forms):
            try:
                is_said = self._is_said(form, self._ledger.documents.get(number, form) or b"", said, made.made)
            except Unverifiable as error:
                yield Finding("document-altered", None, f"{number}: {form}: {error.code}: {error}")
            else:
                if not is_said:
                    yield Finding("document-differs", None, f"{number}: {form}")

    def _is_said(self, form: str, body: bytes, said: _Said, made: datetime) -> bool:
        """Whether a document that holds says what the entries say. Raises ``Unverifiable`` when it does not hold."""
        match form:
            case "jsonld":
                return self._is_credential(body, said)
            case "png":
                return self._is_credential(baking.credential_in_png(body).encode(), said)
            case "svg":
                return self._is_credential(baking.credential_in_svg(body).encode(), said)
            case "pdf":
                sealed.require_seal(body, [key.certificates for key in self._keys if key.certificates], made)
                return self._is_credential(sealed.attached_credential(body), said)
            case "jwt":
                keys = {said.issuer.jwk(key.key_id): key.public for key in self._keys}
                return said.by_credential(vc_jwt.verify(_text(body), keys.get))
            case "sd-jwt":
                return said.by_claims(sd_jwt.verify(_text(body), lambda chain: self._trusted(chain, made)))
            case _:
                raise Unverifiable("document-form", "no document has this form")

    def _credential_says(self, body: bytes, said: _Said) -> bool:
        """Whether a credential whose proof holds says it. Raises ``Unverifiable`` when the proof does not hold."""
        try:
            credential = read_json(body)
        except ValueError as error:
            raise Unverifiable("credential-malformed", f"not JSON that can be signed: {error}") from None
        keys = {said.issuer.verification_method(key.key_id): key.public for key in self._keys}
        data_integrity.verify(credential, keys.get)
        return said.by_credential({name: value for name, value in credential.items() if name != "proof"})

    def _trusted(self, chain: tuple[bytes, ...], made: datetime) -> bytes | None:
        """The key of an enrolled chain, which was valid when the document was made."""
        roots = [key.certificates[-1] for key in self._keys if key.certificates[:1] == chain[:1]]
        return seal_chain.verify(chain, roots, made) if roots else None

    def _places(self, made: set[str]) -> Iterator[Finding]:
        taken: dict[StatusIndex, str] = {}
        for number, index in self._indexes.items():
            other, row = taken.setdefault(index, number), self._models.certificates.by_number(number)
            if row is None:
                yield Finding("status-place", None, f"{number}: no such certificate")
            elif other != number:
                yield Finding("status-place", None, f"{number}: its place {index.index} is that of {other} too")
            elif number not in made and not self._models.roster.person(row.person_id).erased:
                yield Finding("document-missing", None, f"{number}: every form")

    def _with_every_level(self, facts: CertificateFacts, row: CertificateRow) -> CertificateFacts:
        """The facts as whoever agreed to it would have it: which levels were agreed to then, documents say."""
        reached = levels_reached(self._ledger, row.certification_id)
        scope = tuple(msgspec.structs.replace(one, achieved=reached.get(one.id)) for one in facts.scope)
        return msgspec.structs.replace(facts, scope=scope)


class _Said(msgspec.Struct, frozen=True):
    """What the documents of a certificate say, made from the entries."""

    facts: CertificateFacts
    issuer: IssuerIdentity
    index: StatusIndex

    def by_credential(self, credential: dict[str, Any]) -> bool:
        try:
            subject = credential["credentialSubject"]
            salt, results = subject["identifier"][0]["salt"], subject.pop("result", [])
            said = open_badge.document(msgspec.structs.replace(self.facts, salt=salt), self.issuer, self.index)
        except (LookupError, TypeError, AttributeError):
            return False  # signed by the body, but no certificate
        reached = said["credentialSubject"].pop("result")
        return credential == said and all(result in reached for result in results)

    def by_claims(self, claims: dict[str, Any]) -> bool:
        said = sd_jwt.claims_of(self.facts, self.issuer, self.index)
        for one, shown in zip(said["scope"], claims["scope"], strict=False):
            if "achieved_level" not in shown:
                del one["achieved_level"]
        return claims == said


def _text(body: bytes) -> str:
    try:
        return body.decode("ascii")
    except UnicodeDecodeError:
        raise Unverifiable("jws-malformed", "not a token") from None
