"""The environment of the test run, set before Django reads its settings."""

import os
import tempfile

os.environ["ENVIRONMENT"] = "development"
os.environ.setdefault("SECRET_KEY", "a key for tests alone")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="llama-console-tests-"))
os.makedirs(os.path.join(os.environ["VAR_DIR"], "static"), exist_ok=True)
