"""What each role may do: the table of policy.py, for people to read."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import Role
from accounts.policy import IN_PROJECTS, MEANINGS, Permission, allows
from accounts.role_words import role_name
from accounts.views.organizations.access import acting_for


@require_GET
def roles(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    access = acting.access
    places = acting.projects() if access.projects is not None else []
    context = {
        "roles": [{"value": role.value, "name": role_name(role)} for role in Role],
        "rows": rows(),
        "role": access.role.value,
        "role_name": role_name(access.role),
        "is_limited": access.projects is not None,
        "can_manage": acting.may(Permission.MANAGE_MEMBERS),
        "places": [
            {"name": project.name, "role": role_name((access.projects or {})[project.pk])} for project in places
        ],
    }
    return render(request, "organizations/roles.html", context)


def rows() -> list[dict[str, Any]]:
    return [
        {
            "meaning": MEANINGS[permission],
            "in_projects": permission in IN_PROJECTS,
            "cells": [{"role": role.value, "allowed": allows(role, permission)} for role in Role],
        }
        for permission in Permission
    ]
