"""Making a key."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from accounts.models import Project, User
from keys.models import ApiKey, ServiceAccount
from keys.owning import makers, refuse_ended
from keys.rules import Rules
from keys.secrets import hash_secret, new_secret
from ledger.actor import Actor
from ledger.events import Value, changes, record_event
from ledger.ids import new_id
from ledger.models import Action
from notifications.telling import tell
from notifications.webhooks.publish import publish


def issue_key(
    actor: Actor,
    *,
    project: Project,
    name: str,
    creator: User | None = None,
    service_account: ServiceAccount | None = None,
    rules: Rules | None = None,
    key_id: UUID | None = None,
) -> tuple[ApiKey, str]:
    """Make a key and return it with its secret, which exists only in this return value.

    Whoever asks has made sure that the scopes are not beyond the creator's. AccountEnded for a service account of
    another project or one that has ended. With a `key_id` that is taken, IntegrityError: the same request came twice.
    """
    secret, rules = new_secret(), rules or Rules()
    with transaction.atomic():
        if service_account:
            refuse_ended(service_account, project)
        key = ApiKey.objects.create(
            id=key_id or new_id(),
            project=project,
            name=name,
            created_by=creator,
            service_account=service_account,
            is_personal=creator is not None and service_account is None,
            secret_hash=hash_secret(secret),
            tail=secret[-4:],
            **rules.columns(),
        )
        owner = {"service_account": str(service_account.pk)} if service_account else {}
        record_event(
            actor,
            Action.KEY_CREATED,
            target=key.pk,
            organization_id=project.organization_id,
            project=str(project.pk),
            **owner,
            **changes({}, {"name": name, **_chosen(rules)}),
        )
        publish(project.organization_id, "key.created", key.pk)
        tell("key-created", key.pk, makers(key))
    return key, secret


def _chosen(rules: Rules) -> Mapping[str, Value]:
    """Return what the rules say that is not so of each key."""
    usual = Rules().recorded()
    return {name: value for name, value in rules.recorded().items() if value != usual[name]}
