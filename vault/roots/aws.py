"""Root keys in AWS KMS, which they never leave: one key a plane, named by ARN or alias.

A wrapped key is: magic (2) | version (1) | length of the ARN (2, big-endian) | ARN | KMS ciphertext. The ARN tells
which key wrapped it, so that an alias can move to a new key. Plane and context are the encryption context, which
KMS authenticates and CloudTrail records.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from vault import suites
from vault.errors import VaultError
from vault.planes import Plane
from vault.roots.boundary import provider_away, wrong_root
from vault.roots.remembered import MINUTE, Remembered

_HEADER = b"LK\x01"
_PROBE = suites.associate("root-check")
_WRONG = {"InvalidCiphertextException", "IncorrectKeyException"}
_UNKNOWN = {"NotFoundException", "InvalidArnException", "ValidationException"}
_UNUSABLE = {"DisabledException", "KMSInvalidStateException", "InvalidKeyUsageException"}
_THROTTLED = {"Throttling", "ThrottlingException", "RequestLimitExceeded", "LimitExceededException"}


class AwsKms:
    """`keys` names the key of each plane; an empty `endpoint` is AWS itself. Time-outs in seconds, three attempts."""

    def __init__(
        self,
        keys: Mapping[str, str],
        *,
        region: str,
        endpoint: str = "",
        connect_timeout: float = 2,
        read_timeout: float = 5,
        notice_after: float = MINUTE,
    ) -> None:
        self._keys = keys
        self._kms = _client(region, endpoint, connect_timeout, read_timeout)
        self._newest = Remembered(self._describe, notice_after)
        self._probed = Remembered(self._probe, notice_after)

    def wrap(self, plane: Plane, data_key: bytes, context: bytes) -> bytes:
        with _translated(plane):
            answer = self._kms.encrypt(
                KeyId=self._keys[plane], Plaintext=data_key, EncryptionContext=_encryption_context(plane, context)
            )
            return self._envelope(plane, answer)

    def unwrap(self, plane: Plane, wrapped: bytes, context: bytes) -> bytes:
        arn, ciphertext = self._open(plane, wrapped)
        with _translated(plane, unknown="wrong-root"):
            answer = self._kms.decrypt(
                KeyId=arn, CiphertextBlob=ciphertext, EncryptionContext=_encryption_context(plane, context)
            )
            return bytes(answer["Plaintext"])

    def rewrap(self, plane: Plane, wrapped: bytes, context: bytes) -> bytes:
        arn, ciphertext = self._open(plane, wrapped)
        bound = _encryption_context(plane, context)
        with _translated(plane, unknown="wrong-root"):
            answer = self._kms.re_encrypt(
                CiphertextBlob=ciphertext,
                SourceKeyId=arn,
                SourceEncryptionContext=bound,
                DestinationKeyId=self._keys[plane],
                DestinationEncryptionContext=bound,
            )
            return self._envelope(plane, answer)

    def is_current(self, plane: Plane, wrapped: bytes) -> bool:
        return self._open(plane, wrapped)[0] == self._newest.get(plane)

    def check(self) -> None:
        arns = [self._probed.get(plane) for plane in Plane]
        if len(set(arns)) < len(arns):
            raise VaultError("missing-root", "Two planes share a key in AWS KMS; each needs its own.")

    def _probe(self, plane: Plane) -> str:
        arn = self._newest.put(plane, self._describe(plane))
        self.unwrap(plane, self.wrap(plane, os.urandom(suites.KEY_SIZE), _PROBE), _PROBE)
        return arn

    def _describe(self, plane: Plane) -> str:
        with _translated(plane):
            key = self._kms.describe_key(KeyId=self._keys[plane])["KeyMetadata"]
            if key["KeyState"] != "Enabled":
                raise VaultError("missing-root", f"The {plane} root in AWS KMS is {key['KeyState']}.")
            return str(key["Arn"])

    def _envelope(self, plane: Plane, answer: Mapping[str, Any]) -> bytes:
        arn = self._newest.put(plane, answer["KeyId"]).encode()
        return _HEADER + len(arn).to_bytes(2, "big") + arn + bytes(answer["CiphertextBlob"])

    def _open(self, plane: Plane, wrapped: bytes) -> tuple[str, bytes]:
        """Return the ARN and the ciphertext of a wrapped key."""
        start = len(_HEADER) + 2
        end = start + int.from_bytes(wrapped[len(_HEADER) : start], "big")
        arn, ciphertext = wrapped[start:end].decode("ascii", "replace"), wrapped[end:]
        # Who can write to the database must not bring a key of their own account: what it wraps, they can read.
        home = self._newest.get(plane).rpartition("/")[0]
        if not wrapped.startswith(_HEADER) or not ciphertext or arn.rpartition("/")[0] != home:
            raise wrong_root(plane)
        return arn, ciphertext


def _client(region: str, endpoint: str, connect_timeout: float, read_timeout: float) -> Any:
    from boto3.session import Session
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    config = Config(
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": 3},
    )
    try:
        # A session of its own: boto3's shared one must not be used by two threads at once.
        return Session().client("kms", region_name=region, endpoint_url=endpoint or None, config=config)
    except BotoCoreError as error:
        raise VaultError("root-refused", f"AWS KMS cannot be asked as configured: {type(error).__name__}.") from None


def _encryption_context(plane: Plane, context: bytes) -> dict[str, str]:
    return {"llama-console-plane": plane.value, "llama-console-context": context.hex()}


@contextmanager
def _translated(plane: Plane, *, unknown: str = "missing-root") -> Iterator[None]:
    """Raise what boto3 raises as a VaultError; `unknown` is the code when KMS does not know the key."""
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

    try:
        yield
    except ClientError as error:
        raise _refusal(plane, error.response, unknown) from None
    except NoCredentialsError:
        raise VaultError("root-refused", "There are no AWS credentials.") from None
    except (BotoCoreError, KeyError) as error:
        raise provider_away("AWS KMS", type(error).__name__) from None


def _refusal(plane: Plane, response: Mapping[str, Any], unknown: str) -> VaultError:
    code = str(response["Error"].get("Code"))
    if code in _WRONG or (code in _UNKNOWN and unknown == "wrong-root"):
        return wrong_root(plane)
    if code in _UNKNOWN | _UNUSABLE:
        return VaultError("missing-root", f"The {plane} root in AWS KMS cannot be used: {code}.")
    if code in _THROTTLED or response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
        return provider_away("AWS KMS", code)
    return VaultError("root-refused", f"AWS KMS does not permit this with the {plane} root: {code}.")
