"""Every read model decides about every event of the streams that it records: it records it, or names it as ignored."""

import pytest

from ledger.domain.subjects import BY_FACT, KIND_OF
from projections.questions import READ_MODELS


@pytest.mark.parametrize("name", READ_MODELS)
def test_a_read_model_records_or_ignores_each_event(name: str) -> None:
    recorded, ignored = set(READ_MODELS[name].RECORD), READ_MODELS[name].IGNORED
    kinds = {KIND_OF[fact] for fact in recorded}
    concerned = {fact for fact in BY_FACT if KIND_OF[fact] in kinds}
    undecided = {BY_FACT[fact].wire_name for fact in concerned - recorded - ignored}
    assert not undecided, f"projections/{name}: neither recorded nor ignored"
    assert recorded | ignored == concerned
    assert not recorded & ignored


def test_no_table_belongs_to_two_read_models() -> None:
    tables = [table for model in READ_MODELS.values() for table in model.TABLES]
    assert len(tables) == len(set(tables))
