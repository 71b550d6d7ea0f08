"""Who takes part: the model server itself, our gateway as in production, nginx, and LiteLLM."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.servers.server import Server, free_port, running
from bench.servers.venvs import folder_of

PATH = "/compat/v1/chat/completions"  # NATIVE=1 measures /v1
_MASTER = "sk-bench-0123456789abcdef"
_NGINX = """
daemon off; worker_processes 1; error_log stderr crit; pid {folder}/nginx.pid;
events {{ worker_connections 4096; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  keepalive_requests 100000000; client_body_buffer_size 1m;
  upstream model {{ server 127.0.0.1:{model}; keepalive 512; keepalive_requests 100000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=2048;
    location / {{
      proxy_pass http://model; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off;
    }}
  }}
}}
"""
_LITELLM = """
model_list:
  - model_name: bench
    litellm_params: {{model: openai/bench, api_base: "http://127.0.0.1:{model}/v1", api_key: none}}
litellm_settings: {{num_retries: 0, request_timeout: 60, telemetry: false}}
general_settings: {{master_key: {key}}}
"""


@contextmanager
def model(folder: Path, pace: float) -> Iterator[Server]:
    """Run the model server; on the core of the load, as everything that is given no core."""
    port = free_port()
    command = (sys.executable, "-m", "bench.gateway.model", str(port), str(pace))
    with running(command, name="model", port=port, path="/v1/chat/completions", folder=folder) as server:
        yield server


@contextmanager
def gateway(
    folder: Path,
    core: int | None,
    upstream: int,
    secret: str,
    *,
    name: str = "gateway",
    target: str = "gateway.app:application",
    more: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Run ours as docs/operate.md says, with more of an environment. Its unsealer must listen in the folder."""
    port = free_port()
    command = (
        sys.executable, "-m", "granian", "--interface", "rsgi", "--loop", "uvloop", "--http", "1", "--no-ws",
        "--workers", "1",
        "--host", "127.0.0.1", "--port", str(port), "--no-access-log", "--log-level", "warning",
        "--workers-kill-timeout", "30", "--http1-header-read-timeout", "5000", target,
    )  # fmt: skip
    environ = {
        "MODEL_UPSTREAM_URL": f"http://127.0.0.1:{upstream}/v1",
        "UNSEALER_SOCKET": str(folder / "unsealer.sock"),
        **(more or {}),
    }
    path = PATH.removeprefix("/compat") if os.environ.get("NATIVE") else PATH
    options = {"name": name, "port": port, "path": path, "folder": folder, "authorization": f"Bearer {secret}"}
    with running(command, core=core, environ=environ, **options) as server:
        yield server


def no_nginx() -> str:
    """Return why there is no nginx, or nothing."""
    return "" if shutil.which("nginx") else "nginx is not installed (apt-get install nginx-light)"


@contextmanager
def nginx(folder: Path, core: int, upstream: int) -> Iterator[Server]:
    """Run nginx as a proxy that keeps its connections and buffers nothing."""
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, model=upstream, port=port))
    command = ("nginx", "-p", str(folder), "-c", str(config))
    with running(command, name="nginx", port=port, path="/v1/chat/completions", folder=folder, core=core) as server:
        yield server


@contextmanager
def litellm(folder: Path, core: int, upstream: int) -> Iterator[Server]:
    """Run LiteLLM's proxy with one worker and a master key, without a database. Raises NoPeer."""
    installed = folder_of("litellm")
    port = free_port()
    config = folder / "litellm.yaml"
    config.write_text(_LITELLM.format(model=upstream, key=_MASTER))
    command = (
        "env", "-u", "DATABASE_URL", str(installed / "bin" / "litellm"), "--config", str(config),
        "--host", "127.0.0.1", "--port", str(port), "--num_workers", "1",
    )  # fmt: skip
    environ = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR"}
    options = {
        "name": "litellm",
        "port": port,
        "path": "/v1/chat/completions",
        "folder": folder,
        "authorization": f"Bearer {_MASTER}",
    }
    with running(command, core=core, environ=environ, patience=180, **options) as server:
        yield server
