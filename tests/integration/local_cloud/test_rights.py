import pytest
from botocore.exceptions import ClientError

from tests.integration.local_cloud.resources import Clients
from tests.integration.local_cloud.stack import ToyStack
from tests.integration.local_cloud.test_senders import keys_of_new_user


def refusal(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_a_user_without_rights_is_denied(toy: ToyStack, clients: Clients) -> None:
    _unique_id, keys = keys_of_new_user(clients, "stranger")

    with pytest.raises(ClientError) as denied:
        toy.send(keys=keys)

    assert refusal(denied).startswith("AccessDenied")


def test_a_function_is_denied_what_its_role_does_not_allow(toy: ToyStack, clients: Clients) -> None:
    session = toy.session_of("Powerless")

    with pytest.raises(ClientError) as denied:
        toy.send(keys=session)

    assert refusal(denied).startswith("AccessDenied")


def test_a_key_is_used_only_by_whom_a_policy_allows(toy: ToyStack, clients: Clients) -> None:
    key = toy.ids["Key"]
    sealed = clients("kms").encrypt(KeyId=key, Plaintext=b"sealed")["CiphertextBlob"]
    allowed, powerless = (clients("kms", toy.session_of(name)) for name in ("Function", "Powerless"))

    opened = allowed.decrypt(KeyId=key, CiphertextBlob=sealed)["Plaintext"]
    with pytest.raises(ClientError) as denied:
        powerless.decrypt(KeyId=key, CiphertextBlob=sealed)

    assert opened == b"sealed"
    assert refusal(denied).startswith("AccessDenied")


def test_a_wrong_secret_is_refused(toy: ToyStack, clients: Clients) -> None:
    session = {**toy.session_of("Function"), "AWS_SECRET_ACCESS_KEY": "wrong"}

    with pytest.raises(ClientError) as denied:
        toy.send(keys=session)

    assert refusal(denied) in {"SignatureDoesNotMatch", "InvalidSignatureException"}
