"""The Llama models that the hosted API served: titles, context, list prices to start from. Operators set their own."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class KnownModel:
    name: str
    title: str
    input_price: Decimal  # USD per million tokens; cached input costs a quarter
    output_price: Decimal
    context: int = 128_000  # tokens; what the hosted API took, whichever of them it was


KNOWN = {
    model.name: model
    for model in (
        KnownModel("Llama-4-Maverick-17B-128E-Instruct-FP8", "Llama 4 Maverick", Decimal("0.27"), Decimal("0.85")),
        KnownModel("Llama-4-Scout-17B-16E-Instruct-FP8", "Llama 4 Scout", Decimal("0.18"), Decimal("0.59")),
        KnownModel("Llama-3.3-70B-Instruct", "Llama 3.3 70B", Decimal("0.59"), Decimal("0.79")),
        KnownModel("Llama-3.3-8B-Instruct", "Llama 3.3 8B", Decimal("0.05"), Decimal("0.08")),
        KnownModel("Llama-Guard-4-12B", "Llama Guard 4", Decimal("0.18"), Decimal("0.18")),
    )
}
