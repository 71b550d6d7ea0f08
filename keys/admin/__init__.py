"""Admin keys: what programs manage an organization with. Scopes, issuing, revoking, verification."""
