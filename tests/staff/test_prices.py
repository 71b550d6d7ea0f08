"""Prices at the operators' pages: proposed, compared, and set once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import step_up
from accounts.models import User
from catalog.models import Model, Price
from ledger.ids import new_id
from ledger.models import AuditEvent
from tests.catalog.conftest import BATCH, price, served
from tests.usage.test_recording import call
from usage.actions import record_calls

pytestmark = pytest.mark.django_db
NAME = "meta-llama/Llama-3.3"
LIST, PAGE = "/staff/prices/", f"/staff/prices/{NAME}/"
PROPOSAL, VERSION = f"/staff/price-proposals/{NAME}/", f"/staff/price-versions/{NAME}/"
USUAL = {"input": "0.2", "output": "0.6"}


@pytest.fixture
def model(db: None) -> Model:
    return served(NAME, title="Llama 3.3")


@pytest.fixture
def as_operator(operator: User) -> Client:
    """Ophelia, who has just shown who she is."""
    client = Client()
    client.force_login(operator)
    session = client.session
    step_up.mark(session)
    session.save()
    return client


def hidden(page: Any) -> dict[str, str]:
    """Return what the form of a page sends on."""
    found = {}
    for field in page.content.decode().split('<input type="hidden" ')[1:]:
        name, value = (field.partition(f'{attribute}="')[2].partition('"')[0] for attribute in ("name", "value"))
        found[name] = value
    return found


def test_a_price_is_proposed_compared_and_set(as_operator: Client, operator: User, model: Model) -> None:
    price(model)
    day = (timezone.now() + timedelta(days=9)).date()
    compared = as_operator.post(PROPOSAL, USUAL | {"cached_input": "0.05", "on": f"{day}", "at": "12:30"})
    rows = [(str(title), old, new, change) for title, old, new, change in compared.context["rows"]]
    assert rows == [
        ("Input", 180_000, 200_000, "+11.1%"),
        ("Cached input", 45_000, 50_000, "+11.1%"),
        ("Output", 590_000, 600_000, "+1.7%"),
    ]
    assert Price.objects.count() == 1
    assert as_operator.post(VERSION, hidden(compared))["Location"] == PAGE
    made = Price.objects.get(version=2)
    assert (made.input_rate, made.cached_input_rate, made.output_rate) == (200_000, 50_000, 600_000)
    assert f"{made.effective_from:%Y-%m-%d %H:%M %Z}" == f"{day} 12:30 UTC"
    event = AuditEvent.objects.filter(action="price:set").latest("pk")
    assert (event.actor, event.target) == (f"user:{operator.pk}", NAME)


def test_a_first_price_with_batch_rates_begins_as_soon_as_it_is_confirmed(as_operator: Client, model: Model) -> None:
    batch = {"batch_input": "0.1", "batch_output": "0.3"}
    compared = as_operator.post(PROPOSAL, USUAL | batch)
    assert "as soon as you confirm" in compared.content.decode()
    assert {change for *_, change in compared.context["rows"]} == {"new"}
    as_operator.post(VERSION, hidden(compared))
    made = Price.objects.get()
    assert (made.cached_input_rate, made.batch_cached_input_rate) == (200_000, 100_000)
    assert abs(made.effective_from - timezone.now()) < timedelta(minutes=1)


def test_it_says_how_many_organizations_it_reaches(as_operator: Client, model: Model) -> None:
    now = timezone.now()
    first, second, former = new_id(), new_id(), new_id()
    calls = [(first, 1, NAME), (first, 2, NAME), (second, 29, NAME), (former, 32, NAME), (new_id(), 1, "other")]
    record_calls(
        [call(organization_id=who, started_at=now - timedelta(days=days), model=name) for who, days, name in calls]
    )
    compared = as_operator.post(PROPOSAL, USUAL)
    assert compared.context["organizations"] == 2
    assert "2 organizations called this model" in compared.content.decode()


def test_who_confirms_twice_sets_one_price(as_operator: Client, model: Model) -> None:
    sent = hidden(as_operator.post(PROPOSAL, USUAL))
    assert as_operator.post(VERSION, sent).status_code == 302
    again = as_operator.post(VERSION, sent)
    assert again.status_code == 422
    assert "Somebody else set a price" in again.content.decode()
    assert Price.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"input": ""}, "input", "Enter a price"),
        ({"input": "cheap"}, "input", "a number such as"),
        ({"input": "-1"}, "input", "greater than or equal to 0"),
        ({"input": "NaN"}, "input", "a number such as"),
        ({"input": "1e9"}, "input", "less than or equal to 1000000"),
        ({"output": "0.0000001"}, "output", "Six decimals at most"),
        ({"batch_input": "0.1"}, "batch_output", "or neither"),
        ({"batch_output": "0.1"}, "batch_input", "or neither"),
        ({"on": "2020-01-01"}, "on", "in the past"),
        ({"at": "10:00"}, "on", "Choose the day"),
        ({"on": "soon"}, "on", "valid date"),
        ({"on": "9999-12-31", "at": "25:00"}, "at", "valid time"),
    ],
)
def test_what_can_be_no_price_is_refused_at_its_field(
    as_operator: Client, model: Model, changes: dict[str, str], field: str, reason: str
) -> None:
    for url in (PROPOSAL, VERSION):
        answer = as_operator.post(url, USUAL | changes | {"after": "0"})
        assert answer.status_code == 422
        assert reason in str(answer.context["form"].errors[field])
    assert not Price.objects.exists()


def test_a_price_that_comes_is_not_overtaken(as_operator: Client, model: Model) -> None:
    price(model)
    coming = price(model, effective_from=timezone.now() + timedelta(days=9))
    before = f"{(coming.effective_from - timedelta(days=2)).date()}"
    answer = as_operator.post(PROPOSAL, USUAL | {"on": before})
    assert "Version 2 begins on" in str(answer.context["form"].errors["on"])
    at_once = as_operator.post(VERSION, USUAL | {"after": "2"})
    assert "Version 2 begins on" in at_once.content.decode()
    assert Price.objects.count() == 2


def test_the_form_starts_from_the_former_price(as_operator: Client, model: Model) -> None:
    price(model, **BATCH)
    form = as_operator.get(PROPOSAL).context["form"]
    assert (form["cached_input"].value(), form["batch_cached_input"].value()) == ("0.045", "0.0225")


def test_who_goes_back_to_change_finds_what_they_typed(as_operator: Client, model: Model) -> None:
    price(model, **BATCH)
    compared = as_operator.post(PROPOSAL, USUAL | {"on": "2127-01-01", "batch_input": "0", "batch_output": "0"})
    form = as_operator.get(compared.context["change_url"]).context["form"]
    typed = {name: form[name].value() for name in ("input", "output", "on", "batch_input", "cached_input")}
    assert typed == USUAL | {"on": "2127-01-01", "batch_input": "0", "cached_input": None}


def test_it_takes_a_person_who_showed_who_they_are(operator: User, model: Model) -> None:
    client = Client()
    client.force_login(operator)
    for url in (PROPOSAL, VERSION):
        assert client.post(url, USUAL | {"after": "0"})["Location"].startswith("/account/confirm/")
    assert not Price.objects.exists()


def test_who_comes_back_from_confirming_starts_at_the_form(as_operator: Client, model: Model) -> None:
    assert as_operator.get(VERSION)["Location"] == PROPOSAL


def test_a_model_that_is_not_there_is_not_found(as_operator: Client) -> None:
    looked = [as_operator.get(url) for url in (PAGE, PROPOSAL, VERSION)]
    sent = [as_operator.post(url, USUAL | {"after": "0"}) for url in (PROPOSAL, VERSION)]
    assert {answer.status_code for answer in [*looked, *sent]} == {404}


def test_the_list_has_models_that_are_gone_last_and_asks_no_more_for_many(as_operator: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert as_operator.get(LIST).status_code == 200
        return len(queries)

    price(served("a", title="Gone", is_served=False))
    few = asked()
    for name in "bcdef":
        price(served(name))
    assert asked() == few
    page = as_operator.get(LIST)
    assert [each.model.name for each in page.context["models"]] == [*"bcdef", "a"]
    assert "Not served" in page.content.decode()


def test_without_models_the_list_says_what_to_do(as_operator: Client) -> None:
    assert "manage.py sync_models" in as_operator.get(LIST).content.decode()
