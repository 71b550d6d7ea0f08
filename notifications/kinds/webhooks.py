"""Messages about customers' webhooks. An endpoint is named by its host."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds import lines
from notifications.kinds.kind import Topic, kind
from notifications.kinds.samples import AT, ORGANIZATION, page_of
from notifications.wording import Action, Wording


@kind(
    "webhook-disabled",
    gettext_lazy("Webhook disabled"),
    Topic.KEYS,
    sample={
        "host": "hooks.example.com",
        "organization": ORGANIZATION,
        "is_gone": False,
        "at": AT,
        "url": page_of("webhooks/"),
    },
)
def webhook_disabled(host: str, organization: str, is_gone: bool, at: datetime, url: str) -> Wording:
    """Word the end of an endpoint that answered 410 Gone, or failed for days."""
    reason = (
        _("It answered that it is gone for good (410).")
        if is_gone
        else _("For days, every event that we sent to it failed.")
    )
    return Wording(
        subject=_("Webhook disabled in %(organization)s: %(host)s") % {"organization": organization, "host": host},
        paragraphs=[reason + " " + _("It gets nothing more until somebody enables it.")],
        facts=[(_("Endpoint"), host), lines.organization(organization), lines.when(at)],
        action=Action(_("See the endpoint"), url),
        footnote=_("If you do not need it any more, delete it."),
    )
