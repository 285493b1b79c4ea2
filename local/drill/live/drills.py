"""The live drills: one row each. Their names are those of drills/, where the same incidents run in simulated time."""

from collections.abc import Mapping
from types import MappingProxyType

from local.drill.live import databases, providers, queues
from local.drill.live.plan import ALL, Drill, Must
from local.drill.region import PAGE, TICKET
from local.drill.traffic import Stream
from statline.contract.words import Channel, Priority

STAT_IMPAIRED, IMPAIRED = "Statline stat delivery is impaired", "Statline delivery is impaired"
_ANY = frozenset(Channel)

_TABLE = (
    Drill(
        name="14-february-stale-connections",
        title="the replica is cut off, and another server stands behind its address",
        expects="delivery and, as soon as somebody is there again, the reconcile go on; nobody is woken",
        disturbance=databases.replaced_replica,
        lasts=45.0,
        may=("Statline database replica *",),
    ),
    Drill(
        name="2-march-connections",
        title="an application uses up the primary's connections",
        expects="delivery goes on; on-call is told that the database is in trouble, and why",
        disturbance=databases.connections_used_up,
        lasts=30.0,
        must=(
            Must(alarm="Statline database primary runs out of connections", within=240.0),
            Must(alarm="Statline database is in trouble", topic=PAGE, within=245.0),
        ),
    ),
    Drill(
        name="provider-outage",
        title="FCM answers nobody, End User Messaging fails every call",
        expects="stat goes by voice, the rest waits and comes; on-call is told of the providers",
        disturbance=providers.outage,
        lasts=60.0,
        must=(
            Must(alarm=STAT_IMPAIRED, topic=PAGE, within=90.0),
            Must(alarm="Statline fcm answers with errors", topic=TICKET, within=240.0),
            Must(alarm="Statline sms answers with errors", topic=TICKET, within=240.0),
        ),
        may=(IMPAIRED,),
        steady=frozenset(),
        streams=(
            Stream(Priority.STAT, 0.5, channels=(), counted=_ANY),
            *(Stream(lane, 1.0) for lane in (Priority.URGENT, Priority.ROUTINE)),
        ),
        arrives_within=330.0,
    ),
    Drill(
        name="producer-storm",
        title=f"another hospital sends {queues.STORM:,} routine notifications at once",
        expects="stat and urgent stay what they are, all of the storm is delivered, nobody is woken",
        disturbance=queues.storm,
        lasts=60.0,
        steady=ALL - {Priority.ROUTINE},
        arrives_within=240.0,
    ),
    Drill(
        name="provider-quota",
        title=f"FCM refuses {providers.THROTTLED_SHARE:.0%} of the calls: its quota is reached",
        expects="what was refused comes a little later; a ticket names the provider",
        disturbance=providers.quota_reached,
        lasts=60.0,
        must=(Must(alarm="Statline fcm answers with errors", topic=TICKET, within=240.0),),
        may=(STAT_IMPAIRED, IMPAIRED),
        arrives_within=120.0,
        remark="that FCM's quota is nearly used up: it takes 480,000 pushes a minute",
    ),
    Drill(
        name="poison-message",
        title="two messages that no function can read",
        expects="nothing waits behind them; they are dead letters, told and kept",
        disturbance=queues.poison,
        lasts=30.0,
        must=(
            Must(alarm="Statline stat messages died", topic=PAGE, within=240.0),
            Must(alarm="Statline quarantine is not empty", topic=TICKET, within=240.0),
        ),
        may=(STAT_IMPAIRED, "Statline stat push has dead letters"),
        remark="the fifty receives before the dead letter: it is one after three, or the drill would take ten minutes;"
        " and a worker that dies of a message: nobody knows one that does that",
    ),
    Drill(
        name="stuck-consumer",
        title="nobody takes from the queue of stat pushes",
        expects="on-call is woken within a minute or so; the other lanes go on; nothing is lost",
        disturbance=queues.stuck_consumer,
        lasts=30.0,
        must=(
            Must(alarm="Statline stat push is stalled", within=75.0),
            Must(alarm=STAT_IMPAIRED, topic=PAGE, within=90.0),
        ),
        may=(IMPAIRED,),
        steady=ALL - {Priority.STAT},
    ),
    Drill(
        name="silent-region",
        title="no function of the region takes anything",
        expects="on-call is woken within three minutes; all that was sent comes afterwards",
        disturbance=queues.silent_region,
        lasts=60.0,
        must=(
            Must(alarm="Statline cannot see what is outstanding", within=180.0),
            Must(alarm="Statline stat push canary is lost", within=180.0),
            Must(alarm=STAT_IMPAIRED, topic=PAGE, within=180.0),
        ),
        may=(IMPAIRED,),
        steady=frozenset(),
        arrives_within=180.0,
    ),
)
DRILLS: Mapping[str, Drill] = MappingProxyType({drill.name: drill for drill in _TABLE})

NOT_LIVE: Mapping[str, str] = MappingProxyType(
    {
        "backups-go-wrong": "the age of a backup counts in hours",
        "blind-amid-a-stall": "it takes an hour, and a look that fails",
        "blind-watchers": "silent-region, which is live, stops the same functions",
        "channels-stuck": "stuck-consumer is the same for one lane, and live",
        "database-fills-up": "the disk that would fill up is the laptop's own",
        "directory-goes-wrong": "it is many small faults; the tests of the reconcile and of the events play each",
        "everything-grows": "it takes two hours, and a disk to fill",
        "functions-fail": "it takes a bad release",
        "poison-everywhere": "poison-message is the same for one queue, and live",
        "providers-refuse-more": "it takes two hours",
        "providers-put-off": "provider-outage and provider-quota are the same, and live",
        "replica-behind": "a directory gets old in an hour",
        "router-stuck": "silent-region, which is live, stops the router as well",
        "slow-workers": "nothing holds the laptop's functions to a rate",
        "functions-slow-down": "it takes a release that is slow",
        "answers-unheard": "it takes a bad release; the end-to-end tests have people answer",
        "escalation-slow": "it takes a release that is slow",
        "escalation-stalled": "it takes a bad release; the end-to-end tests time a ladder's steps",
        "real-canaries-lost": "the sandbox refuses no call for want of a number",
        "forged-callbacks": "the tests of the webhooks forge each kind",
        "nobody-answers": "the end-to-end tests play it, with its alarm",
        "provider-demoted-and-back": "a demotion is doubled over a quarter of an hour",
        "receipts-fade": "it takes an hour",
        "receipts-missing": "provider-outage, which is live, is the same for a provider that answers nothing",
        "second-provider-floods": "nothing of the laptop's sends that much",
        "side-queues-stuck": "stuck-consumer is the same for one lane, and live",
        "healthy-monday": "it takes a day",
        "healthy-night": "it takes a night",
        "healthy-weekday": "it takes a day",
        "healthy-week": "it takes a week",
        "healthy-month": "it takes a month",
    }
)
"""The incidents of drills/ that are replayed in simulated time only, and why."""
