"""A register whose body issues documents: awa is certified and listed, and every form of the certificate is made."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from fastapi import FastAPI
from starlette.testclient import TestClient

from ledger.domain.decisions.issuer import possession
from ledger.store.leases import alone
from projections.credentials.issuing import Issuing
from projections.credentials.keys.issuer_key import IssuerKey, LocalKey
from projections.credentials.keys.seal_chain import make_chain
from projections.read_models import ReadModels
from projections.time_stamps import Authority
from tests.serving import client_of
from tests.support import World, copied, key_of

URL = "https://register.example.org"
BODY = "Example Customs Organisation"
ED25519 = LocalKey(key_of("issuer").private)
P256 = LocalKey(derive_private_key(7, SECP256R1()))
AUTHORITY = derive_private_key(11, SECP256R1())
KEYS: tuple[IssuerKey, ...] = (ED25519, P256)
SUBJECT = "c-awa"


BEGINS, ENDS = datetime(2016, 1, 1, tzinfo=UTC), datetime(2046, 1, 1, tzinfo=UTC)  # the chain of the seal


def enrol(world: World, key: IssuerKey, url: str = URL, begin: datetime = BEGINS, end: datetime = ENDS) -> None:
    """Enrol a key of the body; one on P-256 with a chain."""
    chain = make_chain(key.public, BODY, url, AUTHORITY, begin, end) if key.algorithm == "ES256" else ()
    world.do(
        "enrol-issuer-key",
        algorithm=key.algorithm,
        public_key=key.public,
        certificates=chain,
        proof=key.sign(possession(url, key.key_id)),
    )


def make_documents(world: World, keys: tuple[IssuerKey, ...] = KEYS, tsa: Authority | None = None) -> int:
    """Make what is missing; answers how many certificates."""
    with ReadModels(world.ledger) as models:
        return Issuing(world.ledger, models, keys, alone, tsa=tsa).catch_up()


def become_issuer(world: World, url: str = URL) -> World:
    """The body is established and has its keys; nothing is made yet."""
    world.do("establish-issuer", "director", url=url)
    for key in KEYS:
        enrol(world, key, url)
    return world


@pytest.fixture(scope="session")
def established_issuer(held_workshop: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A body that has its keys and has made no document yet. Closed, to be copied."""
    world = become_issuer(held_workshop.copy(tmp_path_factory.mktemp("issuer") / "ledger"))
    world.ledger.close()
    return world


@pytest.fixture(scope="session")
def made_documents(established_issuer: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The same once awa is listed and the documents are made. Closed, to be copied."""
    world = established_issuer.copy(tmp_path_factory.mktemp("issued") / "ledger")
    world.do("give-listing-consent", "registrar", person_id="awa")
    assert make_documents(world) == 1
    world.now = datetime(2018, 1, 15, 12, tzinfo=UTC)
    world.ledger.close()
    return world


issuer = copied("established_issuer")
issued = copied("made_documents")


@pytest.fixture
def number(issued: World) -> str:
    return issued.ledger.documents.sets()[-1].number


@pytest.fixture
def client(issued: World) -> Iterator[TestClient]:
    with client_of(issued.ledger, URL, KEYS) as client:
        yield client


def follow(client: TestClient) -> None:
    """Brings the read models up to date at once: the thread that follows the log may need a moment."""
    cast(FastAPI, client.app).state.register.models.catch_up()


def withdraw(world: World) -> None:
    """With effect from 1 March 2018."""
    do_decided(world, "withdraw-certification", date(2018, 3, 1), "other", "decider1", "decider2")


def suspend(world: World) -> None:
    do_decided(world, "suspend-certification", date(2018, 1, 20), "under-review", "decider1")


def do_decided(world: World, name: str, effective_from: date, reason: str, *people: str) -> None:
    arguments: dict[str, Any] = {"effective_from": effective_from, "reason_code": reason, "reason": None}
    world.do(name, *people, certification_id=SUBJECT, **arguments)
