"""Verifying an address.

The link alone signs nobody in: it counts in the browser where the password was given, or after signing in.
So nobody can be made to confirm an account that somebody else opened with their address.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts import pending
from accounts.actions import request_verification, verify_by_code, verify_by_token
from accounts.actions.verification import is_pending
from accounts.forms import CodeForm
from accounts.views.sessions import enter
from ledger.ids import new_id


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("home")
    if pending.user_id(request) is None:
        return redirect("accounts:sign_in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = pending.user(request)
        # A registration that belongs to nobody costs the same look-up.
        if verify_by_code(user.pk if user else new_id(), form.cleaned_data["code"]) and user:
            return redirect(enter(request, user))
        form.add_error(
            "code", _("That code is not right, or not good any more. Look in the newest email, or send it again.")
        )
    state = request.GET.get("state", "waiting")
    return render(request, "accounts/verify.html", {"form": form, "state": state}, status=422 if form.is_bound else 200)


@login_not_required
@never_cache
@require_safe
def verify_link(request: HttpRequest, token: str) -> HttpResponse:
    if request.method == "HEAD":  # mail scanners look at links
        return HttpResponse()
    user = pending.user(request)
    if user and verify_by_token(user, token):
        return redirect(enter(request, user))
    if pending.user_id(request):
        return redirect(reverse("accounts:verify") + "?state=expired")
    if is_pending(token):  # a made-up link leaves no session to store
        pending.keep_token(request, token)
    return redirect(reverse("accounts:sign_in") + "?from=verification")


@login_not_required
@require_POST
def verify_resend(request: HttpRequest) -> HttpResponse:
    if (waiting := pending.user_id(request)) is None:
        return redirect("accounts:sign_in")
    request_verification(waiting)
    return redirect(reverse("accounts:verify") + "?state=resent")


@login_not_required
@never_cache
@require_GET
def verify_status(request: HttpRequest) -> HttpResponse:
    """Tell the waiting page to move on once the address is verified on another device."""
    if request.user.is_authenticated:
        return HttpResponseClientRedirect(reverse("home"))
    user = pending.user(request)
    if user and user.is_verified:
        return HttpResponseClientRedirect(enter(request, user))
    return HttpResponse(status=204)
