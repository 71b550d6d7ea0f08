"""Which Stripe is asked is said by the settings, and what cannot be is refused at the start."""

import json
import os
import subprocess
import sys

import pytest

NAMES = ("STRIPE_SECRET_KEY", "STRIPE_URL", "STRIPE_WEBHOOK_SECRET")
ASKED = ("STRIPE_SECRET_KEY", "STRIPE_URL", "STRIPE_WEBHOOK_SECRETS")
TOLD = f"import json, llama_console.settings as s; print(json.dumps([getattr(s, n) for n in {ASKED}]))"
PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "k" * 50,
    "CONSOLE_ORIGIN": "https://console.example.com",
    "API_ORIGIN": "https://api.example.com",
    "UNSEALER_SOCKET": "/run/unsealer.sock",
    "SMTP_URL": "smtps://mail.example.com",
    "FROM_EMAIL": "console@example.com",
    "MODEL_UPSTREAM_URL": "http://localhost:9000/v1",
}


def start(variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in NAMES}
    command = [sys.executable, "-c", TOLD]
    return subprocess.run(command, env={**clean, **variables}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({}, ["sk_test_simulator", "http://localhost:8006", ["whsec_simulator"]]),
        ({"STRIPE_SECRET_KEY": "sk_test_1"}, ["sk_test_1", "https://api.stripe.com", []]),
        (PRODUCTION, ["", "https://api.stripe.com", []]),
        (
            {**PRODUCTION, "STRIPE_SECRET_KEY": "rk_live_1", "STRIPE_WEBHOOK_SECRET": "whsec_12345, whsec_67890"},
            ["rk_live_1", "https://api.stripe.com", ["whsec_12345", "whsec_67890"]],
        ),
    ],
    ids=["development", "a key of one's own", "production without a key", "production"],
)
def test_the_key_says_which_stripe_it_is(variables: dict[str, str], told: list[str]) -> None:
    run = start(variables)
    assert json.loads(run.stdout or "null") == told, run.stderr


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({"STRIPE_SECRET_KEY": "sk_live_1"}, "is a live key, and this is development"),
        ({"STRIPE_SECRET_KEY": "rk_live_1"}, "is a live key, and this is development"),
        ({**PRODUCTION, "STRIPE_SECRET_KEY": "rk_live_1"}, "STRIPE_WEBHOOK_SECRET is not set"),
        ({**PRODUCTION, "STRIPE_SECRET_KEY": "sk_test_simulator"}, "is the simulator's, and this is production"),
        ({"STRIPE_SECRET_KEY": "pk_test_1"}, "is no key of Stripe's"),
        (
            {**PRODUCTION, "STRIPE_SECRET_KEY": "rk_live_1", "STRIPE_WEBHOOK_SECRET": "a secret"},
            "is no signing secret of Stripe's",
        ),
        ({"STRIPE_URL": "http://stripe.example.com"}, "it must be https"),
    ],
)
def test_what_cannot_be_is_refused_at_the_start(variables: dict[str, str], problem: str) -> None:
    run = start(variables)
    assert (run.returncode, problem in run.stderr) == (1, True), run.stderr
