"""The transit engine of HashiCorp Vault, as much of it as root keys need: real ciphers, no disk, no policies.

It is stricter than Vault: a parameter that it does not know is refused, and a key must be made before it encrypts.
"""
