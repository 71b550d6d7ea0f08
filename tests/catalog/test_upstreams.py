"""The operator's file of model servers: what it means, and that each mistake in it is told."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from catalog.data_policy import DataPolicy
from catalog.upstreams import Offer, configured, read_file

GPU = '[[upstream]]\nname = "gpu-1"\nurl = "http://10.0.0.5:8000/v1/"\npolicy = "local"\n'
OUTSIDE = (
    '[[upstream]]\nname = "away"\nurl = "https://models.example.com/v1"\n'
    'policy = "outside"\nkey_variable = "AWAY_KEY"\n'
)


def read(tmp_path: Path, text: str, **environ: str) -> object:
    path = tmp_path / "upstreams.toml"
    path.write_text(text)
    return read_file(path, environ)


def test_a_file_says_everything(tmp_path: Path) -> None:
    text = (
        f"{GPU}connect_timeout = 2.5\nfirst_byte_timeout = 30\nbetween_bytes_timeout = 9\n"
        "connections = 8\ncontinuous_usage = true\n"
        '[upstream.models]\n"llama" = "meta-llama/Llama"\n"guard" = { name = "meta/Guard", moderates = "endpoint" }\n'
        f'{OUTSIDE}[upstream.models]\n"llama" = "llama-3"\n"meta/Llama-Guard-4" = "llama-guard"\n'
    )
    gpu, away = read(tmp_path, text, AWAY_KEY="secret")  # type: ignore[misc]
    assert (gpu.url, gpu.key, gpu.policy) == ("http://10.0.0.5:8000/v1", "none", DataPolicy.LOCAL)
    assert (gpu.connect_timeout, gpu.first_byte_timeout, gpu.between_bytes_timeout) == (2.5, 30, 9)
    assert (gpu.connections, gpu.continuous_usage) == (8, True)
    assert gpu.offer("llama", "") == Offer("meta-llama/Llama")
    assert gpu.offer("guard", "") == Offer("meta/Guard", "endpoint")
    assert gpu.offer("other", "other") is None
    assert (away.key, away.policy) == ("secret", DataPolicy.OUTSIDE)
    assert away.offer("meta/Llama-Guard-4", "") == Offer("llama-guard", "chat")
    assert "secret" not in repr(away)


def test_a_single_server_may_list_its_models_itself(tmp_path: Path) -> None:
    (only,) = read(tmp_path, GPU)  # type: ignore[misc]
    assert only.offer("ours", "theirs") == Offer("theirs")


def test_without_a_file_there_is_the_one_server_of_the_settings(settings: object) -> None:
    settings.MODEL_UPSTREAM_URL, settings.MODEL_UPSTREAM_TIMEOUT = "http://gpu:9000/v1", 7  # type: ignore[attr-defined]
    (only,) = configured()
    assert (only.url, only.first_byte_timeout, only.connect_timeout) == ("http://gpu:9000/v1", 7, 7)


MISTAKES = [
    ("", "missing required field `upstream`"),
    ("upstream = []", "length >= 1"),
    ("[[upstream", "is not TOML"),
    (GPU.replace("gpu-1", "GPU 1"), "matching regex"),
    (GPU.replace("local", "somewhere"), "somewhere"),
    (GPU.replace('policy = "local"\n', ""), "policy"),
    (GPU + "key = 'secret'\n", "unknown field `key`"),
    (GPU + "first_byte_timeout = 0\n", "first_byte_timeout"),
    (GPU + "connections = true\n", "connections"),
    (GPU + "[upstream.models]\nllama = 5\n", "models"),
    (GPU + '[upstream.models]\nllama = {name = "x", moderates = "perhaps"}\n', "moderates"),
    (GPU.replace("http:", "file:"), "url must look like"),
    (GPU.replace("10.0.0.5:8000", "10.0.0.5:99999"), "url is no address"),
    (GPU.replace("10.0.0.5", "me:pass@10.0.0.5"), "url must look like"),
    (GPU.replace("/v1/", "/v1?key=1"), "url must look like"),
    (OUTSIDE, "the variable AWAY_KEY holds no key"),
    (GPU.replace("local", "contributes"), "what is not local must be https"),
    (GPU + "[upstream.models]\na = 'a'\n" + GPU + "[upstream.models]\na = 'a'\n", "the same name"),
    (GPU + "[upstream.models]\na = 'a'\n" + GPU.replace("gpu-1", "gpu-2"), "each must name its models"),
    (
        GPU + "[upstream.models]\na = {name = 'a', moderates = 'chat'}\n" + GPU.replace("gpu-1", "gpu-2")
        + "[upstream.models]\na = {name = 'a', moderates = 'endpoint'}\n", "a moderates in two ways",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), MISTAKES)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ImproperlyConfigured) as error:
        read(tmp_path, text)
    assert told in str(error.value)
    assert "upstreams.toml" in str(error.value)


def test_a_file_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        read_file(tmp_path / "nothing.toml")
