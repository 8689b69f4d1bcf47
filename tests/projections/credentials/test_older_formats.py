"""Documents that an older version made are right for ever here, and a reissue makes them in the present formats."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from projections.credentials.facts import STATUS_PURPOSES, CertificateFacts, IssuerIdentity
from projections.credentials.forms import open_badge, sd_jwt
from projections.credentials.gathering import facts_of
from projections.credentials.keys.enrolled import Signers
from projections.credentials.proofs import jws, vc_jwt
from projections.read_models import ReadModels
from tests.api.checking.test_verifying import presented, results
from tests.issued import KEYS, URL, make_documents, suspend
from tests.projections.credentials.test_auditing import audited, kept, put
from tests.support import World

claims_of = sd_jwt.claims_of


def older_claims(facts: CertificateFacts, issuer: IssuerIdentity, status: Any) -> dict[str, Any]:
    claims = claims_of(facts, issuer, status)
    del claims["status"], claims["vct#integrity"]
    return claims | {"credentialStatus": [issuer.status_entry(purpose, status) for purpose in STATUS_PURPOSES]}


@pytest.fixture
def older(issued: World, number: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The number of a certificate whose tokens are kept as they were made before."""
    with ReadModels(issued.ledger) as models:
        row = models.certificates.by_number(number)
    assert row is not None
    facts, place = facts_of(issued.ledger, row, "0" * 32), issued.ledger.documents.place(number)
    assert facts is not None
    issuer, signers = (
        IssuerIdentity(url=URL, name=facts.body),
        Signers.of(issued.ledger.read().issuer(), KEYS, issued.now),
    )
    with monkeypatch.context() as before:
        before.setattr(sd_jwt, "claims_of", older_claims)
        token = sd_jwt.issue(facts, issuer, place, signers.p256, signers.chain)
    badge = vc_jwt.sign(open_badge.document(facts, issuer, place), signers.p256, issuer.jwk(signers.p256.key_id))
    for form, text in (("sd-jwt", token), ("jwt", badge)):
        put(issued, number, form, text.encode())
    return number


def test_the_audit_finds_nothing_in_older_tokens(issued: World, older: str) -> None:
    assert b"/keys/" in jws.decode(kept(issued, older, "jwt").decode().partition(".")[0])
    assert audited(issued) == []


@pytest.mark.parametrize("form", ["sd-jwt", "jwt"])
def test_older_tokens_are_verified_and_their_status_is_asked(
    client: TestClient, issued: World, older: str, form: str
) -> None:
    found = results(presented(client, kept(issued, older, form)))
    assert (found["signature"], found["register"], found["status"]) == ("passed", "passed", "passed")
    issued.now = datetime(2018, 1, 20, 12, tzinfo=UTC)
    suspend(issued)
    found = results(presented(client, kept(issued, older, form)))
    assert (found["signature"], found["register"], found["status"]) == ("passed", "passed", "failed")


def test_a_reissue_makes_the_present_formats(issued: World, older: str) -> None:
    issued.do("reissue-certificate", "registrar", certification_id="c-awa", reason_code="new-format")
    assert make_documents(issued) == 1
    new = issued.ledger.documents.sets()[-1].number
    place = issued.ledger.documents.place(new)
    claims = json.loads(jws.decode(kept(issued, new, "sd-jwt").decode().split(".")[1]))
    assert claims["status"]["status_list"]["idx"] == place.index
    assert b"did:web:" in jws.decode(kept(issued, new, "jwt").decode().partition(".")[0])
    assert audited(issued) == []
