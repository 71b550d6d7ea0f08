"""What can be done at Stripe, a file a kind. Loaded, they register themselves."""

from billing.rail.deeds import checkouts, collections, customers, farewells, recharges, refunds

__all__ = ["checkouts", "collections", "customers", "farewells", "recharges", "refunds"]
