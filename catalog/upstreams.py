"""The model servers that an operator names, read at start from a TOML file and loud about each mistake in it.

Without a file there is one server, from MODEL_UPSTREAM_URL. Keys stand in the environment, never in the file. No
customer's input ever chooses or changes an address.
"""

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from msgspec import Meta, Struct

from catalog.data_policy import DataPolicy

Moderates = Literal["chat", "endpoint"]  # a Llama Guard that is asked as a chat, or `POST …/moderations`
_NAMED_GUARD = "llama-guard"
_HERE = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Offer:
    """A model as one server knows it."""

    name: str
    moderates: Moderates | None = None


@dataclass(frozen=True, slots=True)
class ModelServer:
    """One OpenAI-shaped server. Times are seconds."""

    name: str
    url: str
    key: str = field(default="none", repr=False)
    models: Mapping[str, Offer] = field(default_factory=dict)  # by our name; empty: whatever it lists
    policy: DataPolicy = DataPolicy.LOCAL
    connect_timeout: float = 10.0
    first_byte_timeout: float = 120.0
    between_bytes_timeout: float = 120.0
    connections: int = 512
    continuous_usage: bool = False  # it can report its usage with each piece of a stream, as vLLM does
    ca_file: str | None = None  # certificates that its own is signed with; else the system's

    def offer(self, model: str, known_as: str) -> Offer | None:
        """Return the model by our name; a server that lists its models itself knows it as the catalog says."""
        if self.models:
            return self.models.get(model)
        return Offer(known_as, "chat" if _NAMED_GUARD in known_as.lower() else None)


class _Offer(Struct, forbid_unknown_fields=True):
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    moderates: Moderates | None = None


_Seconds = Annotated[float, Meta(gt=0, le=3600)]


class _Server(Struct, forbid_unknown_fields=True):
    name: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    url: str
    policy: Literal["local", "outside", "contributes"]
    key_variable: str = ""
    models: dict[Annotated[str, Meta(min_length=1, max_length=120)], str | _Offer] = {}
    connect_timeout: _Seconds = 10.0
    first_byte_timeout: _Seconds = 120.0
    between_bytes_timeout: _Seconds = 120.0
    connections: Annotated[int, Meta(ge=1, le=10_000)] = 512
    continuous_usage: bool = False
    ca_file: str | None = None


class _File(Struct, forbid_unknown_fields=True):
    upstream: Annotated[list[_Server], Meta(min_length=1)]


def configured() -> tuple[ModelServer, ...]:
    """Return the servers of the settings, or raise ImproperlyConfigured."""
    if settings.UPSTREAMS_FILE:
        return read_file(settings.UPSTREAMS_FILE)
    patience = float(settings.MODEL_UPSTREAM_TIMEOUT)
    only = ModelServer(
        name="default",
        url=settings.MODEL_UPSTREAM_URL,
        key=settings.MODEL_UPSTREAM_KEY,
        policy=DataPolicy(settings.MODEL_UPSTREAM_POLICY),
        connect_timeout=min(10.0, patience),
        first_byte_timeout=patience,
        between_bytes_timeout=patience,
    )
    return (only,)


def read_file(path: Path, environ: Mapping[str, str] = os.environ) -> tuple[ModelServer, ...]:
    """Return the servers of a file, or raise ImproperlyConfigured with the place of the mistake."""
    try:
        found = msgspec.convert(_load(path), _File).upstream
    except msgspec.ValidationError as error:
        raise ImproperlyConfigured(f"{path}: {error}") from None
    servers = tuple(_server(path, each, environ) for each in found)
    _check_together(path, servers)
    return servers


def _load(path: Path) -> Any:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ImproperlyConfigured(f"UPSTREAMS_FILE {path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{path} is not TOML: {error}.") from None


def _server(path: Path, given: _Server, environ: Mapping[str, str]) -> ModelServer:
    place = f"{path}: upstream {given.name!r}"
    url, policy = given.url.rstrip("/"), DataPolicy(given.policy)
    _check_url(place, url, policy)
    key = environ.get(given.key_variable, "") if given.key_variable else "none"
    if not key or not key.isascii() or not key.isprintable():
        raise ImproperlyConfigured(f"{place}: the variable {given.key_variable} holds no key.")
    if given.ca_file is not None and not Path(given.ca_file).is_file():
        raise ImproperlyConfigured(f"{place}: there is no ca_file {given.ca_file}.")
    offers = {ours: _offer(theirs) for ours, theirs in given.models.items()}
    return ModelServer(
        name=given.name,
        url=url,
        key=key,
        models=offers,
        policy=policy,
        connect_timeout=given.connect_timeout,
        first_byte_timeout=given.first_byte_timeout,
        between_bytes_timeout=given.between_bytes_timeout,
        connections=given.connections,
        continuous_usage=given.continuous_usage,
        ca_file=given.ca_file,
    )


def _offer(theirs: str | _Offer) -> Offer:
    if isinstance(theirs, _Offer):
        return Offer(theirs.name, theirs.moderates)
    return Offer(theirs, "chat" if _NAMED_GUARD in theirs.lower() else None)


def _check_url(place: str, url: str, policy: DataPolicy) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port  # raises for one that is none
    except ValueError:
        raise ImproperlyConfigured(f"{place}: url is no address.") from None
    whole = parts.scheme in {"http", "https"} and parts.hostname and port != 0
    more = parts.query or parts.fragment or parts.username or parts.password
    if not whole or more or not url.isascii() or not url.isprintable() or " " in url:
        raise ImproperlyConfigured(f"{place}: url must look like https://models.example.com/v1.")
    if policy is not DataPolicy.LOCAL and parts.scheme != "https" and parts.hostname not in _HERE:
        raise ImproperlyConfigured(f"{place}: what is not local must be https.")


def _check_together(path: Path, servers: Sequence[ModelServer]) -> None:
    names = [server.name for server in servers]
    if len(set(names)) != len(names):
        raise ImproperlyConfigured(f"{path}: two upstreams have the same name.")
    if len(servers) > 1 and any(not server.models for server in servers):
        raise ImproperlyConfigured(f"{path}: of several upstreams each must name its models.")
    ways: dict[str, Moderates | None] = {}
    for server in servers:
        for model, offer in server.models.items():
            if ways.setdefault(model, offer.moderates) != offer.moderates:
                raise ImproperlyConfigured(f"{path}: {model} moderates in two ways.")
