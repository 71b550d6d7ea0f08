"""An archival: a project is put away, and taken up again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions import archive_project, unarchive_project
from accounts.step_up import recent_sign_in_required
from accounts.views.projects.access import acting_for, project_for, require_manager


@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def archival(request: HttpRequest, organization: str, project: str) -> HttpResponse:
    acting = acting_for(request, organization)
    found = project_for(acting, project)
    require_manager(acting)
    if request.method == "POST":
        archive_project(acting.actor, found)
        messages.success(request, _("The project is archived. Calls with its keys are refused from now on."))
        return redirect("projects:project", organization, project)
    context = {"project": found, "keys": found.keys.filter(revoked_at=None).count()}
    return render(request, "projects/archive.html", context)


@require_POST
def unarchival(request: HttpRequest, organization: str, project: str) -> HttpResponse:
    acting = acting_for(request, organization)
    found = project_for(acting, project)
    require_manager(acting)
    if unarchive_project(acting.actor, found):
        messages.success(request, _("The project is back, and its keys work again."))
    return redirect("projects:project", organization, project)
