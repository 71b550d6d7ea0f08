"""The boundary itself: one file knows Stripe's library, its errors end there, and a key that is wrong is loud."""

import re
from typing import Any

import pytest
import stripe as library
from django.conf import settings

from billing.models import BillingAccount
from billing.rail import client, errors
from billing.rail.cards import payment_methods
from billing.rail.client import VERSION, ask, is_live
from billing.rail.deeds.customers import customer_of
from billing.rail.errors import RailError
from billing.rail.portal import portal_url
from ledger.ids import new_id
from tests.support.stripe import Stripe

ROOMS = ("accounts", "admin_api", "billing", "catalog", "content", "gateway", "keys", "ledger", "llama_console")
ROOMS += ("notifications", "trust", "usage", "vault")
_IMPORT = re.compile(r"^\s*(import|from) stripe\b", re.M)


def test_one_file_of_the_rooms_imports_the_library() -> None:
    files = (path for room in ROOMS for path in (settings.BASE_DIR / room).rglob("*.py"))
    importing = [path for path in files if _IMPORT.search(path.read_text())]
    assert importing == [settings.BASE_DIR / "billing/rail/client.py"]


def test_the_version_is_pinned_to_the_librarys_own() -> None:
    assert library.api_version == VERSION


def test_no_page_has_a_field_for_a_card() -> None:
    forms = [*(settings.BASE_DIR / "templates").rglob("*.html"), *settings.BASE_DIR.glob("*/templates/**/*.html")]
    assert forms
    card = re.compile(r"cc-(number|csc|exp)|card.?number|cvc|cvv", re.I)
    assert [path for path in forms if card.search(path.read_text())] == []


@pytest.mark.parametrize(
    ("mode", "code", "permanent"),
    [
        ("cut", errors.UNKNOWN, False),
        ("lost", errors.UNKNOWN, False),
        ("500", errors.BROKEN, False),
        ("409", errors.BUSY, False),
        ("429", "too-many", False),
    ],
)
def test_what_stripe_answers_is_one_of_our_words(stripe: Stripe, mode: str, code: str, permanent: bool) -> None:
    stripe.fail(mode)
    with pytest.raises(RailError) as caught:
        ask(lambda v1: v1.customers.create())
    assert (caught.value.code, caught.value.permanent) == (code, permanent)


@pytest.mark.parametrize(
    ("word", "told"), [("insufficient_funds", "insufficient-funds"), ("stolen_card", "generic-decline")]
)
def test_a_banks_suspicion_is_told_to_nobody(stripe: Stripe, word: str, told: str) -> None:
    error = {"error": {"type": "card_error", "code": "card_declined", "decline_code": word}}

    def declined(_: object) -> Any:
        raise library.CardError("No.", None, "card_declined", http_status=402, json_body=error)

    with pytest.raises(RailError) as caught:
        ask(declined)
    assert (caught.value.code, caught.value.reason) == (errors.DECLINED, told)


def test_refusals_are_permanent_and_a_key_that_is_refused_is_not(stripe: Stripe, settings: Any) -> None:
    assert _code(lambda v1: v1.customers.retrieve("cus_nobody")) == (errors.MISSING, True)
    assert _code(lambda v1: v1.customers.create({"color": "red"})) == ("parameter-unknown", True)
    key = client.options("ik_1")
    ask(lambda v1: v1.customers.create({}, key))
    assert _code(lambda v1: v1.customers.create({"name": "X"}, key)) == ("key-reused", True)
    settings.STRIPE_SECRET_KEY = "sk_live_wrong"
    assert _code(lambda v1: v1.customers.create()) == ("not-let-in", False)
    settings.STRIPE_SECRET_KEY = ""
    assert _code(lambda v1: v1.customers.create()) == ("not-set-up", False)


def test_a_stripe_that_is_not_there_was_sent_nothing(stripe: Stripe, settings: Any) -> None:
    settings.STRIPE_URL = "http://127.0.0.1:9"
    assert _code(lambda v1: v1.customers.create()) == (errors.AWAY, False)


def test_errors_say_nothing_of_what_was_sent(stripe: Stripe) -> None:
    with pytest.raises(RailError) as caught:
        ask(lambda v1: v1.customers.create({"email": "secret"}))
    assert "secret" not in repr(caught.value) + str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("key", "live"),
    [("sk_live_x", True), ("rk_live_x", True), ("rk_test_x", False), ("sk_test_live_x", False), ("", False)],
)
def test_a_key_says_whether_it_moves_real_money(settings: Any, key: str, live: bool) -> None:
    settings.STRIPE_SECRET_KEY = key
    assert is_live() == live


@pytest.mark.django_db
def test_cards_are_asked_for_each_time_and_the_default_comes_first(account: BillingAccount, stripe: Stripe) -> None:
    assert payment_methods(account.pk) == []
    customer = customer_of(account.pk)
    stripe.save_card(customer)
    other = stripe.save_card(customer, "pm_card_mastercard")
    stripe.client().v1.customers.update(customer, {"invoice_settings": {"default_payment_method": other}})
    first, second = payment_methods(account.pk)
    assert (first.id, first.brand, first.last4, first.is_default) == (other, "mastercard", "4444", True)
    assert (second.kind, second.last4, second.expires, second.is_default) == ("card", "4242", (2034, 12), False)
    assert payment_methods(new_id()) == []


@pytest.mark.django_db
def test_the_portal_is_the_customers_own(account: BillingAccount, stripe: Stripe) -> None:
    assert portal_url(account.pk, "https://console.example/").startswith(stripe.url)


def _code(act: Any) -> tuple[str, bool]:
    with pytest.raises(RailError) as caught:
        ask(act)
    return caught.value.code, caught.value.permanent
