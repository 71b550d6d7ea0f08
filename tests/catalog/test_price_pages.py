"""The pages of prices: the same for every member of every organization, and for nobody else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organization, Role, User
from catalog.models import Model, Price
from tests.catalog.conftest import BATCH, RATES, price, served
from tests.console.test_palette import limit

pytestmark = pytest.mark.django_db
URL = "/o/llamas-of-lisbon/prices/"
SLASHED = "meta-llama/Llama-3.3-70B-Instruct"


def text(client: Client, path: str = "") -> str:
    """Return what a page says, without its tags and with single spaces."""
    answer = client.get(URL + path)
    assert answer.status_code == 200
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(" ".join(part.partition(">")[2] for part in f">{main}".split("<")).split())


@pytest.mark.parametrize("role", Role)
def test_every_role_sees_what_calls_cost(as_member: Client, member: User, llama: Model, role: Role) -> None:
    price(llama)
    limit(member, role)
    assert "Input $0.18" in text(as_member)
    assert "Cached input $0.045" in text(as_member, "llama/")


def test_who_may_see_usage_nowhere_is_refused(as_member: Client, member: User, llama: Model) -> None:
    limit(member, Role.DEVELOPER, {})
    assert {as_member.get(URL + path).status_code for path in ("", "llama/")} == {403}


def test_an_outsider_finds_nothing(as_outsider: Client, organization: Organization, llama: Model) -> None:
    missing = as_outsider.get("/o/nobodys/prices/").content
    for path in ("", "llama/", "missing/"):
        answer = as_outsider.get(URL + path)
        assert (answer.status_code, answer.content) == (404, missing)


def test_a_visitor_is_sent_to_sign_in(client: Client, organization: Organization) -> None:
    for path in ("", "llama/"):
        assert client.get(URL + path)["Location"].startswith("/sign-in/")


def test_nothing_is_set_here(as_owner: Client, llama: Model) -> None:
    assert {as_owner.post(URL + path).status_code for path in ("", "llama/")} == {405}


def test_what_comes_is_announced_with_its_moment(as_owner: Client, llama: Model) -> None:
    price(llama, **BATCH)
    moment = timezone.now() + timedelta(days=40)
    price(llama, output_rate=600_000, effective_from=moment)
    page = text(as_owner)
    assert "batch $0.0225" in page
    assert f"from {moment:%b} {moment.day}, {moment:%Y}, {moment:%H:%M} UTC" in page
    assert "Output $0.60" in page
    assert "Coming" in page


def test_models_that_are_served_alone_are_listed_and_without_a_price_they_say_so(as_owner: Client) -> None:
    served("unpriced", title="New one")
    served("gone", title="Gone", is_served=False)
    page = text(as_owner)
    assert "New one unpriced Not priced: calls cost nothing" in page
    assert "Gone" not in page
    assert "not served any more" in text(as_owner, "gone/")
    assert "Not priced: calls cost nothing" in text(as_owner, "unpriced/")


def test_without_models_the_page_says_where_they_come_from(as_owner: Client) -> None:
    assert "No models yet" in text(as_owner)


def test_the_history_shows_each_version_and_the_cost_of_a_call_to_the_last_digit(
    as_owner: Client, llama: Model
) -> None:
    for number, days in enumerate((-9, -2, 3), 1):
        rates = RATES | {"input_rate": number}
        Price.objects.create(model=llama, version=number, effective_from=timezone.now() + timedelta(days=days), **rates)
    page = text(as_owner, "llama/")
    assert page.index("Version 3 Coming") < page.index("Version 2 In effect") < page.index("Version 1 Past")
    assert "Input 500 $0.000002 $0.000000001" in page
    assert "Cached input 1,500 $0.045 $0.0000675" in page
    assert "Together $0.000244501" in page


@pytest.mark.parametrize("name", [SLASHED, "a b", "ünïcode", "q?x#y", "m" * 120])
def test_whatever_a_model_is_called_its_page_is_found(as_owner: Client, name: str) -> None:
    served(name, title="Some title")
    (row,) = [line for line in as_owner.get(URL).content.decode().splitlines() if "Some title</a>" in line]
    page = as_owner.get(row.partition('href="')[2].partition('"')[0])
    assert page.status_code == 200
    assert page.context["model"].name == name


@pytest.mark.parametrize("name", ["missing", "%00", "a%00b", "m" * 121])
def test_a_model_that_is_not_there_is_not_found(as_owner: Client, llama: Model, name: str) -> None:
    assert as_owner.get(f"{URL}{name}/").status_code == 404


def test_queries_do_not_grow_with_models_and_versions(as_owner: Client) -> None:
    def grow(names: str) -> None:
        for name in names:
            model = served(name)
            for days in range(1, 4):
                price(model, effective_from=timezone.now() + timedelta(days=days))

    def asked(path: str = "") -> int:
        with CaptureQueriesContext(connection) as queries:
            assert as_owner.get(URL + path).status_code == 200
        return len(queries)

    grow("a")
    few, few_of_one = asked(), asked("a/")
    grow("bcdefgh")
    price(Model.objects.get(name="a"), effective_from=timezone.now() + timedelta(days=9))
    assert (asked(), asked("a/")) == (few, few_of_one)
