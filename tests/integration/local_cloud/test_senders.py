import json

from local.emulator.permissions.unique_ids import role_id, user_id
from tests.integration.local_cloud.resources import Clients, await_value
from tests.integration.local_cloud.stack import ToyStack

ANYTHING_ON_SQS = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}
)


def keys_of_new_user(clients: Clients, name: str, policy: str | None = None) -> tuple[str, dict[str, str]]:
    iam = clients("iam")
    unique_id = iam.create_user(UserName=name)["User"]["UserId"]
    if policy:
        iam.put_user_policy(UserName=name, PolicyName="rights", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return unique_id, {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}


def test_a_users_unique_id_follows_from_its_name(clients: Clients) -> None:
    unique_id, _keys = keys_of_new_user(clients, "named-producer")

    assert unique_id == user_id("named-producer")
    assert len(unique_id) == 21
    assert unique_id.startswith("AIDA")
    assert unique_id != user_id("another-producer")


def test_a_function_learns_the_unique_id_of_the_user_who_sent(toy: ToyStack, clients: Clients) -> None:
    unique_id, keys = keys_of_new_user(clients, "sending-producer", ANYTHING_ON_SQS)

    mark = toy.send(keys=keys)

    [line] = await_value(lambda: toy.started(mark))
    assert line["record"]["attributes"]["SenderId"] == unique_id


def test_every_message_of_a_batch_carries_its_sender(toy: ToyStack, clients: Clients) -> None:
    unique_id, keys = keys_of_new_user(clients, "batching-producer", ANYTHING_ON_SQS)
    entries = [{"Id": str(number), "MessageBody": f"batched {number}"} for number in range(3)]

    clients("sqs", keys).send_message_batch(QueueUrl=toy.ids["Unmapped"], Entries=entries)

    received = clients("sqs").receive_message(
        QueueUrl=toy.ids["Unmapped"], MaxNumberOfMessages=10, MessageSystemAttributeNames=["SenderId"]
    )["Messages"]
    assert {message["Attributes"]["SenderId"] for message in received} == {unique_id}


def test_a_function_sends_as_its_roles_session(toy: ToyStack) -> None:
    session = toy.session_of("Function")

    mark = toy.send(keys=session)

    [line] = await_value(lambda: toy.started(mark))
    assert line["record"]["attributes"]["SenderId"] == f"{role_id(toy.ids['Role'])}:{toy.ids['Function']}"
