"""Fixtures of a served register."""

from tests.api.public.conftest import client, listed

__all__ = ["client", "listed"]
