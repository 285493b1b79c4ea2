"""Service Quotas: `GetServiceQuota`, for the preflight before going live."""

from collections.abc import Mapping

from local.sandbox import aws_wire
from local.sandbox.account import AccountBook
from local.sandbox.aws_wire import AwsApi, AwsError
from local.sandbox.exchange import Accepted, Judged, Refused
from local.sandbox.http_server import Request
from local.sandbox.modes import ModeName
from local.sandbox.records import CallFacts, ProviderName

TARGET_PREFIX = "ServiceQuotasV20190624."
_GET = "GetServiceQuota"


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
        """Look a quota up."""
        operation = request.headers.get("x-amz-target", "").removeprefix(TARGET_PREFIX)
        scope = aws_wire.scope_of(request)
        facts = CallFacts(provider=self.name, operation=operation, region=scope.region if scope else None)
        try:
            return Judged(facts, self._look_up(request, operation, facts.region or ""))
        except AwsError as error:
            return Judged(facts, self._api.refusal(error))

    def refuse(self, code: str, retry_after: int, operation: str) -> Refused:
        """Make an error of the service."""
        del retry_after
        return self._api.refusal(self._api.named_error(code, operation))

    def _look_up(self, request: Request, operation: str, region: str) -> Accepted:
        aws_wire.require_signature(request, self._api.signing_name)
        if operation != _GET:
            raise AwsError("UnknownOperationException", f"The sandbox has no operation {operation or '(none named)'}.")
        parameters = aws_wire.decoded(request.body)
        problems = self._api.input_problems(operation, parameters)
        if problems:
            raise AwsError("IllegalArgumentException", "; ".join(problem.message for problem in problems))
        service, quota = parameters["ServiceCode"], parameters["QuotaCode"]
        value = self._account.current.service_quotas.get(f"{service}/{quota}")
        if value is None:
            raise AwsError("NoSuchResourceException", f"No quota {quota} of {service}.")
        answer = {
            "ServiceCode": service,
            "QuotaCode": quota,
            "QuotaArn": f"arn:aws:servicequotas:{region}:000000000000:{service}/{quota}",
            "Value": value,
            "Unit": "None",
            "Adjustable": True,
            "GlobalQuota": False,
        }
        return Accepted(self._api.answer({"Quota": answer}))
