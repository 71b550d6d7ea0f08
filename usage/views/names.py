"""The members whose keys were used, by name for who may see members: the directory opens, once and with a leaf."""

from uuid import UUID

from django.utils.translation import gettext as _

from accounts import directory
from accounts.entries import Entry
from accounts.membership import Acting
from accounts.policy import Permission
from usage.owners import nameless, owners
from usage.report import Members
from usage.series import Label


def members_of(acting: Acting) -> Members:
    found = owners(acting.organization.pk)
    entries: dict[UUID, Entry] = {}
    if found.people and acting.may(Permission.VIEW_MEMBERS):
        entries |= directory.entries_of(acting.actor, organization=acting.organization, user_ids=found.people)
    labels = {}
    for user_id in found.people:
        if entry := entries.get(user_id):
            labels[str(user_id)] = Label(entry.name or entry.email)
        else:
            labels[str(user_id)] = Label(_("You")) if user_id == acting.user.pk else nameless(user_id)
    return Members(found.of, labels | found.labels)
