"""Whose keys are: a person's who made them, a service account's, or a program's. Opens nothing."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from keys.models import ApiKey
from usage.series import Label

PROGRAM = "program"
_TAIL = 4  # characters of an opaque id, to tell people apart whose names are not shown


@dataclass(frozen=True, slots=True)
class Owners:
    """`of` names the owner of each key: a person's or a service account's id, or `program`."""

    of: dict[UUID, str]
    labels: dict[str, Label]  # of whoever is no person
    people: dict[UUID, None]  # a set in order


def owners(organization_id: UUID) -> Owners:
    """Return whose each key of an organization is, the oldest owner first."""
    found = Owners({}, {}, {})
    keys = ApiKey.objects.filter(project__organization_id=organization_id).select_related("service_account")
    fields = ("created_by_id", "is_personal", "is_playground", "service_account__name")
    for key in keys.only(*fields).order_by("pk"):
        if account := key.service_account:
            owner = str(account.pk)
            found.labels[owner] = Label(account.name, _("service account"))
        elif key.created_by_id and (key.is_personal or key.is_playground):
            owner = str(key.created_by_id)
            found.people[key.created_by_id] = None
        else:
            owner = PROGRAM
            found.labels[owner] = Label(_("A program or the command line"))
        found.of[key.pk] = owner
    return found


def nameless(user_id: UUID) -> Label:
    """Return how somebody is called whose name is not shown."""
    return Label(_("A member"), f"…{str(user_id)[-_TAIL:]}")
