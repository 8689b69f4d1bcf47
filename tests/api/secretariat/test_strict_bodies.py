"""A body in JSON that two programs may read differently is refused at the door of the secretariat."""

import json

import pytest

from tests.api.secretariat.test_http import GRANT, Officer, Served, office

__all__ = ["office"]

GENUINE = json.dumps(GRANT)
AMBIGUOUS = {
    "a name twice": GENUINE.replace('"moderator"', '"moderator", "role": "registrar"'),
    "a name twice, once escaped": GENUINE.replace('"role"', '"role": "registrar", "r\\u006fle"'),
    "a command twice": GENUINE[:-1] + ', "command": "revoke-role"}',
    "not a number": GENUINE.replace('"moderator"', "NaN"),
    "too large a number": GENUINE.replace('"moderator"', "1e999"),
    "half a character": GENUINE.replace('"moderator"', '"\\ud800"'),
    "900 levels": GENUINE.replace('"moderator"', "[" * 900 + "]" * 900),
}


@pytest.mark.parametrize("body", AMBIGUOUS.values(), ids=AMBIGUOUS)
@pytest.mark.parametrize("path", ["/secretariat/statements", "/secretariat/statements/1/signatures"])
def test_an_ambiguous_body_is_refused_and_nothing_is_kept(office: Served, path: str, body: str) -> None:
    """Case R2."""
    client, _, inbox = office
    headers = {"Content-Type": "application/json", "Idempotency-Key": "key-00000001", "Accept-Language": "fr"}
    answer = client.post(path, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert "tout programme lit de la même façon" in answer.json()["detail"]
    assert inbox.waiting("director") == []


def test_no_json_at_all_is_a_fault_of_the_request(office: Served) -> None:
    answer = Officer(office[0], "director").send(
        "POST", "/secretariat/statements", None, {"Idempotency-Key": "key-00000001"}, tampered=b'{"command":'
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "input")
