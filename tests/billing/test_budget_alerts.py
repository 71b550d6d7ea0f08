"""Each threshold of a budget is told once a period: 50, 80 and 100 percent of it, and a soft sum below it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Organization, Project
from billing.actions.budgets import Plan, set_budget
from billing.budget_alerts import warn_of_budgets
from billing.models import Budget, Period
from catalog.money import PICO
from keys.subjects import of_project
from ledger.actor import Actor
from notifications.models import Channel, Endpoint, OutboxMessage
from notifications.webhooks.kinds import event_of
from tests.support.outbox import send_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def budget(project: Project) -> Budget:
    """The project may cost ten dollars a day, and somebody wants to know at five."""
    subject = of_project(project)
    set_budget(Actor.operator(), subject, Plan(Period.DAY, hard=10 * PICO, soft=5 * PICO))
    return Budget.objects.get()


def spend(dollars: int, days_ago: int = 0) -> None:
    Budget.objects.update(spent=dollars * PICO, began=timezone.now().date() - timedelta(days=days_ago))


def told() -> int:
    return OutboxMessage.objects.filter(kind="budget-reached", channel="email").count()


def test_each_step_is_told_once_a_period(budget: Budget) -> None:
    for dollars, count in ((4, 0), (5, 1), (7, 1), (8, 2), (9, 2), (10, 3), (12, 3)):
        spend(dollars)
        warn_of_budgets()
        assert (warn_of_budgets(), told()) == (0, count)


def test_who_passes_several_at_once_is_told_once(budget: Budget) -> None:
    spend(9)
    assert (warn_of_budgets(), warn_of_budgets(), told()) == (1, 0, 1)


def test_a_soft_sum_beside_a_hard_one_is_a_threshold_of_its_own(budget: Budget, project: Project) -> None:
    set_budget(Actor.operator(), of_project(project), Plan(Period.DAY, hard=10 * PICO, soft=6 * PICO))
    for dollars, count in ((5, 1), (6, 2), (7, 2), (8, 3)):
        spend(dollars)
        warn_of_budgets()
        assert told() == count


def test_shares_of_an_odd_sum_are_passed_when_that_much_is_used(budget: Budget) -> None:
    """The conditions in SQL and the thresholds agree: nobody is told of 49 or of 79 percent."""
    Budget.objects.update(hard=9, soft=None)
    for spent, count in ((4, 0), (5, 1), (7, 1), (8, 2), (9, 3)):
        Budget.objects.update(spent=spent, began=timezone.now().date())
        warn_of_budgets()
        assert told() == count


def test_a_new_period_begins_anew(budget: Budget) -> None:
    spend(12)
    warn_of_budgets()
    Budget.objects.update(told_in=timezone.now().date() - timedelta(days=1))
    spend(5)
    assert (warn_of_budgets(), told()) == (1, 2)


def test_programs_are_told_too(budget: Budget) -> None:
    endpoint = Endpoint.objects.create(
        organization_id=budget.organization_id, url="https://a.example", kinds=["budget.reached"]
    )
    spend(8)
    warn_of_budgets()
    (event,) = OutboxMessage.objects.filter(channel=Channel.WEBHOOK)
    assert (event.kind, event.recipient_id, event_of(event).data) == (
        "budget.reached",
        endpoint.pk,
        {"budget_id": str(budget.pk)},
    )


def test_what_was_spent_in_an_earlier_period_is_none_of_this_one(budget: Budget) -> None:
    spend(12, days_ago=1)
    assert (warn_of_budgets(), told()) == (0, 0)


def test_a_budget_that_only_warns_says_so(budget: Budget, project: Project) -> None:
    subject = of_project(project)
    set_budget(Actor.operator(), subject, Plan(Period.MONTH, soft=5 * PICO))
    Budget.objects.update(spent=6 * PICO, began=timezone.now().date().replace(day=1))
    warn_of_budgets()
    send_all()
    (letter,) = mail.outbox
    assert project.name in letter.subject
    assert "120%" in letter.subject
    assert "calls go on" in letter.body


def test_the_letter_says_how_it_stands_when_it_is_sent_and_nothing_once_it_was_raised(
    budget: Budget, project: Project, organization: Organization
) -> None:
    spend(5)
    warn_of_budgets()
    spend(10)
    send_all()
    (letter,) = mail.outbox
    assert "100%" in letter.subject
    assert "Calls are refused until" in letter.body
    mail.outbox.clear()
    warn_of_budgets()
    set_budget(
        Actor.operator(),
        of_project(project),
        Plan(Period.DAY, hard=50 * PICO, soft=40 * PICO),
    )
    send_all()
    assert mail.outbox == []
