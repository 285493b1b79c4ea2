"""What Amazon Connect tells of an instance and of its numbers."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from local.sandbox.aws.wire import AwsError
from local.sandbox.people.identities import Identities, known

Parameters = Mapping[str, Any]
Query = Callable[[Parameters, str, Identities], dict[str, object]]

_ACCOUNT_ID = "000000000000"


def _instance(parameters: Parameters, region: str, identities: Identities) -> dict[str, object]:
    instance = parameters["InstanceId"]
    if not known(instance, identities.connect_instances):
        raise AwsError("ResourceNotFoundException", f"Instance {instance} was not found.")
    return {
        "Instance": {
            "Id": instance,
            "Arn": _instance_arn(region, instance),
            "IdentityManagementType": "CONNECT_MANAGED",
            "InstanceAlias": "statline",
            "InstanceStatus": "ACTIVE",
            "InboundCallsEnabled": True,
            "OutboundCallsEnabled": True,
        }
    }


def _numbers(parameters: Parameters, region: str, identities: Identities) -> dict[str, object]:
    target = parameters.get("TargetArn") or _instance_arn(region, parameters.get("InstanceId", "unknown"))
    prefix = parameters.get("PhoneNumberPrefix", "+")
    return {
        "ListPhoneNumbersSummaryList": [
            {
                "PhoneNumberId": str(uuid.uuid5(uuid.NAMESPACE_URL, number)),
                "PhoneNumberArn": f"arn:aws:connect:{region}:{_ACCOUNT_ID}:phone-number/{number}",
                "PhoneNumber": number,
                "PhoneNumberCountryCode": "CA" if region.startswith("ca-") else "US",
                "PhoneNumberType": "DID",
                "TargetArn": target,
            }
            for number in sorted(identities.connect_source_numbers or ())
            if number.startswith(prefix)
        ]
    }


def _instance_arn(region: str, instance: str) -> str:
    return f"arn:aws:connect:{region}:{_ACCOUNT_ID}:instance/{instance}"


QUERIES: Mapping[str, Query] = {"DescribeInstance": _instance, "ListPhoneNumbersV2": _numbers}
