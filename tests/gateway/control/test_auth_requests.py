"""Subrequests: a proxy asks with headers alone, and passes on what it is told."""

import httpx
import pytest

from tests.gateway.control.conftest import House, seen
from tests.gateway.control.fakes import OLIVIA, OPERATOR, OTTO, OTTOS_KEY
from tests.gateway.control.test_verify import limited
from tests.gateway.fakes import MEMBER, MEMBER_KEY, MODEL, OUTSIDER_KEY

AUTH = "/control/v1/auth"


def ask(
    house: House, key: str, control: str = OPERATOR, *, method: str = "GET", path: str = "", **more: str
) -> httpx.Response:
    headers = {"authorization": f"Bearer {key}" if key else "", "x-control-key": control}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    return httpx.request(
        method, house.url + AUTH + path, headers={name: value for name, value in headers.items() if value}
    )


@pytest.mark.parametrize("control", [OPERATOR, OLIVIA])
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_a_valid_key_is_let_through_with_whose_it_is(house: House, method: str, control: str) -> None:
    answer = ask(house, MEMBER_KEY, control, method=method)
    assert answer.status_code == 200
    told = {name: answer.headers[name] for name in ("x-organization", "x-project", "x-key")}
    assert told == {
        "x-organization": str(MEMBER.organization_id),
        "x-project": str(MEMBER.project_id),
        "x-key": str(MEMBER.key_id),
    }


def test_the_customer_s_path_may_follow(house: House) -> None:
    assert ask(house, MEMBER_KEY, path="/v1/chat/completions?x=../..").status_code == 200
    assert ask(house, OUTSIDER_KEY, path="/v1/chat/completions").status_code == 401
    assert ask(house, MEMBER_KEY, path="entication").status_code == 404


@pytest.mark.parametrize(
    ("key", "control"), [(OUTSIDER_KEY, OPERATOR), ("", OPERATOR), (MEMBER_KEY, OTTO), ("a b", OPERATOR)]
)
def test_other_keys_are_refused_alike(house: House, key: str, control: str) -> None:
    answer = ask(house, key, control)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert (answer.headers["x-refusal"], answer.json()["code"]) == ("unknown", "unknown")
    assert "x-key" not in answer.headers


@pytest.mark.parametrize("control", ["", "llg_unknown", MEMBER_KEY, "lla_mira"])
def test_a_gateway_s_own_mistake_is_not_blamed_on_the_customer(house: House, control: str) -> None:
    assert ask(house, MEMBER_KEY, control).status_code == 407
    assert house.control.looked_up == 0


def test_what_is_asked_for_comes_in_headers(house: House) -> None:
    assert (
        ask(house, MEMBER_KEY, x_key_scope="chat", x_key_model=MODEL, x_client_address="192.0.2.1").status_code == 200
    )
    house.control.change(MEMBER_KEY, scopes=frozenset(), models=frozenset())
    seen(house)
    refused = ask(house, MEMBER_KEY, x_key_scope="chat")
    assert (refused.status_code, refused.headers["x-refusal"]) == (403, "scope_missing")
    assert refused.headers["x-refused-by"] == "key.scopes"
    assert ask(house, MEMBER_KEY, x_key_model=MODEL).headers["x-refusal"] == "model_not_allowed"
    missing = ask(house, MEMBER_KEY, x_key_model="no such")
    assert (missing.status_code, missing.headers["x-refusal"]) == (403, "model_not_found")
    assert ask(house, MEMBER_KEY, x_key_scope="everything").status_code == 400
    assert ask(house, MEMBER_KEY, x_client_address="here").status_code == 400
    assert ask(house, OTTOS_KEY, x_key_scope="chat").status_code == 200


@pytest.mark.parametrize("name", ["x-key-scope", "x-key-model", "x-key-consume", "x-client-address"])
def test_a_header_that_comes_twice_is_refused_and_not_left_out(house: House, name: str) -> None:
    house.control.change(MEMBER_KEY, scopes=frozenset({"chat"}), models=frozenset())
    seen(house)
    own = [("authorization", f"Bearer {MEMBER_KEY}"), ("x-control-key", OPERATOR)]
    for customers in ("moderations", ""):
        answer = httpx.get(house.url + AUTH, headers=[*own, (name, customers), (name, MODEL)])
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


def test_requests_are_counted_if_the_proxy_wants(house: House) -> None:
    limited(house, requests_per_minute=2, concurrent=1)
    for _ in range(4):
        assert ask(house, MEMBER_KEY).status_code == 200
    for _ in range(2):
        assert ask(house, MEMBER_KEY, x_key_consume="true").status_code == 200
    refused = ask(house, MEMBER_KEY, x_key_consume="true")
    assert (refused.status_code, refused.headers["x-refusal"]) == (429, "rate_limit_exceeded")
    assert int(refused.headers["retry-after"]) in range(1, 61)
    assert refused.headers["x-ratelimit-limit-requests"] == "2"
