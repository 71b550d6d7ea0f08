from ledger.models.checkpoint import Checkpoint, Export, Subtree
from ledger.models.event import Action, AuditEvent, PendingEvent
from ledger.models.leaf import Erasure, Head, Leaf, LeafBody, LeafType, Log

__all__ = [
    "Action",
    "AuditEvent",
    "Checkpoint",
    "Erasure",
    "Export",
    "Head",
    "Leaf",
    "LeafBody",
    "LeafType",
    "Log",
    "PendingEvent",
    "Subtree",
]
