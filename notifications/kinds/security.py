"""Messages about signing in. Nobody can switch them off."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from notifications.kinds import lines
from notifications.kinds.kind import Title, security
from notifications.kinds.samples import AT, page
from notifications.wording import Action, Wording


class Factor(StrEnum):
    PASSKEY = "passkey"
    AUTHENTICATOR = "authenticator"
    RECOVERY_CODES = "recovery-codes"
    SSO = "sso"


FACTORS: Mapping[Factor, Title] = {
    Factor.PASSKEY: gettext_lazy("Passkey"),
    Factor.AUTHENTICATOR: gettext_lazy("Authenticator app"),
    Factor.RECOVERY_CODES: gettext_lazy("Recovery codes"),
    Factor.SSO: gettext_lazy("Single sign-on"),
}
_URL = page("account/security/")
_FACTOR = {"factor": Factor.PASSKEY, "at": AT, "url": _URL}


@security(
    "password-reset",
    gettext_lazy("Password reset"),
    sample={"link": page("reset/Zk3…"), "minutes": 30},
    secret=True,
)
def password_reset(link: str, minutes: int) -> Wording:
    return Wording(
        subject=_("Reset your Llama console password"),
        paragraphs=[
            _("Someone, probably you, wants to choose a new password for your account.")
            + " "
            + lines.for_minutes(minutes),
            _("If you have a second factor, you are asked for it as always."),
        ],
        action=Action(_("Choose a new password"), link),
        footnote=_("If it was not you, do nothing: your password stays as it is."),
    )


@security("password-changed", gettext_lazy("Password changed"), sample={"at": AT, "url": _URL}, text=True)
def password_changed(at: datetime, url: str) -> Wording:
    return Wording(
        subject=_("Your Llama console password was changed"),
        paragraphs=[_("You sign in with the new one from now on.")],
        facts=[lines.when(at)],
        action=Action(_("See your security settings"), url),
        footnote=_("If it was not you, reset the password at once and end all other sessions."),
        short=_("Llama console: your password was changed. If it was not you, reset it at once."),
    )


@security(
    "new-device",
    gettext_lazy("Sign-in on a new device"),
    sample={"browser": "Firefox", "system": "Linux", "at": AT, "url": _URL},
    text=True,
)
def new_device(browser: str, system: str, at: datetime, url: str) -> Wording:
    device = _("%(browser)s on %(system)s") % {"browser": browser, "system": system} if system else browser
    return Wording(
        subject=_("New sign-in to your Llama console account"),
        paragraphs=[_("Somebody signed in to your account on a device that we had not seen with it before.")],
        facts=[(_("Device"), device), lines.when(at)],
        action=Action(_("See where you are signed in"), url),
        footnote=_("If it was not you, end that session and change your password at once."),
        short=_("Llama console: new sign-in to your account. If it was not you, change your password at once."),
    )


@security("factor-added", gettext_lazy("Sign-in factor added"), sample=_FACTOR, text=True)
def factor_added(factor: Factor, at: datetime, url: str) -> Wording:
    return Wording(
        subject=_("A sign-in factor was added to your account"),
        paragraphs=[_("It can be used to sign in to your Llama console account from now on.")],
        facts=[(_("Factor"), str(FACTORS[factor])), lines.when(at)],
        action=Action(_("See your security settings"), url),
        footnote=_("If it was not you, remove the factor and change your password at once."),
        short=_("Llama console: a sign-in factor was added. If it was not you, remove it and change your password."),
    )


@security("factor-removed", gettext_lazy("Sign-in factor removed"), sample=_FACTOR, text=True)
def factor_removed(factor: Factor, at: datetime, url: str) -> Wording:
    return Wording(
        subject=_("A sign-in factor was removed from your account"),
        paragraphs=[_("It does not open your Llama console account any more.")],
        facts=[(_("Factor"), str(FACTORS[factor])), lines.when(at)],
        action=Action(_("See your security settings"), url),
        footnote=_("If it was not you, change your password at once and check which factors are left."),
        short=_("Llama console: a sign-in factor was removed. If it was not you, change your password at once."),
    )


@security(
    "recovery-codes-made",
    gettext_lazy("Recovery codes made"),
    sample={"at": AT, "url": _URL},
    text=True,
)
def recovery_codes_made(at: datetime, url: str) -> Wording:
    return Wording(
        subject=_("New recovery codes were made for your account"),
        paragraphs=[_("Each of them signs in once in place of a second factor. Former codes do not work any more.")],
        facts=[lines.when(at)],
        action=Action(_("See your security settings"), url),
        footnote=_("If it was not you, change your password at once and make new codes: somebody has yours."),
        short=_("Llama console: new recovery codes were made. If it was not you, change your password at once."),
    )


@security(
    "recovery-code-used",
    gettext_lazy("Recovery code used"),
    sample={"left": 7, "at": AT, "url": _URL},
    text=True,
)
def recovery_code_used(left: int, at: datetime, url: str) -> Wording:
    remain = ngettext("%(left)s code is left.", "%(left)s codes are left.", left) % {"left": left}
    return Wording(
        subject=_("A recovery code opened your account"),
        paragraphs=[_("Each code works once, so this one is spent.") + " " + remain],
        facts=[lines.when(at)],
        action=Action(_("Make new codes"), url),
        footnote=_("If it was not you, change your password at once and make new codes: somebody has yours."),
        short=_("Llama console: a recovery code was used. If it was not you, change your password at once."),
    )


@security(
    "passkey-refused",
    gettext_lazy("Passkey refused"),
    sample={"passkey": "Work laptop", "at": AT, "url": _URL},
)
def passkey_refused(passkey: str, at: datetime, url: str) -> Wording:
    return Wording(
        subject=_("A passkey of your Llama console account was refused"),
        heading=_("A passkey was refused"),
        paragraphs=[
            _("Its counter went back, which happens when somebody has copied a passkey. Nobody was signed in.")
        ],
        facts=[(str(FACTORS[Factor.PASSKEY]), passkey), lines.when(at)],
        action=Action(_("See your security settings"), url),
        footnote=_("Remove it, and make a new one on a device that you trust."),
    )
