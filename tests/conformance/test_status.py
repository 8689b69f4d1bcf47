"""Whether a certificate is accepted, in each state and form: here, and by others who read its status over HTTP.

Cases L2 and L3. The others are the libraries of Digital Bazaar and of the OpenWallet Foundation, openvc-core and
openbadgeslib. They use the real clock, so the certificate has no end, except where it has expired.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import date
from typing import Any, NamedTuple

import httpx2
import pytest
from openbadgeslib.ob3 import OB3LdpVerifier, OB3VerificationError, OB3Verifier
from openvc import OpenvcError, verify_credential
from openvc.did.base import DidResolverRegistry
from openvc.did.did_web import DidWebResolver
from openvc.proof.sd_jwt import SdJwtVcProofSuite
from openvc.resolvers import default_status_list_resolver, default_status_list_token_resolver
from openvc.type_metadata import TypeMetadataError, validate_type_metadata

from api.app import create_app
from api.register import Register, Settings
from projections.credentials.proofs.jws import jwk
from tests.conformance.others import CONTEXTS, answer_of
from tests.issued import KEYS, P256, SUBJECT, URL, become_issuer, do_decided, make_documents
from tests.serving import serving
from tests.support import World

SECONDS = 60
FORMS = ("jsonld", "jwt", "sd-jwt")


class Served(NamedTuple):
    """A register over HTTP, and the documents of the certificate that is asked about."""

    address: str
    documents: dict[str, str]

    def get(self, url: str, accept: str = "*/*") -> httpx2.Response:
        """What it serves at an address of the issuer."""
        assert url.startswith(f"{URL}/"), f"nothing is fetched elsewhere: {url}"
        answer = httpx2.get(self.address + url.removeprefix(URL), headers={"Accept": accept}, timeout=SECONDS)
        answer.raise_for_status()
        return answer


def today(world: World) -> date:
    return world.now.date()


def suspended(world: World) -> None:
    do_decided(world, "suspend-certification", today(world), "under-review", "decider1")


def lifted(world: World) -> None:
    suspended(world)
    world.do("lift-suspension", "decider1", certification_id=SUBJECT, effective_from=today(world))


def withdrawn(world: World) -> None:
    do_decided(world, "withdraw-certification", today(world), "other", "decider1", "decider2")


def superseded(world: World) -> None:
    world.do("reissue-certificate", "registrar", certification_id=SUBJECT, reason_code="new-format")


def reduced(world: World) -> None:
    since: dict[str, Any] = {"effective_from": today(world), "reason_code": "competence-lost"}
    world.do("reduce-scope", "decider1", "decider2", certification_id=SUBJECT, removed=["communication"], **since)


def unchanged(_: World) -> None: ...


STATES: dict[str, tuple[Callable[[World], None], bool]] = {
    "valid": (unchanged, True),
    "suspended": (suspended, False),
    "lifted": (lifted, True),
    "withdrawn": (withdrawn, False),
    "superseded": (superseded, False),
    "scope reduced": (reduced, False),
    "expired": (unchanged, False),
}


@pytest.fixture(scope="module")
def issuers(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, World]:
    """A body that certified awa, by whether the certification ends: it did some years ago. Closed, to be copied."""
    worlds = {}
    for ends in (False, True):
        world = World(tmp_path_factory.mktemp("issuer") / "ledger")
        world.appoint()
        world.certify(validity_months=36 if ends else None)
        become_issuer(world)
        world.do("give-listing-consent", "registrar", person_id="awa")
        assert make_documents(world) == 1
        world.reach_today()
        world.ledger.close()
        worlds[ends] = world
    return worlds


@pytest.fixture(scope="module", params=STATES)
def state(
    request: pytest.FixtureRequest, issuers: dict[bool, World], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Served, bool]]:
    """The register in one state, and whether the certificate is to be accepted."""
    bring_about, is_accepted = STATES[request.param]
    world = issuers[request.param == "expired"].copy(tmp_path_factory.mktemp("state") / "ledger")
    bring_about(world)
    number = world.ledger.documents.sets()[0].number
    documents = {form: (world.ledger.documents.get(number, form) or b"").decode() for form in FORMS}
    with (
        Register(world.ledger, Settings(base_url=URL), None, KEYS) as register,
        serving(create_app(register)) as address,
    ):
        yield Served(address, documents), is_accepted
    world.ledger.close()


@pytest.mark.parametrize("form", FORMS)
def test_this_register_accepts_it_or_does_not(state: tuple[Served, bool], form: str) -> None:
    served, is_accepted = state
    found = httpx2.post(f"{served.address}/verify", content=served.documents[form], timeout=SECONDS).json()
    results = {check["code"]: check["result"] for check in found["checks"]}
    assert (results["signature"], results["register"], results["log"]) == ("passed", "passed", "passed")
    assert (results["dates"] == results["status"] == "passed") is is_accepted


@pytest.fixture(scope="module")
def answers(state: tuple[Served, bool]) -> dict[str, str | None]:
    """Why the libraries in JavaScript refuse it, by form; None where they do not."""
    served, _ = state
    texts = {"jsonld": served.documents["jsonld"], "sdJwt": served.documents["sd-jwt"]}
    asked = {"issuer": URL, "served": served.address, "contexts": CONTEXTS, **texts}
    return answer_of("status.mjs", asked, dict[str, str | None])


@pytest.mark.parametrize("form", ["jsonld", "sdJwt"])
def test_libraries_in_javascript_accept_it_or_do_not(
    state: tuple[Served, bool], answers: dict[str, str | None], form: str
) -> None:
    _, is_accepted = state
    assert (answers[form] is None) is is_accepted, answers[form]
    assert is_accepted or re.search(r"(?i)status|expired|after .validUntil", answers[form] or ""), answers[form]


@pytest.mark.parametrize("form", ["jsonld", "sd-jwt"])
def test_openvc_accepts_it_or_does_not(state: tuple[Served, bool], form: str) -> None:
    served, is_accepted = state

    def as_json(url: str) -> Any:
        return served.get(url).json()

    def as_text(url: str) -> str:
        return served.get(url).text

    dids = DidResolverRegistry([DidWebResolver(as_json)])
    text = served.documents[form]
    refused = pytest.raises(OpenvcError, match=r"(?i)revoked|suspended|expired|until")
    with nullcontext() if is_accepted else refused:
        verify_credential(
            json.loads(text) if form == "jsonld" else text,
            resolver=dids,
            jwt_vc_issuer_fetch=as_json,
            extra_contexts=CONTEXTS,
            resolve_status_list=default_status_list_resolver(resolver=dids, extra_contexts=CONTEXTS, fetch=as_text),
            resolve_status_list_token=default_status_list_token_resolver(
                resolver=dids, jwt_vc_issuer_fetch=as_json, fetch=as_text
            ),
        )


def test_openvc_finds_the_type_as_the_certificate_says(state: tuple[Served, bool]) -> None:
    """The digest of the served metadata, and each claim mandatory or left to the holder as they say."""
    served, _ = state
    claims = (
        SdJwtVcProofSuite()
        .verify(served.documents["sd-jwt"], public_key_jwk=jwk(P256.public), check_temporal=False)
        .claims
    )
    found = validate_type_metadata(
        claims, vct=claims["vct"], vct_integrity=claims["vct#integrity"], resolve=lambda url: served.get(url).content
    )
    assert found is not None
    with pytest.raises(TypeMetadataError):
        validate_type_metadata(
            claims,
            vct=claims["vct"],
            vct_integrity=claims["vct#integrity"],
            resolve=lambda url: served.get(url).content + b" ",
        )


@pytest.mark.parametrize(("form", "kind"), [("jsonld", OB3LdpVerifier), ("jwt", OB3Verifier)])
def test_openbadgeslib_accepts_it_or_does_not(
    state: tuple[Served, bool], form: str, kind: type[OB3LdpVerifier] | type[OB3Verifier]
) -> None:
    """It finds the key by its name in the DID document, and takes a list whose signature it can verify: a JWT."""
    served, is_accepted = state

    def download(url: str) -> bytes:
        return served.get(url, "application/vc+jwt").content

    did = f"did:web:{URL.removeprefix('https://')}"
    refused = pytest.raises(OB3VerificationError, match=r"status 'revocation' is set|expired")
    with nullcontext() if is_accepted else refused:
        by_did = kind.for_issuer_did(did, download=download)
        by_did.verify(served.documents[form], check_status=True, download=download)
