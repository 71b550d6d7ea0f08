"""Benchmarks: each module prints one JSON line a bar, measured against a limit or a peer in the same run."""
