"""What people and producers outside the stacks are given: managed policies, and for other accounts the queues' own."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.config.producers import Producers
from infra.constructs.keys import Keys
from infra.constructs.queues import Queues
from infra.constructs.tables import DeliveryStateTable


class ProducerAccess(Construct):
    """Who may put messages on the ingress queues.

    A producer of this account is given the managed policy ``statline-send-<lane>-<region>`` of each of its lanes. A
    producer of another account is named in the policies of its lanes' queues and of their key. Either way the router
    looks at who has sent: a right to send does not make a sender known.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, producers: Producers, queues: Queues, keys: Keys
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
        for producer in producers.values():
            if producer.principal is None:
                continue
            principal = iam.ArnPrincipal(producer.principal)
            keys.grant_sender(principal)
            for lane in producer.lanes:
                queues.ingress[lane].main.grant_foreign_send(principal)


class OperatorAccess(Construct):
    """The managed policy ``statline-operate-<region>``: what the command line needs to show and to import."""

    def __init__(self, scope: Construct, construct_id: str, *, state: DeliveryStateTable, queues: Queues) -> None:
        super().__init__(scope, construct_id)
        region = Stack.of(self).region
        policy = iam.ManagedPolicy(
            self,
            "Operate",
            managed_policy_name=f"statline-operate-{region}",
            description=f"Show notifications and import the directory of Statline in {region}",
        )
        state.grant_show(policy)
        queues.directory_changes.main.grant_send(policy)
