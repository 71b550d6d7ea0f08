"""Refusals in Stripe's words and shape."""

from typing import Any

Json = dict[str, Any]
INVALID, CARD, IDEMPOTENCY, API = "invalid_request_error", "card_error", "idempotency_error", "api_error"


class StripeError(Exception):
    """A request that is not carried out. `stored`: the endpoint had begun, so that its key replays the refusal."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = INVALID,
        code: str | None = None,
        param: str | None = None,
        stored: bool = True,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.stored = stored
        said = {"code": code, "message": message, "param": param, "type": type, **more}
        self.said: Json = {name: value for name, value in said.items() if value is not None}

    @property
    def code(self) -> str | None:
        code: str | None = self.said.get("code")
        return code

    def as_json(self, request_id: str) -> Json:
        code = {"doc_url": f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}"} if self.code else {}
        log = f"https://dashboard.stripe.com/test/logs/{request_id}"
        return {"error": {**code, **self.said, "request_log_url": log}}


def missing(param: str) -> StripeError:
    return StripeError(f"Missing required param: {param}.", code="parameter_missing", param=param, stored=False)


def unknown(param: str) -> StripeError:
    return StripeError(f"Received unknown parameter: {param}", code="parameter_unknown", param=param, stored=False)


def invalid(message: str, param: str, code: str | None = None) -> StripeError:
    return StripeError(message, code=code, param=param, stored=False)


def no_such(kind: str, id: str, param: str = "id") -> StripeError:
    text = f"No such {kind.replace('_', '')}: '{id}'"
    return StripeError(text, status=404 if param == "id" else 400, code="resource_missing", param=param)
