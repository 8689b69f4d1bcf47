"""The signed bytes of a JSON-LD document: canonical and complete, so that they mean what a reader of the JSON reads.

Contexts are files of this package, pinned by hash; nothing is ever fetched. A document is refused when its JSON and its
signature could say different things: terms that no context defines, unknown contexts (they could rename a term), keys
that are not terms (``https://…#validUntil`` means the same as ``validUntil``), null, empty lists, blank node names.
A text and a list of only that text still sign alike: a reader accepts one of the two, and refuses the other.
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec
from pyld.context_resolver import ContextResolver  # type: ignore[import-untyped]
from pyld.jsonld import JsonLdError, JsonLdProcessor  # type: ignore[import-untyped]

from ledger.errors import Unverifiable
from ledger.signing.canonical import INTEGER_LIMIT, encode_untyped
from projections.credentials.proofs.quads import RELATIVE, Recurring, canonical, too_large, unsigned

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OPEN_BADGES_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
MULTIKEY = "https://w3id.org/security/multikey/v1"
# Publishers change a context in place: its hash says which version we sign with.
PINNED = {
    CREDENTIALS: ("credentials-v2.json", "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"),
    OPEN_BADGES: ("ob-v3p0-context-3.0.3.json", "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84"),
    OPEN_BADGES_EXTENSIONS: (
        "ob-v3p0-extensions.json",
        "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93",
    ),
    DATA_INTEGRITY: (
        "security-data-integrity-v2.json",
        "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
    ),
    MULTIKEY: ("security-multikey-v1.json", "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597"),
}
# The properties with which a status list names its log head. They are written in full: strict verifiers refuse a list
# that brings a context of its own, as we do.
LOG_HEAD, LOG_ORIGIN, LOG_SIZE, LOG_ROOT = IN_FULL = tuple(
    f"urn:pca-ledger:log-{name}" for name in ("head", "origin", "size", "root")
)
MAX_CHARACTERS = 500_000  # of all keys and texts together
MAX_VALUES = 2_000
MAX_DEPTH = 32
MAX_CONTEXTS = 10  # in one place: each is processed
MAX_PROCESSED = 2_000
RECURRING = "achievement"  # what badges of one scheme hold alike: all but the holder, the number and the days
MAX_RECURRING = 32
MAX_RECURRING_BYTES = 64 * 1024  # in JSON; with five competencies some 6,000
MAX_TERM = 200  # characters of a term that is cached
_FOLDER = Path(__file__).parent / "contexts"
_TERM = re.compile(r"[A-Za-z0-9_-]+")
_VALUE_KEYWORDS = {"@value", "@language", "@direction"}
_TAGGED = ({"@value", "@language"}, {"@value", "@direction"}, _VALUE_KEYWORDS)
_EMBEDDED = "verifiableCredential"  # in a presentation: each begins with contexts of its own


class Contexts:
    """The contexts that documents may name by address.

    Processed contexts are cached, for any number of documents and threads.
    """

    def __init__(self, documents: Mapping[str, Any]) -> None:
        self._documents = dict(documents)
        self._processor = _Processor()
        self._resolver = ContextResolver({}, self._load)
        self._lock = Lock()

    def with_documents(self, documents: Mapping[str, Any]) -> "Contexts":
        """These contexts and more."""
        return Contexts({**self._documents, **documents})

    def canonical(self, document: Mapping[str, Any]) -> bytes:
        """Canonical N-Quads.

        Raises ``Unverifiable``: json-ld-too-large, json-ld-context (not known), json-ld-unsigned (part of it would not
        be signed), json-ld-malformed.
        """
        self._require_plain(document)
        options = {"base": f"{RELATIVE}://document/", "contextResolver": self._resolver, "documentLoader": self._load}
        try:
            with self._lock:
                expanded = self._processor.expand(document, options)
            return canonical(expanded)
        except (
            JsonLdError,
            ArithmeticError,
            AttributeError,
            LookupError,
            TypeError,
            ValueError,
            RecursionError,
        ) as error:
            raise Unverifiable("json-ld-malformed", f"not JSON-LD of these contexts: {error}") from None

    def _load(self, url: str, _: Mapping[str, Any]) -> dict[str, Any]:
        if url not in self._documents:
            raise _foreign(url)
        return {"contextUrl": None, "documentUrl": url, "document": self._documents[url], "tag": "static"}

    def _require_plain(self, document: Mapping[str, Any]) -> None:
        """Require a bounded document in which every value is signed, before anything is processed."""
        room, characters = MAX_VALUES, MAX_CHARACTERS
        waiting: list[tuple[Any, int, str]] = [(document, 0, _EMBEDDED)]
        while waiting:
            value, depth, under = waiting.pop()
            room -= 1
            match value:
                case dict():
                    # A lone language is dropped silently; a value alone, or with a type, spells a text in a second way.
                    if not value.keys().isdisjoint(_VALUE_KEYWORDS) and value.keys() not in _TAGGED:
                        raise unsigned("expected @value with @language or @direction")
                    for key, item in value.items():
                        characters -= len(key)
                        if key == "@context" and under == _EMBEDDED:
                            self._require_known(item)
                        elif not _TERM.fullmatch(key) and key not in _VALUE_KEYWORDS and key not in IN_FULL:
                            raise unsigned(f"{key[:100]!r}: expected a term")
                        else:
                            waiting.append((item, depth + 1, key))
                case list() if value and not any(isinstance(item, list) for item in value):
                    waiting.extend((item, depth + 1, under) for item in value)
                case str():
                    characters -= len(value)
                    if value.startswith("_:"):
                        raise unsigned("names of blank nodes are not signed")
                case bool():
                    pass
                case int() if abs(value) < INTEGER_LIMIT:
                    pass
                case _:
                    raise unsigned("null, an empty list, a list in a list or a number that is not whole")
            # What waits is bounded too: each value is in memory already, and is visited once.
            if room < len(waiting) or characters < 0 or depth > MAX_DEPTH:
                raise too_large(f"over {MAX_VALUES} values, {MAX_CHARACTERS} characters or {MAX_DEPTH} levels")

    def _require_known(self, contexts: Any) -> None:
        listed = contexts if isinstance(contexts, list) else [contexts]
        if len(listed) > MAX_CONTEXTS:
            raise too_large(f"more than {MAX_CONTEXTS} contexts in one place")
        for context in listed:
            if not isinstance(context, str) or context not in self._documents:
                raise _foreign(context)


class _Processor(JsonLdProcessor):  # type: ignore[misc]
    """Caches processed contexts, which the library would process again for each object: most of a signature's time.

    Processed contexts never change. The cache also holds the contexts in its keys, so that their ids stay theirs. An
    achievement is expanded once under a context: of the time that is left, three quarters.
    """

    def __init__(self) -> None:
        super().__init__(on_property_dropped=_dropped)
        self._processed: dict[tuple[object, ...], tuple[Any, Any, Any]] = {}
        self._terms: dict[tuple[int, str], tuple[Any, Any]] = {}
        self._expanded: dict[tuple[object, ...], tuple[Any, Any, Any]] = {}

    def _process_context(
        self,
        active_ctx: Any,
        local_ctx: Any,
        options: Any,
        override_protected: bool = False,
        propagate: bool = True,
        validate_scoped: bool = True,
        cycles: Any = None,
    ) -> Any:
        if cycles is not None:  # inside the processing of a context
            return super()._process_context(
                active_ctx, local_ctx, options, override_protected, propagate, validate_scoped, cycles
            )
        # A scoped context is always the same object; a context in a document is a copy each time.
        is_scoped = isinstance(local_ctx, Mapping)
        name = id(local_ctx) if is_scoped else encode_untyped(local_ctx)
        key = (id(active_ctx), name, override_protected, propagate)
        if key not in self._processed:
            if len(self._processed) >= MAX_PROCESSED:
                self._processed.clear()
            processed = super()._process_context(active_ctx, local_ctx, options, override_protected, propagate)
            self._processed[key] = (active_ctx, local_ctx, processed)
        return self._processed[key][2]

    def _expand(
        self,
        active_ctx: Any,
        active_property: Any,
        element: Any,
        options: Any,
        inside_list: bool = False,
        inside_index: bool = False,
        type_scoped_ctx: Any = None,
    ) -> Any:
        given = active_ctx, active_property, element, options, inside_list, inside_index, type_scoped_ctx
        # The library changes what it expanded only where it is the value of an index.
        recurs = active_property == RECURRING and isinstance(element, dict) and not inside_index
        name = msgspec.json.encode(element) if recurs else b""
        if not 0 < len(name) <= MAX_RECURRING_BYTES:
            return super()._expand(*given)
        key = (id(active_ctx), name, inside_list, id(type_scoped_ctx))
        if key not in self._expanded:
            if len(self._expanded) >= MAX_RECURRING:
                self._expanded.clear()
            expanded = super()._expand(*given)
            kept = Recurring(expanded) if isinstance(expanded, dict) else expanded
            self._expanded[key] = (active_ctx, type_scoped_ctx, kept)
        return self._expanded[key][2]

    def _expand_iri(
        self,
        active_ctx: Any,
        value: Any,
        base: str | None = None,
        vocab: bool = False,
        local_ctx: Any = None,
        defined: Any = None,
    ) -> Any:
        is_term = vocab and base is None and local_ctx is None and isinstance(value, str) and len(value) <= MAX_TERM
        if not is_term:
            return super()._expand_iri(active_ctx, value, base, vocab, local_ctx, defined)
        key = (id(active_ctx), value)
        if key not in self._terms:
            if len(self._terms) >= MAX_PROCESSED:
                self._terms.clear()
            self._terms[key] = (active_ctx, super()._expand_iri(active_ctx, value, vocab=True))
        return self._terms[key][1]


def _dropped(term: str | None) -> None:
    raise unsigned(f"{term}: no context defines the term")


def _foreign(context: Any) -> Unverifiable:
    name = context if isinstance(context, str) else "a context of its own"
    return Unverifiable("json-ld-context", f"{name[:200]}: not a context that is known here")


def packaged(url: str) -> bytes | None:
    """The context at an address as its publisher serves it, or None when it is not one of these."""
    return (_FOLDER / PINNED[url][0]).read_bytes() if url in PINNED else None


def _packaged() -> Contexts:
    documents = {}
    for url, (name, pin) in PINNED.items():
        data = (_FOLDER / name).read_bytes()
        if sha256(data).hexdigest() != pin:
            raise ValueError(f"{name}: not the file that is pinned")
        documents[url] = msgspec.json.decode(data)
    return Contexts(documents)


PACKAGED = _packaged()
