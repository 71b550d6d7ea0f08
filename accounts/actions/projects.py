"""Making projects, changing them, and putting them away. The address (slug) stays as it was made."""

import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts.actions.owners import lock
from accounts.models import Organization, Project
from ledger.actor import Actor
from ledger.events import changes, record_event
from ledger.models import Action

_RESERVED = frozenset({"new"})


def create_project(actor: Actor, *, organization: Organization, name: str, retention_days: int = 0) -> Project:
    with transaction.atomic():
        lock([organization.pk])  # of two projects of one name at once, the second gets another address
        slug = _free_slug(organization, name)
        project = organization.projects.create(name=name, slug=slug, retention_days=retention_days)
        record_event(
            actor,
            Action.PROJECT_CREATED,
            target=project.pk,
            organization_id=organization.pk,
            **changes({}, {"name": name, "retention_days": retention_days}),
        )
    return project


def change_project(actor: Actor, *, project: Project, name: str, retention_days: int) -> None:
    """Rename a project and say how many days its content is kept; each change has its event."""
    with transaction.atomic():
        current = Project.objects.select_for_update().get(pk=project.pk)
        renamed, former = changes({"name": current.name}, {"name": name}), current.retention_days
        current.name, current.retention_days = name, retention_days
        current.save(update_fields=["name", "retention_days"])
        if renamed:
            record_event(
                actor, Action.PROJECT_RENAMED, target=project.pk, organization_id=project.organization_id, **renamed
            )
        if former != retention_days:
            record_event(
                actor,
                Action.PROJECT_RETENTION_CHANGED,
                target=project.pk,
                organization_id=project.organization_id,
                days=retention_days,
                former=former,
            )


def archive_project(actor: Actor, project: Project) -> bool:
    """Put a project away: its keys are refused from the next call on. False if it was away before."""
    with transaction.atomic():
        if not Project.objects.active().filter(pk=project.pk).update(archived_at=timezone.now()):
            return False
        record_event(actor, Action.PROJECT_ARCHIVED, target=project.pk, organization_id=project.organization_id)
    return True


def unarchive_project(actor: Actor, project: Project) -> bool:
    """Take a project up again, with those of its keys that were not revoked. False if it was not away."""
    with transaction.atomic():
        if not Project.objects.archived().filter(pk=project.pk).update(archived_at=None):
            return False
        record_event(actor, Action.PROJECT_UNARCHIVED, target=project.pk, organization_id=project.organization_id)
    return True


def _free_slug(organization: Organization, name: str) -> str:
    base = slugify(name)[:53] or "project"
    if base not in _RESERVED and not organization.projects.filter(slug=base).exists():
        return base
    return f"{base}-{secrets.token_hex(3)}"
