"""The account menu, what a browser keeps (theme, keyboard), and the language of whoever is not signed in."""

from collections.abc import Collection

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import languages
from accounts.models import User
from ledger.actor import Actor
from llama_console.context import SINGLE_KEYS, THEMES
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
    return _keep(request, "theme", THEMES)


@require_http_methods(["GET", "HEAD", "POST"])
def shortcuts(request: HttpRequest) -> HttpResponse:
    """List the shortcuts, and keep whether single keys are on; what a page's dialog is without a script."""
    if request.method == "POST":
        return _keep(request, "shortcuts", SINGLE_KEYS)
    return render(request, "console/shortcuts.html")


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language of this browser; whoever is signed in has one of their own, in their profile."""
    return _keep(request, languages.COOKIE, settings.PAGE_LANGUAGES)


def _keep(request: HttpRequest, name: str, known: Collection[str]) -> HttpResponse:
    """Remember what this browser chose, and go back to where that was."""
    chosen, target = request.POST.get(name, ""), request.POST.get("next", "/")
    response = redirect(target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) else "/")
    if chosen in known:
        response.set_cookie(name, chosen, max_age=_YEAR, samesite="Lax", secure=not settings.DEVELOPMENT)
    return response
