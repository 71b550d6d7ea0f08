"""Messages about signing in. Nobody can switch them off."""

from datetime import UTC, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from notifications.kinds.kind import security
from notifications.wording import Action, Wording, moment

_AT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


@security(
    "verify-email",
    gettext_lazy("Verification of your address"),
    sample={"link": "https://console.example.com/verify/Zk3…", "code": "482 913", "hours": 24},
)
def verify_email(link: str, code: str, hours: int) -> Wording:
    lasts = ngettext("The link works once, for %(hours)s hour.", "The link works once, for %(hours)s hours.", hours)
    return Wording(
        subject=_("%(code)s is your Llama console code") % {"code": code},
        heading=_("Verify your email"),
        paragraphs=[
            _("One step is left to open your Llama console account.") + " " + lasts % {"hours": hours},
            _("Instead, you can type the code on the page that waits for it."),
        ],
        code=code,
        action=Action(_("Verify this address"), link),
        footnote=_("If you did not ask for this, do nothing: without the link or the code the account stays closed."),
    )


@security(
    "new-device",
    gettext_lazy("Sign-in on a new device"),
    sample={"agent": "Firefox on Linux", "at": _AT, "url": "https://console.example.com/account/sessions/"},
    text=True,
)
def new_device(agent: str, at: datetime, url: str) -> Wording:
    return Wording(
        subject=_("New device signed in to your Llama console account"),
        heading=_("A new device signed in"),
        paragraphs=[_("Somebody signed in to your account on a device that had not been used for it before.")],
        facts=[(_("Device"), agent), (_("When"), moment(at))],
        action=Action(_("See your sessions"), url),
        footnote=_("If it was not you, end that session and change your password at once."),
        short=_("New sign-in to your Llama console account: %(agent)s. Not you? Change your password.")
        % {"agent": agent},
    )


@security(
    "password-reset",
    gettext_lazy("Password reset"),
    sample={"link": "https://console.example.com/reset/Zk3…", "minutes": 60},
)
def password_reset(link: str, minutes: int) -> Wording:
    return Wording(subject=_("Reset your password"), action=Action(_("Choose a new password"), link))


@security("password-changed", gettext_lazy("Password changed"), sample={"at": _AT, "url": "https://x.example"})
def password_changed(at: datetime, url: str) -> Wording:
    return Wording(subject=_("Password changed"), facts=[(_("When"), moment(at))], action=Action(_("Reset"), url))


@security("verify-new-email", gettext_lazy("New address"), sample={"link": "https://x.example", "hours": 24})
def verify_new_email(link: str, hours: int) -> Wording:
    return Wording(subject=_("Confirm your new address"), action=Action(_("Confirm"), link))


@security("email-changed", gettext_lazy("Address changed"), sample={"at": _AT, "url": "https://x.example"})
def email_changed(at: datetime, url: str) -> Wording:
    return Wording(subject=_("Address changed"), facts=[(_("When"), moment(at))], action=Action(_("Reset"), url))


@security(
    "already-registered",
    gettext_lazy("Sign-up with your address"),
    sample={"url": "https://console.example.com/sign-in/"},
)
def already_registered(url: str) -> Wording:
    return Wording(
        subject=_("You already have a Llama console account"),
        heading=_("You already have an account"),
        paragraphs=[
            _("Someone, probably you, asked for a new Llama console account with this address. It has one already.")
        ],
        action=Action(_("Sign in"), url),
        footnote=_(
            "If it was not you, do nothing: nothing was changed, and whoever asked was not told that the address"
            " is known."
        ),
    )
