"""Billing for operators: findings, what waits at Stripe, and trying it again on the record."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from billing.models import (
    Deed,
    EventState,
    Finding,
    IntentState,
    ReconciliationRun,
    StripeEvent,
    StripeIntent,
)
from ledger.actor import Actor
from ledger.events import pending_entries
from ledger.ids import INSTALLATION, new_id
from ledger.models import Action, AuditEvent
from tests.support.stripe import Stripe, simulator

pytestmark = pytest.mark.django_db
URL = "/staff/billing/"


def event(state: EventState = EventState.QUARANTINED, reason: str = "amount", name: str = "evt_1") -> StripeEvent:
    return StripeEvent.objects.create(
        pk=name,
        type="invoice.paid",
        object_id="in_1",
        created=timezone.now(),
        livemode=False,
        state=state,
        reason=reason,
    )


def intent(state: IntentState = IntentState.PARKED) -> StripeIntent:
    about = {"organization_id": new_id(), "subject_id": new_id(), "error": "not-let-in", "done_at": timezone.now()}
    return StripeIntent.objects.create(kind=Deed.REFUND, state=state, **about)


def run(*repaired: bool) -> ReconciliationRun:
    made = ReconciliationRun.objects.create(ended_at=timezone.now(), checked=1234, moved=250_000, fees=7_280)
    for each in repaired:
        about = {"object_id": "po_7", "expected": "590 cents", "found": "nothing"}
        Finding.objects.create(run=made, what="movement: charge", is_repaired=each, **about)
    return made


@pytest.fixture
def stripe(settings: Any) -> Iterator[Stripe]:
    with simulator() as running:
        settings.STRIPE_URL, settings.STRIPE_SECRET_KEY = running.url, running.secret_key
        yield running


def recorded(operator: User) -> int:
    return AuditEvent.objects.filter(
        action=Action.PAYMENTS_RETRIED, actor=str(Actor.user(operator.pk)), target=str(INSTALLATION)
    ).count()


def test_with_nothing_to_tell_it_says_so(as_operator: Client) -> None:
    page = as_operator.get(URL).content.decode()
    assert "Nothing waits for you" in page
    assert "Nothing was compared yet" in page


def test_the_newest_run_is_shown_with_its_findings_and_an_older_one_if_asked_for(as_operator: Client) -> None:
    older, newer = run(True, False), run()
    page = as_operator.get(URL).content.decode()
    for text in ("1,234", "$2,500.00", "fees $72.80", "found nothing", f"?run={older.pk}"):
        assert text in page
    page = as_operator.get(URL, {"run": older.pk}).content.decode()
    for text in ("movement: charge", "po_7", "590 cents", "Repaired", "Open"):
        assert text in page
    assert f"?run={newer.pk}" in page


@pytest.mark.parametrize(("query", "status"), [("01a22e01-285d-75a0-adf6-597f65e7cbfa", 404), ("x", 400), ("-1", 400)])
def test_a_run_that_there_is_not_is_none(as_operator: Client, query: str, status: int) -> None:
    run()
    assert as_operator.get(URL, {"run": query}).status_code == status


def test_what_waits_is_shown_with_what_its_code_means(as_operator: Client) -> None:
    event()
    event(EventState.FAILED, "worker-lost", "evt_2")
    event(EventState.DONE, "", "evt_3")
    parked = intent()
    intent(IntentState.DONE)
    page = as_operator.get(URL).content.decode()
    for text in ("evt_1", "evt_2", "another amount", str(parked.subject_id), "Stripe refuses our key."):
        assert text in page
    assert "evt_3" not in page
    assert page.count('action="/staff/billing/retrying/"') == 1


def test_the_page_asks_the_database_as_often_for_many_as_for_one(
    as_operator: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(1, 9):
        run(True, False)
        event(name=f"evt_{number}")
        intent()
    with django_assert_max_num_queries(12):
        as_operator.get(URL)


def test_a_parked_intent_is_tried_again_once_on_the_record(as_operator: Client, operator: User) -> None:
    parked = intent()
    answers = [as_operator.post(f"{URL}retrying/", {"id": parked.pk}, follow=True) for _ in range(2)]
    parked.refresh_from_db()
    assert (parked.state, parked.attempts) == (IntentState.OPEN, 0)
    assert "It is tried again" in answers[0].content.decode()
    assert "not parked any more" in answers[1].content.decode()
    assert recorded(operator) == 2


def test_an_event_is_applied_again_on_the_record_and_says_what_came_of_it(
    as_operator: Client, operator: User, stripe: Stripe
) -> None:
    event()
    assert (
        "It still has no effect" in as_operator.post(f"{URL}replaying/", {"id": "evt_1"}, follow=True).content.decode()
    )
    bill = stripe.client().v1.invoices.create({"customer": stripe.client().v1.customers.create().id})
    StripeEvent.objects.update(object_id=bill.id)
    assert "It was none of ours" in as_operator.post(f"{URL}replaying/", {"id": "evt_1"}, follow=True).content.decode()
    assert (
        "does not wait any more" in as_operator.post(f"{URL}replaying/", {"id": "evt_1"}, follow=True).content.decode()
    )
    assert recorded(operator) == 2


def test_an_event_that_waits_for_nobody_is_not_applied_by_its_id(as_operator: Client, operator: User) -> None:
    event(EventState.DONE)
    as_operator.post(f"{URL}replaying/", {"id": "evt_1"})
    assert StripeEvent.objects.get().state == EventState.DONE
    assert recorded(operator) == 0


@pytest.mark.parametrize("path", ["retrying/", "replaying/"])
@pytest.mark.parametrize("name", ["", "x", "evt_", "evt_1\n", "evt_'", "00000000-0000-0000-0000-00000000000"])
def test_what_is_no_id_is_refused(as_operator: Client, path: str, name: str) -> None:
    assert as_operator.post(URL + path, {"id": name}).status_code == 400


def test_reconciling_now_is_asked_of_the_worker_on_the_record(as_operator: Client, operator: User) -> None:
    answer = as_operator.post(f"{URL}reconciling/", follow=True)
    assert "The worker compares everything now" in answer.content.decode()
    assert recorded(operator) == 1
    assert pending_entries()


def test_nothing_is_tried_or_applied_by_others(as_owner: Client, as_member: Client, as_outsider: Client) -> None:
    event()
    parked = intent()
    for client in (as_owner, as_member, as_outsider):
        for path, name in (("retrying/", parked.pk), ("replaying/", "evt_1"), ("reconciling/", "")):
            assert client.post(URL + path, {"id": name}).status_code == 404
    assert StripeIntent.objects.parked().count() == StripeEvent.objects.troubled().count() == 1
