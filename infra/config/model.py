"""A deployment, as config names it: one value per region and nothing that the code would have to look up."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from functions.canary.settings import TENANT as CANARY_TENANT
from infra.config.apps import Apps
from infra.config.base import ConfigModel
from infra.config.canary import Canary
from infra.config.capacity import BESIDE_DATABASE, BESIDE_LANES, KEPT_UNRESERVED, Capacity
from infra.config.database import DatabaseConfig
from infra.config.on_call import OnCall
from infra.config.outside import OutsideHop
from infra.config.producers import PRODUCERS_BYTES, Producers, producers_bytes
from infra.config.providers import Providers
from infra.config.regions import CONNECT_REGIONS, REGIONS
from infra.config.roll_calls import RollCall

_RETENTIONS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)


def _known_region(name: str) -> str:
    if name not in REGIONS:
        raise ValueError(f"not a region that Statline knows, which are {', '.join(REGIONS)}")
    return name


def _known_retention(days: int) -> int:
    if days not in _RETENTIONS:
        raise ValueError(
            f"CloudWatch Logs keeps logs for one of these numbers of days: {', '.join(map(str, _RETENTIONS))}"
        )
    return days


RegionName = Annotated[str, AfterValidator(_known_region)]


class Account(ConfigModel):
    """The AWS account of a region, and its limit of concurrent Lambda executions there."""

    id: Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
    lambda_concurrency: Annotated[int, Field(ge=1)] = 1000


class Runtime(ConfigModel):
    """What the functions run on.

    python: the version; unset means the version that synthesizes.
    architecture: ``host`` means the processor that synthesizes.
    """

    python: Literal["3.11", "3.12", "3.13", "3.14"] | None = None
    architecture: Literal["arm64", "x86_64", "host"] = "arm64"


class RegionConfig(ConfigModel):
    """One region: an independent copy of Statline. ``outside`` declares every hop out of it (infra/residency.py)."""

    region: RegionName
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    account: Account
    capacity: Capacity
    producers: Producers
    apps: Annotated[Apps, Field(default_factory=dict)]
    providers: Providers
    roll_calls: tuple[RollCall, ...] = ()
    outside: tuple[OutsideHop, ...]
    on_call: OnCall = OnCall()
    canary: Canary | None = None
    database: DatabaseConfig | None = None

    @model_validator(mode="after")
    def _is_in_its_country(self) -> Self:
        country = REGIONS[self.region].country
        if self.country != country:
            raise ValueError(f"country: {self.region} is in {country}, not in {self.country}")
        return self

    @model_validator(mode="after")
    def _has_voice_only_where_connect_exists(self) -> Self:
        voice = self.providers.voice
        if voice is not None and not REGIONS[self.region].connect:
            raise ValueError(
                f"providers.voice: Amazon Connect does not exist in {self.region}; leave voice out"
                f" (it is in {', '.join(CONNECT_REGIONS)})"
            )
        if voice is not None and voice.instance_arn.split(":")[3] != self.region:
            raise ValueError(f"providers.voice.instance_arn: the Connect instance is not in {self.region}")
        if (voice is None) != (self.capacity.voice is None):
            raise ValueError("capacity.voice and providers.voice: give both or neither")
        return self

    @model_validator(mode="after")
    def _has_canaries_on_its_channels(self) -> Self:
        if self.canary is not None and (self.canary.voice is None) != (self.providers.voice is None):
            raise ValueError("canary.voice and providers.voice: give both or neither")
        return self

    @model_validator(mode="after")
    def _leaves_the_canarys_tenant_to_the_canary(self) -> Self:
        if CANARY_TENANT in self.tenants:
            raise ValueError(f"producers: the tenant {CANARY_TENANT} is the canary's own; choose another name")
        return self

    @model_validator(mode="after")
    def _has_its_database_here(self) -> Self:
        if self.database is not None:
            self.database.check_place(self.region)
        return self

    @model_validator(mode="after")
    def _reads_only_its_own_tenants(self) -> Self:
        source = self.database.directory if self.database is not None else None
        strangers = sorted(set(source.tenants or ()) - self.tenants) if source is not None else []
        if strangers:
            raise ValueError(
                f"database.directory.tenants: {', '.join(strangers)} has no home in {self.region}, because no producer"
                " here may send for it"
            )
        return self

    @model_validator(mode="after")
    def _serves_only_its_own_tenants(self) -> Self:
        named = [(f"apps.{sender}.tenants", tenant) for sender, app in self.apps.items() for tenant in app.tenants]
        named += [(f"roll_calls[{number}].tenant", call.tenant) for number, call in enumerate(self.roll_calls)]
        for field, tenant in named:
            if tenant not in self.tenants:
                raise ValueError(
                    f"{field}: {tenant} has no home in {self.region}, because no producer here may send for it"
                )
        return self

    @model_validator(mode="after")
    def _calls_each_roll_once(self) -> Self:
        names = [call.name for call in self.roll_calls]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"roll_calls: {', '.join(twice)} is there twice (tenant, team and time)")
        return self

    @model_validator(mode="after")
    def _fits_its_producers_into_the_router(self) -> Self:
        size = producers_bytes(self.producers, canary=self.canary is not None)
        if size > PRODUCERS_BYTES:
            raise ValueError(
                f"producers: they take {size} bytes of the router's environment, and {PRODUCERS_BYTES} are free for"
                " them: let one sender serve several tenants"
            )
        return self

    @model_validator(mode="after")
    def _keeps_room_for_what_is_beside_its_lanes(self) -> Self:
        needed = BESIDE_LANES + (BESIDE_DATABASE if self.database is not None else 0)
        if self.capacity.others < needed:
            beside = ", and those that read, back up and watch the database" if self.database is not None else ""
            raise ValueError(
                f"capacity.others: it is {self.capacity.others}, and the functions that watch over the"
                f" lanes{beside}, reserve up to {needed}: raise it"
            )
        return self

    @model_validator(mode="after")
    def _fits_the_account(self) -> Self:
        available = self.account.lambda_concurrency - KEPT_UNRESERVED
        if self.capacity.reserved > available:
            raise ValueError(
                f"capacity: the reserves add up to {self.capacity.reserved}, the account has {available} to reserve"
                f" (account.lambda_concurrency {self.account.lambda_concurrency} less the {KEPT_UNRESERVED}"
                " that AWS keeps unreserved)"
            )
        return self

    @property
    def tenants(self) -> frozenset[str]:
        """The tenants that have their home here."""
        return frozenset(tenant for producer in self.producers.values() for tenant in producer.tenants)


class Deployment(ConfigModel):
    """One deployment of Statline: its regions, and what they share.

    production: whether what holds state is protected from deletion and kept when its stack goes.
    runbooks: where on-call opens docs/runbooks/, without a slash at its end; alarms link there. Unset: the path in
        this repository.
    """

    production: bool
    runbooks: Annotated[str, StringConstraints(pattern=r"^\S+[^/\s]$")] = "docs/runbooks"
    runtime: Runtime = Runtime()
    log_retention_days: Annotated[int, AfterValidator(_known_retention)] = 30
    tags: Mapping[str, str] = {}
    regions: Annotated[tuple[RegionConfig, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_each_region_once(self) -> Self:
        names = [region.region for region in self.regions]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"regions: {', '.join(twice)} is there twice")
        return self

    @model_validator(mode="after")
    def _gives_each_tenant_one_home(self) -> Self:
        homes = [(tenant, region.region) for region in self.regions for tenant in sorted(region.tenants)]
        for tenant, home in homes:
            others = [region for name, region in homes if name == tenant and region != home]
            if others:
                raise ValueError(f"regions: the tenant {tenant} is in {home} and in {others[0]}; a tenant has one home")
        return self

    @model_validator(mode="after")
    def _reaches_somebody_in_production(self) -> Self:
        silent = [region.region for region in self.regions if not region.on_call.anybody]
        if self.production and silent:
            raise ValueError(f"regions: nobody is on call in {', '.join(silent)}; give on_call.page an address")
        return self

    @model_validator(mode="after")
    def _has_canaries_in_production(self) -> Self:
        without = [region.region for region in self.regions if region.canary is None]
        if self.production and without:
            raise ValueError(
                f"regions: there is no canary in {', '.join(without)}, and without one nobody notices a region that is"
                " silent; give canary its test recipients"
            )
        return self

    @model_validator(mode="after")
    def _has_a_safe_database_in_production(self) -> Self:
        for region in self.regions:
            if self.production and region.database is not None:
                region.database.check_standby(region.region)
                region.database.check_trust(region.region)
        return self
