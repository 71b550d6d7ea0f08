"""Rotation: new roots, data keys and indexes while everything runs. Killed at any point, it goes on where it was.

Nothing says how far a rotation came but the keys and records themselves, so there is no state to lose.
"""

from vault.rotation.data_keys import rotate_data_keys
from vault.rotation.progress import Bar, Progress
from vault.rotation.roots import finish_roots, rotate_roots

__all__ = ["Bar", "Progress", "finish_roots", "rotate_data_keys", "rotate_roots"]
