"""Reported events that do not count are counted: by reason and organization, with nothing of their content."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest

from gateway.control.events import Refused, read
from gateway.control.mistakes import mistake, sentence
from tests.gateway.control.conftest import House
from tests.gateway.control.fakes import OTTOS, OTTOS_KEY
from tests.gateway.control.test_usage_events import BAD, event, now, report
from tests.gateway.fakes import MEMBER, eventually

NOW = datetime(2026, 11, 30, 12, 34, 56, tzinfo=UTC)
OLIVIAS = MEMBER.organization_id


@pytest.mark.parametrize(
    ("wrong", "detail"),
    [
        ({"prompt_tokens": -1}, "Expected `int` >= 0 - at `$.data.prompt_tokens`"),
        ({"prompt_tokens": 1.5}, "Expected `int`, got `float` - at `$.data.prompt_tokens`"),
        ({"prompt_tokens": True}, "Expected `int`, got `bool` - at `$.data.prompt_tokens`"),
        ({"prompt_tokens": 10**40}, "Expected `int` <= 10000000 - at `$.data.prompt_tokens`"),
        ({"model": "no such"}, "There is no such model."),
        ({"key": OTTOS_KEY}, "There is no such key."),  # another organization's is like none
        ({"started_at": now(minutes=-500)}, "The call began in the future."),
        ({"started_at": now(days=8)}, "The call began more than 7 days ago."),
    ],
    ids=["negative", "float", "boolean", "huge", "unknown model", "wrong organization", "future", "too old"],
)
def test_each_has_its_own_message_and_is_counted_under_it(
    olivia: httpx.Client, house: House, wrong: dict[str, Any], detail: str
) -> None:
    (refused,) = report(olivia, event("good"), event("bad", **wrong)).json()["refused"]
    assert (refused["id"], refused["detail"]) == ("bad", detail)
    house.rooms.only_call()
    eventually(lambda: house.rooms.mistakes)
    (counted,) = house.rooms.mistakes
    assert (counted.organization_id, counted.code, counted.detail) == (OLIVIAS, refused["code"], detail)
    assert counted.event_id == "bad"


def test_an_operator_s_are_of_the_organization_whose_key_is_named_or_of_nobody(
    operator: httpx.Client, house: House
) -> None:
    report(operator, event("1", model="no such"), event("2", key=OTTOS_KEY, model="no such"), event("3", key="x"), 5)
    eventually(lambda: len(house.rooms.mistakes) == 4)
    whose = Counter((each.organization_id, each.code) for each in house.rooms.mistakes)
    assert whose == {
        (OLIVIAS, "unknown_model"): 1, (OTTOS.organization_id, "unknown_model"): 1, (None, "unknown_key"): 1,
        (None, "invalid"): 1,
    }  # fmt: skip


def test_what_cannot_be_counted_holds_up_no_event(
    olivia: httpx.Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(mistakes: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(house.writer._mistakes, "_write", broken)
    assert report(olivia, event("good"), event("bad", prompt_tokens=-1)).json()["accepted"] == 1
    house.rooms.only_call()


def refusal_of(told: object) -> Refused:
    try:
        read(msgspec.Raw(told if isinstance(told, bytes) else json.dumps(told).encode()), datetime.now(UTC))
    except Refused as refused:
        return refused
    raise AssertionError("it counts")


SECRET = "geheim"


@pytest.mark.parametrize(
    ("told", "detail"),
    [
        (event(**{SECRET: 1}), "There is a member that nobody knows - at `$.data`"),
        (event(**{f"{SECRET}` - at `$.data.geheim": 1}), "There is a member that nobody knows"),
        (event(**{"x" * 259 + "` - at `$.geheim`": 1}), "There is a member that nobody knows"),
        (event(outcome=SECRET), "This is none of the values that it can have - at `$.data.outcome`"),
        (event(envelope={"type": SECRET}), "This is none of the values that it can have - at `$.type`"),
        (b'{"geheim', "The event is not as it must be"),
        (b'{"geheim": }', "The event is no JSON"),
        (b'\x7b"id": "geheim\xff"}', "The event is not as it must be"),
    ],
    ids=range(8),
)
def test_nothing_that_was_sent_is_in_the_reason(told: object, detail: str) -> None:
    assert sentence(refusal_of(told)).startswith(detail)
    assert SECRET not in sentence(refusal_of(told))


def test_what_is_wrong_with_an_event_is_still_told_to_the_page() -> None:
    unread = [wrong for wrong, code in BAD if code == "invalid"]
    assert "The event is not as it must be" not in {sentence(refusal_of(event("bad", **wrong))) for wrong in unread}


def test_an_id_is_cut_and_has_nothing_invisible() -> None:
    kept = mistake(Refused("invalid", "x"), None, NOW, "a\x00b\u202e" + "c" * 300)
    assert kept.event_id == "ab" + "c" * 60
    assert mistake(Refused("invalid", "x"), None, NOW, None).event_id == ""
