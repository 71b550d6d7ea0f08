"""What operators script: a key with all that holds for it, its secret alone on the last line."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Project
from billing.models import Budget
from catalog.money import PICO
from keys.actions import make_service_account
from keys.models import ApiKey, Limits
from keys.verification import find_caller
from ledger.actor import Actor
from tests.catalog.conftest import served

pytestmark = pytest.mark.django_db
ASKED: dict[str, Any] = {"organization": "llamas-of-lisbon", "project": "default", "name": "script"}


def test_a_key_is_issued_with_all_its_options(project: Project) -> None:
    account, model = make_service_account(Actor.operator(), project=project, name="nightly"), served().name
    out = StringIO()
    call_command(
        "issue_key",
        "--expires-days=30",
        **ASKED,
        service_account="nightly",
        scope=["models", "chat"],
        model=[model],
        network=["203.0.113.0/24", "2001:db8::/32"],
        requests_per_minute=60,
        tokens_per_minute=1000,
        budget="2.50/day",
        stdout=out,
        stderr=StringIO(),
    )
    caller = find_caller(out.getvalue().splitlines()[-1])
    assert caller
    assert (caller.scopes, caller.models, len(caller.networks)) == ({"chat", "models"}, {model}, 2)
    (rule,) = caller.rules
    assert (rule.requests_per_minute, rule.tokens_per_minute) == (60, 1000)
    budget = Budget.objects.get(pk=caller.subject_id)
    assert (budget.period, budget.hard) == ("day", PICO * 5 // 2)
    key = ApiKey.objects.get()
    assert (key.service_account, key.is_personal, key.expires_at is None) == (account, False, False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"service_account": "nobody"},
        {"days": 0},
        {"scope": ["keys:view"]},
        {"model": ["nothing"]},
        {"network": ["10.0.0.1/8"]},
        {"requests_per_minute": 0},
        {"tokens_per_minute": -1},
        {"budget": "much"},
        {"budget": "NaN"},
        {"budget": "Infinity"},
        {"budget": "0"},
        {"budget": "-5"},
        {"budget": "5/week"},
        {"budget": "0.0000000000001"},
        {"budget": "99999999999"},
        {"admin": True, "project": None, "budget": "5"},
    ],
)
def test_what_is_wrong_makes_no_key(project: Project, wrong: dict[str, Any]) -> None:
    with pytest.raises(CommandError):
        call_command("issue_key", **{**ASKED, **wrong}, stdout=StringIO(), stderr=StringIO())
    assert not ApiKey.objects.exists()
    assert not Limits.objects.exists()
