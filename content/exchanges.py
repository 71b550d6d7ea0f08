"""What the gateway hands over to be kept: one prompt with its answer, in the clear, in memory only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, repr=False)
class Exchange:
    """One request with its answer. The id is that of its usage event."""

    id: UUID
    organization_id: UUID
    project_id: UUID
    started_at: datetime
    expires_at: datetime
    request: str  # the JSON body the client sent: messages and parameters
    response: str  # the JSON of the answer: the assembled message with its tool calls
