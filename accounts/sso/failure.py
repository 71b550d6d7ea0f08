"""Why a sign-in by a provider came to nothing: the one error of all that speaks with one."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

_AGAIN = gettext_lazy("Go back and try again.")
_ASK = gettext_lazy("Ask whoever looks after single sign-on in your organization.")
# Of each code what happened, and what to do.
SENTENCES: dict[str, tuple[Promise, ...]] = {
    "expired": (gettext_lazy("This sign-in took too long, or was begun in another browser or tab."), _AGAIN),
    "cancelled": (gettext_lazy("The provider says that you ended the sign-in there."), _AGAIN),
    "off": (gettext_lazy("Single sign-on was changed or turned off meanwhile."), _AGAIN),
    "no-answer": (gettext_lazy("The provider did not answer, or not in time."), _AGAIN),
    "not-allowed": (gettext_lazy("The provider's address is none that this console may connect to."), _ASK),
    "metadata": (gettext_lazy("The provider does not describe itself as OpenID Connect asks."), _ASK),
    "refused": (
        gettext_lazy("The provider refused to answer. Its client ID, secret or redirect address may be wrong."),
        _ASK,
    ),
    "token": (gettext_lazy("The provider's answer is not valid, so nobody was signed in."), _AGAIN),
    "stale": (gettext_lazy("The provider did not ask who you are just now. Sign in there anew."), _AGAIN),
    "no-email": (gettext_lazy("The provider did not say which email address is yours."), _ASK),
    "unproven-email": (gettext_lazy("The provider has not verified your email address."), _ASK),
    "foreign-domain": (gettext_lazy("Your address is in no domain of this organization."), _ASK),
    "no-account": (gettext_lazy("There is no account for you here yet."), _ASK),
    "no-membership": (gettext_lazy("You are no member of this organization."), _ASK),
    "full": (gettext_lazy("All seats of this organization are taken."), _ASK),
    "other-subject": (gettext_lazy("Another person of the provider signs in with this address."), _ASK),
    "closed": (gettext_lazy("This account is closed."),),
}


class SsoError(Exception):
    """`code` is one of ours, stable and safe to store: nothing that a provider said is ever part of it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code if code in SENTENCES else "token"

    @property
    def sentence(self) -> str:
        return " ".join(map(str, SENTENCES[self.code]))
