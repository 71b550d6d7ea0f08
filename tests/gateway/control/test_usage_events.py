"""Usage that other gateways report: what is accepted counts, once; what does not count is named."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from billing.funds import Funds
from billing.purses import Funding, Purse
from gateway.control import reservations
from gateway.control.events import call_id
from tests.gateway.control.conftest import House, begin_anew, seen
from tests.gateway.control.fakes import OTTOS, OTTOS_KEY
from tests.gateway.control.test_verify import VERIFY, limited
from tests.gateway.fakes import INPUT_RATE, MEMBER, MEMBER_KEY, MODEL, OUTPUT_RATE, OWNER, eventually
from usage.calls import Outcome

EVENTS = "/control/v1/usage/events"
ONE = {"content-type": "application/cloudevents+json"}
BATCH = {"content-type": "application/cloudevents-batch+json; charset=utf-8"}
SOURCE = "//gateway.example/litellm"


def now(**ago: float) -> str:
    return (datetime.now(UTC) - timedelta(**ago)).isoformat()


def event(id: str = "1", *, envelope: dict[str, Any] | None = None, **data: Any) -> dict[str, Any]:
    counts = {"model": MODEL, "prompt_tokens": 12, "cached_tokens": 4, "completion_tokens": 5}
    whose = {} if "key" in data else {"key_id": str(MEMBER.key_id)}
    moment = {} if "started_at" in data or (envelope and "time" in envelope) else {"started_at": now(seconds=1)}
    found = {"specversion": "1.0", "id": id, "source": SOURCE, "type": "llama.usage.call"}
    return {**found, "data": {**counts, **whose, **moment, **data}, **(envelope or {})}


def report(client: httpx.Client, *events: object) -> httpx.Response:
    return client.post(EVENTS, content=json.dumps(list(events)), headers=BATCH)


def test_an_event_counts_like_a_call_of_our_own(olivia: httpx.Client, house: House) -> None:
    told = event(latency_ms=40, first_token_ms=7, address="203.0.113.77")
    answer = olivia.post(EVENTS, json=told, headers=ONE)
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "duplicates": 0, "refused": []})
    call = house.rooms.only_call()
    assert call.id == call_id(MEMBER.organization_id, SOURCE, "1", is_own=True)
    assert (call.organization_id, call.project_id, call.key_id) == (
        MEMBER.organization_id, MEMBER.project_id, MEMBER.key_id,
    )  # fmt: skip
    assert (call.prompt_tokens, call.cached_tokens, call.completion_tokens) == (12, 4, 5)
    assert (call.latency_ms, call.first_token_ms, call.status, call.outcome) == (40, 7, 200, Outcome.COMPLETED)
    assert call.started_at.isoformat() == told["data"]["started_at"]
    assert call.network == "203.0.113.0/24"
    assert (call.holds, call.held, call.estimated) == ((), 0, False)


def test_a_key_may_be_named_by_itself_and_a_moment_by_the_envelope(olivia: httpx.Client, house: House) -> None:
    moment = now(hours=3)
    told = event(
        key=MEMBER_KEY,
        envelope={"time": moment, "subject": "x", "traceparent": "00-1", "datacontenttype": "application/json"},
    )
    assert olivia.post(EVENTS, json=told, headers=ONE).status_code == 202
    call = house.rooms.only_call()
    assert (call.key_id, call.started_at.isoformat()) == (MEMBER.key_id, moment)


def test_a_failed_call_is_an_error(olivia: httpx.Client, house: House) -> None:
    report(olivia, event(status=502, completion_tokens=0))
    assert house.rooms.only_call().outcome is Outcome.FAILED


def test_the_call_of_a_key_that_ended_meanwhile_counts(olivia: httpx.Client, house: House) -> None:
    house.control.change(MEMBER_KEY, ended="revoked")
    assert report(olivia, event()).status_code == 202


def test_a_hundred_replays_are_one_call(olivia: httpx.Client, house: House) -> None:
    told = event()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: report(olivia, told), range(100)))
    assert {answer.status_code for answer in answers} == {202}
    assert sum(answer.json()["accepted"] for answer in answers) == 1
    assert sum(answer.json()["duplicates"] for answer in answers) == 99
    house.rooms.only_call()
    assert report(olivia, told, told).json() == {"accepted": 0, "duplicates": 2, "refused": []}
    house.rooms.only_call()


def test_what_is_recorded_is_known_to_a_gateway_that_begins_anew(olivia: httpx.Client, house: House) -> None:
    told = event()
    report(olivia, told)
    house.rooms.only_call()
    begin_anew(house)
    assert report(olivia, told).json()["duplicates"] == 1
    assert report(olivia, event(completion_tokens=6)).json()["refused"][0]["code"] == "conflict"


@pytest.mark.parametrize(
    "changed", [{"completion_tokens": 6}, {"model": MODEL, "status": 500}, {"started_at": now(hours=1)}]
)
def test_another_call_under_the_same_name_is_refused(
    olivia: httpx.Client, house: House, changed: dict[str, Any]
) -> None:
    moment = now(hours=2)
    report(olivia, event(started_at=moment))
    answer = report(olivia, event(**{"started_at": moment, **changed}))
    assert (answer.status_code, answer.json()["refused"][0]["code"]) == (422, "conflict")
    assert house.rooms.only_call().completion_tokens == 5


def test_sources_and_organizations_have_names_of_their_own(
    olivia: httpx.Client, otto: httpx.Client, house: House
) -> None:
    report(olivia, event("1"), event("1", envelope={"source": "another"}), event("2"))
    report(otto, event("1", key=OTTOS_KEY))
    eventually(lambda: len(house.rooms.calls) == 4)
    assert call_id(UUID(int=1), "ab", "c") != call_id(UUID(int=1), "a", "bc")


def test_no_organization_takes_the_name_of_a_call_that_the_operators_gateway_is_about_to_report(
    olivia: httpx.Client, operator: httpx.Client, house: House
) -> None:
    nothing = report(olivia, event("chatcmpl-1", prompt_tokens=0, cached_tokens=0, completion_tokens=0))
    real = report(operator, event("chatcmpl-1"))
    assert [nothing.status_code, real.status_code] == [202, 202]
    eventually(lambda: len(house.rooms.calls) == 2)
    assert house.rooms.calls[call_id(MEMBER.organization_id, SOURCE, "chatcmpl-1")].completion_tokens == 5


BAD: list[tuple[dict[str, Any], str]] = [
    ({"prompt_tokens": -1}, "invalid"), ({"completion_tokens": -5}, "invalid"), ({"completion_tokens": 5.0}, "invalid"),
    ({"completion_tokens": 5.5}, "invalid"), ({"completion_tokens": True}, "invalid"),
    ({"completion_tokens": "5"}, "invalid"), ({"completion_tokens": None}, "invalid"),
    ({"completion_tokens": 10_000_001}, "invalid"), ({"prompt_tokens": 10**40}, "invalid"),
    ({"cached_tokens": 13}, "invalid"), ({"cached_tokens": False}, "invalid"),
    ({"latency_ms": -1}, "invalid"), ({"latency_ms": 1.5}, "invalid"),
    ({"latency_ms": 5, "first_token_ms": 6}, "invalid"),
    ({"status": 99}, "invalid"), ({"status": 600}, "invalid"), ({"status": True}, "invalid"),
    ({"outcome": "fine"}, "invalid"), ({"address": "here"}, "invalid"), ({"hold": "x"}, "invalid"),
    ({"completion_token": 5}, "invalid"), ({"key": MEMBER_KEY, "key_id": str(MEMBER.key_id)}, "invalid"),
    ({"key_id": None}, "invalid"), ({"key_id": "x"}, "invalid"), ({"model": ""}, "invalid"), ({"model": 5}, "invalid"),
    ({"model": "no such"}, "unknown_model"), ({"key_id": str(UUID(int=99))}, "unknown_key"),
    ({"key": "llama_unknown"}, "unknown_key"), ({"key": ""}, "unknown_key"),
    ({"key_id": str(OTTOS.key_id)}, "unknown_key"), ({"key": OTTOS_KEY}, "unknown_key"),
    ({"started_at": now(minutes=-500)}, "in_the_future"), ({"started_at": now(days=8)}, "too_old"),
    ({"started_at": "9999-12-31T23:59:59-23:00"}, "too_old"),
    ({"started_at": "0001-01-01T00:00:00+23:00"}, "too_old"),
    ({"started_at": "2026-01-01T00:00:00"}, "invalid"), ({"started_at": 5}, "invalid"),
    ({"started_at": None}, "invalid"),
    ({"envelope": {"specversion": "0.3"}}, "invalid"), ({"envelope": {"type": "another"}}, "invalid"),
    ({"envelope": {"id": ""}}, "invalid"), ({"envelope": {"source": ""}}, "invalid"),
    ({"envelope": {"id": 5}}, "invalid"),
    ({"envelope": {"data": None}}, "invalid"), ({"envelope": {"datacontenttype": "text/xml"}}, "invalid"),
    ({"envelope": {"id": "x" * 201}}, "invalid"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "code"), BAD, ids=range(len(BAD)))
def test_a_bad_event_is_named_and_the_rest_lands(
    olivia: httpx.Client, house: House, wrong: dict[str, Any], code: str
) -> None:
    answer = report(olivia, event("a"), event("bad", **wrong), event("b"))
    problem = answer.json()
    assert answer.status_code == 422  # who looks at the status alone must not believe that all counts
    assert answer.headers["content-type"] == "application/problem+json"
    assert (problem["code"], problem["accepted"], problem["duplicates"]) == ("events_refused", 2, 0)
    (refused,) = problem["refused"]
    assert (refused["index"], refused["code"]) == (1, code)
    assert len(refused["detail"]) > 10
    eventually(lambda: len(house.rooms.calls) == 2)


@pytest.mark.parametrize("not_an_event", [5, None, "x", [], {}])
def test_what_is_no_event_at_all_is_named_too(olivia: httpx.Client, house: House, not_an_event: object) -> None:
    problem = report(olivia, not_an_event, event()).json()
    assert (problem["accepted"], problem["refused"][0]["index"]) == (1, 0)
    house.rooms.only_call()


def test_a_foreign_key_is_refused_like_one_that_there_never_was(otto: httpx.Client, house: House) -> None:
    foreign, missing = event("1"), event("1", key_id=str(UUID(int=99)))
    assert report(otto, foreign).json() == report(otto, missing).json()
    assert not house.rooms.calls


def test_an_operator_s_gateway_reports_of_all(operator: httpx.Client, house: House) -> None:
    assert report(operator, event(), event(key=OTTOS_KEY)).status_code == 202
    eventually(lambda: {call.organization_id for call in house.rooms.calls.values()} == {UUID(int=1), UUID(int=2)})


def test_reporting_needs_the_scope(mira: httpx.Client, house: House) -> None:
    assert report(mira, event()).json()["code"] == "insufficient_scope"
    assert httpx.post(house.url + EVENTS, content="[]", headers=BATCH).status_code == 401
    assert not house.rooms.calls


def test_what_could_not_be_counted_is_refused(olivia: httpx.Client, house: House) -> None:
    house.control.uncountable.add(OWNER.key_id)
    problem = report(olivia, event(), event("2", key_id=str(OWNER.key_id))).json()
    assert problem["refused"][0]["code"] == "too_expensive"


def test_a_batch_has_at_most_a_thousand(olivia: httpx.Client, house: House) -> None:
    assert report(olivia, *(event(str(index)) for index in range(1001))).status_code == 413
    assert not house.rooms.calls
    assert report(olivia, *(event(str(index)) for index in range(1000))).json()["accepted"] == 1000
    eventually(lambda: len(house.rooms.calls) == 1000)
    assert report(olivia).json() == {"accepted": 0, "duplicates": 0, "refused": []}


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "", "application/cloudevents"])
def test_other_media_types_are_refused(olivia: httpx.Client, kind: str) -> None:
    assert olivia.post(EVENTS, content=json.dumps(event()), headers={"content-type": kind}).status_code == 415


@pytest.mark.parametrize("body", [b"", b"{", b"5", b"{}", b"\xff", b"[1,", b"[" * 100_000])
def test_a_batch_that_is_none_is_refused(olivia: httpx.Client, body: bytes) -> None:
    answer = olivia.post(EVENTS, content=body, headers=BATCH)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_json")


def test_nothing_is_accepted_that_the_disk_does_not_take(
    olivia: httpx.Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, full = event(), threading.Event()
    append = type(house.writer._spool)._write_held

    def refuse(spool: Any) -> bool:
        return False if full.is_set() else append(spool)

    monkeypatch.setattr(type(house.writer._spool), "_write_held", refuse)
    full.set()
    answer = report(olivia, told)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    full.clear()
    assert report(olivia, told).status_code == 202
    house.rooms.only_call()


def test_without_a_database_nothing_is_accepted(olivia: httpx.Client, house: House) -> None:
    house.control.away = True
    assert report(olivia, event()).status_code == 503


def test_a_reported_call_ends_what_was_set_aside_for_it(olivia: httpx.Client, house: House) -> None:
    purse = Purse(MEMBER.organization_id)
    worst = 100 * INPUT_RATE + 200 * OUTPUT_RATE
    house.rooms.money[purse] = worst
    house.control.funds[MEMBER.key_id] = Funds(Funding((purse,)))
    limited(house, concurrent=1, tokens_per_minute=1000)
    consume = {"key": MEMBER_KEY, "model": MODEL, "consume": True, "prompt_tokens": 100, "max_tokens": 200}
    hold = olivia.post(VERIFY, json=consume).json()["hold"]
    assert olivia.post(VERIFY, json=consume).json()["rule"] == "key.concurrent"
    stranger = event("0", hold=hold, key_id=str(OWNER.key_id))  # another key's call ends nothing of this one
    assert report(olivia, stranger).status_code == 202
    assert olivia.post(VERIFY, json=consume).json()["rule"] == "key.concurrent"
    told = event(hold=hold)
    for _ in range(3):
        assert report(olivia, told).status_code == 202
    eventually(lambda: len(house.rooms.calls) == 2)
    call = house.rooms.calls[call_id(MEMBER.organization_id, SOURCE, "1", is_own=True)]
    assert (len(call.holds), call.held) == (1, worst)
    counters = olivia.post(VERIFY, json={"key": MEMBER_KEY}).json()["counters"]
    left = {each["rule"]: each["remaining"] for each in counters}
    assert left["key.concurrent"] == 1
    assert left["key.tokens_per_minute"] in range(983, 1001)  # twelve and five tokens were used, not three hundred


def test_a_call_that_nobody_reports_frees_its_place_and_its_money(
    olivia: httpx.Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    purse = Purse(MEMBER.organization_id)
    house.rooms.money[purse] = 200 * OUTPUT_RATE
    house.control.funds[MEMBER.key_id] = Funds(Funding((purse,)))
    limited(house, concurrent=1)
    monkeypatch.setattr(reservations, "LIFETIME", 0.1)
    monkeypatch.setattr(reservations, "_EVERY", 0.05)
    consume = {"key": MEMBER_KEY, "model": MODEL, "consume": True, "max_tokens": 200}
    hold = olivia.post(VERIFY, json=consume).json()["hold"]
    assert house.gateway._control
    running = house.gateway._control._reservations
    eventually(lambda: UUID(hold) not in running._given or running.expire())
    assert olivia.post(VERIFY, json=consume).json()["valid"] is True
    assert report(olivia, event(hold=hold)).status_code == 202  # late, and it counts all the same
    assert house.rooms.only_call().held == 0
    seen(house)
