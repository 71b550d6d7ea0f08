"""What the invited answer. Looking at a link changes nothing but what this browser remembers: mail scanners look, too.

A link that is unknown, used, too old or taken back, and one that went to another address than that of who is signed
in, get one answer.
"""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import opened_links
from accounts.actions import accept, decline, hash_token
from accounts.actions.invitation_answers import Answer, find, find_open
from accounts.models import User
from accounts.onward import through
from accounts.strangers import REMEMBERED


@login_not_required
@never_cache
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address: it stays in this browser's session, as a hash."""
    return _keep(request, token, "accounts:invitation")


@login_not_required
@never_cache
@require_safe
def decline_link(request: HttpRequest, token: str) -> HttpResponse:
    return _keep(request, token, "accounts:invitation_decline")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    token_hash = opened_links.of(request, invitation_id)
    found, answer = find_open(token_hash), None
    if found is None:
        return _nothing(request)
    if request.method == "POST":
        if not isinstance(request.user, User):
            return redirect(through("accounts:sign_in", request.path))
        answer = accept(request.user, token_hash)
        if answer is Answer.NOTHING:
            return _nothing(request)
        if answer is Answer.JOINED:
            opened_links.forget(request, invitation_id)
            messages.success(request, _("Welcome to %(name)s.") % {"name": found.organization.name})
            return redirect("organization_home", found.organization.slug)
    here = reverse("accounts:invitation", args=[invitation_id])
    context = {
        "invitation": found,
        "name": found.organization.name,
        "sign_in_url": through("accounts:sign_in", here),
        "sign_up_url": through("accounts:sign_up", here),
        "is_full": answer is Answer.FULL,
        "is_refused": answer is Answer.DOMAIN,
    }
    return render(request, "invitations/accept.html", context, status=409 if answer else 200)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decline_page(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    token_hash = opened_links.of(request, invitation_id)
    found = find(token_hash)
    if found is None:
        return _nothing(request)
    name = found.organization.name
    if request.method == "POST":
        if not decline(token_hash):
            return _nothing(request)
        opened_links.forget(request, invitation_id)
    context = {"name": name, "is_done": request.method == "POST", "days": REMEMBERED.days}
    return render(request, "invitations/decline.html", context)


def _keep(request: HttpRequest, token: str, view_name: str) -> HttpResponse:
    found = find(hash_token(token))
    if found is None:
        return _nothing(request)
    if request.method == "HEAD":
        return HttpResponse()
    opened_links.keep(request, found.pk, hash_token(token))
    return redirect(view_name, found.pk)


def _nothing(request: HttpRequest) -> HttpResponse:
    return render(request, "invitations/no_link.html", status=404)
