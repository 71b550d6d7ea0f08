"""The account menu and the theme."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from ledger.actor import Actor
from llama_console.context import THEMES
from vault.disclosure import disclose
from vault.purposes import Purpose

_YEAR = 365 * 24 * 3600


@never_cache
@require_GET
def account_menu(request: HttpRequest) -> HttpResponse:
    """Show whose account this is. A page of its own, because it opens personal data and that is recorded."""
    user = request.user
    assert isinstance(user, User)
    with disclose(
        Purpose.OWN_ACCOUNT,
        actor=Actor.user(user.pk),
        tenant=user.vault_tenant,
        fields=[User.email, User.name],
        subjects=[user.pk],
    ) as scope:
        person = {"email": scope.open(user.email), "name": scope.open(user.name) if user.name else ""}
    return render(request, "console/_account.html", person)


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("theme", "")
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = "/"
    response = redirect(target)
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=_YEAR, samesite="Lax", secure=not settings.DEVELOPMENT)
    return response
