"""Rules: what a key may call and from where, and when it ends by itself. They are changed and passed on as one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from keys.models import ApiKey
from keys.scopes import all_scopes
from ledger.events import Value

MOST_MODELS, MOST_NETWORKS = 50, 50


@dataclass(frozen=True, slots=True)
class Rules:
    scopes: Sequence[str] = field(default_factory=all_scopes)
    models: Sequence[str] | None = None  # None: all, those to come as well
    networks: Sequence[str] = ()  # normalised CIDR; none: from everywhere
    expires_at: datetime | None = None
    rotate_every: int | None = None  # days after which somebody is told to rotate it

    def columns(self) -> dict[str, object]:
        """Return what the columns of a key hold."""
        return {
            "scopes": list(self.scopes),
            "allowed_models": None if self.models is None else list(self.models),
            "allowed_networks": list(self.networks),
            "expires_at": self.expires_at,
            "rotate_every": self.rotate_every,
        }

    def recorded(self) -> Mapping[str, Value]:
        """Return what an audit event says of them; "*" stands for all models."""
        return {
            "scopes": list(self.scopes),
            "models": ["*"] if self.models is None else list(self.models),
            "networks": list(self.networks),
            "expires_at": self.expires_at.isoformat() if self.expires_at else None,
            "rotate_every": self.rotate_every,
        }


def rules_of(key: ApiKey) -> Rules:
    return Rules(key.scopes, key.allowed_models, key.allowed_networks, key.expires_at, key.rotate_every)
