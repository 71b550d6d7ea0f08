"""The plan of `make run`: what starts, in which order, with which command."""

import sys
from pathlib import Path

from dev.environment import STRIPE_WEBHOOK_SECRET, var_dir
from dev.ports import Ports
from dev.processes import Part, Step
from dev.supervisor import Plan

PYTHON = sys.executable
GRANIAN = (PYTHON, "-m", "granian", "--host", "127.0.0.1", "--workers", "1", "--no-respawn-failed-workers")
PATIENCE = ("--http1-header-read-timeout", "5000")  # against clients that never finish their headers
QUIET = ("--log-level", "warning", "--no-access-log", "--workers-kill-timeout", "5", *PATIENCE)
GATEWAY = ("--interface", "rsgi", "--loop", "uvloop", "--http", "1", "--no-ws")
CELERY = (PYTHON, "-m", "celery", "--quiet", "--app", "llama_console")
POOL = ("--pool", "threads", "--concurrency", "4", "--without-gossip", "--without-mingle", "--without-heartbeat")

WORKER = {
    # SIGTERM ends a Celery worker only after its tasks; remapped it puts them back and ends.
    "REMAP_SIGTERM": "SIGQUIT",
    # In a container everybody is root; five lines about it at each start teach nobody anything.
    "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
}


def plan(ports: Ports, unsealer: Path, *, own_model: bool, own_stripe: bool) -> Plan:
    """Return the plan. Where the caller brings a model server, or an account at Stripe, ours stays down."""
    outside = Part("outside", _outside(ports), _health(ports.outside))
    model = Part("model", (PYTHON, "-m", "dev.model", "--port", str(ports.model)), _health(ports.model))
    stripe = Part("stripe", _stripe(ports), _health(ports.stripe))
    gateway = (*GRANIAN, *QUIET, *GATEWAY, "--port", str(ports.gateway))
    console = (*GRANIAN, *QUIET, "--interface", "wsgi", "--blocking-threads", "64", "--port", str(ports.console))
    return [
        (outside, *([] if own_model else [model]), *([] if own_stripe else [stripe])),
        Step("setup", (PYTHON, "-m", "dev.fonts"), "subsetting the fonts"),
        Step("setup", (PYTHON, "manage.py", "prepare_development"), "setting up databases and root keys"),
        (Part("unsealer", (PYTHON, "manage.py", "unsealer"), f"unix:{unsealer}"),),
        Step("setup", (PYTHON, "manage.py", "seed_development"), "setting up models and the demo"),
        (
            Part("gateway", (*gateway, "gateway.app:application"), _health(ports.gateway)),
            Part("worker", (*CELERY, "worker", *POOL, "--loglevel", "WARNING"), "", WORKER),
            Part("beat", (*CELERY, "beat", "--loglevel", "WARNING")),
        ),
        (
            Part("deletions", (PYTHON, "manage.py", "carry_out_deletions", "--every", "15")),
            Part("console", (*console, "llama_console.wsgi:application"), _health(ports.console)),
        ),
    ]


def _outside(ports: Ports) -> tuple[str, ...]:
    return (PYTHON, "-m", "dev.outside", "--port", str(ports.outside), "--smtp-port", str(ports.smtp))


def _stripe(ports: Ports) -> tuple[str, ...]:
    told = ("--console", f"http://localhost:{ports.console}", "--webhook-secret", STRIPE_WEBHOOK_SECRET)
    state = ("--state", str(var_dir() / "stripe.json"))
    return (PYTHON, "-m", "dev.stripe_simulator", "--port", str(ports.stripe), *told, *state)


def _health(port: int) -> str:
    return f"http://127.0.0.1:{port}/healthz"
