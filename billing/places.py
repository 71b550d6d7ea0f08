"""Where pages of billing are, for whoever sends people there from outside: messages, and Stripe."""

from uuid import UUID

from django.urls import reverse


def overview(slug: str) -> str:
    return reverse("billing:overview", args=[slug])


def cap(slug: str) -> str:
    return reverse("billing:cap", args=[slug])


def credit(slug: str) -> str:
    return reverse("billing:credit", args=[slug])


def payment_methods(slug: str) -> str:
    return reverse("billing:payment_methods", args=[slug])


def tax(slug: str) -> str:
    return reverse("billing:tax", args=[slug])


def purchase(slug: str, top_up_id: UUID) -> str:
    """Return the page that says what became of a purchase."""
    return reverse("billing:purchase", args=[slug, top_up_id])


def invoice(slug: str, number: int | None) -> str:
    return reverse("billing:invoice", args=[slug, number])
