"""Verifying keys for another gateway: what it learns, what it may ask, and from when on that holds."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any
from uuid import UUID

import httpx
import pytest

from billing.funds import BudgetState, Funds
from billing.permits import Permit, Refused
from billing.purses import Funding, Purse
from catalog.data_policy import DataPolicy
from keys.verification import Rule
from tests.gateway.control.conftest import House, seen
from tests.gateway.control.fakes import MALFORMED, OTTOS_KEY
from tests.gateway.fakes import INPUT_RATE, MEMBER, MEMBER_KEY, MODEL, OUTPUT_RATE, OUTSIDER_KEY, OWNER_KEY, eventually

VERIFY = "/control/v1/keys/verify"
UNKNOWN = {"valid": False, "code": "unknown", "detail": "There is no such key."}


def ask(client: httpx.Client, **asked: object) -> dict[str, object]:
    answer = client.post(VERIFY, json={"key": MEMBER_KEY, **asked})
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


def limited(house: House, **limits: int | None) -> None:
    """Limit the member's key."""
    none: dict[str, int | None] = {"requests_per_minute": None, "tokens_per_minute": None, "concurrent": None}
    # A subject of its own for each test: counters go on.
    subject = UUID(int=MEMBER.key_id.int + house.rooms.changed * 1000)
    rule = Rule(level="key", subject_id=subject, model="", **{**none, **limits})
    house.control.change(MEMBER_KEY, rules=(rule,))
    seen(house)


def test_a_valid_key_is_told_with_everything_that_holds_for_it(operator: httpx.Client) -> None:
    assert ask(operator) == {
        "valid": True,
        "code": "ok",
        "key_id": str(MEMBER.key_id),
        "project_id": str(MEMBER.project_id),
        "organization_id": str(MEMBER.organization_id),
        "organization": "",
        "scopes": ["chat", "models", "moderations"],
        "models": None,
        "networks": [],
        "expires_at": None,
        "limits": [],
        "budgets": [],
    }


def test_an_organization_asks_about_its_own_keys(olivia: httpx.Client) -> None:
    assert ask(olivia)["valid"] is True


@pytest.mark.parametrize("key", [MEMBER_KEY, OWNER_KEY, OUTSIDER_KEY])
def test_a_foreign_key_looks_like_one_that_there_never_was(otto: httpx.Client, house: House, key: str) -> None:
    for _ in range(2):
        assert ask(otto, key=key) == UNKNOWN
    assert house.control.looked_up == 2  # neither is remembered, so neither is quicker


@pytest.mark.parametrize("key", MALFORMED)
def test_what_can_be_no_key_is_not_looked_for(operator: httpx.Client, house: House, key: str) -> None:
    assert ask(operator, key=key) == UNKNOWN
    assert house.control.looked_up == 0


def test_what_others_asked_for_makes_no_answer_quicker(
    operator: httpx.Client, otto: httpx.Client, house: House
) -> None:
    ask(operator)
    assert ask(otto) == UNKNOWN
    assert house.control.looked_up == 2


@pytest.mark.parametrize("code", ["revoked", "project_archived"])
def test_the_reason_is_told_to_who_may_know_it(
    olivia: httpx.Client, otto: httpx.Client, house: House, code: str
) -> None:
    house.control.change(MEMBER_KEY, ended=code)
    seen(house)
    answer = ask(olivia)
    assert (answer["valid"], answer["code"], answer["key_id"]) == (False, code, str(MEMBER.key_id))
    assert ask(otto) == UNKNOWN


def test_a_key_that_is_remembered_ends_by_itself(olivia: httpx.Client, house: House) -> None:
    house.control.change(MEMBER_KEY, over_at=datetime.now(UTC) + timedelta(seconds=0.5))
    seen(house)
    assert ask(olivia)["valid"] is True
    eventually(lambda: ask(olivia)["code"] == "expired")


def test_a_revoked_key_is_refused_as_soon_as_the_change_is_seen(olivia: httpx.Client, house: House) -> None:
    assert ask(olivia)["valid"] is True
    house.control.change(MEMBER_KEY, ended="revoked")
    eventually(lambda: ask(olivia)["code"] == "revoked", patience=1.0)


def test_a_key_is_asked_for_once(olivia: httpx.Client, house: House) -> None:
    for _ in range(5):
        ask(olivia)
    assert (house.control.looked_up, house.control.identified) == (1, 1)


def test_many_who_ask_at_once_are_one_question(
    olivia: httpx.Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    olivia.post(VERIFY, json={"key": "x"})  # who asks is known
    look_up = house.control.look_up

    def slowly(*asked: Any) -> Any:
        time.sleep(0.3)
        return look_up(*asked)

    monkeypatch.setattr(house.control, "look_up", slowly)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: ask(olivia)["valid"], range(6)))
    assert found == [True] * 6
    assert house.control.looked_up == 1


def test_an_answer_is_another_once_calls_run(olivia: httpx.Client, house: House) -> None:
    limited(house, requests_per_minute=1000, concurrent=5)
    for _ in range(3):
        assert [each["remaining"] for each in ask(olivia)["counters"]] == [1000, 5]  # type: ignore[attr-defined]
    ask(olivia, consume=True, model=MODEL)
    assert [each["remaining"] for each in ask(olivia)["counters"]] == [999, 4]  # type: ignore[attr-defined]


def test_without_a_database_nothing_is_believed(olivia: httpx.Client, house: House) -> None:
    ask(olivia)
    house.rooms.away = house.control.away = True
    eventually(lambda: olivia.post(VERIFY, json={"key": MEMBER_KEY}).status_code == 503)
    answer = olivia.post(VERIFY, json={"key": MEMBER_KEY})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "1"
    assert "secret internals" not in answer.text


@pytest.mark.parametrize("secret", ["", "llg_unknown", MEMBER_KEY, "lla_" + "0" * 38])
def test_who_may_not_ask_learns_nothing(house: House, secret: str) -> None:
    headers = {"authorization": f"Bearer {secret}"} if secret else {}
    for key in (MEMBER_KEY, "x"):
        answer = httpx.post(f"{house.url}{VERIFY}", json={"key": key}, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json() == {
            "type": "about:blank",
            "title": "Unauthorized",
            "status": 401,
            "detail": "A control key, or an admin key with the scope, is required.",
            "code": "invalid_credential",
        }
    assert house.control.looked_up == 0


def test_an_admin_key_needs_the_scope(mira: httpx.Client, house: House) -> None:
    answer = mira.post(VERIFY, json={"key": MEMBER_KEY})
    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")
    assert house.control.looked_up == 0


def test_a_credential_ends_by_itself_and_by_a_change(olivia: httpx.Client, house: House) -> None:
    credential = house.control.credentials["lla_olivia"]
    soon = datetime.now(UTC) + timedelta(seconds=0.4)
    house.control.credentials["lla_olivia"] = type(credential)(
        credential.organization_id, credential.permissions, over_at=soon
    )
    assert ask(olivia)["valid"] is True
    eventually(lambda: olivia.post(VERIFY, json={"key": MEMBER_KEY}).status_code == 401)
    house.control.credentials["lla_olivia"] = credential
    house.rooms.changed += 1
    seen(house)
    assert ask(olivia)["valid"] is True
    del house.control.credentials["lla_olivia"]
    house.rooms.changed += 1
    eventually(lambda: olivia.post(VERIFY, json={"key": MEMBER_KEY}).status_code == 401, patience=1.0)


def test_an_organization_s_networks_hold_for_its_gateway(olivia: httpx.Client, house: House) -> None:
    credential = house.control.credentials["lla_olivia"]
    house.control.credentials["lla_olivia"] = type(credential)(
        credential.organization_id, credential.permissions, networks=("203.0.113.0/24",)
    )
    answer = olivia.post(VERIFY, json={"key": MEMBER_KEY})
    assert (answer.status_code, answer.json()["code"]) == (403, "address_not_allowed")
    office = {"x-forwarded-for": "203.0.113.9"}
    assert olivia.post(VERIFY, json={"key": MEMBER_KEY}, headers=office).status_code == 200


def test_a_batch_is_answered_in_its_order_in_one_question(olivia: httpx.Client, house: House) -> None:
    keys = [{"key": key} for key in (OWNER_KEY, OTTOS_KEY, MEMBER_KEY, "x", OWNER_KEY)]
    results = olivia.post(VERIFY, json={"keys": keys}).json()["results"]
    assert [each["valid"] for each in results] == [True, False, True, False, True]
    assert results[1] == results[3] == UNKNOWN
    assert house.control.looked_up == 1


BAD: list[tuple[object, int]] = [
    ([], 400), ({}, 400), ({"key": 5}, 400), ({"key": None}, 400), ({"keys": []}, 400), ({"keys": "x"}, 400),
    ({"keys": [{"key": "x"}] * 101}, 400), ({"key": "x" * 513}, 400), ({"key": "x", "modle": "y"}, 400),
    ({"key": "x", "keys": []}, 400), ({"key": "x", "scope": "everything"}, 400), ({"key": "x", "address": "here"}, 400),
    ({"key": "x", "consume": 1}, 400), ({"key": "x", "consume": True}, 400), ({"key": "x", "model": ""}, 400),
    ({"key": "x", "max_tokens": -1}, 400), ({"key": "x", "max_tokens": True}, 400),
    ({"key": "x", "max_tokens": 1.5}, 400), ({"key": "x", "prompt_tokens": 10**30}, 400),
    ({"keys": [{"key": "x"}, {"key": 5}]}, 400),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status"), BAD, ids=range(len(BAD)))
def test_what_makes_no_sense_is_refused(olivia: httpx.Client, body: object, status: int) -> None:
    answer = olivia.post(VERIFY, json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "invalid_request"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"NaN", b"[" * 100_000, b'{"key": "\\ud800"}'])
def test_what_is_no_json_is_refused(olivia: httpx.Client, body: bytes) -> None:
    assert olivia.post(VERIFY, content=body).status_code == 400


def test_a_body_has_an_end(olivia: httpx.Client) -> None:
    assert olivia.post(VERIFY, content=b" " * (128 * 1024 + 1)).status_code == 413


def test_other_methods_and_addresses(olivia: httpx.Client) -> None:
    answer = olivia.get(VERIFY)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    for path in ("/control/", "/control/v1", "/control/v1/keys", VERIFY + "/"):
        answer = olivia.post(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_scopes_models_and_addresses_hold(olivia: httpx.Client, house: House) -> None:
    house.control.change(
        MEMBER_KEY,
        scopes=frozenset({"models"}),
        models=frozenset({"another"}),
        networks=(ip_network("192.0.2.0/24"),),
    )
    seen(house)
    there = {"address": "192.0.2.7"}
    assert ask(olivia)["code"] == "address_not_allowed"  # an unknown address is no allowed one
    assert ask(olivia, address="198.51.100.1")["code"] == "address_not_allowed"
    assert ask(olivia, **there)["valid"] is True
    refused = ask(olivia, **there, scope="chat")
    assert (refused["code"], refused["rule"]) == ("scope_missing", "key.scopes")
    assert str(refused["url"]).startswith("https://console.example/o/")
    assert ask(olivia, **there, scope="models")["valid"] is True
    assert ask(olivia, **there, model=MODEL)["code"] == "model_not_allowed"
    assert ask(olivia, **there, model="no such")["code"] == "model_not_found"


def test_a_model_that_the_organization_blocks_looks_missing(olivia: httpx.Client, house: House) -> None:
    house.control.change(MEMBER_KEY, blocked_policies=frozenset({DataPolicy.LOCAL}))
    seen(house)
    assert ask(olivia, model=MODEL)["code"] == "model_not_found"


def test_a_used_up_budget_refuses_and_shows_itself(olivia: httpx.Client, house: House) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    purse = Purse(MEMBER.organization_id, MEMBER.key_id, "key")
    state = BudgetState("key", MEMBER.key_id, "day", 10**17, None, 10**17, 0, 0, tomorrow)
    refused = Refused(Permit.OVER_BUDGET, 10**17, 10**17, tomorrow)
    house.control.funds[MEMBER.key_id] = Funds(Funding((purse,)), (state,), (purse, refused))
    answer = ask(olivia)
    assert (answer["code"], answer["rule"], answer["limit"]) == ("budget_reached", "key.budget", str(10**17))
    assert answer["budgets"][0]["remaining"] == "0"  # type: ignore[index]
    assert ask(olivia, model=MODEL)["code"] == "budget_reached"


def test_what_costs_nothing_needs_no_money(olivia: httpx.Client, house: House) -> None:
    purse = Purse(MEMBER.organization_id)
    house.control.funds[MEMBER.key_id] = Funds(Funding((purse,)), (), (purse, Refused(Permit.NO_CREDIT)))
    assert ask(olivia)["code"] == "insufficient_credit"
    assert ask(olivia, model="meta/llama with slash")["valid"] is True
    house.control.funds[MEMBER.key_id] = Funds(Funding((purse,), suspended=True))
    eventually(lambda: ask(olivia, model="meta/llama with slash")["code"] == "billing_suspended")


def test_looking_counts_nothing_and_consuming_does(olivia: httpx.Client, house: House) -> None:
    limited(house, requests_per_minute=2)
    for _ in range(5):
        (counter,) = ask(olivia)["counters"]  # type: ignore[misc]
        assert (counter["rule"], counter["remaining"]) == ("key.requests_per_minute", 2)
    for _ in range(2):
        consumed = ask(olivia, consume=True, model=MODEL)
        assert UUID(str(consumed["hold"]))
    refused = ask(olivia, consume=True, model=MODEL)
    assert (refused["code"], refused["rule"]) == ("rate_limit_exceeded", "key.requests_per_minute")
    assert refused["retry_after"] in range(1, 61)
    assert ask(olivia)["code"] == "rate_limit_exceeded"


def test_tokens_are_counted_ahead(olivia: httpx.Client, house: House) -> None:
    limited(house, tokens_per_minute=1000)
    tokens = {"model": MODEL, "consume": True, "prompt_tokens": 300, "max_tokens": 300}
    assert ask(olivia, **tokens)["valid"] is True
    assert ask(olivia, **tokens)["rule"] == "key.tokens_per_minute"


def test_money_is_set_aside_for_what_a_call_can_cost(olivia: httpx.Client, house: House) -> None:
    purse = Purse(MEMBER.organization_id)
    worst = 100 * INPUT_RATE + 200 * OUTPUT_RATE
    house.rooms.money[purse] = worst
    house.rooms.refusal = Refused(Permit.NO_CREDIT)
    house.control.funds[MEMBER.key_id] = Funds(Funding((purse,)))
    call = {"model": MODEL, "consume": True, "prompt_tokens": 100, "max_tokens": 200}
    assert ask(olivia, **call)["held"] == str(worst)
    assert house.rooms.money[purse] == 0
    assert ask(olivia, **call)["code"] == "insufficient_credit"


def test_no_key_is_logged(olivia: httpx.Client, house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "gateway")
    ask(olivia)
    house.control.standings = None  # type: ignore[assignment]
    answer = olivia.post(VERIFY, json={"key": OWNER_KEY})
    assert answer.status_code == 500
    assert "unexpected AttributeError" in caplog.text
    for secret in (OWNER_KEY, MEMBER_KEY, "lla_olivia"):
        assert secret not in caplog.text
        assert secret not in answer.text
