import json

import pytest
from botocore.exceptions import ClientError

from local.emulator.permissions.unique_ids import user_id
from tests.integration.local_cloud.conftest import CreateStack
from tests.integration.local_cloud.resources import Clients
from tests.integration.local_cloud.stack import ToyStack
from tests.integration.local_cloud.test_senders import ANYTHING_ON_SQS, keys_of_new_user


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


def test_a_queue_refuses_strangers_whatever_they_may_and_takes_from_whom_it_names_and_from_services(
    create_stack: CreateStack, clients: Clients, toy: ToyStack
) -> None:
    function_role = clients("iam").get_role(RoleName=toy.ids["Role"])["Role"]["Arn"]
    conditions = {
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        "ArnNotEquals": {"aws:PrincipalArn": [function_role]},
        "StringNotLike": {"aws:userid": [user_id("known-app"), f"{user_id('known-app')}:*"]},
    }
    queue = {"Fn::GetAtt": ["Queue", "Arn"]}
    send = {"Action": "sqs:SendMessage", "Resource": queue}
    statements = [
        {"Effect": "Deny", "Principal": {"AWS": "*"}, "Condition": conditions, **send},
        {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, **send},
    ]
    ids = create_stack(
        {
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Topic": {"Type": "AWS::SNS::Topic"},
            "Subscription": {
                "Type": "AWS::SNS::Subscription",
                "Properties": {"TopicArn": {"Ref": "Topic"}, "Protocol": "sqs", "Endpoint": queue},
            },
            "Door": {
                "Type": "AWS::SQS::QueuePolicy",
                "Properties": {
                    "Queues": [{"Ref": "Queue"}],
                    "PolicyDocument": {"Version": "2012-10-17", "Statement": statements},
                },
            },
        }
    )
    _, stranger = keys_of_new_user(clients, "unknown-app", ANYTHING_ON_SQS)
    _, app = keys_of_new_user(clients, "known-app", ANYTHING_ON_SQS)

    with pytest.raises(ClientError) as denied:
        clients("sqs", stranger).send_message(QueueUrl=ids["Queue"], MessageBody="forged")
    clients("sqs", app).send_message(QueueUrl=ids["Queue"], MessageBody="of an app")
    clients("sqs", toy.session_of("Function")).send_message(QueueUrl=ids["Queue"], MessageBody="of a function")
    clients("sns").publish(TopicArn=ids["Topic"], Message="of a topic")

    assert refusal(denied).startswith("AccessDenied")
    received = clients("sqs").receive_message(QueueUrl=ids["Queue"], MaxNumberOfMessages=10, WaitTimeSeconds=1)
    bodies = [message["Body"] for message in received["Messages"]]
    of_topic = [json.loads(body)["Message"] for body in bodies if body.startswith("{")]
    assert sorted([*of_topic, *(body for body in bodies if not body.startswith("{"))]) == [
        "of a function",
        "of a topic",
        "of an app",
    ]
