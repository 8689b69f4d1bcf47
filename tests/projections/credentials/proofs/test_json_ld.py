"""Canonical bytes equal those of the library, cover the whole document, and are bounded."""

from collections.abc import Mapping
from time import process_time
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld  # type: ignore[import-untyped]
from pyld.jsonld import JsonLdProcessor  # type: ignore[import-untyped]

from ledger.errors import Unverifiable
from projections.credentials.forms import open_badge
from projections.credentials.proofs import json_ld
from projections.credentials.proofs.json_ld import CREDENTIALS, OPEN_BADGES, PACKAGED, Contexts
from tests.projections.credentials.certified import FACTS, ISSUER, STATUS, with_changes

BADGE = open_badge.document(FACTS, ISSUER, STATUS)
FREE = "https://contexts.example/free"  # defines every term, so that any graph can be written
VOCABULARY = PACKAGED.with_documents({FREE: {"@context": {"@vocab": "urn:x:", "id": "@id", "type": "@type"}}})
ROUNDS = 20
MILLISECONDS = 15  # what issuing a certificate may take of a processor


def credential(**terms: Any) -> dict[str, Any]:
    return {
        "@context": [CREDENTIALS, OPEN_BADGES],
        "id": "https://pca.example/certificates/1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": "did:web:pca.example",
        **terms,
    }


def packaged(url: str, _: Mapping[str, Any]) -> dict[str, Any]:
    name, _pin = json_ld.PINNED[url]
    document = (json_ld._FOLDER / name).read_text("utf-8")
    return {"contextUrl": None, "documentUrl": url, "document": document, "contentType": "application/ld+json"}


def by_the_library(document: dict[str, Any]) -> bytes:
    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "documentLoader": packaged,
        "rdfDirection": "i18n-datatype",
    }
    return str(jsonld.normalize(document, options)).encode()


OBJECT = {"type": ["Achievement"], "id": "urn:a", "name": "A"}
DOCUMENTS = {
    "a badge": BADGE,
    "little": credential(),
    "two languages": credential(name=[{"@value": "A", "@language": "en"}, {"@value": "Â\n", "@language": "fr"}]),
    "a list": credential(
        credentialSubject={
            "type": ["AchievementSubject"],
            "achievement": {
                **OBJECT,
                "resultDescription": [{"id": "urn:r", "type": ["ResultDescription"], "allowedValue": ["b", "a", "b"]}],
            },
        }
    ),
    "numbers": credential(
        credentialSubject={"type": ["AchievementSubject"], "creditsEarned": 3, "achievement": OBJECT}
    ),
    "nodes that look alike": credential(credentialSubject=[{"description": "x"}, {"description": "x"}]),
    # Python ends a line at each of these, N-Quads at none.
    "separators of lines": credential(name="a\x85b", credentialSubject={"description": "z\u2028\u2029\x85 .\nb"}),
    "described twice alike": credential(issuer={**OBJECT}, credentialSubject={**OBJECT}),
    "a presentation": {
        "@context": [CREDENTIALS],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [
            credential(proof={"type": "DataIntegrityProof", "created": "2022-06-01T00:00:00Z"}),
            credential(id="urn:two"),
        ],
    },
}


# Apart from the others: oxigraph leaves a direction out, as JSON-LD 1.1 does by default.
DIRECTED = {
    "a direction": credential(name={"@value": "x", "@language": "ar", "@direction": "rtl"}),
    "a direction alone": credential(name={"@value": "x", "@direction": "ltr"}),
    "directions": credential(name=[{"@value": d, "@language": "en", "@direction": d} for d in ("ltr", "rtl")]),
}


@pytest.mark.parametrize("name", DOCUMENTS | DIRECTED)
def test_it_is_what_the_library_answers_in_its_own_way(name: str) -> None:
    document = (DOCUMENTS | DIRECTED)[name]
    for _ in range(3):  # what was kept of contexts changes nothing
        assert PACKAGED.canonical(document) == by_the_library(document)


def test_a_direction_is_signed() -> None:
    """As other people's libraries sign it: JSON-LD 1.1 leaves it out of RDF unless it is asked for."""
    signed = PACKAGED.canonical(DIRECTED["a direction"])
    assert b'"x"^^<https://www.w3.org/ns/i18n#ar_rtl>' in signed
    assert signed != PACKAGED.canonical(credential(name={"@value": "x", "@language": "ar"}))


def test_order_and_spelling_of_json_change_nothing() -> None:
    turned = dict(reversed(BADGE.items()))
    assert PACKAGED.canonical(turned) == PACKAGED.canonical(BADGE)


UNSIGNED = {
    "an unknown term": credential(unheardOf="x"),
    "an unknown term further in": credential(credentialSubject={"unheardOf": "x"}),
    "a term of another type": credential(credentialSubject={"type": ["Profile"], "licenseNumber": "1"}),
    "null": credential(validUntil=None),
    "an empty list": credential(evidence=[]),
    "a fraction": credential(name=1.5),
    "a great number": credential(name=2**53),
    "the address of a term": credential(**{"https://www.w3.org/2018/credentials#validUntil": "x"}),
    "a prefixed term": credential(**{"xsd:date": "x"}),
    "an empty key": credential(**{"": "x"}),
    "@id": credential(**{"@id": "urn:y"}),
    "@graph": credential(**{"@graph": [{"id": "urn:y", "name": "x"}]}),
    "@included": credential(**{"@included": [{"id": "urn:y", "name": "x"}]}),
    "@reverse": credential(**{"@reverse": {"issuer": {"id": "urn:y"}}}),
    "@nest": credential(**{"@nest": {"name": "x"}}),
    "@index": credential(issuer={"id": "urn:x", "@index": "x"}),
    "a direction and no value": credential(name={"@language": "en", "@direction": "ltr"}),
    "the direction of a number": credential(name={"@value": 5, "@direction": "ltr"}),
    "the direction of a truth": credential(name={"@value": True, "@direction": "ltr"}),
    "no direction": credential(name={"@value": "x", "@language": "en", "@direction": None}),
    "a language alone": credential(name={"@language": "en"}),
    "a value alone": credential(name={"@value": "x"}),
    "a typed value": credential(validUntil={"@value": "x", "type": "http://www.w3.org/2001/XMLSchema#dateTime"}),
    "a list in a list": credential(name=[["x"]]),
    "@type": credential(validUntil={"@value": "x", "@type": "urn:x"}),
    "@list": credential(issuer={"@list": ["urn:x"]}),
    "@set": credential(issuer={"@set": ["urn:x"]}),
    "a context further in": credential(credentialSubject={"@context": CREDENTIALS, "name": "x"}),
    "a relative id": {**credential(), "id": "certificates/1"},
    "a relative id with a host": {**credential(), "id": "//pca.example/1"},
    "an empty id": {**credential(), "id": ""},
    "a relative type": {**credential(), "type": ["VerifiableCredential", "Unheard"]},
    "a relative issuer": credential(issuer="pca"),
    "the base as an id": {**credential(), "id": "relative-reference://document/x"},
    "a keyword as an id": {**credential(), "id": "@foo"},
    "a keyword as a type": {**credential(), "type": ["VerifiableCredential", "@json"]},
    "an id that ends early": {**credential(), "id": "urn:x> <urn:y> <urn:z> .\n<urn:w"},
    "a space in an id": {**credential(), "id": "urn:x y"},
    "the name of a blank node": credential(credentialSubject={"id": "_:b0", "name": "x"}),
    "a blank type": {**credential(), "type": ["VerifiableCredential", "_:b0"]},
    "a control character": credential(name="a\x07b"),
    "a tab": credential(name="a\tb"),
    "a language of its own": credential(name={"@value": "x", "@language": "en> ."}),
    "described twice, and not alike": credential(
        issuer={"id": "urn:a", "type": ["Profile"], "name": "A"}, credentialSubject={"id": "urn:a", "name": "B"}
    ),
}


@pytest.mark.parametrize("name", UNSIGNED)
def test_what_would_not_be_signed_is_refused(name: str) -> None:
    with pytest.raises(Unverifiable) as refused:
        PACKAGED.canonical(UNSIGNED[name])
    assert refused.value.code == "json-ld-unsigned"


@pytest.mark.parametrize(
    "context",
    [
        "https://www.w3.org/ns/did/v1",
        "http://127.0.0.1/context",
        "file:///etc/hostname",
        "credentials/v2",
        {"validUntil": "urn:other"},
        {"@vocab": "urn:x:"},
        {"@base": "https://pca.example/"},
        {"@import": CREDENTIALS},
        {"expires": "https://www.w3.org/2018/credentials#validUntil"},
        None,
        1,
        [CREDENTIALS],
    ],
)
def test_no_other_context_is_taken_or_fetched(context: Any) -> None:
    for contexts in (context, [CREDENTIALS, context]):
        if contexts != [CREDENTIALS]:
            with pytest.raises(Unverifiable) as refused:
                PACKAGED.canonical({**credential(), "@context": contexts})
            assert refused.value.code == "json-ld-context"


@pytest.mark.parametrize("document", [{}, {"id": "urn:x"}, {"@context": CREDENTIALS}, {"@context": [CREDENTIALS]}])
def test_a_document_says_something(document: dict[str, Any]) -> None:
    with pytest.raises(Unverifiable):
        PACKAGED.canonical(document)


@pytest.mark.parametrize(
    "document",
    [
        credential(id=5),
        credential(id={"id": "urn:x"}),
        credential(id=["urn:x", "urn:y"]),
        credential(type=[{"id": "urn:x"}]),
        credential(type=5),
        credential(name={"@value": {"x": "y"}}),
        credential(name={"@value": ["x"]}),
        credential(name={"@value": "x", "@language": 5}),
        credential(name={"@value": True, "@language": "en"}),
        credential(name="\ud800"),
    ],
)
def test_whatever_is_malformed_is_refused_by_name(document: dict[str, Any]) -> None:
    with pytest.raises(Unverifiable) as refused:
        PACKAGED.canonical(document)
    assert refused.value.code in ("json-ld-malformed", "json-ld-unsigned")


def deep(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {"description": "x"}
    for _ in range(levels):
        value = {"related": value}
    return value


def complete_graph(nodes: int) -> list[dict[str, Any]]:
    """Nodes without ids that point to copies which look alike, so that canonicalising takes exponential time."""
    return [{"to": [{"to": [{"x": "y"} for _ in range(nodes)]} for _ in range(nodes)]} for _ in range(2)]


HOSTILE: dict[str, dict[str, Any]] = {
    "many values": {"x": ["y"] * 3_000},
    "many contexts": {"@context": [FREE] * 11},
    "many objects": {"x": [{"y": "z"}] * 1_000},
    "many nodes without an id": {"x": [{"y": str(n)} for n in range(300)]},
    "one long text": {"x": "y" * 600_000},
    "long keys": {"x" * 300_000: "x", "y" * 300_000: "y"},
    "deep": deep(40),
    "deeper than the stack": deep(5_000),
    "nodes that look alike": {"x": complete_graph(5)},
    "wide stars": {"x": [{"to": [{"y": "z"} for _ in range(9)]} for _ in range(2)]},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_refused_in_time(name: str) -> None:
    before = process_time()
    with pytest.raises(Unverifiable) as refused:
        VOCABULARY.canonical({"@context": [FREE], "id": "urn:x", **HOSTILE[name]})
    assert refused.value.code == "json-ld-too-large"
    assert process_time() - before < 2


def test_as_many_types_as_fit_are_processed_in_time() -> None:
    kinds = ["Achievement", "Profile", "Evidence", "Address", "Alignment", "Related", "Image", "Criteria"]
    subjects = [
        {"id": f"urn:{n}", "type": [kind for bit, kind in enumerate(kinds) if n >> bit & 1] or ["Image"]}
        for n in range(250)
    ]
    before = process_time()
    PACKAGED.canonical(credential(credentialSubject=subjects))
    assert process_time() - before < 10


def test_a_badge_is_canonical_in_time() -> None:
    PACKAGED.canonical(BADGE)
    before = process_time()
    for _ in range(ROUNDS):
        PACKAGED.canonical(BADGE)
    assert (process_time() - before) / ROUNDS * 1_000 < MILLISECONDS * 2  # a machine may be half as fast


def test_what_is_kept_of_contexts_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_ld, "MAX_PROCESSED", 3)
    contexts = Contexts({url: PACKAGED._documents[url] for url in BADGE["@context"]})
    assert contexts.canonical(BADGE) == PACKAGED.canonical(BADGE)
    assert len(contexts._processor._processed) <= 3
    assert len(contexts._processor._terms) <= 3


SUBJECT = {"type": ["AchievementSubject"]}
ACHIEVEMENTS = st.fixed_dictionaries(
    {"type": st.just(["Achievement"])},
    optional={
        "id": st.sampled_from(["urn:a", "urn:b"]),
        "name": st.sampled_from("AB"),
        "criteria": st.sampled_from([{"id": "urn:c"}, {"narrative": "without an id"}]),
        "unheardOf": st.just("x"),
        "resultDescription": st.lists(
            st.builds(
                lambda name, text: {"id": f"urn:{name}", "type": ["ResultDescription"], "name": text},
                st.sampled_from("rs"),
                st.sampled_from("AB"),
            ),
            min_size=1,
            max_size=2,
        ),
    },
)
HOLDERS = st.lists(st.builds(lambda one: {**SUBJECT, "achievement": one}, ACHIEVEMENTS), min_size=1, max_size=3)


def outcome(contexts: Contexts, document: dict[str, Any]) -> bytes | str:
    try:
        return contexts.canonical(document)
    except Unverifiable as error:
        return error.code


@given(st.lists(HOLDERS, min_size=1, max_size=3))
def test_what_is_kept_of_achievements_changes_nothing(several: list[list[dict[str, Any]]]) -> None:
    """Whichever was expanded before, in whichever document, and whether it is signed or refused."""
    for subjects in several:
        document = credential(credentialSubject=subjects, evidence={"id": "urn:a", "type": "Evidence", "name": "A"})
        with patch.object(json_ld, "MAX_RECURRING_BYTES", 0):
            expected = outcome(PACKAGED, document)
        assert outcome(PACKAGED, document) == expected


def test_the_achievement_of_many_badges_is_expanded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    PACKAGED.canonical(BADGE)
    whole, properties = JsonLdProcessor._expand_object, set[str | None]()

    def noted(processor: JsonLdProcessor, context: Any, name: str | None, *others: Any) -> None:
        properties.add(name)
        whole(processor, context, name, *others)

    monkeypatch.setattr(JsonLdProcessor, "_expand_object", noted)
    other = open_badge.document(with_changes(FACTS, number="N-2", holder="Somebody Else"), ISSUER, STATUS)
    assert PACKAGED.canonical(other) != PACKAGED.canonical(BADGE)
    assert {"credentialSubject", "identifier"} <= properties
    assert properties.isdisjoint({"achievement", "resultDescription", "rubricCriterionLevel"})


def test_what_is_kept_of_achievements_names_nobody() -> None:
    PACKAGED.canonical(BADGE)
    kept = repr(PACKAGED._processor._expanded)
    assert FACTS.scheme.title.en in kept
    assert not any(text in kept for text in (FACTS.holder, FACTS.number, FACTS.salt))


def test_what_is_kept_of_achievements_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_ld, "MAX_RECURRING", 3)
    contexts = Contexts({url: PACKAGED._documents[url] for url in BADGE["@context"]})
    for number in range(5):
        contexts.canonical(credential(credentialSubject={**SUBJECT, "achievement": {**OBJECT, "id": f"urn:{number}"}}))
    contexts.canonical(credential(credentialSubject={**SUBJECT, "achievement": {**OBJECT, "name": "A" * 65_536}}))
    assert [name["@id"] for _, _, name in contexts._processor._expanded.values()] == ["urn:3", "urn:4"]


def test_a_changed_context_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(json_ld.PINNED, CREDENTIALS, ("ob-v3p0-extensions.json", "0" * 64))
    with pytest.raises(ValueError, match="pinned"):
        json_ld._packaged()
