"""A role and its projects, as people choose them for who is invited or a member."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Project, Role
from accounts.policy import NEVER_NARROWED, Access, may_give
from accounts.role_words import role_name

EVERY, SOME = "every", "some"
_PLAIN = {
    Role.OWNER: gettext_lazy("Does everything, ownership and deletion included."),
    Role.ADMIN: gettext_lazy("Manages members, projects, keys and webhooks."),
    Role.DEVELOPER: gettext_lazy("Creates keys and reads usage."),
    Role.BILLING: gettext_lazy("Manages billing contacts and reads usage."),
    Role.VIEWER: gettext_lazy("Sees keys and usage, and changes nothing."),
}


def roles_for(giver: Access) -> list[dict[str, str]]:
    """Return the roles that somebody may give, the lowest first, with what each can do."""
    return [
        {"value": role.value, "name": role_name(role), "plain": str(_PLAIN[role])}
        for role in reversed(Role)
        if may_give(giver, None, Access(role))
    ]


class AccessForm(forms.Form):
    """A role, and the projects that it is limited to."""

    role = forms.ChoiceField(error_messages={"required": gettext_lazy("Choose a role.")})
    reach = forms.ChoiceField(
        choices=[(EVERY, gettext_lazy("Every project")), (SOME, gettext_lazy("Only these"))], required=False
    )
    projects = forms.ModelMultipleChoiceField(Project.objects.none(), required=False)

    def __init__(self, *args: Any, giver: Access, projects: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles = roles_for(giver)
        self.fields["role"].choices = [(each["value"], each["name"]) for each in self.roles]  # type: ignore[attr-defined]
        self.fields["projects"].queryset = projects  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("reach") == SOME and not self.errors:
            if Role(data["role"]) in NEVER_NARROWED:
                raise ValidationError(_("Owners and admins work in every project."))
            if not data["projects"]:
                raise ValidationError(_("Choose at least one project, or every project."))
        return data

    @property
    def chosen(self) -> set[UUID]:
        """Return the projects that are ticked, whatever else is wrong."""
        values = self["projects"].value() or []
        return {UUID(str(each)) for each in values if _is_uuid(str(each))}

    @property
    def access(self) -> Access:
        """Return what was chosen in a valid form."""
        role = Role(self.cleaned_data["role"])
        limited: Mapping[UUID, Role] | None = None
        if self.cleaned_data["reach"] == SOME:
            limited = {project.pk: role for project in self.cleaned_data["projects"]}
        return Access(role, limited)


def _is_uuid(text: str) -> bool:
    with suppress(ValueError):
        return bool(UUID(text))
    return False
