"""Why a sign-in by a provider came to nothing: the one error of all that speaks with one."""

_AGAIN = "Go back and try again."
_ASK = "Ask whoever looks after single sign-on in your organization."
SENTENCES = {
    "expired": f"This sign-in took too long, or was begun in another browser or tab. {_AGAIN}",
    "cancelled": f"The provider says that you ended the sign-in there. {_AGAIN}",
    "off": f"Single sign-on was changed or turned off meanwhile. {_AGAIN}",
    "no-answer": f"The provider did not answer, or not in time. {_AGAIN}",
    "not-allowed": f"The provider's address is none that this console may connect to. {_ASK}",
    "metadata": f"The provider does not describe itself as OpenID Connect asks. {_ASK}",
    "refused": f"The provider refused to answer. Its client ID, secret or redirect address may be wrong. {_ASK}",
    "token": f"The provider's answer is not valid, so nobody was signed in. {_AGAIN}",
    "stale": f"The provider did not ask who you are just now. Sign in there anew. {_AGAIN}",
    "no-email": f"The provider did not say which email address is yours. {_ASK}",
    "unproven-email": f"The provider has not verified your email address. {_ASK}",
    "foreign-domain": f"Your address is in no domain of this organization. {_ASK}",
    "no-account": f"There is no account for you here yet. {_ASK}",
    "no-membership": f"You are no member of this organization. {_ASK}",
    "full": f"All seats of this organization are taken. {_ASK}",
    "other-subject": f"Another person of the provider signs in with this address. {_ASK}",
    "closed": "This account is closed.",
}


class SsoError(Exception):
    """`code` is one of ours, stable and safe to store: nothing that a provider said is ever part of it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code if code in SENTENCES else "token"

    @property
    def sentence(self) -> str:
        return SENTENCES[self.code]
