"""What roles are called on pages. In logs, exports and the API they have their own names."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.models import Role

_NAMES: dict[Role, Promise] = {
    Role.OWNER: gettext_lazy("Owner"),
    Role.ADMIN: gettext_lazy("Admin"),
    Role.DEVELOPER: gettext_lazy("Developer"),
    Role.BILLING: gettext_lazy("Billing"),
    Role.VIEWER: gettext_lazy("Viewer"),
}


def role_name(role: Role) -> str:
    return str(_NAMES[role])
