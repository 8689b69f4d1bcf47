"""Each event has a page, and the page says what the catalogue says."""

from __future__ import annotations

import importlib.util
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_event_pages_are_those_of_the_catalogue() -> None:
    spec = importlib.util.spec_from_file_location("generate_events", DOCS / "generate_events.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    stored = {path.name: path.read_text(encoding="utf-8") for path in (DOCS / "events").iterdir()}
    assert stored == module.pages()
