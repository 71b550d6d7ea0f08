"""API keys as programs see them: a few queries for a page of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework import serializers

from admin_api.resources.keys.allowances import Budget, Limits, shown_budget, shown_limits
from billing.models import Budget as BudgetModel
from keys.models import ApiKey as Model
from keys.models import Limits as LimitsModel
from keys.states import State, state_of
from keys.uses import last_uses


class LastUse(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    network = serializers.CharField(help_text="The caller's address, cut to a /24, or a /48 of IPv6.")
    model = serializers.CharField()


class ApiKey(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-000000000003",
        "name": "ci-runner",
        "project_id": "0197a1b2-0000-7000-8000-000000000002",
        "hint": "llk_…x7Qa",
        "state": "active",
        "created_by": "0197a1b2-0000-7000-8000-000000000004",
        "service_account_id": None,
        "scopes": ["chat", "models"],
        "models": ["Llama-3.3-70B-Instruct"],
        "networks": ["203.0.113.0/24", "2001:db8::/32"],
        "limits": {"requests_per_minute": 600, "tokens_per_minute": 200000, "concurrent": None},
        "budget": {
            "period": "month",
            "hard": "500000000000000",
            "soft": "400000000000000",
            "spent": "412180000000000",
            "held": "1250000000",
        },
        "rotate_every_days": 90,
        "created_at": "2026-07-01T09:00:00Z",
        "expires_at": "2026-09-29T09:00:00Z",
        "ends_at": None,
        "predecessor_id": None,
        "successor_id": None,
        "leaked_at": None,
        "orphaned_at": None,
        "last_used": {"at": "2026-07-02T10:00:00Z", "network": "203.0.113.0/24", "model": "Llama-3.3-70B-Instruct"},
        "revoked_at": None,
    }
    id = serializers.UUIDField()
    name = serializers.CharField()
    project_id = serializers.UUIDField()
    hint = serializers.CharField(help_text="The last characters of the secret, to tell keys apart.")
    state = serializers.CharField(help_text=", ".join(State) + ".")
    created_by = serializers.UUIDField(allow_null=True, help_text="The member's id, if it was one.")
    service_account_id = serializers.UUIDField(allow_null=True)
    scopes = serializers.ListField(child=serializers.CharField())
    models = serializers.ListField(
        child=serializers.CharField(), allow_null=True, help_text="Null: all, those to come as well."
    )
    networks = serializers.ListField(child=serializers.CharField(), help_text="Empty: from everywhere.")
    limits = Limits()
    budget = Budget(allow_null=True)
    rotate_every_days = serializers.IntegerField(allow_null=True, help_text="How often somebody is told to rotate it.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True, help_text="When the overlap of its rotation ends.")
    predecessor_id = serializers.UUIDField(allow_null=True)
    successor_id = serializers.UUIDField(allow_null=True)
    leaked_at = serializers.DateTimeField(allow_null=True, help_text="Since when it is slowed down.")
    orphaned_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when its maker has no part in its project any more."
    )
    last_used = LastUse(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)


class ApiKeyWithSecret(ApiKey):
    example = {**ApiKey.example, "secret": "llk_" + "0" * 38}
    secret = serializers.CharField(
        allow_null=True, help_text="Shown only this once. Null if the request came again: the secret is not kept."
    )


@dataclass(slots=True)
class Shown:
    """A key with what stands in other tables."""

    pk: UUID
    key: Model
    values: dict[str, Any]
    secret: str | None = None

    def __getattr__(self, name: str) -> Any:
        return self.values[name] if name in self.values else getattr(self.key, name)


def shown(keys: Sequence[Model]) -> list[Shown]:
    now, subjects = timezone.now(), [key.subject_id for key in keys]
    limits = {row.subject_id: row for row in LimitsModel.objects.filter(subject_id__in=subjects, model="")}
    budgets: dict[UUID, BudgetModel] = BudgetModel.objects.in_bulk(subjects)
    uses = last_uses(key.pk for key in keys)
    successors = dict(Model.objects.filter(predecessor__in=[key.pk for key in keys]).values_list("predecessor", "pk"))
    return [
        Shown(
            key.pk,
            key,
            {
                "state": state_of(key, now).value,
                "created_by": key.created_by_id,
                "models": key.allowed_models,
                "networks": key.allowed_networks,
                "limits": shown_limits(limits.get(key.subject_id)),
                "budget": shown_budget(budgets.get(key.subject_id), now),
                "rotate_every_days": key.rotate_every,
                "successor_id": successors.get(key.pk),
                "last_used": uses.get(key.pk),
            },
        )
        for key in keys
    ]


def shown_one(key: Model, secret: str | None = None) -> Shown:
    (found,) = shown([key])
    found.secret = secret
    return found


@dataclass(frozen=True, slots=True)
class Several:
    """What was done to several keys; its id is the organization's, for they have none together."""

    pk: UUID
    data: list[Shown]
