"""What people and producers outside the stacks are given: managed policies, and for other accounts the queues' own."""

from collections import defaultdict
from collections.abc import Mapping

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.config.apps import Apps
from infra.config.producers import Producers
from infra.constructs.keys import Keys
from infra.constructs.queues.queue import WorkQueue
from infra.constructs.queues.region_queues import Queues
from infra.constructs.tables import DeliveryStateTable, DirectoryTable


class ProducerAccess(Construct):
    """Who may put messages on the ingress queues, and who on the receipts queue.

    A producer of this account is given the managed policy ``statline-send-<lane>-<region>`` of each of its lanes. A
    producer of another account is named in the policies of its lanes' queues and of their key. Either way the router
    looks at who has sent: a right to send does not make a sender known. So it is with an app's backend, its policy
    ``statline-send-receipts-<region>`` and the receipts function.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, producers: Producers, apps: Apps, queues: Queues, keys: Keys
    ) -> None:
        super().__init__(scope, construct_id)
        region = Stack.of(self).region
        for lane, queue in queues.ingress.items():
            policy = iam.ManagedPolicy(
                self,
                f"Send{lane.value.capitalize()}",
                managed_policy_name=f"statline-send-{lane.value}-{region}",
                description=f"Send {lane.value} notifications to Statline in {region}",
            )
            queue.main.grant_send(policy)
        tell = iam.ManagedPolicy(
            self,
            "SendReceipts",
            managed_policy_name=f"statline-send-receipts-{region}",
            description=f"Tell Statline in {region} what an app's devices showed, and what people answered there",
        )
        queues.receipts.main.grant_send(tell)
        for arn, doors in _foreign(producers, apps, queues).items():
            principal = iam.ArnPrincipal(arn)
            keys.grant_sender(principal)
            for door in doors:
                door.main.grant_foreign_send(principal)


def _foreign(producers: Producers, apps: Apps, queues: Queues) -> Mapping[str, list[WorkQueue]]:
    """The queues of each sender in another account, by its ARN."""
    doors = defaultdict[str, list[WorkQueue]](list)
    for producer in producers.values():
        if producer.principal is not None:
            doors[producer.principal] += [queues.ingress[lane] for lane in producer.lanes]
    for app in apps.values():
        if app.principal is not None:
            doors[app.principal].append(queues.receipts)
    return doors


class OperatorAccess(Construct):
    """The managed policies of people.

    ``statline-operate-<region>``: look at notifications, queues, figures and alarms, and import the directory. Nothing
    that a message says can be read with it.

    ``statline-redrive-<region>``, for those who send dead letters again: it is a right to read them, and they name
    patients. A message of a producer goes back through the router itself, with its sender, and an app's word through
    the receipts function: whoever may call those could name any sender, so this is a right for few.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        state: DeliveryStateTable,
        directory: DirectoryTable,
        queues: Queues,
    ) -> None:
        super().__init__(scope, construct_id)
        region = Stack.of(self).region
        operate = iam.ManagedPolicy(
            self,
            "Operate",
            managed_policy_name=f"statline-operate-{region}",
            document=_short(),
            description=f"Look after Statline in {region}: notifications, queues, alarms, the directory",
        )
        state.grant_show(operate)
        directory.grant_check(operate)
        queues.directory_changes.main.grant_send(operate)
        for queue in queues.everything:
            queue.grant_count(operate)
        # Neither knows a resource: figures and alarms of the whole account can be seen.
        operate.add_statements(_allow("LookAtFiguresAndAlarms", _LOOK, "*"))

        redrive = iam.ManagedPolicy(
            self,
            "Redrive",
            managed_policy_name=f"statline-redrive-{region}",
            document=_short(),
            description=f"Send dead letters of Statline in {region} back to work",
        )
        _grant_redrive(redrive, queues)
        believing = [
            Stack.of(self).format_arn(
                service="lambda",
                resource="function",
                resource_name=function,
                arn_format=ArnFormat.COLON_RESOURCE_NAME,
            )
            for function in _BELIEVING
        ]
        redrive.add_statements(_allow("GiveThemTheirDeadLetters", ["lambda:InvokeFunction"], *believing))


_BELIEVING = ("statline-router:live", "statline-receipts:live")
"""Who believes a message by its sender. By their names: they stand in stacks that are made after this one."""
_LOOK = ["cloudwatch:DescribeAlarms", "cloudwatch:DescribeAlarmHistory", "cloudwatch:GetMetricData"]


def _short() -> iam.PolicyDocument:
    """A document that joins what is allowed on many queues: AWS takes 6,144 characters for a managed policy."""
    return iam.PolicyDocument(minimize=True)


def _grant_redrive(policy: iam.ManagedPolicy, queues: Queues) -> None:
    believed_by_sender = [*queues.ingress.values(), queues.receipts]
    for queue in queues.work:
        queue.dead.grant_receive(policy)
        if queue in believed_by_sender:
            queue.main.grant_count(policy)
        else:
            queue.main.grant_send(policy)


def _allow(sid: str, actions: list[str], *resources: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(sid=sid, actions=actions, resources=[*resources])
