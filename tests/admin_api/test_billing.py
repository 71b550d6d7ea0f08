"""What programs see of an organization's money, and what they set."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Organization, User
from accounts.policy import Permission
from billing.actions.promotions import give_promotion
from billing.actions.recharge import set_recharge
from billing.actions.terms import set_terms
from billing.models import AutoRecharge, BillingAccount, CreditLot, Invoice, Mode, TopUp
from catalog.models import Model
from catalog.money import PICO
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import Action, AuditEvent
from tests.admin_api.conftest import ROOT, Caller, program
from tests.billing.pages.conftest import credit, use
from tests.billing.rail.conftest import buy, hear
from tests.support.invoices import COST, close_november, exported
from tests.support.invoices import use as use_calls
from tests.support.stripe import Stripe

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()
RECHARGE = {"threshold_cents": 20_000, "amount_cents": 50_000, "monthly_cap_cents": 200_000}


@pytest.fixture
def account(organization: Organization) -> BillingAccount:
    return set_terms(OPERATOR, organization.pk, mode=Mode.PREPAID)


def put(caller: Caller, path: str, body: Any) -> Any:
    return caller.put(ROOT + path, body, content_type="application/json")


def test_amounts_are_whole_pico_dollars_as_text(account: BillingAccount, olivia: Caller) -> None:
    credit(account, 9_007_199_254_740_993)  # no number of JSON
    shown = olivia.ask("billing/").json()
    assert (shown["mode"], shown["balance"], shown["limit"], shown["cap"]) == ("prepaid", "9007199254740993", "0", None)
    assert (shown["spent_this_month"], shown["forecast"]) == ("0", None)


def test_a_forecast_comes_with_its_spread_and_the_days_it_is_made_of(account: BillingAccount, olivia: Caller) -> None:
    BillingAccount.objects.update(created_at=timezone.now() - timedelta(days=99))
    for day in range(20):
        use(account, 5, timezone.now() - timedelta(days=day))
    shown = olivia.ask("billing/").json()["forecast"]
    assert (shown["spread"], shown["days"]) == ("0", 14)
    assert int(shown["amount"]) >= 5


@pytest.mark.parametrize("page", ["", "cap/", "credits/", "transactions/", "invoices/", "top-ups/", "auto-recharge/"])
def test_who_is_not_billed_has_none_of_it(olivia: Caller, page: str) -> None:
    assert olivia.ask(f"billing/{page}").status_code == 404
    assert not BillingAccount.objects.exists()


def test_the_cap_is_set_and_removed(account: BillingAccount, olivia: Caller) -> None:
    assert olivia.change("billing/cap/", {"cap": str(40 * PICO)}).json()["cap"] == str(40 * PICO)
    assert olivia.ask("billing/").json()["cap"] == str(40 * PICO)
    assert olivia.change("billing/cap/", {"cap": None}).json() == {"cap": None, "spent_this_month": "0"}
    assert AuditEvent.objects.filter(action=Action.BILLING_CAP_SET).count() == 2


@pytest.mark.parametrize("cap", [5, 1.5, "1.5", "-1", "01", "1e3", "", "٣", True, [], "9" * 20])
def test_what_is_no_whole_number_as_text_is_no_cap(account: BillingAccount, olivia: Caller, cap: Any) -> None:
    assert olivia.change("billing/cap/", {"cap": cap}).status_code == 400
    account.refresh_from_db()
    assert account.cap is None


def test_a_cap_beyond_what_can_be_counted_is_refused(account: BillingAccount, olivia: Caller) -> None:
    assert olivia.change("billing/cap/", {"cap": "9" * 19}).status_code == 409


def test_credits_and_their_rest_are_listed(account: BillingAccount, olivia: Caller) -> None:
    lot = give_promotion(OPERATOR, account.pk, amount=PICO, title="Research grant")
    (shown,) = olivia.ask("billing/credits/").json()["data"]
    assert (shown["id"], shown["kind"], shown["title"]) == (str(lot.pk), "promotional", "Research grant")
    assert (shown["granted"], shown["remaining"]) == (str(PICO), str(PICO))


def test_the_journal_comes_page_by_page_with_postings_that_sum_to_zero(account: BillingAccount, olivia: Caller) -> None:
    for _ in range(5):
        credit(account, PICO)
    first = olivia.ask("billing/transactions/", limit=3).json()
    credit(account, PICO)
    second = olivia.ask("billing/transactions/", limit=3, cursor=first["next_cursor"]).json()
    rows = [*first["data"], *second["data"]]
    assert [row["number"] for row in rows] == [5, 4, 3, 2, 1]
    assert second["next_cursor"] is None
    assert {sum(int(each["amount"]) for each in row["postings"]) for row in rows} == {0}
    assert olivia.ask("billing/transactions/", kind="usage").json()["data"] == []
    assert olivia.ask("billing/transactions/", kind="nonsense").status_code == 400


def test_queries_do_not_grow_with_the_journal(
    account: BillingAccount, olivia: Caller, django_assert_max_num_queries: Any
) -> None:
    for _ in range(60):
        credit(account, PICO)
    olivia.ask("billing/transactions/")
    with django_assert_max_num_queries(12):
        olivia.ask("billing/transactions/")


def test_a_draft_tells_what_it_is_up_to_now(account: BillingAccount, olivia: Caller, llama: Model) -> None:
    use_calls(account, timezone.now(), prompt_tokens=0, cached_tokens=0, completion_tokens=10_000_000)
    (shown,) = olivia.ask("billing/invoices/").json()["data"]
    assert (shown["status"], shown["total_cents"], shown["due_cents"]) == ("draft", 590, 0)


def test_an_empty_draft_has_no_number_and_no_cents(account: BillingAccount, olivia: Caller) -> None:
    start = account.created_at.replace(microsecond=0)
    Invoice.objects.create(organization_id=account.pk, start=start, end=start.replace(year=start.year + 1))
    (shown,) = olivia.ask("billing/invoices/").json()["data"]
    assert (shown["number"], shown["status"], shown["usage"], shown["total_cents"]) == (None, "draft", "0", 0)


def test_a_purchase_answers_where_it_is_paid_once_for_a_key(
    account: BillingAccount, olivia: Caller, stripe: Stripe
) -> None:
    key = {"Idempotency-Key": str(new_id())}
    made = olivia.make("billing/top-ups/", {"cents": 2500}, **key)
    assert made.status_code == 201
    assert made.json()["checkout_url"].startswith(stripe.url)
    again = olivia.make("billing/top-ups/", {"cents": 2500}, **key)
    assert again["Idempotency-Replayed"] == "true"
    assert again.json() == made.json()
    assert olivia.ask(f"billing/top-ups/{made.json()['id']}/").json()["status"] == "pending"
    assert [each["cents"] for each in olivia.ask("billing/top-ups/").json()["data"]] == [2500]
    assert TopUp.objects.get().created_by is None


def test_unused_credit_is_asked_back_once_for_a_key(account: BillingAccount, olivia: Caller, stripe: Stripe) -> None:
    stripe.submit(buy(account, 2000).stripe_session)
    hear(stripe)
    key, asked = {"Idempotency-Key": str(new_id())}, {"credit_id": str(CreditLot.objects.get().pk), "cents": 700}
    made = olivia.make("billing/refunds/", asked, **key)
    assert (made.status_code, made.json()["status"]) == (201, "pending")
    assert olivia.make("billing/refunds/", asked, **key).json() == made.json()
    hear(stripe)
    assert olivia.ask(f"billing/refunds/{made.json()['id']}/").json()["status"] == "paid"
    assert [each["cents"] for each in olivia.ask("billing/refunds/").json()["data"]] == [700]
    assert olivia.make("billing/refunds/", asked | {"cents": 1301}).status_code == 409
    assert olivia.make("billing/refunds/", asked | {"credit_id": str(new_id())}).status_code == 409


def test_with_the_provider_away_the_purchase_stays_and_has_no_page_yet(
    account: BillingAccount, olivia: Caller, stripe: Stripe
) -> None:
    stripe.away()
    key = {"Idempotency-Key": str(new_id())}
    assert olivia.make("billing/top-ups/", {"cents": 2500}, **key).json()["checkout_url"] is None
    stripe.away(False)
    assert olivia.make("billing/top-ups/", {"cents": 2500}, **key).json()["checkout_url"]
    assert TopUp.objects.count() == 1


@pytest.mark.parametrize("cents", [0, -5, 499, 1_000_001, 25.5, "2500", True, None])
def test_what_cannot_be_bought_is_refused(account: BillingAccount, olivia: Caller, cents: Any) -> None:
    assert olivia.make("billing/top-ups/", {"cents": cents}).status_code == 400
    assert not TopUp.objects.exists()


def test_without_a_provider_nothing_is_bought(account: BillingAccount, olivia: Caller, settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = ""
    assert olivia.make("billing/top-ups/", {"cents": 2500}).status_code == 409


def test_auto_recharge_is_switched_on_and_off(account: BillingAccount, olivia: Caller) -> None:
    BillingAccount.objects.update(stripe_customer="cus_1")  # at a provider that does not answer
    assert olivia.ask("billing/auto-recharge/").status_code == 404
    shown = put(olivia, "billing/auto-recharge/", RECHARGE).json()
    assert shown == {"enabled": True, "failures": 0, **RECHARGE}
    assert olivia.ask("billing/auto-recharge/").json() == shown
    assert olivia.delete(f"{ROOT}billing/auto-recharge/").status_code == 204
    assert olivia.ask("billing/auto-recharge/").json() == {**shown, "enabled": False}


def test_without_something_to_charge_it_is_not_switched_on(account: BillingAccount, olivia: Caller) -> None:
    assert put(olivia, "billing/auto-recharge/", RECHARGE).status_code == 409
    assert not AutoRecharge.objects.exists()


def test_auto_recharge_refuses_a_cap_below_one_purchase(account: BillingAccount, olivia: Caller) -> None:
    BillingAccount.objects.update(stripe_customer="cus_1")
    refused = put(olivia, "billing/auto-recharge/", RECHARGE | {"monthly_cap_cents": 40_000})
    assert refused.status_code == 409
    assert not AutoRecharge.objects.exists()


def test_who_may_only_see_it_changes_nothing(account: BillingAccount, organization: Organization, owner: User) -> None:
    set_recharge(OPERATOR, account.pk, threshold=100, amount=500, monthly_cap=500)
    reader = program(organization, owner, [Permission.VIEW_BILLING])
    assert reader.ask("billing/").status_code == 200
    for answer in (
        reader.change("billing/cap/", {"cap": "5"}),
        put(reader, "billing/auto-recharge/", RECHARGE),
        reader.delete(f"{ROOT}billing/auto-recharge/"),
        reader.make("billing/top-ups/", {"cents": 2500}),
    ):
        assert answer.status_code == 403
    assert AutoRecharge.objects.get().is_on


def test_nothing_of_it_is_told_to_another_organization(account: BillingAccount, otto: Caller) -> None:
    credit(account, PICO)
    assert otto.ask("billing/").json()["balance"] == "0"
    for page in ("credits/", "transactions/", "invoices/", "top-ups/"):
        assert otto.ask(f"billing/{page}").json()["data"] == []


def test_a_closed_invoice_has_its_lines_and_its_bundle(account: BillingAccount, llama: Model, olivia: Caller) -> None:
    use_calls(account)
    invoice = close_november(account)
    (listed,) = olivia.ask("billing/invoices/").json()["data"]
    shown = olivia.ask("billing/invoices/1/").json()
    assert {name: shown[name] for name in listed} == listed
    assert sum(int(line["amount"]) for line in shown["lines"]) == int(shown["usage"]) == COST
    assert (shown["calls"], shown["hash"]) == (1, invoice.hash)
    bundle = olivia.ask("billing/invoices/1/bundle/")
    assert bundle["Content-Type"] == "application/jsonl"
    assert b"".join(bundle.streaming_content) == exported(invoice)


@pytest.mark.parametrize("number", ["0", "2", "9" * 30])
def test_a_number_that_no_invoice_has_is_not_found(account: BillingAccount, olivia: Caller, number: str) -> None:
    assert olivia.ask(f"billing/invoices/{number}/").status_code == 404
    assert olivia.ask(f"billing/invoices/{number}/bundle/").status_code == 404
