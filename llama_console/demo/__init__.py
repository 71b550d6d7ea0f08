"""The demo organization of a development installation. Production refuses whatever is marked as demo."""
