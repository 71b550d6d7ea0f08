"""Text messages by Twilio: one form POST a message. https://www.twilio.com/docs/messaging/api/message-resource"""

from typing import Any
from urllib.parse import quote

import requests
from django.conf import settings
from urllib3.exceptions import MaxRetryError

from notifications.failure import DeliveryError
from notifications.sms import refusals

_INVALID = {21211, 21614}
_STOPPED, _NOT_AUTHENTICATED, _TOO_MANY = 21610, 20003, 20429


class Twilio:
    """`sender` is a number, a name, or the id of a messaging service (MG…)."""

    def __init__(self, url: str, account: str, token: str, sender: str) -> None:
        self._url = f"{url}/2010-04-01/Accounts/{quote(account, safe='')}/Messages.json"
        self._credentials = (account, token)
        self._sender = {"MessagingServiceSid" if sender.startswith("MG") else "From": sender}

    def send(self, number: str, text: str) -> None:
        answer = self._post({"To": number, "Body": text, **self._sender})
        if not 200 <= answer.status_code < 300:
            raise _refusal(answer.status_code, _code(answer))

    def _post(self, form: dict[str, str]) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False  # no proxy and no .netrc of the environment
            try:
                return session.post(
                    self._url, form, auth=self._credentials, timeout=settings.SMS_TIMEOUT, allow_redirects=False
                )
            # The errors' texts may hold what was sent: only our code goes on from here.
            except requests.ConnectTimeout:
                raise refusals.unreachable() from None
            except (requests.Timeout, requests.exceptions.ChunkedEncodingError):
                raise refusals.unanswered() from None
            except requests.ConnectionError as error:
                # urllib3 wraps what failed before anything was sent, and not what broke off later.
                left = not (error.args and isinstance(error.args[0], MaxRetryError))
                raise (refusals.unanswered() if left else refusals.unreachable()) from None
            except requests.RequestException:
                raise refusals.broken() from None


def _code(answer: requests.Response) -> int:
    """Return Twilio's code of an error; 0 if it has none."""
    try:
        body: Any = answer.json()
    except ValueError:
        return 0
    code = body.get("code") if isinstance(body, dict) else None
    return code if isinstance(code, int) and 0 < code < 1_000_000 else 0


def _refusal(status: int, code: int) -> DeliveryError:
    if code == _STOPPED:
        return refusals.stopped()
    if code in _INVALID:
        return refusals.invalid_number()
    if status in {401, 403} or code == _NOT_AUTHENTICATED:
        return refusals.not_let_in()
    if status == 429 or code == _TOO_MANY:
        return refusals.throttled()
    return DeliveryError(f"twilio-{code or status}", permanent=True) if 400 <= status < 500 else refusals.broken()
