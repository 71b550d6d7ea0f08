"""The address to sign in with: asking for another one, and proving it by the link that goes there."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.actions.addresses import confirm_change, find_change, request_change
from accounts.forms import ChangeAddressForm
from accounts.models import User


@never_cache
@sensitive_post_parameters("email", "current")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    form = ChangeAddressForm(request)
    if request.method == "POST" and form.is_valid():
        if request_change(request.user, form.cleaned_data["email"]):
            return render(request, "accounts/email.html", {"is_sent": True})
        form.add_error(None, "That is too often. Wait an hour and try again.")
    return render(request, "accounts/email.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    assert isinstance(request.user, User)
    if request.method == "POST" and confirm_change(request.user, token):
        messages.success(request, "Your address is changed. Sign in with the new one from now on.")
        return redirect("home")
    if request.method == "POST" or find_change(request.user, token) is None:
        return render(request, "accounts/confirm_email.html", {"is_over": True}, status=410)
    return render(request, "accounts/confirm_email.html")
