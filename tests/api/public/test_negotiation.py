"""Preferences as HTTP writes them (RFC 9110, 12.5)."""

import pytest

from api.negotiation import language, preferred


@pytest.mark.parametrize(
    ("accept", "answer"),
    [
        (None, "application/json"),
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("application/json;q=0.5, text/html;q=0.4", "application/json"),
        ("text/*", "text/html"),
        ("text/html;q=0, */*", "application/json"),
        ("text/html;q=high", None),
        ("TEXT/HTML", "text/html"),
        ("image/png", None),
    ],
)
def test_the_best_media_type_is_answered(accept: str | None, answer: str | None) -> None:
    assert preferred(accept, ("application/json", "text/html")) == answer


@pytest.mark.parametrize(
    ("chosen", "header", "answer"),
    [
        (None, None, "en"),
        ("fr", "en", "fr"),
        ("en", "fr", "en"),
        ("de", "fr", "fr"),
        (None, "fr", "fr"),
        (None, "fr-CH, en;q=0.9", "fr"),
        (None, "en, fr", "en"),
        (None, "de, fr;q=0.3", "fr"),
        (None, "de, *;q=0.5, fr;q=0.3", "en"),
        (None, "de", "en"),
    ],
)
def test_the_language_is_the_one_chosen_or_preferred(chosen: str | None, header: str | None, answer: str) -> None:
    assert language(chosen, header) == answer
