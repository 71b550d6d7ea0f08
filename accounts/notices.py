"""The emails that accounts cause."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse

from accounts.actions.verification import issue_verification
from accounts.models import User
from notifications.models import Priority
from notifications.notices import Letter, notice


@notice("verify-email", priority=Priority.SECURITY)
def verify_email(user_id: UUID) -> Letter | None:
    user = User.objects.filter(pk=user_id, is_active=True, email_verified_at=None).first()
    if user is None:
        return None
    token, code = issue_verification(user)
    context = {
        "link": settings.CONSOLE_ORIGIN + reverse("accounts:verify_link", args=[token]),
        "code": f"{code[:3]} {code[3:]}",
        "hours": int(settings.EMAIL_VERIFICATION_LIFETIME.total_seconds() // 3600),
    }
    return Letter(user, "accounts/email/verify", context)


@notice("already-registered", priority=Priority.SECURITY)
def already_registered(user_id: UUID) -> Letter | None:
    user = User.objects.filter(pk=user_id, is_active=True).first()
    sign_in_url = settings.CONSOLE_ORIGIN + reverse("accounts:sign_in")
    return Letter(user, "accounts/email/already_registered", {"sign_in_url": sign_in_url}) if user else None
