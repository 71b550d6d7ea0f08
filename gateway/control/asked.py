"""What is asked about keys, as it comes: a body for one or many, or the headers of a subrequest."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from gateway.addresses import Address, parsed
from gateway.auth import presented_secret
from gateway.control.verdict import Question
from gateway.errors import GatewayError
from gateway.http import Request

MOST = 100  # keys a request

Secret = Annotated[str, Meta(max_length=512)]
Name = Annotated[str, Meta(min_length=1, max_length=120)]
Tokens = Annotated[int, Meta(ge=0, le=10_000_000)]
Scope = Literal["chat", "models", "moderations"]


class Asked(Struct, forbid_unknown_fields=True):
    """One key. A member that nobody knows is refused: a misspelt `model` would not be looked at."""

    key: Secret
    model: Name | None = None
    scope: Scope | None = None
    address: Annotated[str, Meta(max_length=64)] | None = None
    consume: bool = False
    prompt_tokens: Tokens | None = None
    max_tokens: Tokens | None = None


class Many(Struct, forbid_unknown_fields=True):
    keys: Annotated[list[Asked | Secret], Meta(min_length=1, max_length=MOST)]


_one = msgspec.json.Decoder(Asked)
_many = msgspec.json.Decoder(Many)
_kinds = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read(body: bytes) -> tuple[list[Question], bool]:
    """Return what is asked, and whether it came as a batch; a 400 for anything else."""
    try:
        try:
            return [_question(_one.decode(body))], False
        except msgspec.ValidationError:
            if "keys" not in _kinds.decode(body):
                raise
            return [_question(each) for each in _many.decode(body).keys], True
    except msgspec.ValidationError as error:
        raise GatewayError(400, "invalid_request", str(error)) from None
    except (ValueError, RecursionError):
        raise GatewayError(400, "invalid_json", "The body is not valid JSON.") from None


def of_headers(request: Request) -> Question:
    """Return what a subrequest asks: of the customer's key, as it was presented."""
    secret = presented_secret(request.header("authorization"))
    model, scope = _text(request, "x-key-model"), _text(request, "x-key-scope")
    if scope is not None and scope not in Scope.__args__:  # type: ignore[attr-defined]
        raise GatewayError(400, "invalid_request", "There is no such scope.")
    address = _text(request, "x-client-address")
    consume = _text(request, "x-key-consume") == "true"
    return Question(secret or "", model, scope, _address(address), consume=consume, held=False)


def _question(asked: Asked | str) -> Question:
    if isinstance(asked, str):
        return Question(asked)
    if asked.consume and asked.model is None:
        raise GatewayError(400, "invalid_request", "What is consumed needs a model - at `$.model`")
    return Question(
        key=asked.key,
        model=asked.model,
        scope=asked.scope,
        address=_address(asked.address),
        consume=asked.consume,
        prompt_tokens=asked.prompt_tokens,
        max_tokens=asked.max_tokens,
    )


def _address(text: str | None) -> Address | None:
    if text is None:
        return None
    if (address := parsed(text)) is None:
        raise GatewayError(400, "invalid_request", "This is no address - at `$.address`")
    return address


def _text(request: Request, name: str) -> str | None:
    values = request.headers(name)
    if len(values) > 1:  # one of them is not the proxy's, and without either nothing would be looked at
        raise GatewayError(400, "invalid_request", f"The header {name} came more than once.")
    return values[0] if values and values[0] else None
