"""Expanded JSON-LD as canonical N-Quads (RDFC-1.0), strictly: anything that gives no quad is refused.

The library's conversion to RDF drops what it does not understand, so that it is not signed. This one raises for every
keyword that it does not turn into quads, and for an IRI or a text that two canonicalisers may write differently.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pyld.canon import URDNA2015  # type: ignore[import-untyped]
from pyld.nquads import serialize_nquad  # type: ignore[import-untyped]

from ledger.errors import Unverifiable

RELATIVE = "relative-reference"  # the scheme of the base: an IRI with it was not absolute
MAX_BLANK_NODES = 200
MAX_PATHS = 500  # steps of Hash N-Degree Quads: an honest certificate needs none
MAX_ALIKE = 4  # blank nodes tried in every order: 24 orders
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
I18N = "https://www.w3.org/ns/i18n#"
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\\x7f]*")  # N-Quads: IRIREF, without escapes
_LANGUAGE = re.compile(r"[a-z]{1,8}(-[a-z0-9]{1,8})*")
_UNEQUAL = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]")  # RDFC-1.0 escapes them, URDNA2015 does not

Term = tuple[str, ...]  # ("IRI", value), ("blank node", value), ("literal", value, datatype) or with a language
Quad = tuple[str, Term, Term, Term]  # graph, subject, predicate, object


class Recurring(dict[str, Any]):
    """An expanded node object that many documents hold, which is never changed: its quads are found once."""

    dataset: "_Dataset | None" = None


def canonical(expanded: Iterable[Any]) -> bytes:
    """The canonical N-Quads of an expanded document.

    Raises ``Unverifiable`` (json-ld-unsigned, json-ld-too-large).
    """
    dataset = _Dataset()
    for node in expanded:
        dataset.node(node, "@default")
    if not dataset.quads:
        raise unsigned("nothing in the document has a meaning that is signed")
    # The names of blank nodes depend on the quads in which there are any (RDFC-1.0, 4.4.3): the others are only sorted.
    named = str(_Bounded().main(dataset.with_blank_nodes(), {"format": "application/n-quads"}))
    return "".join(sorted([*filter(None, dataset.quads.values()), *re.findall(".*\n", named)])).encode()


def unsigned(why: str) -> Unverifiable:
    return Unverifiable("json-ld-unsigned", why)


def too_large(what: str) -> Unverifiable:
    return Unverifiable("json-ld-too-large", f"the document has {what}")


class _Dataset:
    """Quads, each once, in the order of the document: with its line, which is empty of one with a blank node."""

    def __init__(self) -> None:
        self.quads: dict[Quad, str] = {}
        self._described: dict[tuple[str, str], Any] = {}
        self._blank = 0

    def node(self, node: Any, graph: str) -> Term:
        """The term of a node object, after the quads of everything in it."""
        if not isinstance(node, Mapping):
            raise unsigned("expected an object")
        if isinstance(node, Recurring) and graph == "@default" and self._recurs(node):
            return _iri(node["@id"])
        subject = _iri(node["@id"]) if "@id" in node else self._new()
        if "@id" in node and len(node) > 1:
            self._require_alike((graph, node["@id"]), node)
        for key, values in node.items():
            match key:
                case "@id":
                    pass
                case "@type":
                    for kind in values:
                        self._add(graph, subject, RDF + "type", _iri(kind))
                case "@graph":
                    for item in values:
                        self.node(item, subject[1])
                case _ if key.startswith("@"):
                    raise unsigned(f"{key}: not signed by this cryptosuite")
                case _:
                    for value in values:
                        self._add(graph, subject, key, self._object(value, graph))
        return subject

    def with_blank_nodes(self) -> dict[str, list[dict[str, dict[str, str]]]]:
        """The quads with blank nodes, in the form that the library takes."""
        graphs: dict[str, list[dict[str, dict[str, str]]]] = {}
        for (graph, *terms), line in self.quads.items():
            if not line:
                graphs.setdefault(graph, []).append(_for_library(*terms))
        return graphs

    def _recurs(self, node: Recurring) -> bool:
        """Add what a recurring node gives; False when that has blank nodes, which each document numbers anew."""
        if node.dataset is None:
            alone = _Dataset()
            alone.node(dict(node), "@default")
            node.dataset = alone
        found = node.dataset
        if found._blank:
            return False
        for place, described in found._described.items():
            self._require_alike(place, described)
        self.quads |= found.quads
        return True

    def _require_alike(self, place: tuple[str, str], node: Any) -> None:
        if self._described.setdefault(place, node) != node:
            # The signature would cover one node, and not how its properties are spread over the two objects.
            raise unsigned(f"{place[1]}: described twice, and not alike")

    def _object(self, value: Any, graph: str) -> Term:
        match value:
            case {"@value": _}:
                return _literal(value)
            case {"@list": items}:
                rest: Term = ("IRI", RDF + "nil")
                for item in reversed(items):
                    head = self._new()
                    self._add(graph, head, RDF + "first", self._object(item, graph))
                    self._add(graph, head, RDF + "rest", rest)
                    rest = head
                return rest
            case _:
                return self.node(value, graph)

    def _add(self, graph: str, subject: Term, predicate: str, value: Term) -> None:
        quad = (graph, subject, _iri(predicate), value)
        if quad not in self.quads:
            is_blank = "blank node" in (subject[0], value[0]) or graph.startswith("_:")
            name = None if graph == "@default" else graph
            self.quads[quad] = "" if is_blank else serialize_nquad(_for_library(*quad[1:]), name)

    def _new(self) -> Term:
        self._blank += 1
        if self._blank > MAX_BLANK_NODES:
            raise too_large(f"more than {MAX_BLANK_NODES} nodes without an id")
        return "blank node", f"_:b{self._blank}"


def _for_library(*terms: Term) -> dict[str, dict[str, str]]:
    subject, predicate, value = (
        dict(zip(("type", "value", "datatype", "language"), term, strict=False)) for term in terms
    )
    return {"subject": subject, "predicate": predicate, "object": value}


def _iri(text: Any) -> Term:
    # The library writes an IRI between < and > unescaped: a character that ends it early would forge a quad.
    if not isinstance(text, str) or not _IRI.fullmatch(text) or text.startswith(RELATIVE):
        raise unsigned(f"{text!r}: expected an absolute IRI")
    return "IRI", text


def _literal(value: Mapping[str, Any]) -> Term:
    if value.keys() - {"@value", "@type", "@language", "@direction"}:
        raise unsigned("a text is signed with its type, or its language and direction, and nothing else")
    if "@direction" in value and not isinstance(value["@value"], str):
        raise unsigned("only a text has a direction")
    datatype = value.get("@type")
    match value["@value"]:
        case bool(truth):
            return "literal", str(truth).lower(), _datatype(datatype or XSD + "boolean")
        case int(number):
            return "literal", str(number), _datatype(datatype or XSD + "integer")
        case str(text) if not _UNEQUAL.search(text):
            language, direction = value.get("@language"), value.get("@direction")
            if language is not None and not _LANGUAGE.fullmatch(language):
                raise unsigned(f"{language!r}: expected a language tag")
            if direction is not None:
                # JSON-LD 1.1 API, rdfDirection "i18n-datatype": by default the direction would be left unsigned.
                return "literal", text, f"{I18N}{language or ''}_{direction}"
            if language is not None:
                return "literal", text, RDF + "langString", language
            return "literal", text, _datatype(datatype or XSD + "string")
        case _:
            raise unsigned("expected a text without control characters, a whole number, true or false")


def _datatype(iri: Any) -> str:
    if iri == XSD + "double":  # its canonical form is not that of a whole number
        raise unsigned("no floating-point numbers")
    return _iri(iri)[1]


class _Bounded(URDNA2015):  # type: ignore[misc]
    """The algorithm, stopped before a hostile document makes it try every order of nodes that look alike."""

    def __init__(self) -> None:
        super().__init__()
        self._paths = 0

    def hash_n_degree_quads(self, id_: str, issuer: Any) -> Any:
        self._paths += 1
        if self._paths > MAX_PATHS:
            raise too_large("too many nodes that look alike")
        return super().hash_n_degree_quads(id_, issuer)

    def create_hash_to_related(self, id_: str, issuer: Any) -> Any:
        related = super().create_hash_to_related(id_, issuer)
        if any(len(alike) > MAX_ALIKE for alike in related.values()):
            raise too_large("too many nodes that look alike")
        return related
