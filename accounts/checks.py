"""What `manage.py check` says of how accounts are set up."""

from typing import Any

from django.conf import settings
from django.core import checks


@checks.register
def proxies_are_named(**_: Any) -> list[checks.CheckMessage]:
    """Warn of a proxy that is trusted with the protocol and not with addresses: all its clients would be one source."""
    if not getattr(settings, "SECURE_PROXY_SSL_HEADER", None) or settings.TRUSTED_PROXIES:
        return []
    problem = "TRUSTED_PROXIES names no proxy: everybody behind it shares one count of wrong passwords."
    return [checks.Warning(problem, hint="Set it to your proxies' networks, such as 10.0.0.0/8.", id="accounts.W001")]


@checks.register(deploy=True)
def addresses_are_not_imitated(**_: Any) -> list[checks.CheckMessage]:
    """Warn that a client may say itself where it comes from; whether the proxies let it through is not seen here."""
    name = settings.CLIENT_ADDRESS_HEADER
    if not settings.TRUSTED_PROXIES or "-" not in name:
        return []
    problem = f"{name.replace('-', '_')} of a client counts like {name} of a proxy, if the proxies let it through."
    hint = "Have them drop headers with an underscore, or set CLIENT_ADDRESS_HEADER to a name without a hyphen."
    return [checks.Warning(problem, hint=hint, id="accounts.W002")]
