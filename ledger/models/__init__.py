from ledger.models.event import Action, AuditEvent
from ledger.models.leaf import Head, Leaf

__all__ = ["Action", "AuditEvent", "Head", "Leaf"]
