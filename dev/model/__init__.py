"""The model upstream of a development run: OpenAI's wire format, real token accounting, no model behind it.

Answers are the same for the same request, and say what they are. Nothing of a request is logged or
written to disk; only digests of the last request's messages are kept, to tell cached tokens.
"""
