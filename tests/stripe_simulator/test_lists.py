"""Lists: newest first, page by page, filtered; and what `expand` puts in."""

from typing import Any

import pytest

from tests.stripe_simulator.conftest import paid, refused
from tests.support.stripe import HOUR, Stripe


@pytest.fixture
def five(client: Any) -> list[str]:
    """The ids of five customers, newest first."""
    return [client.customers.create({}).id for _ in range(5)][::-1]


def ids(listed: Any) -> list[str]:
    return [found.id for found in listed.data]


def test_the_newest_comes_first_and_more_is_told(client: Any, five: list[str]) -> None:
    page = client.customers.list({"limit": 2})
    assert (ids(page), page.has_more) == (five[:2], True)
    page = client.customers.list({"limit": 5})
    assert (ids(page), page.has_more) == (five, False)


def test_pages_follow_each_other_forwards_and_back(client: Any, five: list[str]) -> None:
    after = client.customers.list({"limit": 2, "starting_after": five[1]})
    assert (ids(after), after.has_more) == (five[2:4], True)
    last = client.customers.list({"limit": 2, "starting_after": five[3]})
    assert (ids(last), last.has_more) == (five[4:], False)
    before = client.customers.list({"limit": 2, "ending_before": five[4]})
    assert (ids(before), before.has_more) == (five[2:4], True)


def test_the_library_walks_through_all_pages(client: Any, five: list[str]) -> None:
    walked = client.customers.list({"limit": 2}).auto_paging_iter()
    assert [found.id for found in walked] == five


@pytest.mark.parametrize("limit", [0, 101, -1])
def test_a_page_has_one_to_a_hundred(client: Any, limit: int) -> None:
    assert refused(client.customers.list, {"limit": limit}).param == "limit"


def test_an_unknown_place_or_two_of_them_are_refused(client: Any, five: list[str]) -> None:
    assert refused(client.customers.list, {"starting_after": "cus_nobody"}).code == "resource_missing"
    error = refused(client.customers.list, {"starting_after": five[0], "ending_before": five[1]})
    assert error.code == "parameters_exclusive"


def test_lists_are_cut_by_time(simulated: Stripe, client: Any) -> None:
    early = client.customers.create({})
    simulated.advance(HOUR)
    late = client.customers.create({})
    assert ids(client.customers.list({"created": {"gt": early.created}})) == [late.id]
    assert ids(client.customers.list({"created": {"gte": early.created, "lt": late.created}})) == [early.id]
    assert ids(client.customers.list({"created": {"lte": early.created}})) == [early.id]
    assert ids(client.customers.list({"created": late.created})) == [late.id]


def test_expand_reaches_through_lists_and_objects(simulated: Stripe, client: Any, customer: Any) -> None:
    paid(simulated, client, customer)
    found = client.checkout.sessions.list({"expand": ["data.payment_intent.latest_charge", "data.customer"]}).data[0]
    assert found.customer.id == customer.id
    assert found.payment_intent.latest_charge.status == "succeeded"


def test_what_cannot_be_expanded_is_refused(client: Any, customer: Any) -> None:
    for path in ("metadata.organization", "nothing", "id"):
        error = refused(client.customers.retrieve, customer.id, {"expand": [path]})
        assert (error.http_status, error.param) == (400, "expand")


def test_objects_are_searched_by_metadata_a_minute_after_they_were_made(simulated: Stripe, client: Any) -> None:
    asked = {"amount": 2500, "currency": "usd"}
    made = client.payment_intents.create({**asked, "metadata": {"topup": "7"}})
    client.payment_intents.create({**asked, "metadata": {"topup": "8"}})
    query = {"query": "metadata['topup']:'7'"}
    assert ids(client.payment_intents.search(query)) == []
    simulated.advance(61)
    assert ids(client.payment_intents.search(query)) == [made.id]
    assert ids(client.payment_intents.search({"query": "status:'succeeded' AND metadata['topup']:'7'"})) == []
    assert len(list(client.payment_intents.search({"query": "amount:2500", "limit": 1}).auto_paging_iter())) == 2


@pytest.mark.parametrize("query", ["", "topup", "metadata:'1'", "planet:'Mars'", "status:'x' OR status:'y'"])
def test_a_query_that_cannot_be_read_is_refused(client: Any, query: str) -> None:
    assert refused(client.payment_intents.search, {"query": query}).param == "query"


def test_an_expanded_answer_is_a_copy(simulated: Stripe, client: Any, customer: Any) -> None:
    session = paid(simulated, client, customer)
    assert client.checkout.sessions.retrieve(session.id).payment_intent == session.payment_intent.id
