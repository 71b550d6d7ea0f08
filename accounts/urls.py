from django.urls import path, register_converter

from accounts.views import browsers, email, messages, notifications, password, sessions, sign_up, verification
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
    path("reset/", password.reset, name="reset"),
    path("reset/password/", password.new, name="reset_password"),
    path("reset/<token:token>/", password.reset_link, name="reset_link"),
    path("account/password/", password.change, name="password"),
    path("account/email/", email.change, name="email"),
    path("account/email/code/", email.code, name="email_code"),
    path("account/report/<token:token>/", email.back, name="take_back"),
    path("account/email/<token:token>/", email.confirm, name="confirm_email"),
    path("account/sessions/", browsers.sessions, name="sessions"),
    path("account/sessions/end-others/", browsers.end_others, name="end_other_sessions"),
    path("account/sessions/<slug:session>/end/", browsers.end, name="end_session"),
    path("account/notifications/", notifications.notifications, name="notifications"),
    path("account/messages/", messages.messages, name="messages"),
    path("verify/", verification.verify, name="verify"),
    path("verify/again/", verification.verify_resend, name="verify_resend"),
    path("verify/status/", verification.verify_status, name="verify_status"),
    path("verify/<token:token>/", verification.verify_link, name="verify_link"),
    path("contacts/<token:token>/", answers.confirmation, name="contact"),
    path("contacts/<token:token>/refusal/", answers.refusal, name="contact_refusal"),
]
