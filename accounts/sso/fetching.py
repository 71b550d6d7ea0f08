"""The way to a provider: what an organization's admin typed leads to public machines alone, pinned by address.

The guard and the transport are those of webhooks. Nothing is followed and nothing remembered, and an answer is short
and comes soon.
"""

from collections.abc import Mapping
from typing import Any

from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter

from accounts.sso.failure import SsoError
from notifications.failure import DeliveryError
from notifications.webhooks import guard, transport
from notifications.webhooks.transport import Answer

_MOST = 256 * 1024  # bytes of an answer
_TOTAL = 8.0  # seconds, while somebody waits for a page
_JSON = {"Accept": "application/json", "User-Agent": "Llama-Console-Sign-In/1"}


def check(url: str) -> guard.Target:
    """Return where to connect for a URL; guard.Forbidden, with a sentence, if it may not be."""
    return guard.check(url, localhost=settings.SSO_ALLOW_LOCALHOST, trusted=settings.SSO_PRIVATE_HOSTS)


def fetch(method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
    try:
        return transport.fetch(method, check(url), {**headers, **_JSON}, body, most=_MOST, total=_TOTAL)
    except guard.Forbidden as forbidden:
        code = "no-answer" if forbidden.code == "no-address" else "not-allowed"
    except DeliveryError as error:
        code = "metadata" if error.code == "too-large" else "no-answer"
    raise SsoError(code)


def get(url: str) -> bytes:
    """Return the body of a document that has to be there."""
    answer = fetch("GET", url, {})
    if answer.status != 200:
        raise SsoError("no-answer" if answer.status >= 500 else "metadata")
    return answer.body


def session(**of_the_client: Any) -> OAuth2Session:
    """Return Authlib's client, with this way as its only one."""
    made = OAuth2Session(code_challenge_method="S256", **of_the_client)
    made.trust_env = False  # no proxy and no .netrc of the process
    for scheme in list(made.adapters):
        made.mount(scheme, _Adapter())
    return made


class _Adapter(BaseAdapter):
    """Sends what requests has prepared. A redirect is an answer like any other: it has no Location here."""

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        headers = {name: _text(value) for name, value in request.headers.items() if name.lower() in _SENT}
        found = fetch(str(request.method), str(request.url), headers, _text(request.body or "").encode())
        answer = Response()
        answer.status_code, answer._content, answer.request = found.status, found.body, request
        answer.url, answer.encoding = str(request.url), "utf-8"
        return answer

    def close(self) -> None:
        pass


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


_SENT = {"authorization", "content-type", "content-length"}
