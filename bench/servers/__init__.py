"""Servers and peers as benchmarks run them: one core for the server, the other for its load, and what each consumes."""
