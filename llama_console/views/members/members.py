"""The members: the list with its search, and one of them.

A search comes by POST: a name or an address has no place in a page's address, where logs and histories keep it.
"""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import members
from accounts.policy import Permission, may_give
from keys.models import ApiKey
from llama_console.views.members import selection
from llama_console.views.members.access import looking_at, memberships_for
from llama_console.views.members.rows import member_row, member_rows

PAGE = 50
_LONGEST = 254  # characters of a search


@never_cache
@sensitive_post_parameters("q")
@require_http_methods(["GET", "HEAD", "POST"])
def member_list(request: HttpRequest, organization: str) -> HttpResponse:
    acting = looking_at(request, organization)
    is_manager = acting.may(Permission.MANAGE_MEMBERS)
    wanted = selection.read(request.GET, is_manager=is_manager)
    text = request.POST.get("q", "").strip()[:_LONGEST]
    number = 1 if text else _number(request.GET.get("page", ""))
    found = members.find(acting.actor, acting.organization, wanted, text=text, start=(number - 1) * PAGE, count=PAGE)
    projects = dict(acting.projects().values_list("pk", "name"))
    context = {
        "members": member_rows(organization, found.members, projects, acting.user),
        "total": found.total,
        "page": None if text else Paginator(range(found.total), PAGE).get_page(number),
        "text": text,
        "query": selection.query_of(wanted),
        "filters": selection.filters(wanted, is_manager=is_manager),
        "is_filtered": bool(text or selection.query_of(wanted)),
        "can_manage": is_manager,
        "count": acting.organization.invitations.count() if is_manager else None,
    }
    return render(request, "members/list.html", context)


@never_cache
@require_safe
def member(request: HttpRequest, organization: str, membership_id: UUID) -> HttpResponse:
    acting = looking_at(request, organization)
    (found,) = members.chosen(acting.actor, acting.organization, memberships_for(acting, [membership_id]))
    projects = dict(acting.projects().values_list("pk", "name"))
    keys = ApiKey.objects.visible_to(acting).filter(created_by=found.user_id)
    context = {
        "member": member_row(organization, found, projects, acting.user),
        "keys": keys.count(),
        "active_keys": keys.active().count(),
        "can_manage": acting.may(Permission.MANAGE_MEMBERS),
        "can_change": may_give(acting.access, found.access, None),
    }
    return render(request, "members/member.html", context)


def _number(asked: str) -> int:
    """Return the number of a page; what is none is the first."""
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
