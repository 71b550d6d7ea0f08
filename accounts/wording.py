"""Sentences that several pages say."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.factors import factors_of
from accounts.models import User

PASSKEY_REFUSED = gettext_lazy("That passkey did not work here. Try again, or use another way.")
TOO_MANY_CODES = gettext_lazy("Too many wrong codes of your app. Wait an hour, or use a passkey or a recovery code.")
WRONG_CODE = gettext_lazy("That code is not right, or it was used before. Wait for the next one, or use another way.")


def codes_left(user: User) -> str:
    left = factors_of(user).codes_left
    if not left:
        return _("You used a recovery code. None are left; make new ones under Security.")
    return ngettext(
        "You used a recovery code. %(left)s is left; make new ones under Security.",
        "You used a recovery code. %(left)s are left; make new ones under Security.",
        left,
    ) % {"left": left}
