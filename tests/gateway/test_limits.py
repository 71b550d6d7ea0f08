"""What a key may call, from where, how often: told in the answer with its rule, its counter and when to come again."""

from dataclasses import replace
from ipaddress import ip_network
from uuid import UUID

import httpx
import pytest

from catalog.data_policy import DataPolicy
from keys.verification import Rule
from tests.gateway import upstream as model_server
from tests.gateway.conftest import TOKEN, House, settled
from tests.gateway.fakes import MEMBER, MEMBER_KEY, MODEL, eventually, question
from tests.gateway.upstream import answers

NATIVE, COMPAT = "/v1/chat/completions", "/compat/v1/chat/completions"
PATHS = [NATIVE, COMPAT]
OTHER = "meta/llama with slash"


def grant(house: House, **rights: object) -> None:
    """Have Mira's key be so."""
    house.rooms.callers[MEMBER_KEY] = replace(MEMBER, organization="llamas", **rights)  # type: ignore[arg-type]
    settled(house.rooms)


def rule(**limits: int | None) -> Rule:
    """Return limits with a counter that no other test uses."""
    rule.subject += 1  # type: ignore[attr-defined]
    none: dict[str, int | None] = {"requests_per_minute": None, "tokens_per_minute": None, "concurrent": None}
    return Rule("key", UUID(int=rule.subject), "", **none | limits)  # type: ignore[attr-defined]


rule.subject = 10_000  # type: ignore[attr-defined]


def told(answer: httpx.Response, path: str) -> dict[str, object]:
    body: dict[str, object] = answer.json() if path == NATIVE else answer.json()["error"]
    return body


@pytest.mark.parametrize("path", PATHS)
def test_a_request_too_many_is_a_429_that_names_its_rule_and_when_to_come_again(
    house: House, mira: httpx.Client, path: str
) -> None:
    grant(house, rules=(rule(requests_per_minute=2),))
    first = mira.post(path, json=question())
    assert first.headers["x-ratelimit-limit-requests"] == "2"
    assert first.headers["x-ratelimit-remaining-requests"] == "1"
    assert first.headers["ratelimit-policy"] == '"requests";q=2;w=60'
    mira.post(path, json=question())
    answer = mira.post(path, json=question())
    assert answer.status_code == 429
    body = told(answer, path)
    assert (body["rule"], body["limit"], body["used"]) == ("key.requests_per_minute", 2, 2)
    assert str(body["url"]).startswith("https://console.example/o/llamas/blocked/?request=")
    assert 25 < int(answer.headers["retry-after"]) <= 30
    assert answer.headers["x-ratelimit-remaining-requests"] == "0"
    assert len(house.upstream.requests) == 2


def test_tokens_are_counted_ahead_and_what_was_not_used_comes_back(house: House, mira: httpx.Client) -> None:
    house.upstream.behaviour = answers({"prompt_tokens": 10, "completion_tokens": 5})
    grant(house, rules=(rule(tokens_per_minute=600),))
    for _ in range(3):
        assert mira.post(NATIVE, json=question(max_completion_tokens=500)).status_code == 200
    assert house.upstream.requests[0].body["max_tokens"] == 500
    answer = mira.post(NATIVE, json=question(max_completion_tokens=600))
    assert (answer.status_code, answer.json()["rule"]) == (429, "key.tokens_per_minute")
    assert "Lower its max tokens" in answer.json()["detail"]
    assert "retry-after" not in answer.headers  # it would never fit


def test_a_call_without_a_number_asks_for_no_more_than_is_counted(house: House, mira: httpx.Client) -> None:
    grant(house, rules=(rule(tokens_per_minute=100_000),))
    mira.post(NATIVE, json=question())
    assert house.upstream.requests[0].body["max_tokens"] == 4096


def test_calls_at_once_are_limited_and_end_however_they_end(house: House, mira: httpx.Client) -> None:
    grant(house, rules=(rule(concurrent=1),))
    house.upstream.behaviour = model_server.reset
    for _ in range(3):
        assert mira.post(NATIVE, json=question()).status_code == 502
    house.upstream.behaviour = model_server.hang
    with pytest.raises(httpx.TimeoutException):
        mira.post(NATIVE, json=question(), timeout=0.2)
    house.upstream.behaviour = model_server.answer
    eventually(lambda: mira.post(NATIVE, json=question()).status_code == 200)


def test_a_bad_request_uses_nothing(house: House, mira: httpx.Client) -> None:
    grant(house, rules=(rule(requests_per_minute=1),))
    assert mira.post(NATIVE, json={"model": MODEL}).status_code == 400
    assert mira.post(NATIVE, json=question(model="nothing")).status_code == 404
    assert mira.post(NATIVE, json=question()).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_a_key_calls_only_what_its_scopes_say(house: House, mira: httpx.Client, path: str) -> None:
    grant(house, scopes=frozenset({"models"}))
    answer = mira.post(path, json=question())
    assert (answer.status_code, told(answer, path)["rule"]) == (403, "key.scopes")
    assert mira.get("/v1/models").status_code == 200
    grant(house, scopes=frozenset({"chat"}))
    assert mira.get("/v1/models").status_code == 403
    assert mira.post(path, json=question()).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_a_key_reaches_only_the_models_on_its_list(house: House, mira: httpx.Client, path: str) -> None:
    grant(house, models=frozenset({OTHER}))
    answer = mira.post(path, json=question())
    assert (answer.status_code, told(answer, path)["rule"]) == (403, "key.models")
    assert [model["id"] for model in mira.get("/v1/models").json()["data"]] == [OTHER]


@pytest.mark.parametrize("path", PATHS)
def test_a_model_of_a_class_that_the_organization_blocks_is_as_if_it_were_not_there(
    house: House, mira: httpx.Client, path: str
) -> None:
    missing = mira.post(path, json=question(model="nothing"))
    grant(house, blocked_policies=frozenset({DataPolicy.LOCAL}))
    blocked = mira.post(path, json=question())
    assert (blocked.status_code, blocked.json()) == (404, missing.json())
    assert mira.get("/v1/models").json()["data"] == []
    eventually(lambda: "organization.data_policy" in {each.rule for each in house.rooms.refusals})  # its people see
    assert mira.get(f"/v1/models/{MODEL}").status_code == 404


@pytest.mark.parametrize(
    ("networks", "address", "status"),
    [
        (("203.0.113.0/24",), "203.0.113.9", 200),
        (("203.0.113.0/24",), "203.0.114.9", 403),
        (("203.0.113.0/24",), "198.51.100.1, 203.0.113.9", 200),  # only the nearest hop is the proxy's word
        (("203.0.113.0/24",), "203.0.113.9, 198.51.100.1", 403),
        (("203.0.113.0/24",), "::ffff:203.0.113.9", 200),
        (("2001:db8::/32",), "2001:db8:1::5", 200),
        (("2001:db8::/32",), "203.0.113.9", 403),
        (("203.0.113.0/24",), "nonsense", 403),
        ((), "nonsense", 200),
    ],
)
def test_a_key_is_used_only_from_its_networks(
    house: House, mira: httpx.Client, networks: tuple[str, ...], address: str, status: int
) -> None:
    grant(house, networks=tuple(map(ip_network, networks)))
    answer = mira.post(NATIVE, json=question(), headers={"x-forwarded-for": address})
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["rule"] == "key.networks"


def test_a_call_is_recorded_with_its_network_not_its_address(house: House, mira: httpx.Client) -> None:
    mira.post(NATIVE, json=question(), headers={"x-forwarded-for": "2001:db8:aaaa:1::5"})
    assert house.rooms.only_call().network == "2001:db8:aaaa::/48"


def test_the_console_sees_the_counters_that_enforce_and_nobody_else_does(house: House, mira: httpx.Client) -> None:
    limits = rule(requests_per_minute=9)
    grant(house, rules=(limits,))
    mira.post(NATIVE, json=question())
    asked = [{"subject_id": str(limits.subject_id), "model": "", "kind": "requests_per_minute", "limit": 9}]
    assert mira.post("/internal/counters", json=asked).status_code == 404
    console = {"authorization": f"Bearer {TOKEN}"}
    (counter,) = mira.post("/internal/counters", json=asked, headers=console).json()
    assert (counter["limit"], counter["remaining"]) == (9, 8)
    assert mira.post("/internal/counters", json={}, headers=console).status_code == 400


def test_refusals_are_counted_for_the_page_that_explains_them(house: House, mira: httpx.Client) -> None:
    grant(house, rules=(rule(requests_per_minute=1),))
    for _ in range(4):
        last = mira.post(NATIVE, json=question())
    eventually(lambda: len(house.rooms.refusals) == 3)
    assert {each.rule for each in house.rooms.refusals} == {"key.requests_per_minute"}
    assert str(house.rooms.refusals[-1].request_id) == last.headers["x-request-id"]
    assert (house.rooms.refusals[-1].limit, house.rooms.refusals[-1].counter) == (1, 1)
