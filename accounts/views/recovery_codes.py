"""Recovery codes: making ten, which are shown in the answer to that POST and never again."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions.factors import make_recovery_codes
from accounts.factors import factors_of
from accounts.requests import user_of
from accounts.step_up import recent_sign_in_required
from ledger.actor import Actor


@recent_sign_in_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    if request.method != "POST":
        factors = factors_of(user)
        made = user.recovery_codes.exists()
        if not factors.are_any:
            return redirect("accounts:security")
        return render(request, "accounts/recovery_codes.html", {"factors": factors, "are_made": made})
    if codes := make_recovery_codes(Actor.user(user.pk), user):
        return render(request, "accounts/recovery_codes_made.html", {"codes": codes})
    return redirect("accounts:security")
