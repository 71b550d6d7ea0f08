"""Where pages of billing are, for whoever sends people there from outside: messages, and Stripe."""

from django.urls import reverse


def overview(slug: str) -> str:
    return reverse("organization_home", args=[slug]) + "billing/"


def invoice(slug: str, number: int) -> str:
    return f"{overview(slug)}invoices/{number}/"


def credit(slug: str) -> str:
    return overview(slug) + "credit/"
