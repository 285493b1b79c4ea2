"""The alarms on providers that stand beside each other: one is demoted for a time when it errs or is slow."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_cloudwatch as cloudwatch

from functions.core.adapters.telemetry.embedded_metrics import Metric
from infra.config.providers import Providers
from infra.constructs.alarms.figures import measured
from infra.constructs.alarms.rows import AlarmRow, Formula, Missing
from infra.constructs.alarms.topics import Severity
from infra.constructs.alarms.wholes import Whole
from statline.contract.words import Channel

STILL_SO = Missing(
    cloudwatch.TreatMissingData.IGNORE,
    "it is said every ten seconds, and stays so until somebody says otherwise; that nobody looks has an alarm of its"
    " own",
)


def beside_each_other(providers: Providers) -> Mapping[Channel, Sequence[str]]:
    """The channels that more than one provider serves in this region, with those, the first one first."""
    return providers.in_turn


def failover_alarms(providers: Providers, *, region: str) -> list[AlarmRow]:
    """The rows of a region that has these providers."""
    return [
        row
        for channel, names in beside_each_other(providers).items()
        for row in (*(_demoted(channel, name, region) for name in names), _all_demoted(channel, names, region))
    ]


def _demoted(channel: Channel, provider: str, region: str) -> AlarmRow:
    # Once is enough: it is not raised again for minutes. Of five, so that one that is demoted again and again is one
    # ticket.
    return AlarmRow(
        name=f"Statline {channel} provider {provider} is demoted",
        means=f"Clinicians feel nothing: {channel} goes out by the other provider for a time, because {provider}"
        " errs or is slow. There is no third.",
        first="Look at the provider's status page, and at which answers they are; it is raised again by itself.",
        runbook="provider-demoted",
        heard_as=Severity.TICKET,
        figure=measured(Metric.PROVIDER_DEMOTED, "Maximum", region=region, provider=provider),
        threshold=0,
        datapoints=(1, 5),
        missing=STILL_SO,
    )


def _all_demoted(channel: Channel, providers: Sequence[str], region: str) -> AlarmRow:
    # A product, and no sum: both at the same time.
    return AlarmRow(
        name=f"Statline {channel} has no provider left",
        means=f"Clinicians' notifications by {channel} go out by providers of which every one errs or is slow: they are"
        " late, and some are lost. A stat goes by other channels as well.",
        first="Look whether it is really them, or our network: do other providers answer with errors, too?",
        runbook="provider-demoted",
        heard_as=Whole.STAT,
        figure=Formula(
            expression=" * ".join(f"{provider}_demoted" for provider in providers),
            label=f"{channel}: every provider is demoted (1: yes)",
            figures={
                f"{provider}_demoted": measured(Metric.PROVIDER_DEMOTED, "Maximum", region=region, provider=provider)
                for provider in providers
            },
        ),
        threshold=0,
        datapoints=(1, 5),
        missing=STILL_SO,
    )
