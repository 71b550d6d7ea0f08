"""What can be done at Stripe, a file a kind. Loaded, they register themselves."""

from billing.rail.deeds import checkouts, collections, customers, recharges, refunds

__all__ = ["checkouts", "collections", "customers", "recharges", "refunds"]
