"""AWS KMS: how its refusals are told, and which keys may have wrapped.

moto checks the encryption context, as KMS does. It does not check the state of a key when it encrypts or decrypts, nor
SourceKeyId, permissions or quotas: what KMS answers then comes from a server that gives that answer to everything.
"""

from typing import Any

import pytest

from tests.vault.roots.providers import REGION, Aws
from tests.vault.roots.stub import answering
from tests.vault.roots.test_contract import DATA, HERE, opens_nowhere, raises
from vault.errors import VaultError
from vault.planes import Plane
from vault.roots.aws import AwsKms

ANSWERS = [
    ("AccessDeniedException", 400, "root-refused"),
    ("UnrecognizedClientException", 400, "root-refused"),
    ("NotFoundException", 400, "missing-root"),
    ("InvalidArnException", 400, "missing-root"),
    ("DisabledException", 409, "missing-root"),
    ("KMSInvalidStateException", 409, "missing-root"),
    ("ThrottlingException", 400, "root-provider-away"),
    ("KMSInternalException", 500, "root-provider-away"),
]


@pytest.mark.parametrize(("code", "status", "expected"), ANSWERS)
def test_refusals_of_kms_have_their_codes(aws: Aws, code: str, status: int, expected: str) -> None:
    with answering(status, {"__type": code, "message": "no"}) as url:
        raises(expected, aws.at(url).check, permanent=expected != "root-provider-away")


@pytest.mark.parametrize("code", ["InvalidCiphertextException", "IncorrectKeyException", "NotFoundException"])
def test_a_wrapped_key_that_kms_does_not_take_is_wrong(aws: Aws, code: str) -> None:
    wrapped = aws.start().wrap(DATA, bytes(32), HERE)
    described = {"KeyMetadata": {"KeyId": "k", "Arn": aws.arn(DATA), "KeyState": "Enabled"}}
    with answering(400, {"__type": code, "message": "no"}, described=described) as url:
        roots = aws.at(url)
        raises("wrong-root", lambda: roots.unwrap(DATA, wrapped, HERE))
        raises("wrong-root", lambda: roots.rewrap(DATA, wrapped, HERE))


@pytest.mark.parametrize("answer", ["<html>Welcome to the hotel's network</html>", {}, {"KeyMetadata": {}}])
def test_an_answer_that_is_not_from_kms_counts_as_none(aws: Aws, answer: object) -> None:
    with answering(200, answer) as url:
        raises("root-provider-away", aws.at(url).check, permanent=False)


def test_what_may_pass_is_tried_three_times_whatever_the_environment_says(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    asked: list[str] = []
    with answering(500, {"__type": "KMSInternalException", "message": "no"}, asked=asked) as url:
        raises("root-provider-away", lambda: aws.at(url).wrap(DATA, bytes(32), HERE), permanent=False)
    assert len(asked) == 3


def test_a_wrapped_key_is_what_kms_itself_opens_under_the_key_and_the_context_that_it_is_documented_with(
    aws: Aws,
) -> None:
    wrapped, arn = aws.start().wrap(DATA, b"k" * 32, HERE), aws.arn(DATA).encode()
    head = b"LK\x01" + len(arn).to_bytes(2, "big") + arn
    assert wrapped.startswith(head)
    context = {"llama-console-plane": DATA.value, "llama-console-context": HERE.hex()}
    opened = aws.kms.decrypt(CiphertextBlob=wrapped.removeprefix(head), KeyId=arn.decode(), EncryptionContext=context)
    assert opened["Plaintext"] == b"k" * 32


def test_kms_is_told_which_key_must_have_wrapped_what_it_opens(aws: Aws) -> None:
    """It would find the key by the ciphertext, whoever's it is."""
    wrapped, arn, told = aws.start().wrap(DATA, bytes(32), HERE), aws.arn(DATA), list[Any]()
    described = {"KeyMetadata": {"KeyId": "k", "Arn": arn, "KeyState": "Enabled"}}
    with answering(400, {"__type": "IncorrectKeyException", "message": "no"}, described=described, told=told) as url:
        opens_nowhere(aws.at(url), wrapped)
    assert [each[name] for each in told for name in ("KeyId", "SourceKeyId") if name in each][1:] == [arn, arn]


def test_without_an_endpoint_it_is_amazons_own_of_the_region(aws: Aws) -> None:
    assert AwsKms(aws.keys, region=REGION)._kms.meta.endpoint_url == f"https://kms.{REGION}.amazonaws.com"


def test_kms_has_two_seconds_to_connect_and_five_to_answer(aws: Aws) -> None:
    config = aws.start()._kms.meta.config
    assert (config.connect_timeout, config.read_timeout) == (2, 5)


def test_without_credentials_it_is_refused(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(VaultError, match=r"^root-refused: .* as configured: PartialCredentialsError"):
        aws.start()
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    for name in ("AWS_EC2_METADATA_DISABLED", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "true")
    raises("root-refused", lambda: aws.start().wrap(DATA, bytes(32), HERE))


def test_a_refusal_names_the_plane_whatever_was_asked_for(aws: Aws) -> None:
    wrapped = aws.start().wrap(DATA, bytes(32), HERE)
    described = {"KeyMetadata": {"KeyId": "k", "Arn": aws.arn(DATA), "KeyState": "Enabled"}}
    with answering(400, {"__type": "AccessDeniedException", "message": "no"}, described=described) as url:
        roots = aws.at(url)
        calls = [
            lambda: roots.wrap(DATA, bytes(32), HERE),
            lambda: roots.unwrap(DATA, wrapped, HERE),
            lambda: roots.rewrap(DATA, wrapped, HERE),
            roots.check,
        ]
        for call in calls:
            with pytest.raises(VaultError, match=f"^root-refused: .* {DATA} root: AccessDeniedException"):
                call()
    undescribed = pytest.raises(VaultError, match=f"^root-refused: .* {DATA} root")
    with answering(400, {"__type": "AccessDeniedException", "message": "no"}) as url, undescribed:
        aws.at(url).check()


def test_a_failure_that_passes_names_kms_and_the_reason(aws: Aws) -> None:
    away = pytest.raises(VaultError, match="AWS KMS does not answer as it should: ThrottlingException")
    with answering(400, {"__type": "ThrottlingException", "message": "no"}) as url, away:
        aws.at(url).check()


def test_a_disabled_key_is_missing(aws: Aws) -> None:
    aws.kms.disable_key(KeyId=aws.arn(DATA).rpartition("/")[2])
    raises("missing-root", aws.start().check)


def test_two_planes_may_not_share_a_key_behind_two_aliases(aws: Aws) -> None:
    shared = aws.new_key()
    for alias in aws.keys.values():
        aws.kms.update_alias(AliasName=alias, TargetKeyId=shared)
    raises("missing-root", aws.start().check)


def test_a_key_of_another_account_or_region_is_never_asked(aws: Aws) -> None:
    wrapped = aws.start().wrap(DATA, bytes(32), HERE)
    for mine, foreign in ((b":123456789012:", b":210987654321:"), (REGION.encode(), b"eu-central-2")):
        raises(
            "wrong-root",
            lambda mine=mine, foreign=foreign: aws.start().unwrap(DATA, wrapped.replace(mine, foreign), HERE),
        )


def test_a_moved_alias_is_noticed_after_a_moment_or_with_the_next_wrapping(aws: Aws) -> None:
    running, watchful = aws.start(), aws.at(aws.url, notice_after=0)
    old = running.wrap(DATA, bytes(32), HERE)
    aws.rotate()
    assert (running.is_current(DATA, old), watchful.is_current(DATA, old)) == (True, False)
    running.rewrap(DATA, old, HERE)
    assert not running.is_current(DATA, old)


def test_keys_may_be_named_by_arn(aws: Aws) -> None:
    arns = {plane.value: aws.arn(plane) for plane in Plane}
    AwsKms(arns, region=REGION, endpoint=aws.url).check()
