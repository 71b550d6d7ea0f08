"""Whose limits and budget something is: an organization's, a project's or a key's, as one kind of thing."""

from dataclasses import dataclass
from uuid import UUID

from accounts.models import Organization, Project
from keys.models import ApiKey, Level


@dataclass(frozen=True, slots=True)
class Subject:
    """`id` is what rows of limits and budgets name; `target` is what the audit log and people name."""

    level: Level
    id: UUID
    organization_id: UUID
    target: UUID
    project_id: UUID | None = None

    @property
    def place(self) -> dict[str, str]:
        """Return what audit events say of where it is."""
        return {"project": str(self.project_id)} if self.project_id else {}


def of_organization(organization: Organization) -> Subject:
    return Subject(Level.ORGANIZATION, organization.pk, organization.pk, organization.pk)


def of_project(project: Project) -> Subject:
    return Subject(Level.PROJECT, project.pk, project.organization_id, project.pk, project.pk)


def of_key(key: ApiKey) -> Subject:
    """Return the subject of a key and of all that it was rotated from: they share their counters."""
    return Subject(Level.KEY, key.subject_id, key.project.organization_id, key.pk, key.project_id)
