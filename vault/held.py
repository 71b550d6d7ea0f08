"""Why each field of a person's profile is held, in the words that its person reads; beside vault/purposes.py.

A sentence here may claim no more than that table enforces: a test compares them.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

HELD: dict[str, str | Promise] = {
    "accounts.User.name": gettext_lazy("So that the members of your organizations know who you are."),
    "accounts.User.email": gettext_lazy(
        "To sign you in, to write to you, and so that your organizations can find you."
    ),
    "accounts.User.phone": gettext_lazy("Only to send you text messages."),
    "accounts.User.location": gettext_lazy("Only because you want it here: no message and nobody else’s page uses it."),
    "accounts.User.date_of_birth": gettext_lazy(
        "Only because you want it here: no message and nobody else’s page uses it."
    ),
}
