"""The principals that the simulator is asked about."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from infra.assets.build import ROOT
from infra.config.model import RegionConfig
from infra.guard.documents import BOUNDARY_NAME, POLICY_NAME
from tests.infra.simulation.calls import ACCOUNT
from tests.infra.simulation.principals import managed_policy, roles_of
from tests.infra.simulation.simulator import EVERYTHING, Document, Principal
from tests.infra.templates import Template

SERVICE_CONTROL_POLICY = ROOT / "docs" / "service-control-policy.json"


@dataclass(frozen=True)
class Guards:
    """The three documents, as they are deployed and handed over."""

    policy: Document
    boundary: Document
    service_control_policy: Document

    def laid_on(self, arn: str, *policies: Document) -> tuple[Principal, Principal, Principal]:
        """A principal with these rights under each of the three."""
        return (
            Principal(arn, ACCOUNT, (*policies, self.policy)),
            Principal(arn, ACCOUNT, policies, boundary=self.boundary),
            Principal(arn, ACCOUNT, policies, service_control_policy=self.service_control_policy),
        )

    def administrators(self) -> tuple[Principal, Principal, Principal]:
        """Somebody who may do everything, under each of the three."""
        return self.laid_on(f"arn:aws:iam::{ACCOUNT}:role/administrator", EVERYTHING)


@pytest.fixture
def guards(templates: Mapping[str, Template], config: RegionConfig) -> Guards:
    backup = templates[f"Statline-{config.region}-Backup"]
    return Guards(
        managed_policy(backup, POLICY_NAME.format(region=config.region), config),
        managed_policy(backup, BOUNDARY_NAME.format(region=config.region), config),
        json.loads(SERVICE_CONTROL_POLICY.read_text(encoding="utf-8")),
    )


@pytest.fixture
def roles(templates: Mapping[str, Template], config: RegionConfig) -> dict[str, Principal]:
    """Every role of a region's stacks, by stack and name."""
    return {
        name: principal
        for stack, template in templates.items()
        if stack.startswith(f"Statline-{config.region}-")
        for name, principal in roles_of(template, config)
    }
