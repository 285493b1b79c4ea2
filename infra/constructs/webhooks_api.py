"""The one door to the internet: an HTTP API that Twilio calls back."""

import json

from aws_cdk import RemovalPolicy
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

STATUS = "/twilio/status"
PATHS = (STATUS, "/twilio/text", "/twilio/call", "/twilio/call/digits")
_CALLS_A_SECOND = 200
"""A flood from outside ends here. A team's texts are some hundred receipts within a minute."""
_LOGGED = {
    "request": "$context.requestId",
    "at": "$context.requestTime",
    "route": "$context.routeKey",
    "status": "$context.status",
    "took": "$context.responseLatency",
    "error": "$context.integrationErrorMessage",
}
"""No address and no query: those name deliveries."""


class WebhooksApi(Construct):
    """``statline-webhooks``: four routes, all to one function, which believes nobody without Twilio's signature.

    address: the API's own, without a path.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: lambda_.IFunction,
        log_key: kms.IKey,
        log_retention: logs.RetentionDays,
        removal_policy: RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        api = apigateway.HttpApi(
            self,
            "Api",
            api_name="statline-webhooks",
            description="Statline: what Twilio calls back",
            create_default_stage=False,
        )
        integration = integrations.HttpLambdaIntegration("Webhooks", function)
        for path in PATHS:
            api.add_routes(path=path, methods=[apigateway.HttpMethod.POST], integration=integration)
        log = logs.LogGroup(
            self,
            "Log",
            log_group_name="/aws/apigateway/statline-webhooks",
            encryption_key=log_key,
            retention=log_retention,
            removal_policy=removal_policy,
        )
        stage = apigateway.CfnStage(
            self,
            "Stage",
            api_id=api.api_id,
            stage_name="$default",
            auto_deploy=True,
            access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=log.log_group_arn, format=json.dumps(_LOGGED, separators=(",", ":"))
            ),
            default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
                throttling_rate_limit=_CALLS_A_SECOND, throttling_burst_limit=_CALLS_A_SECOND
            ),
        )
        stage.node.add_dependency(api)
        self.address = api.api_endpoint
