from django.urls import path

from accounts.views import sessions, sign_up, verification

app_name = "accounts"
urlpatterns = [
    path("sign-up/", sign_up.sign_up, name="sign_up"),
    path("sign-in/", sessions.sign_in, name="sign_in"),
    path("sign-out/", sessions.sign_out, name="sign_out"),
    path("verify/", verification.verify, name="verify"),
    path("verify/again/", verification.verify_resend, name="verify_resend"),
    path("verify/status/", verification.verify_status, name="verify_status"),
    path("verify/<str:token>/", verification.verify_link, name="verify_link"),
]
