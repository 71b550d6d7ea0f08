"""API keys, which call models, with all that holds for them."""
