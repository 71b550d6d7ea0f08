"""What groups are called, and whose keys are: for rows that programs read."""

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


def owners(organization_id: UUID) -> dict[UUID, str]:
    """Return the id of the service account or person of each key."""
    keys = ApiKey.objects.filter(project__organization_id=organization_id)
    of_people = {pk: str(person) for pk, person in keys.exclude(created_by=None).values_list("pk", "created_by_id")}
    accounts = keys.exclude(service_account=None).values_list("pk", "service_account_id")
    return of_people | {pk: str(account) for pk, account in accounts}
