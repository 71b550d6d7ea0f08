"""Programs read the price book: what is in effect and comes, and the history of a model's price."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Organization, Role, User
from accounts.policy import Permission
from catalog.models import Model, Price
from tests.admin_api.conftest import Caller, program
from tests.catalog.conftest import BATCH, RATES, price, served
from tests.console.test_palette import limit

pytestmark = pytest.mark.django_db
PATH = "prices/"


@pytest.fixture
def llama(db: None) -> Model:
    """A model with a price of before, one of now and one to come."""
    model, now = served("meta-llama/Llama-3.3"), timezone.now()
    for number, days in enumerate((-9, -2, 3), 1):
        rates = RATES | (BATCH if number == 3 else {})
        Price.objects.create(model=model, version=number, effective_from=now + timedelta(days=days), **rates)
    return model


def test_what_is_in_effect_and_what_comes_is_listed(olivia: Caller, llama: Model) -> None:
    price(served("gone", is_served=False))
    served("unpriced")
    coming, current = olivia.ask(PATH).json()["data"]
    assert (current["model"], current["version"], coming["version"]) == (llama.name, 2, 3)
    assert current["effective_until"] == coming["effective_from"]
    assert current["effective_from"].endswith("Z")
    assert coming["effective_until"] is None
    assert current["cached_input"] == {"pico_usd_per_token": 45_000, "usd_per_million_tokens": "0.045"}
    assert current["batch_input"] is current["batch_cached_input"] is current["batch_output"] is None
    assert coming["batch_cached_input"] == {"pico_usd_per_token": 22_500, "usd_per_million_tokens": "0.0225"}


def test_the_history_of_a_model_is_walked(olivia: Caller, llama: Model) -> None:
    price(served("other"))
    first = olivia.ask(f"{PATH}{llama.name}/", limit=2).json()
    second = olivia.ask(f"{PATH}{llama.name}/", limit=2, cursor=first["next_cursor"]).json()
    found = [*first["data"], *second["data"]]
    assert [each["version"] for each in found] == [3, 2, 1]
    assert [each["effective_until"] for each in found] == [None, *(each["effective_from"] for each in found[:2])]
    assert second["next_cursor"] is None


def test_what_every_price_has_in_the_history_it_has_in_the_list(olivia: Caller, llama: Model) -> None:
    assert olivia.ask(f"{PATH}{llama.name}/").json()["data"][:2] == olivia.ask(PATH).json()["data"]


def test_prices_are_the_same_for_every_organization(olivia: Caller, otto: Caller, llama: Model) -> None:
    for path in (PATH, f"{PATH}{llama.name}/"):
        assert olivia.ask(path).json() == otto.ask(path).json()


def test_it_takes_the_scope_and_the_right_to_see_usage(
    organization: Organization, owner: User, member: User, llama: Model
) -> None:
    others = program(organization, owner, [scope for scope in Permission if scope is not Permission.VIEW_USAGE])
    nowhere = program(organization, member)
    limit(member, Role.DEVELOPER, {})
    for key in (others, nowhere):
        for path in (PATH, f"{PATH}{llama.name}/", f"{PATH}missing/"):
            assert key.ask(path).status_code == 403


@pytest.mark.parametrize("name", ["missing", "%00", "m" * 121])
def test_a_model_that_is_not_there_is_not_found(olivia: Caller, llama: Model, name: str) -> None:
    assert olivia.ask(f"{PATH}{name}/").status_code == 404


def test_nobody_sets_a_price_by_a_key(olivia: Caller, llama: Model) -> None:
    for path in (PATH, f"{PATH}{llama.name}/"):
        assert olivia.make(path, {"input": 1}).status_code == 405
    assert Price.objects.count() == 3
