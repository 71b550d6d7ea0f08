"""Twilio's signature: HMAC-SHA1 over the address and the sorted form, under the account's token.

https://www.twilio.com/docs/usage/security#validating-requests
"""

import base64
import hashlib
import hmac

from django.http import QueryDict


def sign(url: str, form: QueryDict, token: str) -> str:
    """Return the signature in base64; a name with several values counts each different one once, sorted."""
    fields = "".join(name + value for name in sorted(form) for value in sorted(set(form.getlist(name))))
    digest = hmac.new(token.encode(), (url + fields).encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def is_signed(url: str, form: QueryDict, signature: str, token: str) -> bool:
    """Compare in constant time. Without a token nothing is signed."""
    return bool(token) and hmac.compare_digest(sign(url, form, token).encode(), signature.encode())
