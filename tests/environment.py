"""The environment of the test run, set before Django reads its settings. Parallel workers share no folder."""

import os
import tempfile

os.environ["ENVIRONMENT"] = "development"
os.environ.setdefault("SECRET_KEY", "a key for tests alone")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="llama-console-tests-"))
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    os.environ["VAR_DIR"] = os.path.join(os.environ["VAR_DIR"], worker)
os.makedirs(os.path.join(os.environ["VAR_DIR"], "static"), exist_ok=True)
# What is used in tests costs cents; tests/billing/test_carried_over.py has the rule.
os.environ["BILLING_LEAST_DUE"] = "0"
# Nobody answers there: a test that forgets its simulator must not sell in the `make run` next door.
os.environ.setdefault("STRIPE_URL", "http://127.0.0.1:9")
