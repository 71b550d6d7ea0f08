"""Messages about factors. Nobody can switch them off."""

from datetime import UTC, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds.kind import security
from notifications.wording import Action, Wording, moment

_AT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
_URL = "https://console.example.com/account/security/"
_CHANGED = {"factor": "Passkey", "at": _AT, "url": _URL}


@security("factor-added", gettext_lazy("Sign-in factor added"), sample=_CHANGED)
def factor_added(factor: str, at: datetime, url: str) -> Wording:
    return Wording(
        subject=_("A way to sign in was added to your Llama console account"),
        heading=_("A way to sign in was added"),
        paragraphs=[_("Your other sessions were ended.")],
        facts=[(_("Added"), factor), (_("When"), moment(at))],
        action=Action(_("See how you sign in"), url),
        footnote=_("If it was not you, remove it and change your password at once."),
    )


@security("factor-removed", gettext_lazy("Sign-in factor removed"), sample=_CHANGED)
def factor_removed(factor: str, at: datetime, url: str) -> Wording:
    return Wording(
        subject=_("A way to sign in was removed from your Llama console account"),
        heading=_("A way to sign in was removed"),
        paragraphs=[_("Your other sessions were ended.")],
        facts=[(_("Removed"), factor), (_("When"), moment(at))],
        action=Action(_("See how you sign in"), url),
        footnote=_("If it was not you, change your password at once."),
    )


@security("recovery-code-used", gettext_lazy("Recovery code used"), sample={"left": 7, "at": _AT, "url": _URL})
def recovery_code_used(left: int, at: datetime, url: str) -> Wording:
    return Wording(
        subject=_("A recovery code of your Llama console account was used"),
        heading=_("A recovery code was used"),
        facts=[(_("When"), moment(at)), (_("Codes left"), str(left))],
        action=Action(_("See how you sign in"), url),
        footnote=_("If it was not you, change your password and make new codes at once."),
    )


@security("passkey-refused", gettext_lazy("Passkey refused"), sample={"passkey": "Work laptop", "at": _AT, "url": _URL})
def passkey_refused(passkey: str, at: datetime, url: str) -> Wording:
    return Wording(
        subject=_("A passkey of your Llama console account was refused"),
        heading=_("A passkey was refused"),
        paragraphs=[
            _("Its counter went back, which happens when somebody has copied a passkey. Nobody was signed in.")
        ],
        facts=[(_("Passkey"), passkey), (_("When"), moment(at))],
        action=Action(_("See your passkeys"), url),
        footnote=_("Remove it, and make a new one on a device that you trust."),
    )
