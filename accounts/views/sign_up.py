"""Creating an account."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language_from_request
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import pending, throttle
from accounts.actions import sign_up as make_account
from accounts.forms import SignUpForm
from accounts.pace import evenly

_TOO_OFTEN = "There were many sign-ups from your network lately. Wait an hour and try again."


@login_not_required
@never_cache
@sensitive_post_parameters("password", "email")
@require_http_methods(["GET", "HEAD", "POST"])
@evenly
def sign_up(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("home")
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_admitted(request, form):
        data = form.cleaned_data
        pending.start(
            request,
            make_account(
                email=data["email"],
                password=data["password"],
                organization_name=data["organization"],
                language=get_language_from_request(request),  # the first of LANGUAGES that the browser asks for
            ),
        )
        return redirect("accounts:verify")
    return render(request, "accounts/sign_up.html", {"form": form}, status=422 if form.is_bound else 200)


def _is_admitted(request: HttpRequest, form: SignUpForm) -> bool:
    """Tell whether another sign-up may come from there; if not, the form says so, whatever the address."""
    if not throttle.admits_sign_up(request):
        form.add_error(None, _TOO_OFTEN)
    return not form.errors
