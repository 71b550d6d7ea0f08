"""The model servers: a boundary (Upstream, Client), two clients of HTTP, and pools that choose among servers."""

from gateway.upstream.boundary import Upstream

__all__ = ["Upstream"]
