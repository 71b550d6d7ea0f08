"""What programs say of a key: its rules, limits and budget. What no schema can foresee is a conflict."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Project
from accounts.policy import Permission, givable_scopes
from admin_api.frame.fields import IdField, NameField, Pattern, Strict, StrictInteger, StrictText
from admin_api.frame.problems import Conflict, LacksScope
from admin_api.frame.resource import Resource
from admin_api.resources.keys.allowances import GivenBudget, GivenLimits, ModelField, given_ceiling, given_plan
from billing.actions.limited_keys import Allowance
from catalog.served import served_models
from keys.lifetimes import MOST_ROTATION, is_possible
from keys.models import ServiceAccount
from keys.networks import BadNetwork, normalised
from keys.rules import MOST_MODELS, MOST_NETWORKS, Rules
from keys.scopes import Scope

_NETWORK = r"^[0-9A-Fa-f:.]{2,45}(/[0-9]{1,3})?$"
_MOMENT = r"^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z$"
_SCOPES = [scope.value for scope in Scope]
CONFLICTS = (
    "A network, a model, a moment or a sum is none that can be, the project is archived, or the service account ended"
)


@extend_schema_field({"type": "string", "pattern": _NETWORK})
class NetworkField(StrictText):
    """An address or a network; whether it is one is told by a conflict."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, validators=[Pattern(_NETWORK)], **kwargs)


@extend_schema_field({"type": "string", "pattern": _MOMENT})
class MomentField(StrictText):
    """A moment in UTC, to the second."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, validators=[Pattern(_MOMENT)], **kwargs)


# What a key that is made and one that is changed have in common. (A docstring would be in the schema.)
class GivenRules(Strict):
    scopes = serializers.ListField(
        child=serializers.ChoiceField(_SCOPES), min_length=1, max_length=len(_SCOPES), required=False
    )
    models = serializers.ListField(
        child=ModelField(),
        allow_null=True,
        required=False,
        min_length=1,
        max_length=MOST_MODELS,
        help_text="Null: all, those to come as well.",
    )
    networks = serializers.ListField(
        child=NetworkField(),
        required=False,
        max_length=MOST_NETWORKS,
        help_text="Addresses or CIDR, IPv4 and IPv6; empty: from everywhere.",
    )
    expires_at = MomentField(allow_null=True, required=False, help_text="Null: never.")
    rotate_every_days = StrictInteger(
        min_value=1,
        max_value=MOST_ROTATION,
        allow_null=True,
        required=False,
        help_text="How often somebody is told to rotate it.",
    )
    limits = GivenLimits(required=False, help_text="As a whole: what is left out limits nothing.")
    budget = GivenBudget(allow_null=True, required=False, help_text="As a whole; null removes it.")


class NewApiKey(GivenRules):
    example = {
        "name": "ci-runner",
        "project_id": "0197a1b2-0000-7000-8000-000000000002",
        "scopes": ["chat", "models"],
        "networks": ["203.0.113.0/24"],
        "limits": {"requests_per_minute": 600, "tokens_per_minute": 200000},
        "budget": {"period": "month", "hard": "500000000000000"},
    }
    name = NameField()
    project_id = IdField()
    service_account_id = IdField(allow_null=True, required=False, help_text="Null: the key is its maker's.")


class ApiKeyChange(GivenRules):
    example = {"name": "ci-runner-2", "limits": {"requests_per_minute": 60}}
    name = NameField(required=False)


def given_rules(data: Mapping[str, Any], former: Rules) -> Rules:
    """Return the rules of a body; what it leaves out stays as it was."""
    return Rules(
        scopes=[scope for scope in _SCOPES if scope in data["scopes"]] if "scopes" in data else former.scopes,
        models=_models(data["models"], former) if "models" in data else former.models,
        networks=_networks(data["networks"]) if "networks" in data else former.networks,
        expires_at=_moment(data["expires_at"]) if "expires_at" in data else former.expires_at,
        rotate_every=data.get("rotate_every_days", former.rotate_every),
    )


def given_allowance(data: Mapping[str, Any], former: Allowance) -> Allowance:
    return Allowance(
        given_ceiling(data["limits"]) if "limits" in data else former.ceiling,
        given_plan(data["budget"]) if "budget" in data else former.plan,
    )


def require_scopes(resource: Resource, project: Project, rules: Rules) -> None:
    """Refuse scopes that the maker of the admin key has not in this project themselves."""
    if not set(rules.scopes) <= givable_scopes(resource.caller.access, project.pk):
        raise LacksScope(Permission.MANAGE_KEYS, "The role behind this key does not give all of these scopes.")


def account_of(project: Project, data: Mapping[str, Any]) -> ServiceAccount | None:
    """Return the service account of a body; a conflict for one that has ended, or is none of the project's."""
    pk = data.get("service_account_id")
    if pk is None:
        return None
    account = ServiceAccount.objects.active().filter(pk=pk, project=project).first()
    if account is None:
        raise Conflict("This service account has ended, or is none of the project's.")
    return account


def _models(names: list[str] | None, former: Rules) -> list[str] | None:
    if names is None:
        return None
    known = {model.name for model in served_models()} | set(former.models or ())
    if unknown := sorted(set(names) - known):
        raise Conflict(f"No model is called {unknown[0]}.")
    return sorted(set(names))


def _networks(texts: list[str]) -> list[str]:
    try:
        return normalised(texts)
    except BadNetwork as error:
        raise Conflict(str(error)) from None


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        moment = None
    if moment is None or not is_possible(moment, timezone.now()):
        raise Conflict("A key ends at a moment that is still to come, within ten years.")
    return moment
