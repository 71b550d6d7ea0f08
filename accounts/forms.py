"""What people type to sign up, sign in and verify, and of others whom their organization tells of money."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, password_validation
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import guessing, throttle
from accounts.factors.codes import Proof, prove
from accounts.models import IdentityProvider, User
from accounts.models.identity_provider import NEWCOMERS
from accounts.sso import dns, fetching, metadata
from accounts.sso.failure import SsoError
from accounts.validators import one_line, visible
from notifications.webhooks import guard

TOO_MANY = gettext_lazy("Too many wrong tries. Wait an hour, or sign in on a device that you used before.")
NO_MATCH = gettext_lazy("Email and password do not match, or the address is not verified yet.")
_MAX_PASSWORD = 256  # characters; more only costs time to hash
_OF_ISSUER = {
    "no-answer": gettext_lazy("Nothing answered there. Check the address, and that this console can reach it."),
    "metadata": gettext_lazy(
        "There is no OpenID Connect provider that names itself so. Copy the issuer exactly as it is given."
    ),
}


class PasswordField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=_MAX_PASSWORD, strip=False, widget=forms.PasswordInput, **kwargs)
        self.validators.append(ProhibitNullCharactersValidator())


class NewPasswordForm(forms.Form):
    password = PasswordField()

    def context(self) -> list[str]:
        """Return what others know of the person, and try first."""
        return []

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password)
        return password

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "password" in data:
            try:
                guessing.check(data["password"], context=self.context())
            except ValidationError as error:
                self.add_error("password", error)
        return data


class SignUpForm(NewPasswordForm):
    email = forms.EmailField(max_length=254, label=gettext_lazy("Work email"), validators=[one_line])
    organization = forms.CharField(max_length=80, required=False, validators=[one_line, visible])
    field_order = ("email", "organization", "password")

    def context(self) -> list[str]:
        return [self.cleaned_data.get("email", ""), self.cleaned_data.get("organization", "")]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        email, password = data.get("email", ""), data.get("password", "")
        if email and password and email.partition("@")[0].casefold() in password.casefold() and len(password) < 24:
            self.add_error("password", ValidationError(_("The password holds your email name. Choose another one.")))
        return data


class SignInForm(forms.Form):
    email = forms.EmailField(max_length=254)
    password = PasswordField()
    user: User

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.POST or None)
        self._request = request

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if {"email", "password"} <= data.keys():
            tries = throttle.begin(self._request, data["email"])
            if tries is None:
                raise ValidationError(TOO_MANY)
            user = authenticate(email=data["email"], password=data["password"])
            if user is None:
                raise ValidationError(NO_MATCH)
            if user.is_verified:  # whoever signs up with an address has the password of that account
                throttle.succeeded(tries)
            self.user = user
        return data


class PresentPasswordForm(forms.Form):
    """A form that asks for the present password as well."""

    current = PasswordField()

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.POST or None)
        self._request = request

    def clean_current(self) -> str:
        current: str = self.cleaned_data["current"]
        user = self._request.user
        assert isinstance(user, User)
        tries = throttle.begin_again(self._request, user)
        if tries is None:
            raise ValidationError(TOO_MANY)
        if not user.check_password(current):
            raise ValidationError(_("This is not your present password."))
        throttle.succeeded(tries)
        return current


class ChangePasswordForm(PresentPasswordForm, NewPasswordForm):
    field_order = ("current", "password")


class AddressForm(forms.Form):
    email = forms.EmailField(max_length=254, validators=[one_line])


class ProviderForm(forms.Form):
    issuer = forms.CharField(max_length=300, label=gettext_lazy("Issuer"), validators=[one_line])
    client_id = forms.CharField(max_length=200, label=gettext_lazy("Client ID"), validators=[one_line])
    client_secret = forms.CharField(
        max_length=500, required=False, strip=True, widget=forms.PasswordInput, validators=[one_line]
    )
    makes_accounts = forms.BooleanField(required=False, label=gettext_lazy("Make an account for new people"))
    newcomers = forms.ChoiceField(choices=NEWCOMERS, label=gettext_lazy("Their role"))

    def __init__(self, *args: Any, provider: IdentityProvider | None, **kwargs: Any) -> None:
        names = ("issuer", "client_id", "makes_accounts", "newcomers")
        kwargs["initial"] = {name: getattr(provider, name) for name in names} if provider else {}
        super().__init__(*args, **kwargs)
        self._provider = provider

    def clean(self) -> dict[str, Any]:
        """Refuse a provider that does not describe itself, before people are sent to it."""
        data = super().clean() or {}
        before = self._provider
        # A secret goes only to the provider that it was typed for.
        is_same = before and (before.issuer, before.client_id) == (data.get("issuer"), data.get("client_id"))
        if not data.get("client_secret") and not is_same:
            self.add_error("client_secret", _("Enter the secret that belongs to this client."))
        if "issuer" in data:
            self._look_at(data["issuer"])
        return data

    def _look_at(self, issuer: str) -> None:
        try:
            fetching.check(issuer)
            metadata.of(issuer)
        except guard.Forbidden as forbidden:
            self.add_error("issuer", str(forbidden))
        except SsoError as error:
            self.add_error("issuer", _OF_ISSUER.get(error.code, error.sentence))


class DomainForm(forms.Form):
    domain = forms.CharField(max_length=253, label=gettext_lazy("Domain"))

    def clean_domain(self) -> str:
        domain = dns.normalise(self.cleaned_data["domain"])
        if domain is None:
            raise ValidationError(_("Enter a domain that your addresses end with, such as example.com."))
        return domain


class BillingContactForm(forms.Form):
    email = forms.EmailField(max_length=254, label=gettext_lazy("Email"), validators=[one_line])
    language = forms.ChoiceField(choices=settings.LANGUAGES, label=gettext_lazy("Language of the messages"))


class CodeForm(forms.Form):
    code = forms.CharField(max_length=12, label=gettext_lazy("6 digits from the email"))

    def clean_code(self) -> str:
        digits = "".join(self.cleaned_data["code"].split())
        if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
            raise ValidationError(_("Enter the six digits that we sent you last."))
        return digits


class SecondStepForm(forms.Form):
    code = forms.CharField(max_length=40, validators=[ProhibitNullCharactersValidator()])


class ConfirmForm(forms.Form):
    """A password with a code where the account asks for one. What of the two was wrong is not told."""

    password = PasswordField()
    code = forms.CharField(max_length=40, required=False, validators=[ProhibitNullCharactersValidator()])
    proof: Proof | None = None

    def __init__(self, *args: Any, user: User, needs_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.needs_code = user, needs_code
        if not needs_code:
            del self.fields["code"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        right = self.user.check_password(data["password"])
        if right and self.needs_code:  # a code is used up by looking at it: only beside the right password
            self.proof = prove(self.user, data["code"])
            right = self.proof is not None
        if not right:
            raise ValidationError(
                _("Password or code is not right.") if self.needs_code else _("The password is not right.")
            )
        return data


class PasskeyNameForm(forms.Form):
    name = forms.CharField(max_length=60, validators=[one_line])


class NewPasskeyForm(PasskeyNameForm):
    credential = forms.CharField(max_length=20_000, widget=forms.HiddenInput)
