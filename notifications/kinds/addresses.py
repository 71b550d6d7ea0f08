"""Messages that prove an address or a number, and those about a change of one. Nobody can switch them off."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from notifications.kinds import lines
from notifications.kinds.kind import Topic, kind, security
from notifications.kinds.samples import AT, page
from notifications.models import Channel, Priority
from notifications.sms.segments import fits_one
from notifications.wording import Action, Wording

_PROOF = {"link": page("verify/Zk3…"), "code": "482 913", "hours": 24}


@security("verify-email", gettext_lazy("Verification of your address"), sample=_PROOF, secret=True)
def verify_email(link: str, code: str, hours: int) -> Wording:
    return Wording(
        subject=_("%(code)s is your Llama console code") % {"code": code},
        heading=_("Verify your email"),
        paragraphs=[
            _("One step is left to open your Llama console account.") + " " + lines.for_hours(hours),
            _("Instead, you can type the code on the page that waits for it."),
        ],
        code=code,
        action=Action(_("Verify this address"), link),
        footnote=_("If you did not ask for this, do nothing: without the link or the code the account stays closed."),
    )


@security(
    "already-registered",
    gettext_lazy("Sign-up with your address"),
    sample={"url": page("sign-in/")},
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


@security("verify-new-email", gettext_lazy("Verification of a new address"), sample=_PROOF, secret=True)
def verify_new_email(link: str, code: str, hours: int) -> Wording:
    return Wording(
        subject=_("%(code)s is your Llama console code") % {"code": code},
        heading=_("Verify your new email"),
        paragraphs=[
            _("You want to use this address for your Llama console account. The former one stays in use until then.")
            + " "
            + lines.for_hours(hours),
            _("Instead, you can type the code on the page that waits for it."),
        ],
        code=code,
        action=Action(_("Verify this address"), link),
        footnote=_("If you did not ask for this, do nothing: without the link or the code nothing changes."),
    )


@security(
    "email-changed",
    gettext_lazy("Address changed"),
    sample={"at": AT, "url": page("account/report/Zk3…")},
    secret=True,
)
def email_changed(at: datetime, url: str) -> Wording:
    """Word what goes to the former address; `url` is for who can't sign in any more."""
    return Wording(
        subject=_("Your Llama console account has a new address"),
        paragraphs=[
            _(
                "You sign in with the new address from now on, and our messages go there."
                " This is the last one to come here."
            )
        ],
        facts=[lines.when(at)],
        action=Action(_("It was not me"), url),
        footnote=_("If it was you, there is nothing to do. If not, use the link soon: somebody else has your account."),
    )


@kind(
    "verify-phone",
    gettext_lazy("Verification of your phone"),
    Topic.SECURITY,
    sample={"code": "482913", "minutes": 10, "host": "console.example.com"},
    channels=[Channel.SMS],
    priority=Priority.SECURITY,
    required=True,
    secret=True,
)
def verify_phone(code: str, minutes: int, host: str) -> Wording:
    """Word a text that browsers fill in by themselves, but only on pages of `host` (WebOTP)."""
    words = ngettext(
        "%(code)s is your Llama console code. It works for %(minutes)s minute. We never ask you for it.",
        "%(code)s is your Llama console code. It works for %(minutes)s minutes. We never ask you for it.",
        minutes,
    ) % {"code": code, "minutes": minutes}
    bound = f"{words}\n\n@{host} #{code}"
    return Wording(subject="", short=bound if fits_one(bound) else words)


@security(
    "phone-changed",
    gettext_lazy("Phone number changed"),
    sample={"is_gone": False, "at": AT, "url": page("account/profile/")},
)
def phone_changed(is_gone: bool, at: datetime, url: str) -> Wording:
    if is_gone:
        subject = _("Your Llama console account has no phone number any more")
        now = _("The number was removed. No more text messages go to you.")
    else:
        subject = _("Your Llama console account has a new phone number")
        now = _("Text messages to you go to the new number from now on.")
    return Wording(
        subject=subject,
        paragraphs=[now],
        facts=[lines.when(at)],
        action=Action(_("See your profile"), url),
        footnote=_("If it was not you, change your password at once: somebody is signed in as you."),
    )


@kind(
    "phone-left",
    gettext_lazy("Last text to a former number"),
    Topic.SECURITY,
    sample={},
    channels=[Channel.SMS],
    priority=Priority.SECURITY,
    required=True,
)
def phone_left() -> Wording:
    """Word what goes to a number that is an account's no more."""
    return Wording(
        subject="",
        short=_("Llama console: no more texts come to this number. If it was not you, change your password at once."),
    )
