"""The router's handler on moto: good messages."""

from statline.contract.words import Channel, Priority
from tests.fakes.directory_changes import a_device, a_phone, a_user
from tests.fakes.messages import a_body
from tests.integration.router.conftest import Region


def test_a_message_to_a_user_becomes_a_push_to_their_device(region: Region) -> None:
    region.learn(a_user(), a_device(), a_phone())

    assert region.route(a_body()) == []

    (push,) = region.queue(Channel.PUSH, Priority.ROUTINE)
    assert push["key"] == {
        "tenant": "northshore",
        "notification": "n-1",
        "recipient": "u-1",
        "channel": "push",
        "endpoint": "d-1",
    }
    assert push["address"] == "token-of-u-1-d-1"
    assert region.queue(Channel.SMS, Priority.ROUTINE) == []
