"""Every message that this console sends to people: one table, with the words of each.

A room that causes messages says in its `notices.py` what one of them is about; how it reads stands here.
"""

from notifications.kinds import factors, keys, security, summary
from notifications.kinds.kind import KINDS, Kind, Topic

__all__ = ["KINDS", "Kind", "Topic", "factors", "keys", "security", "summary"]
