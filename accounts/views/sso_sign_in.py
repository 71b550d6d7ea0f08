"""Signing in by an organization's provider: the question by address, the way there and back, and confirming by it.

The browser leaves by a page of its own: a form's redirect to another host is what our policy for forms forbids.
"""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import step_up, throttle
from accounts.actions.sso_sign_in import admit
from accounts.forms import AddressForm
from accounts.models import IdentityProvider, User
from accounts.onward import asked_for, onward
from accounts.requests import user_of
from accounts.sso import flow, protocol
from accounts.sso.failure import SsoError
from accounts.sso.flow import Flow
from accounts.sso.gate import provider_of
from accounts.sso.id_token import Identity
from accounts.views.sessions import enter
from vault.blind_index import normalise_email

_UNKNOWN = gettext_lazy("There is no single sign-on for this address. Sign in with your password or a passkey.")
_TOO_OFTEN = gettext_lazy("There were many sign-ins from your network lately. Wait an hour, or sign in another way.")


@login_not_required
@never_cache
@sensitive_post_parameters("email")
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Ask for the address, of which the domain alone counts: the answer is the same for all people of one."""
    if request.user.is_authenticated:
        return redirect(onward(request))
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        domain = normalise_email(form.cleaned_data["email"]).rpartition("@")[2]
        provider = IdentityProvider.objects.of_domain(domain).first()
        if not throttle.admits_sso(request):
            form.add_error(None, _TOO_OFTEN)
        elif provider:
            return _leave(request, provider, target=asked_for(request))
        else:
            form.add_error(None, _UNKNOWN)
    context = {"form": form, "next": asked_for(request)}
    return render(request, "accounts/sso.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def required(request: HttpRequest, organization_id: UUID) -> HttpResponse:
    """Say that an organization opens by its provider alone, and lead there."""
    enforced = IdentityProvider.objects.enforced().select_related("organization")
    provider = get_object_or_404(
        enforced, organization_id=organization_id, organization__memberships__user=user_of(request)
    )
    if request.method == "POST" and _is_admitted(request):
        return _leave(request, provider, target=asked_for(request))
    context = {"name": provider.organization.name, "next": asked_for(request)}
    return render(request, "accounts/sso_required.html", context)


@never_cache
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Have somebody whose session began with a provider show there anew who they are."""
    provider = provider_of(request)
    if provider is None:
        raise PermissionDenied
    if not _is_admitted(request):
        return redirect(onward(request))
    return _leave(request, provider, target=asked_for(request), is_fresh=True)


@login_not_required
@never_cache
@require_GET
def callback(request: HttpRequest, organization_id: UUID) -> HttpResponse:
    """Take the answer. Only what this browser began, and just once: a provider cannot begin a sign-in here.

    One that comes back at another organization's address is of that one's provider (RFC 9700, 4.4): whoever runs the
    provider that was asked had it answer in their place, to be told the code.
    """
    found = flow.take(request, request.GET.get("state", ""))
    try:
        if found is None:
            raise SsoError("expired")
        provider = IdentityProvider.objects.select_related("organization").filter(pk=found.provider_id).first()
        if provider is None:
            raise SsoError("off")
        if provider.organization_id != organization_id:
            raise SsoError("token")
        identity = _answer(request, provider, found)
        user = admit(provider, identity)
    except SsoError as error:
        return _failed(request, error, found.target if found else "")
    return redirect(_enter(request, provider, user, identity, found))


def _leave(request: HttpRequest, provider: IdentityProvider, *, target: str, is_fresh: bool = False) -> HttpResponse:
    begun = flow.begin(request, provider, target=target, is_fresh=is_fresh)
    try:
        url = protocol.question(provider, begun)
    except SsoError as error:
        return _failed(request, error, target)
    answer = render(request, "accounts/sso_leave.html", {"url": url, "host": url.split("/")[2]})
    answer["Refresh"] = f"0; url={url}"
    return answer


def _answer(request: HttpRequest, provider: IdentityProvider, found: Flow) -> Identity:
    if error := request.GET.get("error"):
        raise SsoError("cancelled" if error == "access_denied" else "refused")
    code = request.GET.get("code", "")
    if not 0 < len(code) <= 4096:
        raise SsoError("token")
    return protocol.answer(provider, found, code=code, issuer=request.GET.get("iss", ""))


def _enter(request: HttpRequest, provider: IdentityProvider, user: User, identity: Identity, found: Flow) -> str:
    """Go on as after a password. It is shown just now if the provider says so, or had to ask and does not say when."""
    recent = timezone.now() - step_up.LASTS
    is_fresh = identity.at >= recent if identity.at else found.is_fresh
    return enter(request, user, by=f"sso:{provider.pk}", target=found.target, is_fresh=is_fresh)


def _is_admitted(request: HttpRequest) -> bool:
    if throttle.admits_sso(request):
        return True
    messages.error(request, _TOO_OFTEN)
    return False


def _failed(request: HttpRequest, error: SsoError, target: str) -> HttpResponse:
    """Say in our words what went wrong; what a provider says of it is shown nowhere."""
    context = {"sentence": error.sentence, "code": error.code, "next": target}
    return render(request, "accounts/sso_failed.html", context, status=400)
