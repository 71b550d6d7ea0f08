"""A key with all that holds for it: rules, limits and budget, made or changed in one transaction, or not at all."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from billing.actions.budgets import NO_PLAN, Plan, set_budget
from keys.actions import change_key, issue_key, set_limits
from keys.actions.limiting import NO_CEILING, Ceiling
from keys.models import ApiKey
from keys.rules import Rules
from keys.subjects import of_key
from ledger.actor import Actor


@dataclass(frozen=True, slots=True)
class Allowance:
    ceiling: Ceiling = NO_CEILING
    plan: Plan = NO_PLAN


def issue_limited_key(actor: Actor, *, allowance: Allowance, **issuing: Any) -> tuple[ApiKey, str]:
    """Make a key as `issue_key` does, with its limits and budget; raises as that does, and BillingError `budget`."""
    with transaction.atomic():
        key, secret = issue_key(actor, **issuing)
        _allow(actor, key, allowance)
    return key, secret


def change_limited_key(actor: Actor, key: ApiKey, *, name: str, rules: Rules, allowance: Allowance) -> bool:
    """Change a key, its limits and its budget; False if nothing differs."""
    with transaction.atomic():
        changed = change_key(actor, key, name=name, rules=rules)
        return _allow(actor, key, allowance) or changed


def _allow(actor: Actor, key: ApiKey, allowance: Allowance) -> bool:
    limited = set_limits(actor, of_key(key), allowance.ceiling)
    return set_budget(actor, of_key(key), allowance.plan) or limited
