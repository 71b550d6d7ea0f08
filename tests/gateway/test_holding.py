"""What is held for a call stays held for as long as the call runs, however long that is."""

import httpx
import pytest

from billing.permits import Permit
from gateway import holding
from tests.gateway import upstream as model_server
from tests.gateway.conftest import House
from tests.gateway.fakes import eventually, question

PATH = "/v1/chat/completions"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "EVERY", 0.05)  # a model server that hangs is waited for longer


def test_a_hold_is_prolonged_while_its_call_runs_and_not_after(house: House, mira: httpx.Client) -> None:
    house.rooms.permits = Permit.HELD
    house.upstream.behaviour = model_server.hang
    mira.post(PATH, json=question())
    held = house.rooms.only_call().id
    prolonged = list(house.rooms.prolonged)
    assert len(prolonged) >= 2
    assert set(prolonged) == {held}
    mira.get("/v1/models")
    with pytest.raises(AssertionError):
        eventually(lambda: len(house.rooms.prolonged) > len(prolonged) + 1, patience=0.3)


def test_a_call_that_holds_nothing_prolongs_nothing(house: House, mira: httpx.Client) -> None:
    house.upstream.behaviour = model_server.hang
    mira.post(PATH, json=question())
    assert house.rooms.prolonged == []


def test_a_database_that_is_away_meanwhile_ends_no_call(house: House, mira: httpx.Client) -> None:
    async def outage(exchange: model_server.Exchange) -> None:
        house.rooms.away = True
        await model_server.hang(exchange)

    house.rooms.permits = Permit.HELD
    house.upstream.behaviour = outage
    assert mira.post(PATH, json=question()).status_code == 504
    house.rooms.away = False
    assert house.rooms.only_call().status == 504
