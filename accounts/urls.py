from django.urls import path, register_converter

from accounts.views import (
    authenticator,
    browsers,
    confirm,
    deletions,
    email,
    messages,
    notifications,
    own_deletion,
    passkey_sign_in,
    passkeys,
    password,
    phone,
    profile,
    recovery_codes,
    second_step,
    security,
    sessions,
    sign_up,
    sso_sign_in,
    verification,
)
from accounts.views.billing_contacts import answers
from accounts.views.invitations import answers as invited


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
    path("sign-in/passkey/", passkey_sign_in.by_passkey, name="passkey_sign_in"),
    path("sign-in/passkey/options/", passkey_sign_in.passkey_options, name="passkey_sign_in_options"),
    path("sign-in/second/", second_step.second_step, name="second_step"),
    path("sign-in/second/passkey/", second_step.by_passkey, name="second_step_passkey"),
    path("sign-in/second/passkey/options/", second_step.passkey_options, name="second_step_options"),
    path("sign-in/sso/", sso_sign_in.begin, name="sso"),
    path("sign-in/sso/callback/<uuid:organization_id>/", sso_sign_in.callback, name="sso_callback"),
    path("account/confirm/sso/", sso_sign_in.confirm, name="sso_confirm"),
    path("account/sso/<uuid:organization_id>/", sso_sign_in.required, name="sso_required"),
    path("sign-out/", sessions.sign_out, name="sign_out"),
    path("reset/", password.reset, name="reset"),
    path("reset/password/", password.new, name="reset_password"),
    path("reset/<token:token>/", password.reset_link, name="reset_link"),
    path("account/profile/", profile.profile, name="profile"),
    path("account/profile/edit/", profile.edit, name="profile_edit"),
    path("account/phone/", phone.phone, name="profile_phone"),
    path("account/phone/code/", phone.code, name="profile_phone_code"),
    path("account/phone/code/again/", phone.again, name="profile_phone_again"),
    path("account/phone/removal/", phone.remove, name="profile_phone_remove"),
    path("account/deletion/", own_deletion.deletion, name="own_deletion"),
    path("account/deletion/cancellation/", own_deletion.keep, name="own_deletion_keep"),
    path("account/password/", password.change, name="password"),
    path("account/email/", email.change, name="email"),
    path("account/email/code/", email.code, name="email_code"),
    path("account/report/<token:token>/", email.back, name="take_back"),
    path("account/email/<token:token>/", email.confirm, name="confirm_email"),
    path("account/confirm/", confirm.confirm, name="confirm"),
    path("account/confirm/passkey/", confirm.by_passkey, name="confirm_passkey"),
    path("account/confirm/passkey/options/", confirm.passkey_options, name="confirm_options"),
    path("account/security/", security.security, name="security"),
    path("account/security/passkeys/new/", passkeys.add, name="passkey_add"),
    path("account/security/passkeys/new/options/", passkeys.creation_options, name="passkey_add_options"),
    path("account/security/passkeys/<uuid:passkey_id>/name/", passkeys.rename, name="passkey_rename"),
    path("account/security/passkeys/<uuid:passkey_id>/removal/", passkeys.remove, name="passkey_remove"),
    path("account/security/authenticator/", authenticator.set_up, name="authenticator"),
    path("account/security/authenticator/removal/", authenticator.remove, name="authenticator_remove"),
    path("account/security/recovery-codes/", recovery_codes.recovery_codes, name="recovery_codes"),
    path("account/sessions/", browsers.sessions, name="sessions"),
    path("account/sessions/end-others/", browsers.end_others, name="end_other_sessions"),
    path("account/sessions/<slug:session>/end/", browsers.end, name="end_session"),
    path("account/notifications/", notifications.notifications, name="notifications"),
    path("account/messages/", messages.messages, name="messages"),
    path("verify/", verification.verify, name="verify"),
    path("verify/again/", verification.verify_resend, name="verify_resend"),
    path("verify/status/", verification.verify_status, name="verify_status"),
    path("verify/<token:token>/", verification.verify_link, name="verify_link"),
    path("invitations/<token:token>/", invited.link, name="invitation_link"),
    path("invitations/<token:token>/decline/", invited.decline_link, name="invitation_decline_link"),
    path("invitations/<uuid:invitation_id>/", invited.invitation, name="invitation"),
    path("invitations/<uuid:invitation_id>/decline/", invited.decline_page, name="invitation_decline"),
    path("contacts/<token:token>/", answers.confirmation, name="contact"),
    path("contacts/<token:token>/refusal/", answers.refusal, name="contact_refusal"),
    path("deletions/<token:token>/", deletions.deletion, name="deletion"),
    path("deletions/<token:token>/receipt/", deletions.receipt, name="deletion_receipt"),
    path("deletions/<token:token>/cancellation/", deletions.cancellation, name="deletion_cancellation"),
]
