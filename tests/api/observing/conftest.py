"""Fixtures of a served register."""

import pytest

from tests.api.public.conftest import listed
from tests.support import World

__all__ = ["listed"]


@pytest.fixture
def number(listed: World) -> str:
    """The number of awa's certificate."""
    return "TOA-PCA-FR-2017-01-BTH"
