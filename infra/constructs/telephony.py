"""What SMS and voice need of AWS: a configuration set, and the flow that speaks to who picks up."""

from collections.abc import Sequence
from pathlib import Path

from aws_cdk import Fn, Stack
from aws_cdk import aws_connect as connect
from aws_cdk import aws_iam as iam
from aws_cdk import aws_smsvoice as smsvoice
from constructs import Construct

from infra.config.providers import VoiceProvider

_FLOWS = Path(__file__).parents[1] / "contact_flows"
_RESOURCE_TYPES = {"phone": "phone-number", "pool": "pool"}


class TextMessaging(Construct):
    """End User Messaging: the configuration set that our messages are sent with."""

    def __init__(self, scope: Construct, construct_id: str, *, name: str, originations: Sequence[str]) -> None:
        super().__init__(scope, construct_id)
        self._originations = sorted(set(originations))
        self.configuration_set = smsvoice.CfnConfigurationSet(self, "ConfigurationSet", configuration_set_name=name)

    def grant_text(self, grantee: iam.IGrantable) -> None:
        """Let a function send texts from the config's numbers and pools, and from no other."""
        stack = Stack.of(self)
        senders = [
            stack.format_arn(service="sms-voice", resource=_RESOURCE_TYPES[sender.split("-")[0]], resource_name=sender)
            for sender in self._originations
        ]
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["sms-voice:SendTextMessage"],
            resource_arns=[*senders, self.configuration_set.attr_arn],
        )


class Calls(Construct):
    """Amazon Connect: the contact flow that speaks the text twice and hangs up."""

    def __init__(self, scope: Construct, construct_id: str, *, provider: VoiceProvider) -> None:
        super().__init__(scope, construct_id)
        self._instance_arn = provider.instance_arn
        flow = connect.CfnContactFlow(
            self,
            "SpeakTwice",
            instance_arn=provider.instance_arn,
            name="statline-speak-twice",
            type="CONTACT_FLOW",
            description="Speaks the attribute statline_text twice and hangs up",
            content=(_FLOWS / "speak_twice.json").read_text(encoding="utf-8"),
        )
        self.contact_flow_id = Fn.select(1, Fn.split("/contact-flow/", flow.attr_contact_flow_arn))

    def grant_call(self, grantee: iam.IGrantable) -> None:
        """Let a function start calls on the instance. A call's id, which the right names, is made by the call."""
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["connect:StartOutboundVoiceContact"],
            resource_arns=[f"{self._instance_arn}/contact/*"],
        )
