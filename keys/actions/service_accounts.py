"""Service accounts: making one, and its end, which is that of its keys."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Project, User
from keys.actions.revoking import revoke_keys
from keys.models import ApiKey, ServiceAccount
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action


def make_service_account(actor: Actor, *, project: Project, name: str, creator: User | None = None) -> ServiceAccount:
    with transaction.atomic():
        account = ServiceAccount.objects.create(project=project, name=name, created_by=creator)
        _record(actor, Action.SERVICE_ACCOUNT_CREATED, account, name=name)
    return account


def end_service_account(actor: Actor, account: ServiceAccount) -> bool:
    """End a service account and revoke its keys, in one transaction; False if it had ended before."""
    with transaction.atomic():
        ongoing = ServiceAccount.objects.active().filter(pk=account.pk)
        if not ongoing.update(ended_at=timezone.now()):
            return False
        keys = ApiKey.objects.active().filter(service_account=account).select_related("project")
        ended = revoke_keys(actor, list(keys))
        _record(actor, Action.SERVICE_ACCOUNT_ENDED, account, keys=ended)
    account.refresh_from_db(fields=["ended_at"])
    return True


def _record(actor: Actor, action: Action, account: ServiceAccount, **payload: str | int) -> None:
    project = account.project
    record_event(
        actor, action, target=account.pk, organization_id=project.organization_id, project=str(project.pk), **payload
    )
