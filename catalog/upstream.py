"""The boundary to the model server's list of models."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass

from catalog.data_policy import DataPolicy

_TIMEOUT = 5  # seconds
_LARGEST = 1_000_000  # bytes


class UpstreamError(Exception):
    """The model server's list could not be had; `code` is stable."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A model that a server offers: our name for it, who made it, and its server's name for it (empty: the same)."""

    name: str
    owned_by: str
    upstream_name: str = ""
    policy: DataPolicy = DataPolicy.LOCAL


def list_models(base_url: str, key: str) -> list[ListedModel]:
    """Return what `GET {base_url}/models` lists (OpenAI shape)."""
    request = urllib.request.Request(f"{base_url}/models", headers={"authorization": f"Bearer {key}"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310  settings allow http(s) alone
            entries = json.loads(answer.read(_LARGEST))["data"]
            return [ListedModel(str(entry["id"]), str(entry.get("owned_by", ""))) for entry in entries]
    except (urllib.error.URLError, OSError) as error:
        raise UpstreamError("unreachable", f"{base_url}/models did not answer: {type(error).__name__}.") from None
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UpstreamError("unreadable", f"{base_url}/models is not a list of models.") from None
