"""How somebody signs in: their passkeys, their app, their recovery codes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.factors import factors_of, recovery
from accounts.models import BrowserSession, Totp
from accounts.requests import user_of


@require_GET
def security(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    context = {
        "factors": factors_of(user),
        "passkeys": user.passkeys.order_by("-pk"),
        "totp": Totp.objects.filter(user=user, confirmed_at__isnull=False).first(),
        "codes": recovery.COUNT,
        "codes_made": user.recovery_codes.values_list("created_at", flat=True).first(),
        "sessions": BrowserSession.objects.of(user.pk).count(),
    }
    return render(request, "accounts/security.html", context)
