"""Messages about webhooks. An endpoint is named by its host."""

from datetime import UTC, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds.kind import Topic, kind
from notifications.models import Because
from notifications.wording import Action, Wording, moment

_SAMPLE = {
    "organization": "Acme Research",
    "host": "hooks.example.com",
    "because": Because.FAILING.value,
    "at": datetime(2026, 11, 24, 8, 30, tzinfo=UTC),
    "url": "https://console.example.com/o/acme-research/webhooks/0192f0c1/",
}


@kind("webhook-disabled", gettext_lazy("Webhook disabled"), Topic.KEYS, sample=_SAMPLE)
def webhook_disabled(organization: str, host: str, because: str, at: datetime, url: str) -> Wording:
    reason = (
        _("It answered 410 Gone: it wants no more events.")
        if because == Because.GONE
        else _("Everything that was sent to it failed for days.")
    )
    return Wording(
        subject=_("Webhook disabled in %(organization)s: %(host)s") % {"organization": organization, "host": host},
        paragraphs=[
            reason,
            _("Nothing more goes to it until somebody enables it. Events of the meantime are not sent afterwards."),
        ],
        facts=[(_("Endpoint"), host), (_("Organization"), organization), (_("Disabled"), moment(at))],
        action=Action(_("See the endpoint"), url),
    )
