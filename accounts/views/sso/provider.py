"""The provider: what there is, setting it up, enforcing it, forgetting who is who, and taking it away."""

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from accounts.actions import sso
from accounts.actions.domains import MAX_DOMAINS
from accounts.forms import ProviderForm
from accounts.membership import Acting
from accounts.models import IdentityProvider
from accounts.sso.protocol import redirect_uri
from accounts.step_up import recent_sign_in_required
from accounts.views.sso.access import acting_for, provider_for
from accounts.views.sso.rows import domain_rows

_ENFORCED = gettext_lazy("Single sign-on is required now.")
_RELAXED = gettext_lazy("Single sign-on is no longer required.")


@never_cache
@require_GET
def overview(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    found = IdentityProvider.objects.filter(organization=acting.organization).first()
    context = {
        "provider": found,
        "links": found.links.count() if found else 0,
        "domains": domain_rows(acting.organization),
        "most": MAX_DOMAINS,
    }
    return render(request, "sso/overview.html", context)


@never_cache
@sensitive_post_parameters("client_secret")
@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
def provider(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    found = IdentityProvider.objects.filter(organization=acting.organization).first()
    form = ProviderForm(request.POST or None, provider=found)
    if request.method == "POST" and form.is_valid() and _save(acting, form):
        messages.success(request, _("The provider is saved. The client secret is sealed and is not shown again."))
        return redirect("sso:overview", organization)
    context = {"form": form, "provider": found, "redirect_uri": redirect_uri(acting.organization.pk)}
    return render(request, "sso/provider.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
def enforcement(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    found = provider_for(acting)
    problem = ""
    if request.method == "POST":
        try:
            (sso.relax if found.is_enforced else sso.enforce)(acting.actor, found)
        except sso.NotYet as not_yet:
            problem = str(not_yet)
        else:
            messages.success(request, _RELAXED if found.is_enforced else _ENFORCED)
            return redirect("sso:overview", organization)
    context = {"provider": found, "problem": problem}
    return render(request, "sso/enforcement.html", context, status=422 if problem else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
def links(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    found = provider_for(acting)
    if request.method == "POST":
        sso.forget_links(acting.actor, found)
        messages.success(request, _("Everybody is found by their address at their next sign-in."))
        return redirect("sso:overview", organization)
    return render(request, "sso/links.html", {"links": found.links.count()})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
def removal(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    found = provider_for(acting)
    if request.method == "POST":
        sso.remove_provider(acting.actor, found)
        messages.success(request, _("Single sign-on is removed."))
        return redirect("sso:overview", organization)
    return render(request, "sso/remove.html", {"provider": found})


def _save(acting: Acting, form: ProviderForm) -> bool:
    try:
        sso.set_up(acting.actor, acting.organization, sso.Setup(**form.cleaned_data))
    except IntegrityError:
        form.add_error(None, _("Somebody else set the provider up at this moment. Look at it first."))
    return not form.errors
