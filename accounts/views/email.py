"""The address to sign in with: asking for another one, proving it, and taking the account back at the former one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.actions.addresses import (
    Occupied,
    confirm_by_code,
    confirm_by_token,
    find_change,
    find_return,
    request_change,
    take_back,
)
from accounts.forms import AddressForm, CodeForm
from accounts.models import User
from accounts.step_up import recent_sign_in_required

_CHANGED = gettext_lazy("Your address is changed. Sign in with the new one from now on.")


@never_cache
@sensitive_post_parameters("email")
@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
def change(request: HttpRequest) -> HttpResponse:
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if request_change(_user(request), form.cleaned_data["email"]):
            return redirect("accounts:email_code")
        form.add_error(None, _("That is too often. Wait an hour and try again."))
    return render(request, "accounts/email.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if confirm_by_code(_user(request), form.cleaned_data["code"]):
            messages.success(request, _CHANGED)
            return redirect("accounts:email")
        form.add_error(
            "code", _("That code is not right, or not good any more. Look in the newest email, or ask again.")
        )
    return render(request, "accounts/email_code.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    if request.method == "POST" and confirm_by_token(_user(request), token):
        messages.success(request, _CHANGED)
        return redirect("accounts:email")
    if request.method == "POST" or find_change(_user(request), token) is None:
        return render(request, "accounts/confirm_email.html", {"is_over": True}, status=410)
    return render(request, "accounts/confirm_email.html")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def back(request: HttpRequest, token: str) -> HttpResponse:
    """Let who has the former address take the account back; whoever is signed in by then is out."""
    try:
        if request.method == "POST" and take_back(token):
            return render(request, "accounts/take_back.html", {"is_done": True})
    except Occupied:
        return render(request, "accounts/take_back.html", {"is_occupied": True}, status=409)
    if request.method == "POST" or find_return(token) is None:
        return render(request, "accounts/take_back.html", {"is_over": True}, status=410)
    return render(request, "accounts/take_back.html")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
