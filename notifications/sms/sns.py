"""Text messages by AWS SNS. Credentials come from where boto3 looks for them; the role needs `sns:Publish`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.conf import settings

from notifications.failure import DeliveryError
from notifications.sms import refusals

_STOPPED = {"OptedOut", "OptedOutException"}
_INVALID = {"InvalidParameter", "InvalidParameterException", "InvalidParameterValue", "ParameterValueInvalid"}
_THROTTLED = {"Throttling", "Throttled", "ThrottlingException", "ThrottledException", "TooManyRequestsException"}
_TRANSACTIONAL = {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}}


class Sns:
    """An empty `endpoint` is AWS itself."""

    def __init__(self, region: str, endpoint: str) -> None:
        self._place = (region, endpoint)

    def send(self, number: str, text: str) -> None:
        with _translated():
            client = _client(*self._place, *settings.SMS_TIMEOUT)
            client.publish(PhoneNumber=number, Message=text, MessageAttributes=_TRANSACTIONAL)


@lru_cache(maxsize=1)
def _client(region: str, endpoint: str, connect_timeout: float, read_timeout: float) -> Any:
    # boto3 is in the extra `aws`: only who sends by SNS needs it.
    from boto3.session import Session
    from botocore.config import Config

    config = Config(
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": 1},
    )
    return Session().client("sns", region_name=region, endpoint_url=endpoint or None, config=config)


@contextmanager
def _translated() -> Iterator[None]:
    """Raise what boto3 raises as a DeliveryError."""
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        ConnectionClosedError,
        ConnectTimeoutError,
        EndpointConnectionError,
        NoCredentialsError,
        PartialCredentialsError,
        ReadTimeoutError,
    )

    try:
        yield
    except ClientError as error:
        raise _refusal(error.response) from None
    except (NoCredentialsError, PartialCredentialsError):
        raise refusals.not_let_in() from None
    except (ConnectTimeoutError, EndpointConnectionError):
        raise refusals.unreachable() from None
    except (ConnectionClosedError, ReadTimeoutError):
        raise refusals.unanswered() from None
    except BotoCoreError:
        raise refusals.broken() from None


def _refusal(response: Mapping[str, Any]) -> DeliveryError:
    code, status = str(response["Error"].get("Code")), response["ResponseMetadata"]["HTTPStatusCode"]
    if code in _STOPPED:
        return refusals.stopped()
    if code in _INVALID:
        return refusals.invalid_number()
    if code in _THROTTLED or status == 429:
        return refusals.throttled()
    if status in {401, 403}:
        return refusals.not_let_in()
    return refusals.broken() if not 400 <= status < 500 else DeliveryError("sns-refused", permanent=True)
