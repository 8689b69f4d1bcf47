"""What we sign is the canonical form of RDFC-1.0: oxigraph, which reads JSON-LD by itself, finds the same bytes."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse

from ledger.errors import Unverifiable
from projections.credentials.proofs.json_ld import (
    CREDENTIALS,
    DATA_INTEGRITY,
    LOG_HEAD,
    LOG_ORIGIN,
    LOG_ROOT,
    LOG_SIZE,
    MULTIKEY,
    OPEN_BADGES,
    OPEN_BADGES_EXTENSIONS,
    PACKAGED,
    PINNED,
)
from tests.projections.credentials.proofs.test_json_ld import DOCUMENTS, FREE, VOCABULARY, credential, packaged

TERMS: dict[str, Any] = {url: json.loads(packaged(url, {})["document"])["@context"] for url in PINNED}
TERMS[FREE] = {"@vocab": "urn:x:", "id": "@id", "type": "@type"}


def by_oxigraph(document: Mapping[str, Any]) -> bytes:
    """The canonical N-Quads of a document, whose contexts are written into it, so that nothing is fetched."""
    quads = parse(json.dumps(_written_out(document)).encode(), format=RdfFormat.JSON_LD, base_iri="relative:/")
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return "".join(sorted(f"{quad} .\n" for quad in dataset)).encode()


def _written_out(value: Any) -> Any:
    match value:
        case dict():
            return {key: _terms(item) if key == "@context" else _written_out(item) for key, item in value.items()}
        case list():
            return [_written_out(item) for item in value]
        case _:
            return value


def _terms(contexts: str | list[Any]) -> list[Any]:
    listed = contexts if isinstance(contexts, list) else [contexts]
    return [TERMS[context] if isinstance(context, str) else context for context in listed]


OF_EVERY_CONTEXT = {
    **DOCUMENTS,
    "a proof": {
        "@context": [CREDENTIALS, DATA_INTEGRITY],
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2022-06-01T14:30:00Z",
        "verificationMethod": "did:web:pca.example#key",
        "proofPurpose": "assertionMethod",
    },
    "a key": {
        "@context": MULTIKEY,
        "id": "did:web:pca.example#key",
        "type": "Multikey",
        "controller": "did:web:pca.example",
        "publicKeyMultibase": "z6Mk",
    },
    "an extension": {
        **credential(credentialSchema={"id": "urn:schema", "type": "1EdTechJsonSchemaValidator2019"}),
        "@context": [CREDENTIALS, OPEN_BADGES, OPEN_BADGES_EXTENSIONS],
    },
    "a status list": {
        **credential(
            type=["VerifiableCredential", "BitstringStatusListCredential"],
            credentialSubject={
                "id": "urn:list",
                "type": "BitstringStatusList",
                "statusPurpose": "revocation",
                "encodedList": "uH4sI",
                LOG_HEAD: {LOG_ORIGIN: "log.example", LOG_SIZE: 12, LOG_ROOT: "AAAA"},
            },
        ),
        "@context": [CREDENTIALS],
    },
}


@pytest.mark.parametrize("name", OF_EVERY_CONTEXT)
def test_a_document_has_the_same_canonical_form(name: str) -> None:
    document = OF_EVERY_CONTEXT[name]
    assert PACKAGED.canonical(document) == by_oxigraph(document)


PRINTED = st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n\r"), max_size=6)
LEAVES = (
    PRINTED.filter(lambda text: not text.startswith("_:"))
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.booleans()
    | st.builds(lambda text, tag: {"@value": text, "@language": tag}, PRINTED, st.sampled_from(["en", "fr-be"]))
    | st.builds(lambda name: {"id": f"urn:{name}"}, st.sampled_from("xyz"))
)


def _nodes(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Nodes without an id, of which several often look alike."""
    alike = st.builds(lambda value, number: [value] * number, inner, st.integers(2, 3))
    several = st.lists(inner, min_size=1, max_size=3) | alike
    return st.dictionaries(st.sampled_from(["p", "q", "r"]), inner | several, min_size=1)


@given(_nodes(st.recursive(LEAVES, _nodes, max_leaves=20)))
def test_any_graph_of_nodes_without_ids_has_the_same_canonical_form(node: dict[str, Any]) -> None:
    document = {"@context": [FREE], **node}
    try:
        ours = VOCABULARY.canonical(document)
    except Unverifiable as error:
        assume(error.code != "json-ld-too-large")
        raise
    assert ours == by_oxigraph(document)
