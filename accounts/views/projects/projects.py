"""Projects: the list, making one, and the page of each."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.actions import change_project, create_project
from accounts.policy import Permission
from accounts.role_words import role_name
from accounts.views.projects.access import acting_for, project_for, require_manager
from accounts.views.projects.forms import ProjectForm

_PAGE = 50
_SHORTER = gettext_lazy(
    "The project is changed. Older prompts and answers can’t be opened any more, and are deleted within minutes."
)


@require_GET
def project_list(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    seen = acting.projects()
    is_archive = request.GET.get("state") == "archived"
    shown = (seen.archived() if is_archive else seen.active()).annotate(
        active_keys=Count("keys", filter=Q(keys__revoked_at=None))
    )
    context = {
        "page": Paginator(shown.order_by("name", "pk"), _PAGE).get_page(request.GET.get("page")),
        "is_archive": is_archive,
        "counts": seen.aggregate(
            active=Count("pk", filter=Q(archived_at=None)), archived=Count("pk", filter=~Q(archived_at=None))
        ),
        "can_manage": acting.may(Permission.MANAGE_PROJECTS),
        "is_limited": acting.limits(Permission.VIEW_PROJECTS) is not None,
    }
    return render(request, "projects/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def creation(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    require_manager(acting)
    form = ProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = create_project(acting.actor, organization=acting.organization, **form.cleaned_data)
        messages.success(request, _("The project %(name)s is made. Give it its first key.") % {"name": made.name})
        return redirect("projects:project", organization, made.slug)
    return render(request, "projects/create.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def project(request: HttpRequest, organization: str, project: str) -> HttpResponse:
    acting = acting_for(request, organization)
    found = project_for(acting, project)
    if request.method == "POST":
        require_manager(acting)
    form = ProjectForm(request.POST or None, initial={"name": found.name, "retention_days": found.retention_days})
    if request.method == "POST" and form.is_valid():
        is_shorter = form.cleaned_data["retention_days"] < found.retention_days
        change_project(acting.actor, project=found, **form.cleaned_data)
        messages.success(request, _("The project is changed.") if not is_shorter else _SHORTER)
        return redirect("projects:project", organization, project)
    context = {
        "project": found,
        "form": form,
        "keys": found.keys.filter(revoked_at=None).count(),
        "can_manage": acting.may(Permission.MANAGE_PROJECTS),
        "role_name": role_name((acting.access.projects or {}).get(found.pk, acting.role)),
    }
    return render(request, "projects/project.html", context, status=422 if form.is_bound else 200)
