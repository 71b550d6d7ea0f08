"""Tests of reconciliation talk to the simulator, as those of the boundary do."""

from tests.billing.rail.conftest import _simulator, account, postpaid, stripe

__all__ = ["_simulator", "account", "postpaid", "stripe"]
