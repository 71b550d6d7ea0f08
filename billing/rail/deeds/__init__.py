"""What can be done at Stripe, a file a kind. Loaded, they register themselves."""

from billing.rail.deeds import checkouts, customers, recharges

__all__ = ["checkouts", "customers", "recharges"]
