"""Creating an account."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language_from_request, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import opened_links, pending, throttle
from accounts.actions import sign_up as make_account
from accounts.forms import SignUpForm
from accounts.onward import asked_for, onward
from accounts.pace import evenly
from accounts.views.sessions import enter

_TOO_OFTEN = gettext_lazy("There were many sign-ups from your network lately. Wait an hour and try again.")


@login_not_required
@never_cache
@sensitive_post_parameters("password", "email")
@require_http_methods(["GET", "HEAD", "POST"])
@evenly
def sign_up(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(onward(request))
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_admitted(request, form):
        return redirect(_sign_up(request, form))
    context = {"form": form, "next": asked_for(request), "is_invited": opened_links.are_any(request)}
    return render(request, "accounts/sign_up.html", context, status=422 if form.is_bound else 200)


def _sign_up(request: HttpRequest, form: SignUpForm) -> str:
    """Make the account and return where to go now: to the proof of the address, unless an invitation gave it here."""
    data = form.cleaned_data
    is_invited = opened_links.prove(request, data["email"])
    registration = make_account(
        email=data["email"],
        password=data["password"],
        organization_name=data["organization"],
        language=get_language_from_request(request),  # the first of LANGUAGES that the browser asks for
        is_invited=is_invited,
    )
    pending.start(request, registration)
    # Nobody is signed in here by a registration that is nobody's: for an address that has an account.
    if is_invited and (user := pending.user(request)):
        return enter(request, user)
    return reverse("accounts:verify")


def _is_admitted(request: HttpRequest, form: SignUpForm) -> bool:
    """Tell whether another sign-up may come from there; if not, the form says so, whatever the address."""
    if not throttle.admits_sign_up(request):
        form.add_error(None, _TOO_OFTEN)
    return not form.errors
