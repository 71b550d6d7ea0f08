"""A new password: for who knows the present one, and for who has a link from an email.

A link's token leaves the address bar at once: the session holds its hash while its person types the new password.
"""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import throttle
from accounts.actions import hash_token
from accounts.actions.passwords import change_password, find_reset, request_reset, reset_password
from accounts.forms import AddressForm, ChangePasswordForm, NewPasswordForm
from accounts.models import User
from accounts.pace import evenly
from accounts.session_store import stored
from accounts.step_up import recent_sign_in_required

_LINK = "reset_link"


@never_cache
@sensitive_post_parameters("current", "password")
@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
def change(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    form = ChangePasswordForm(request)
    if request.method == "POST" and form.is_valid():
        change_password(request.user, form.cleaned_data["password"], session=stored(request.session.session_key or ""))
        update_session_auth_hash(request, request.user)
        messages.success(request, _("Your password is changed. All your other sessions are ended."))
        return redirect("accounts:sessions")
    return render(request, "accounts/password.html", {"form": form}, status=422 if form.is_bound else 200)


@login_not_required
@never_cache
@sensitive_post_parameters("email")
@require_http_methods(["GET", "HEAD", "POST"])
@evenly
def reset(request: HttpRequest) -> HttpResponse:
    """Ask for a link. The answer is the same for every address."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if throttle.admits_reset(request):
            request_reset(form.cleaned_data["email"])
        return render(request, "accounts/reset.html", {"is_sent": True})
    return render(request, "accounts/reset.html", {"form": form}, status=422 if form.is_bound else 200)


@login_not_required
@never_cache
@require_safe
def reset_link(request: HttpRequest, token: str) -> HttpResponse:
    # Mail scanners look at links by HEAD; none of them uses one up. A made-up one leaves no session to store.
    if request.method == "GET" and find_reset(hash_token(token)):
        request.session.cycle_key()  # a session that somebody planted here is not told of it
        request.session[_LINK] = hash_token(token).hex()
    return redirect("accounts:reset_password")


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    token_hash = bytes.fromhex(request.session.get(_LINK, ""))
    if find_reset(token_hash) is None:
        return render(request, "accounts/reset.html", {"form": AddressForm(), "is_over": True}, status=410)
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = reset_password(token_hash, form.cleaned_data["password"])
        request.session.flush()
        if done:
            messages.success(request, _("Your password is changed. Sign in with the new one."))
            return redirect("accounts:sign_in")
        return redirect("accounts:reset_password")
    return render(request, "accounts/reset_password.html", {"form": form}, status=422 if form.is_bound else 200)
