"""The email providers that `EMAIL_PROVIDER` names, and what anymail is told about each.

Read by the settings. Loud about what is missing, as `env` is.
"""

import os
from dataclasses import dataclass

from llama_console import env

_TIMEOUT = (3.0, 10.0)  # seconds to connect, and to be answered


@dataclass(frozen=True, slots=True)
class Provider:
    """Anymail's names: of its backend, of the view that takes events, and of the settings of keys and address."""

    backend: str
    tracking: str
    key: str = ""
    second: str = ""
    url: str = ""


PROVIDERS = {
    "mailgun": Provider("mailgun", "MailgunTrackingWebhookView", "MAILGUN_API_KEY", "", "MAILGUN_API_URL"),
    "postmark": Provider("postmark", "PostmarkTrackingWebhookView", "POSTMARK_SERVER_TOKEN", "", "POSTMARK_API_URL"),
    "sendgrid": Provider("sendgrid", "SendGridTrackingWebhookView", "SENDGRID_API_KEY", "", "SENDGRID_API_URL"),
    "ses": Provider("amazon_ses", "AmazonSESTrackingWebhookView"),  # boto3 finds the credentials
    "resend": Provider("resend", "ResendTrackingWebhookView", "RESEND_API_KEY", "", "RESEND_API_URL"),
    "brevo": Provider("brevo", "BrevoTrackingWebhookView", "BREVO_API_KEY", "", "BREVO_API_URL"),
    "mailjet": Provider(
        "mailjet", "MailjetTrackingWebhookView", "MAILJET_API_KEY", "MAILJET_SECRET_KEY", "MAILJET_API_URL"
    ),
    "sparkpost": Provider("sparkpost", "SparkPostTrackingWebhookView", "SPARKPOST_API_KEY", "", "SPARKPOST_API_URL"),
}


def backend(name: str) -> str:
    """Return the email backend for a provider; any other name is SMTP."""
    if name not in PROVIDERS:
        return "notifications.smtp.EmailBackend"
    return f"anymail.backends.{PROVIDERS[name].backend}.EmailBackend"


def tracking_view(name: str) -> str:
    """Return the dotted name of the view that takes a provider's bounces and complaints; empty for SMTP."""
    if name not in PROVIDERS:
        return ""
    provider = PROVIDERS[name]
    return f"anymail.webhooks.{provider.backend}.{provider.tracking}"


def anymail(name: str, webhook_secret: str) -> dict[str, object]:
    """Return the ANYMAIL setting from EMAIL_PROVIDER_KEY, _SECRET and _URL."""
    if name not in PROVIDERS:
        return {}
    user, _, password = webhook_secret.partition(":")
    env.require(
        not webhook_secret or (bool(user) and len(password) >= 16),
        "EMAIL_WEBHOOK_SECRET must look like name:password, with a password of at least 16 characters.",
    )
    provider = PROVIDERS[name]
    told: dict[str, object] = {"REQUESTS_TIMEOUT": _TIMEOUT}
    if webhook_secret:
        told["WEBHOOK_SECRET"] = webhook_secret
    if provider.key:
        told[provider.key] = env.string("EMAIL_PROVIDER_KEY")
    if provider.second:
        told[provider.second] = env.string("EMAIL_PROVIDER_SECRET")
    if provider.url and os.environ.get("EMAIL_PROVIDER_URL"):
        told[provider.url] = env.protected_url("EMAIL_PROVIDER_URL") + "/"
    return told
