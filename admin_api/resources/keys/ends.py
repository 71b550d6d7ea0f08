"""How API keys end: revoked, many at once, or rotated, with a successor."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404
from rest_framework import serializers

from accounts.policy import Permission
from admin_api.frame.fields import IdField, OneOf, Strict
from admin_api.frame.operation import Operation
from admin_api.frame.problems import Conflict
from admin_api.frame.resource import Making
from admin_api.resources.keys.given import require_scopes
from admin_api.resources.keys.keys import TAG, key_of, keys_of
from admin_api.resources.keys.shapes import ApiKey, ApiKeyWithSecret, Several, Shown, shown, shown_one
from keys.actions import NotRotatable, revoke_key, revoke_keys, rotate_key
from keys.actions.rotating import OVERLAPS
from keys.models import ApiKey as Model
from keys.owning import AccountEnded
from keys.rules import rules_of

_SECONDS = [int(overlap.total_seconds()) for overlap in OVERLAPS]
_MOST = 100


class KeyRotation(Strict):
    example = {"overlap_seconds": 86400}
    overlap_seconds = OneOf(_SECONDS, help_text="For how long the former secret works.")


class KeyRevocations(Strict):
    example = {"keys": ["0197a1b2-0000-7000-8000-000000000003"]}
    keys = serializers.ListField(
        child=IdField(), min_length=1, max_length=_MOST, help_text="Their ids; all of them or none are revoked."
    )


class RevokedKeys(serializers.Serializer[Any]):
    example = {"data": [{**ApiKey.example, "state": "revoked", "revoked_at": "2026-08-01T09:00:00Z"}]}
    data = ApiKey(many=True)  # type: ignore[assignment]  # shadows DRF's own name


class ApiKeyRevocation(Making):
    tag = TAG
    operations = {
        "POST": Operation(
            "keys.revoke",
            "Revoke an API key",
            Permission.MANAGE_KEYS,
            answer=ApiKey,
            description="Calls with it are refused within a second. To revoke a revoked key again changes nothing.",
        )
    }

    def prepare(self, **kwargs: Any) -> Callable[[], Shown]:
        key = key_of(self, kwargs["key_id"], Permission.MANAGE_KEYS)

        def act() -> Shown:
            revoke_key(self.caller.actor, key)
            return shown_one(key)

        return act

    def again(self, pk: UUID, **kwargs: Any) -> Shown:
        return shown_one(key_of(self, pk, Permission.MANAGE_KEYS))


class ApiKeyRevocations(Making):
    tag = TAG
    operations = {
        "POST": Operation(
            "keys.revokeSeveral",
            "Revoke several API keys, all or none",
            Permission.MANAGE_KEYS,
            answer=RevokedKeys,
            body=KeyRevocations,
            description="404 if one of them is not there.",
        )
    }

    def prepare(self, **kwargs: Any) -> Callable[[], Several]:
        keys = self._chosen()

        def act() -> Several:
            revoke_keys(self.caller.actor, keys)
            return self._shown()

        return act

    def again(self, pk: UUID, **kwargs: Any) -> Several:
        return self._shown()

    def _chosen(self) -> list[Model]:
        wanted = set(self.body()["keys"])
        found = list(keys_of(self, Permission.MANAGE_KEYS).filter(pk__in=wanted).order_by("pk"))
        if len(found) != len(wanted):
            raise Http404
        return found

    def _shown(self) -> Several:
        return Several(self.caller.organization.pk, shown(self._chosen()))


class ApiKeyRotation(Making):
    tag = TAG
    operations = {
        "POST": Operation(
            "keys.rotate",
            "Rotate an API key",
            Permission.MANAGE_KEYS,
            answer=ApiKeyWithSecret,
            status=201,
            body=KeyRotation,
            description="The answer is the successor, with the secret in this answer alone. It has the same name,"
            " rules, limits and budget, and shares their counters; it lives as long as the former one, from now on.",
            conflicts="The key has ended, or was rotated before",
        )
    }

    def prepare(self, **kwargs: Any) -> Callable[[], Shown]:
        key = key_of(self, kwargs["key_id"], Permission.MANAGE_KEYS)
        overlap = timedelta(seconds=self.body()["overlap_seconds"])
        require_scopes(self, key.project, rules_of(key))

        def act() -> Shown:
            try:
                successor, secret = rotate_key(
                    self.caller.actor, key, overlap=overlap, creator=self.caller.key.created_by
                )
            except (NotRotatable, AccountEnded):
                raise Conflict("This key has ended, or was rotated before.") from None
            return shown_one(successor, secret)

        return act

    def again(self, pk: UUID, **kwargs: Any) -> Shown:
        return shown_one(key_of(self, pk, Permission.MANAGE_KEYS))
