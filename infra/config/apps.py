"""The backends of tenants' apps: who may say on the receipts queue what a device showed and what its owner answered."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StringConstraints

from infra.config.base import ConfigModel
from infra.config.producers import Principal, SenderId
from statline.contract.model import Tenant


class AppConfig(ConfigModel):
    """One known backend, and the tenants that it speaks for. A producer may be one, too, under the same id.

    principal: as a producer's: its ARN where it lives in another account.
    """

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,63}$")]
    tenants: Annotated[tuple[Tenant, ...], Field(min_length=1)]
    principal: Principal | None = None


Apps = Mapping[SenderId, AppConfig]
