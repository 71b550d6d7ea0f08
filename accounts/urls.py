from django.urls import path, register_converter

from accounts.views import notifications, sessions, sign_up, verification
from accounts.views.billing_contacts import answers


class TokenConverter:
    """The form of a link's token; anything else is not found, and nothing of it is kept."""

    regex = "[A-Za-z0-9_-]{43}"

    def to_python(self, value: str) -> str:
        return value

    to_url = to_python


register_converter(TokenConverter, "token")

app_name = "accounts"
urlpatterns = [
    path("sign-up/", sign_up.sign_up, name="sign_up"),
    path("sign-in/", sessions.sign_in, name="sign_in"),
    path("sign-out/", sessions.sign_out, name="sign_out"),
    path("account/notifications/", notifications.notifications, name="notifications"),
    path("verify/", verification.verify, name="verify"),
    path("verify/again/", verification.verify_resend, name="verify_resend"),
    path("verify/status/", verification.verify_status, name="verify_status"),
    path("verify/<token:token>/", verification.verify_link, name="verify_link"),
    path("contacts/<token:token>/", answers.confirmation, name="contact"),
    path("contacts/<token:token>/refusal/", answers.refusal, name="contact_refusal"),
]
