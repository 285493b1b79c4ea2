"""Queue and topic policies that a template writes inline: they take effect as the standalone ones do.

CDK may give a queue its policy as `AWS::SQS::QueueInlinePolicy` (one queue) where older templates have
`AWS::SQS::QueuePolicy` (a list). The emulator knows only the latter, and enforces it.
"""

from typing import Any

from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
_HANDLERS = provisioners._RESOURCE_HANDLERS


def _standalone(props: Properties, single: str, plural: str) -> Properties:
    return {"PolicyDocument": props["PolicyDocument"], plural: [props[single]]}


def _inline(standalone_type: str, single: str, plural: str) -> dict[str, Any]:
    handler = _HANDLERS[standalone_type]

    def create(logical_id: str, props: Properties, stack_name: str) -> tuple[str, dict[str, Any]]:
        created: tuple[str, dict[str, Any]] = handler["create"](
            logical_id, _standalone(props, single, plural), stack_name
        )
        return created

    def update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> tuple[str, dict[str, Any]]:
        updated: tuple[str, dict[str, Any]] = handler["update"](
            physical_id, _standalone(old, single, plural), _standalone(new, single, plural), stack_name
        )
        return updated

    def delete(physical_id: str, props: Properties) -> None:
        handler["delete"](physical_id, _standalone(props, single, plural))

    return {"create": create, "update": update, "delete": delete}


def install() -> None:
    """Accept inline policies of queues and topics."""
    _HANDLERS["AWS::SQS::QueueInlinePolicy"] = _inline("AWS::SQS::QueuePolicy", "Queue", "Queues")
    _HANDLERS["AWS::SNS::TopicInlinePolicy"] = _inline("AWS::SNS::TopicPolicy", "TopicArn", "Topics")
