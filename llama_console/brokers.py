"""How Celery talks to its brokers: the embedded one of a single machine, Redis, RabbitMQ.

What is to be done stands in the database; a message in a broker only asks a worker to look. So a broker may lose all it
has, and nobody may wait for one: each call to it ends within seconds. The reasons are measured in the tests of faults.
"""

from pathlib import Path

from kombu import Exchange, Queue

from llama_console import embedded

NAMES = ("urgent", "default")
_ANSWER = 1.0  # seconds that a broker has for one answer
_VISIBILITY = 300  # seconds until Redis gives a message to another worker; longer than any task takes
_DELIVERIES = 20  # of one message, until RabbitMQ drops it: a task that kills its worker does not come back for ever


def queues(url: str, prefix: str) -> list[Queue]:
    """Return the queues that workers read, durable where the broker can; `prefix` keeps installations apart."""
    exchange, more = Exchange(prefix, type="direct"), {}
    if url.startswith("amqp"):
        # Celery's delayed delivery through quorum queues expects a topic exchange.
        exchange = Exchange(prefix, type="topic")
        more = {"queue_arguments": {"x-queue-type": "quorum", "x-delivery-limit": _DELIVERIES}}
    return [Queue(f"{prefix}.{name}", exchange, routing_key=f"{prefix}.{name}", **more) for name in NAMES]


def transport(url: str) -> str | None:
    """Return kombu's transport in place of the one that the URL names; None for that one."""
    return embedded.TRANSPORT if url.startswith("filesystem") else None


def transport_options(url: str, folder: Path) -> dict[str, object]:
    """Return what kombu is told; `folder` is the embedded broker's."""
    if url.startswith("filesystem"):
        messages = str(folder / "queue")
        return {
            "data_folder_in": messages,
            "data_folder_out": messages,
            "control_folder": str(folder / "control"),
            "polling_interval": 0.02,
        }
    if url.startswith("amqp"):
        return {"confirm_publish": True}
    return {
        "socket_timeout": _ANSWER,
        "socket_connect_timeout": _ANSWER,
        "socket_keepalive": True,
        "visibility_timeout": _VISIBILITY,
    }


def prepare_folders(options: dict[str, object]) -> None:
    """Make the embedded broker's folders, for us alone."""
    for name in ("data_folder_in", "control_folder"):
        if name in options:
            Path(str(options[name])).mkdir(mode=0o700, parents=True, exist_ok=True)
