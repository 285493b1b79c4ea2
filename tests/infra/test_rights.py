"""What each function may touch, and that a database is not among it."""

import json
from collections.abc import Mapping
from typing import Any

from infra.assets.functions import AT_DATABASE
from infra.config.model import RegionConfig
from tests.infra.templates import Template, as_list, imports

_DATABASE_SERVICES = {"rds", "rds-db", "rds-data", "redshift", "ec2", "dms", "sts", "iam"}


def _roles(delivery: Template) -> dict[str, list[dict[str, Any]]]:
    """What each function's role may do, by the function's name."""
    return {
        properties["FunctionName"]: delivery.statements(properties["Role"]["Fn::GetAtt"][0])
        for properties in delivery.properties("AWS::Lambda::Function")
    }


def _actions(statements: list[dict[str, Any]]) -> set[str]:
    return {action for statement in statements for action in as_list(statement["Action"])}


def _targets(delivery: Template, statements: list[dict[str, Any]], action: str) -> set[str]:
    return {
        delivery.name_of(resource)
        for statement in statements
        if action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    }


def test_no_delivery_role_can_reach_a_database(delivery: Template) -> None:
    for function, statements in _roles(delivery).items():
        services = {action.split(":")[0] for action in _actions(statements)}
        assert statements
        assert not services & _DATABASE_SERVICES, function


def test_no_delivery_function_is_in_a_network_that_a_database_could_be_in(delivery: Template) -> None:
    functions = delivery.properties("AWS::Lambda::Function")
    assert functions
    assert all("VpcConfig" not in function for function in functions)
    kinds = {resource["Type"].split("::")[1] for resource in delivery.body["Resources"].values()}
    assert not kinds & {"EC2", "RDS"}


def test_only_the_functions_at_the_database_are_in_a_network_and_only_they_carry_a_way_to_speak_to_it(
    templates: Mapping[str, Template], config: RegionConfig
) -> None:
    in_network, carrying = set[str](), set[str]()
    for name, template in templates.items():
        if not name.startswith(f"Statline-{config.region}-"):
            continue
        layers = template.resources("AWS::Lambda::LayerVersion")
        for function in template.properties("AWS::Lambda::Function"):
            carried = " ".join(layers[layer["Ref"]]["Properties"]["Description"] for layer in function["Layers"])
            folder = function["FunctionName"].removeprefix("statline-").replace("-", "_")
            if "VpcConfig" in function:
                in_network.add(folder)
            if "psycopg" in carried or "pg_dump" in carried:
                carrying.add(folder)
    assert in_network == carrying == AT_DATABASE


def test_the_delivery_stacks_take_nothing_from_a_database_stack(
    templates: Mapping[str, Template], state: Template, delivery: Template
) -> None:
    allowed = {state.name}
    for stack in (state, delivery):
        exporters = {stack.exports[name][0].name for name in imports(stack.body)}
        assert exporters <= allowed


def test_a_role_is_one_functions_alone_and_only_lambda_can_take_it(delivery: Template) -> None:
    roles = [function["Role"]["Fn::GetAtt"][0] for function in delivery.properties("AWS::Lambda::Function")]
    assert len(set(roles)) == len(roles)
    for role in roles:
        properties = delivery.resources("AWS::IAM::Role")[role]["Properties"]
        (trust,) = properties["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}
        assert "ManagedPolicyArns" not in properties


def test_no_right_has_a_wildcard_but_those_that_have_no_name_to_give(delivery: Template, config: RegionConfig) -> None:
    wild = {
        (function, action, resource)
        for function, statements in _roles(delivery).items()
        for statement in statements
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
        if "*" in action or (isinstance(resource, str) and "*" in resource)
    }
    assert config.providers.voice is not None
    calls = f"{config.providers.voice.instance_arn}/contact/*"
    assert wild == {
        ("statline-events", "dynamodb:ListStreams", "*"),
        ("statline-voice", "connect:StartOutboundVoiceContact", calls),
        ("statline-escalation", "connect:StopContact", calls),
        ("statline-receipts", "connect:GetContactAttributes", calls),
    }


def test_each_provider_is_called_by_its_own_function_alone(delivery: Template, config: RegionConfig) -> None:
    twilio = {"statline-sms", "statline-webhooks"} if config.providers.sms.twilio is not None else set[str]()
    rights = {
        "connect:StartOutboundVoiceContact": {"statline-voice"},
        "sms-voice:SendTextMessage": {"statline-sms"},
        "connect:StopContact": {"statline-escalation"},
        "connect:GetContactAttributes": {"statline-receipts"},
        "secretsmanager:GetSecretValue": {"statline-push", *twilio},
        "events:PutEvents": {"statline-events", "statline-roll-call"},
    }
    for action, holders in rights.items():
        assert {name for name, statements in _roles(delivery).items() if action in _actions(statements)} == holders


def test_each_secret_is_read_by_who_signs_in_with_it(delivery: Template, config: RegionConfig) -> None:
    read = {
        name: _targets(delivery, statements, "secretsmanager:GetSecretValue")
        for name, statements in _roles(delivery).items()
        if "secretsmanager:GetSecretValue" in _actions(statements)
    }
    fcm = config.providers.push.service_account
    twilio = config.providers.sms.twilio
    assert read == {"statline-push": {fcm}} | (
        {} if twilio is None else {name: {twilio.secret} for name in ("statline-sms", "statline-webhooks")}
    )


def test_sms_sends_from_the_configs_numbers_only(delivery: Template, config: RegionConfig) -> None:
    statements = _roles(delivery)["statline-sms"]
    senders = {name for name in _targets(delivery, statements, "sms-voice:SendTextMessage") if "sms-voice" in name}
    sms = config.providers.sms
    assert {name.rsplit("/", 1)[1] for name in senders} == {*sms.originations.values(), *sms.lines.values()}


def test_a_function_takes_messages_from_its_own_queues_only(delivery: Template) -> None:
    lanes = ("stat", "urgent", "routine")
    wanted = {
        "statline-router": {f"statline-ingress-{lane}" for lane in lanes},
        "statline-push": {f"statline-push-{lane}" for lane in lanes},
        "statline-sms": {f"statline-sms-{lane}" for lane in lanes},
        "statline-voice": {f"statline-voice-{lane}" for lane in lanes},
        "statline-directory": {"statline-directory-changes"},
        "statline-dead-letters": {f"statline-{stage}-stat-dlq" for stage in ("ingress", "push", "sms", "voice")},
        "statline-events": set(),
        "statline-canary": {"statline-canary-ticks"},
        "statline-outstanding": {"statline-outstanding-ticks"},
        "statline-escalation": {"statline-escalation"},
        "statline-late-receipts": {"statline-receipt-deadlines"},
        "statline-receipts": {"statline-receipts"},
        "statline-roll-call": {"statline-roll-calls"},
        "statline-keypad": set(),
        "statline-virtual-pager": set(),
        "statline-webhooks": set(),
    }
    for function, statements in _roles(delivery).items():
        assert _targets(delivery, statements, "sqs:ReceiveMessage") == wanted[function]


def test_the_canary_sends_where_producers_do_and_sees_records_whose_names_it_knows(delivery: Template) -> None:
    statements = _roles(delivery)["statline-canary"]
    assert _targets(delivery, statements, "sqs:SendMessage") == {
        "statline-canary-ticks",
        "statline-directory-changes",
        *(f"statline-ingress-{lane}" for lane in ("stat", "urgent", "routine")),
    }
    assert {action for action in _actions(statements) if action.startswith("dynamodb:")} == {"dynamodb:BatchGetItem"}
    assert _targets(delivery, statements, "dynamodb:BatchGetItem") == {"statline-delivery-state"}


def test_what_is_outstanding_is_looked_for_in_the_index_and_sends_nothing_but_ticks(delivery: Template) -> None:
    statements = _roles(delivery)["statline-outstanding"]
    assert _targets(delivery, statements, "sqs:SendMessage") == {"statline-outstanding-ticks"}
    assert _targets(delivery, statements, "dynamodb:Query") == {"statline-delivery-state/index/due"}
    assert {action for action in _actions(statements) if action.startswith("dynamodb:")} == {
        "dynamodb:BatchGetItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
    }


def test_nothing_that_is_recorded_can_be_deleted_by_a_function(delivery: Template) -> None:
    for function, statements in _roles(delivery).items():
        deleting = {action for action in _actions(statements) if "Delete" in action}
        assert deleting <= {"sqs:DeleteMessage"}, function


def test_only_the_directory_function_changes_the_directory(delivery: Template) -> None:
    for function, statements in _roles(delivery).items():
        writes = _targets(delivery, statements, "dynamodb:PutItem") | _targets(
            delivery, statements, "dynamodb:UpdateItem"
        )
        assert ("statline-directory" in writes) == (function == "statline-directory")


def test_a_template_holds_no_secret(state: Template, delivery: Template) -> None:
    secrets = {secret["Name"]: secret["SecretString"] for secret in state.properties("AWS::SecretsManager::Secret")}
    assert "private_key" not in json.dumps([state.body, delivery.body])
    assert json.loads(secrets.pop("statline/fcm")) == {"statline": "put the Firebase service account's JSON here"}
    for text in secrets.values():
        assert json.loads(text) == {"statline": "put a JSON object with account_sid and auth_token here"}
