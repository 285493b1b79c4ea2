"""Service Quotas: the lists of a service's quotas, for the preflight before going live."""

import zlib
from collections.abc import Mapping

from local.sandbox.aws import wire as aws_wire
from local.sandbox.aws.account import AccountBook
from local.sandbox.aws.wire import AwsApi, AwsError
from local.sandbox.exchange import Accepted, Judged, Refused
from local.sandbox.http_server import Request
from local.sandbox.modes import ModeName
from local.sandbox.records import CallFacts, ProviderName

TARGET_PREFIX = "ServiceQuotasV20190624."
QUERIES = ("ListAWSDefaultServiceQuotas", "ListServiceQuotas")
"""AWS's defaults, and the account's own values: here they are the same."""


class Quotas:
    """Service Quotas, the same in every region."""

    name: ProviderName = "quotas"
    failures: Mapping[ModeName, str] = {
        "throttled": "TooManyRequestsException",
        "error500": "ServiceException",
        "error503": "ServiceUnavailableException",
    }

    def __init__(self, account: AccountBook) -> None:
        self._api: AwsApi = aws_wire.load("service-quotas")
        self._account = account

    def judge(self, request: Request) -> Judged:
        """List a service's quotas."""
        operation = request.headers.get("x-amz-target", "").removeprefix(TARGET_PREFIX)
        scope = aws_wire.scope_of(request)
        facts = CallFacts(provider=self.name, operation=operation, region=scope.region if scope else None)
        try:
            return Judged(facts, self._list(request, operation, facts.region or ""))
        except AwsError as error:
            return Judged(facts, self._api.refusal(error))

    def refuse(self, code: str, retry_after: int, operation: str) -> Refused:
        """Make an error of the service."""
        del retry_after
        return self._api.refusal(self._api.named_error(code, operation))

    def _list(self, request: Request, operation: str, region: str) -> Accepted:
        aws_wire.require_signature(request, self._api.signing_name)
        if operation not in QUERIES:
            raise AwsError("UnknownOperationException", f"The sandbox has no operation {operation or '(none named)'}.")
        parameters = aws_wire.decoded(request.body)
        problems = self._api.input_problems(operation, parameters)
        if problems:
            raise AwsError("IllegalArgumentException", "; ".join(problem.message for problem in problems))
        service = parameters["ServiceCode"]
        quotas = self._account.current.service_quotas.get(service)
        if quotas is None:
            raise AwsError("NoSuchResourceException", f"No quotas of {service}.")
        return Accepted(self._api.answer({"Quotas": [_quota(service, name, quotas[name], region) for name in quotas]}))


def _quota(service: str, name: str, value: float, region: str) -> dict[str, object]:
    code = f"L-{zlib.crc32(name.encode()):08X}"
    return {
        "ServiceCode": service,
        "QuotaName": name,
        "QuotaCode": code,
        "QuotaArn": f"arn:aws:servicequotas:{region}:000000000000:{service}/{code}",
        "Value": value,
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }
