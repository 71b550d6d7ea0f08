"""Single sign-on by OpenID Connect: the authorization code flow with PKCE, against one provider an organization.

`fetching` is the only way out, `metadata` what a provider publishes, `protocol` the question and its answer, `id_token`
what makes an answer count, `flow` the browser that asked, `gate` who must come this way, `dns` the proof of a domain.
"""
