"""What End User Messaging tells of an account: limits, numbers, pools, configuration sets, opted-out phones."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from local.sandbox.aws.account import Account
from local.sandbox.people.identities import Identities

Parameters = Mapping[str, Any]
Query = Callable[[Parameters, str, Identities, Account], dict[str, object]]

_ACCOUNT_ID = "000000000000"
_CREATED = 1_790_000_000
_SHARED = {
    "Status": "ACTIVE",
    "MessageType": "TRANSACTIONAL",
    "TwoWayEnabled": True,
    "SelfManagedOptOutsEnabled": False,
    "OptOutListName": "Default",
    "DeletionProtectionEnabled": True,
    "CreatedTimestamp": _CREATED,
}


def _spend_limits(parameters: Parameters, region: str, identities: Identities, account: Account) -> dict[str, object]:
    del parameters, region, identities
    limits = {"TEXT": account.text_spend_limit, "VOICE": account.voice_spend_limit}
    return {
        "SpendLimits": [
            {
                "Name": f"{kind}_MESSAGE_MONTHLY_SPEND_LIMIT",
                "EnforcedLimit": limit,
                "MaxLimit": limit,
                "Overridden": False,
            }
            for kind, limit in limits.items()
        ]
    }


def _attributes(parameters: Parameters, region: str, identities: Identities, account: Account) -> dict[str, object]:
    del parameters, region, identities
    return {"AccountAttributes": [{"Name": "ACCOUNT_TIER", "Value": account.tier}]}


def _limits(parameters: Parameters, region: str, identities: Identities, account: Account) -> dict[str, object]:
    del parameters, region, account
    used = {
        "PHONE_NUMBERS": len(_of_kind("phone", identities)),
        "POOLS": len(_of_kind("pool", identities)),
        "CONFIGURATION_SETS": len(identities.configuration_sets or ()),
    }
    return {"AccountLimits": [{"Name": name, "Used": count, "Max": 25} for name, count in used.items()]}


def _phone_numbers(parameters: Parameters, region: str, identities: Identities, account: Account) -> dict[str, object]:
    del account
    names = _asked_or_listed(parameters.get("PhoneNumberIds"), "phone", identities)
    return {"PhoneNumbers": [_phone_number(name, region) for name in names]}


def _pools(parameters: Parameters, region: str, identities: Identities, account: Account) -> dict[str, object]:
    del account
    names = _asked_or_listed(parameters.get("PoolIds"), "pool", identities)
    pools = [
        {**_SHARED, "PoolId": name, "PoolArn": _arn(region, "pool", name), "SharedRoutesEnabled": False}
        for name in names
    ]
    return {"Pools": pools}


def _sets(parameters: Parameters, region: str, identities: Identities, account: Account) -> dict[str, object]:
    del account
    asked = parameters.get("ConfigurationSetNames") or sorted(identities.configuration_sets or ())
    known = identities.configuration_sets
    names = [name for name in asked if known is None or name in known]
    return {
        "ConfigurationSets": [
            {
                "ConfigurationSetArn": _arn(region, "configuration-set", name),
                "ConfigurationSetName": name,
                "EventDestinations": [],
                "CreatedTimestamp": _CREATED,
            }
            for name in names
        ]
    }


def _opted_out(parameters: Parameters, region: str, identities: Identities, account: Account) -> dict[str, object]:
    del account
    asked = frozenset(parameters.get("OptedOutNumbers") or identities.opted_out_numbers)
    name = parameters["OptOutListName"]
    return {
        "OptOutListArn": _arn(region, "opt-out-list", name),
        "OptOutListName": name,
        "OptedOutNumbers": [
            {"OptedOutNumber": number, "OptedOutTimestamp": _CREATED, "EndUserOptedOut": True}
            for number in sorted(asked & identities.opted_out_numbers)
        ],
    }


def _of_kind(kind: str, identities: Identities) -> list[str]:
    """The listed origination identities that are phones (a number stands for one) or pools."""
    starts = ("phone-", "+") if kind == "phone" else (f"{kind}-",)
    return sorted(name for name in identities.origination_identities or () if name.startswith(starts))


def _asked_or_listed(asked: Sequence[str] | None, kind: str, identities: Identities) -> Iterable[str]:
    """The identities asked for as far as they exist; with no list every one does, as in sending."""
    if not asked:
        return _of_kind(kind, identities)
    listed = identities.origination_identities
    return [name for name in asked if listed is None or name in listed]


def number_of(name: str) -> str:
    """The number behind an id, made from the id; a number is its own."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    return name if name.startswith("+") else f"+1416555{int(digest[:8], 16) % 10_000:04d}"


def _phone_number(name: str, region: str) -> dict[str, object]:
    digest = hashlib.sha256(name.encode()).hexdigest()
    number = number_of(name)
    phone_id = f"phone-{digest[:32]}" if name.startswith("+") else name
    return {
        **_SHARED,
        "PhoneNumber": number,
        "PhoneNumberId": phone_id,
        "PhoneNumberArn": _arn(region, "phone-number", phone_id),
        "IsoCountryCode": "CA" if region.startswith("ca-") else "US",
        "NumberCapabilities": ["SMS", "VOICE"],
        "NumberType": "LONG_CODE",
        "MonthlyLeasingPrice": "1.00",
    }


def _arn(region: str, kind: str, name: str) -> str:
    return name if name.startswith("arn:") else f"arn:aws:sms-voice:{region}:{_ACCOUNT_ID}:{kind}/{name}"


QUERIES: Mapping[str, Query] = {
    "DescribeSpendLimits": _spend_limits,
    "DescribeAccountAttributes": _attributes,
    "DescribeAccountLimits": _limits,
    "DescribePhoneNumbers": _phone_numbers,
    "DescribePools": _pools,
    "DescribeConfigurationSets": _sets,
    "DescribeOptedOutNumbers": _opted_out,
}
