"""API keys: listed, made and changed. The secret stands in the answer that makes one, and never again."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.fields import IdField
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery
from admin_api.frame.problems import Conflict
from admin_api.frame.resource import Making, Resource
from admin_api.resources.keys.given import (
    CONFLICTS,
    ApiKeyChange,
    NewApiKey,
    account_of,
    given_allowance,
    given_rules,
    require_scopes,
)
from admin_api.resources.keys.shapes import ApiKey, ApiKeyWithSecret, Shown, shown, shown_one
from admin_api.resources.projects import project_of
from billing.actions.budgets import plan_of
from billing.actions.limited_keys import Allowance, change_limited_key, issue_limited_key
from billing.models import Budget
from keys import states
from keys.actions.limiting import ceiling_of
from keys.models import ApiKey as Model
from keys.models import Limits
from keys.owning import AccountEnded
from keys.rules import Rules, rules_of
from keys.states import State

TAG = "API keys"
_FLAGS = ("orphaned", "unused")
_ENDED = "This key has ended. What it could do can't be changed any more."


class ApiKeyQuery(PageQuery):
    state = serializers.ChoiceField(
        [state.value for state in State], required=False, help_text="active: every key that works."
    )
    flag = serializers.ChoiceField(
        _FLAGS, required=False, help_text="orphaned: the maker is gone. unused: not for 90 days."
    )
    project_id = IdField(required=False)
    service_account_id = IdField(required=False)


class ApiKeys(Making):
    tag = TAG
    operations = {
        "GET": Operation(
            "keys.list", "List API keys", Permission.VIEW_KEYS, answer=ApiKey, query=ApiKeyQuery, paged=True
        ),
        "POST": Operation(
            "keys.create",
            "Make an API key",
            Permission.MANAGE_KEYS,
            answer=ApiKeyWithSecret,
            status=201,
            body=NewApiKey,
            description="The secret is in this answer alone. Scopes go no further than those of whoever made the admin"
            " key. Without scopes the key has all.",
            conflicts=CONFLICTS,
        ),
    }

    def get(self, request: Request) -> Response:
        query = self.query
        keys = keys_of(self).filter(_where(query))
        if project := query.get("project_id"):
            keys = keys.filter(project=project)
        if account := query.get("service_account_id"):
            keys = keys.filter(service_account=account)
        return self.page(keys, show=shown)

    def prepare(self, **kwargs: Any) -> Callable[[], Shown]:
        data = self.body()
        project = project_of(self, data["project_id"], Permission.MANAGE_KEYS)
        if project.is_archived:
            raise Conflict("This project is archived. Take it up again first.")
        rules, allowance = given_rules(data, Rules()), given_allowance(data, Allowance())
        require_scopes(self, project, rules)
        account = account_of(project, data)

        def act() -> Shown:
            try:
                key, secret = issue_limited_key(
                    self.caller.actor,
                    allowance=allowance,
                    project=project,
                    name=data["name"],
                    creator=self.caller.key.created_by,
                    service_account=account,
                    rules=rules,
                )
            except AccountEnded:
                raise Conflict("This service account has ended.") from None
            return shown_one(key, secret)

        return act

    def again(self, pk: UUID, **kwargs: Any) -> Shown:
        return shown_one(key_of(self, pk, Permission.MANAGE_KEYS))


class OneApiKey(Resource):
    tag = TAG
    operations = {
        "GET": Operation("keys.get", "Get an API key", Permission.VIEW_KEYS, answer=ApiKey),
        "PATCH": Operation(
            "keys.change",
            "Change an API key, its limits and its budget",
            Permission.MANAGE_KEYS,
            answer=ApiKey,
            body=ApiKeyChange,
            description="What is left out stays as it is. Calls follow within a second; the secret stays.",
            conflicts=f"The key has ended. {CONFLICTS}",
        ),
    }

    def get(self, request: Request, key_id: UUID) -> Response:
        return self.shown(shown_one(key_of(self, key_id)))

    def patch(self, request: Request, key_id: UUID) -> Response:
        key, data = key_of(self, key_id, Permission.MANAGE_KEYS), self.body()
        former = rules_of(key)
        rules, allowance = given_rules(data, former), given_allowance(data, _allowance(key))
        if not set(rules.scopes) <= set(former.scopes):
            require_scopes(self, key.project, rules)
        if not key.is_active:
            raise Conflict(_ENDED)
        change_limited_key(self.caller.actor, key, name=data.get("name", key.name), rules=rules, allowance=allowance)
        return self.shown(shown_one(key))


def keys_of(resource: Resource, permission: Permission = Permission.VIEW_KEYS) -> QuerySet[Model]:
    """Return the keys of the projects in which something is allowed."""
    keys = Model.objects.filter(project__in=resource.caller.projects(permission), is_playground=False)
    return keys.select_related("project", "service_account")


def key_of(resource: Resource, pk: UUID, permission: Permission = Permission.VIEW_KEYS) -> Model:
    return get_object_or_404(keys_of(resource, permission), pk=pk)


def _where(query: dict[str, Any]) -> Q:
    now, where = timezone.now(), Q()
    if state := query.get("state"):
        where &= states.active(now) if state == State.ACTIVE else states.where(State(state), now)
    if flag := query.get("flag"):
        where &= states.orphaned(now) if flag == "orphaned" else states.unused(now)
    return where


def _allowance(key: Model) -> Allowance:
    return Allowance(
        ceiling_of(Limits.objects.filter(subject_id=key.subject_id, model="").first()),
        plan_of(Budget.objects.filter(pk=key.subject_id).first()),
    )
