"""Changing roles: of one member or of those that were ticked, all of them or none."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import members
from accounts.access_form import AccessForm
from accounts.actions import LastOwner, change_roles
from accounts.members import Member
from accounts.membership import Acting
from accounts.models import Membership
from accounts.policy import may_give
from accounts.step_up import recent_sign_in_required
from llama_console.views.members.access import managing, memberships_for
from llama_console.views.members.members import PAGE
from llama_console.views.members.rows import member_row

_NOT_YOURS = gettext_lazy("Your own role does not let you change this one.")
_LAST_OWNER = gettext_lazy("These are all the owners there are. Make somebody else an owner first.")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
def change(request: HttpRequest, organization: str) -> HttpResponse:
    acting = managing(request, organization)
    asked = (request.POST if request.method == "POST" else request.GET).getlist("member")
    if not asked:
        messages.warning(request, _("Choose at least one member first."))
        return redirect("members:list", organization)
    if len(asked) > PAGE:
        raise Http404
    found = memberships_for(acting, asked)
    chosen = members.chosen(acting.actor, acting.organization, found)
    form = AccessForm(
        request.POST or None,
        giver=acting.access,
        projects=acting.projects().active().order_by("name"),
        initial=_present(chosen),
    )
    if request.method == "POST" and form.is_valid() and _change(acting, found, form):
        count = len(found)
        messages.success(
            request,
            ngettext(
                "%(count)s role set. Each member is told by email.",
                "%(count)s roles set. Each member is told by email.",
                count,
            )
            % {"count": count},
        )
        return redirect("members:list", organization)
    return _page(request, acting, chosen, form)


def _change(acting: Acting, memberships: list[Membership], form: AccessForm) -> bool:
    """Change all of the roles; False where one can't be, and the form says why."""
    try:
        change_roles(acting.actor, memberships=memberships, access=form.access)
    except LastOwner:
        form.add_error(None, _LAST_OWNER)
    except PermissionDenied:
        form.add_error(None, _("Nothing was changed: see below whose role is not yours to change."))
    except Membership.DoesNotExist:
        form.add_error(None, _("Nothing was changed: somebody left in the meantime."))
    return not form.errors


def _page(request: HttpRequest, acting: Acting, chosen: list[Member], form: AccessForm) -> HttpResponse:
    projects = dict(acting.projects().values_list("pk", "name"))
    slug = acting.organization.slug
    rows = [
        {
            "member": member_row(slug, each, projects, acting.user),
            "verdict": "" if may_give(acting.access, each.access, None) else _NOT_YOURS,
        }
        for each in chosen
    ]
    return render(request, "members/roles.html", {"rows": rows, "form": form}, status=422 if form.is_bound else 200)


def _present(chosen: list[Member]) -> dict[str, object]:
    """Return what the form shows first: of one member what they have."""
    access = chosen[0].access if len(chosen) == 1 else None
    if access is None:
        return {"reach": "every"}
    if access.projects is None:
        return {"role": access.role.value, "reach": "every"}
    return {"role": access.role.value, "reach": "some", "projects": list(access.projects)}
