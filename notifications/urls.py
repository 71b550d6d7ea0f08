"""What providers call: Twilio when somebody answers a text, an email provider when mail comes back."""

from django.conf import settings
from django.urls import URLPattern, path
from django.utils.module_loading import import_string

from notifications.views import twilio

app_name = "notifications"


def email_events(provider: str, view: str, secret: str) -> list[URLPattern]:
    """Return the address for a provider's events; none without a provider, and none without a secret to know it by."""
    if not view or not secret:
        return []
    return [path(f"anymail/{provider}/tracking/", import_string(view).as_view(), name="email_events")]


urlpatterns = [
    path("twilio/", twilio.reply, name="twilio_reply"),
    *email_events(settings.EMAIL_PROVIDER, settings.EMAIL_TRACKING_VIEW, settings.EMAIL_WEBHOOK_SECRET),
]
