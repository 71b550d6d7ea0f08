"""What the gateway says of itself to a model server, the same with each client."""

from catalog.upstreams import ModelServer

# Shorter than the five seconds after which uvicorn (vLLM, SGLang) drops an idle connection.
KEEP_ALIVE = 4.0
READY_PATIENCE = 2.0


def request_headers(server: ModelServer) -> dict[str, str]:
    """Return the headers of every request: nothing of a caller's is among them."""
    return {
        "authorization": f"Bearer {server.key}",
        "content-type": "application/json",
        "accept-encoding": "identity",
        "user-agent": "llama-console",
    }
