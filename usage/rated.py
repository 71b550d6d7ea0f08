"""A call with its price: what is recorded of it, and what its settlement needs besides."""

from uuid import UUID

from usage.calls import Call


class RatedCall(Call, frozen=False):  # type: ignore[misc]  # no dataclass: msgspec allows it
    """One call as its event says it: a plain record, because making a row's object takes longer than all the rest."""

    amount: int = 0  # pico-dollars
    price_version: int = 0  # 0: the model had no price
    billed_in: UUID | None = None  # the invoice; of who is not billed, none
