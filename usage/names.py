"""What groups are called, for rows that programs read."""

from collections.abc import Collection
from uuid import UUID

from accounts.models import Project
from catalog.models import Model
from keys.models import ApiKey
from usage.queries import Group


def names(organization_id: UUID, group: Group, ids: Collection[str]) -> dict[str, str]:
    """Return the names that groups have now, by what tells them apart; those that are gone have none."""
    if group is Group.MODEL:
        return dict(Model.objects.filter(name__in=ids).values_list("name", "title"))
    if group is Group.PROJECT:
        projects = Project.objects.filter(organization_id=organization_id, pk__in=ids)
        return {str(pk): name for pk, name in projects.values_list("pk", "name")}
    if group is Group.KEY:
        keys = ApiKey.objects.filter(project__organization_id=organization_id, pk__in=ids)
        return {str(pk): name for pk, name in keys.values_list("pk", "name")}
    return {}
