"""The alarms on the providers: why a channel is late although our own functions run."""

from collections.abc import Mapping

from aws_cdk import aws_cloudwatch as cloudwatch

from functions.core.adapters.telemetry.embedded_metrics import Metric
from infra.config.providers import Providers
from infra.constructs.alarms.figures import measured
from infra.constructs.alarms.rows import AlarmRow, Figure, Formula, Missing
from infra.constructs.alarms.topics import Severity

ERRORS_SHARE = 25
FEWEST_ERRORS = 2
"""Of a minute. At night there is one call in some minutes, and one that is put off is then all of them."""
QUOTA_SHARE = 80

NOT_ASKED = Missing(
    cloudwatch.TreatMissingData.NOT_BREACHING, "a provider that nobody called has answered nothing, and not with errors"
)
_ANSWERS = {
    "accepted": Metric.PROVIDER_ACCEPTED,
    "put_off": Metric.PROVIDER_PUT_OFF,
    "refused": Metric.PROVIDER_REFUSED,
    "unknown": Metric.PROVIDER_UNKNOWN,
}
# Of the four answers only those are said that there were any of.
_BAD = "FILL({0}put_off, 0) + FILL({0}refused, 0) + FILL({0}unknown, 0)"
_ALL = f"FILL({{0}}accepted, 0) + {_BAD}"


def provider_alarms(providers: Providers, *, region: str) -> list[AlarmRow]:
    """The rows of a region that has these providers."""
    return [
        row
        for provider, rate in providers.calls_per_minute.items()
        for row in (_errors(provider, region), _quota(provider, rate, region))
    ]


def errors_share(provider: str, *, region: str) -> Formula:
    """What the provider did not accept, as per cent of the calls."""
    return Formula(
        expression=f"IF({_of(_BAD, provider)} < {FEWEST_ERRORS}, 0, 100 * ({_of(_BAD, provider)})"
        f" / ({_of(_ALL, provider)}))",
        label=f"{provider}: put off, refused and unknown, % of calls",
        figures=_answers(provider, region),
    )


def quota_share(provider: str, rate: int, *, region: str) -> Formula:
    """The calls of a minute, as per cent of what the provider takes in one."""
    return Formula(
        expression=f"100 * ({_of(_ALL, provider)}) / {rate}",
        label=f"{provider}: calls, % of {rate} a minute",
        figures=_answers(provider, region),
    )


def _of(expression: str, provider: str) -> str:
    # The names carry the provider: a graph may show all of them, and takes each name once.
    return expression.format(f"{provider}_")


def _answers(provider: str, region: str) -> Mapping[str, Figure]:
    return {
        f"{provider}_{name}": measured(metric, "Sum", region=region, provider=provider)
        for name, metric in _ANSWERS.items()
    }


def _errors(provider: str, region: str) -> AlarmRow:
    # A share, because a flood makes more of everything. Addresses that are no more are refused every day, a few in a
    # hundred; a quarter of all calls, two minutes running, is the provider or our account with it.
    return AlarmRow(
        name=f"Statline {provider} answers with errors",
        means=f"Explains why clinicians wait: {provider} put off, refused or did not answer more than {ERRORS_SHARE} %"
        " of our calls. They are tried again where that is safe.",
        first="Look at the provider's status page, and at which answers they are.",
        runbook="provider-errors",
        heard_as=Severity.TICKET,
        figure=errors_share(provider, region=region),
        threshold=ERRORS_SHARE,
        datapoints=(2, 2),
        missing=NOT_ASKED,
    )


def _quota(provider: str, rate: int, region: str) -> AlarmRow:
    return AlarmRow(
        name=f"Statline {provider} quota is nearly used up",
        means=f"Clinicians feel nothing yet. {provider} takes {rate} calls a minute, and more than {QUOTA_SHARE} % of"
        " them are used: beyond it routine waits first, then everything.",
        first="See which producer sends so much; then ask the provider for a higher rate and put it into config.",
        runbook="provider-quota",
        heard_as=Severity.TICKET,
        figure=quota_share(provider, rate, region=region),
        threshold=QUOTA_SHARE,
        datapoints=(2, 2),
        missing=NOT_ASKED,
    )
