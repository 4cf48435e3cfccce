"""Tenants: who has books of its own. A tenant is `test` or `live` for ever."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from messages.customers import ShortText
from messages.places import TimeZone
from messages.queries import Listing
from messages.resource import Metadata, MetadataChanges, Resource
from messages.wire import Wire

ORIGINS_MAX = 50

Mode = Literal["test", "live"]
Origin = Annotated[str, StringConstraints(max_length=255, pattern=r"^https?://[a-z0-9.-]+(:[0-9]{1,5})?$")]
Origins = Annotated[list[Origin], Field(max_length=ORIGINS_MAX)]
LogoUrl = Annotated[str, StringConstraints(max_length=2_048, pattern=r"^https://\S+$")]


class Tenant(Resource):
    """`allowed_origins` are the web pages that may ask with its publishable keys."""

    object: str = "tenant"
    name: str
    mode: Mode
    time_zone: str = "UTC"
    logo_url: str | None = None
    allowed_origins: list[str] = []


class CreateTenant(Wire):
    """`tenant.create`. The command's tenant and subject are both the new one: what is its own lies together."""

    name: ShortText
    mode: Mode
    time_zone: TimeZone = "UTC"
    logo_url: LogoUrl | None = None
    allowed_origins: Origins = Field(default_factory=list)
    metadata: Metadata = Field(default_factory=dict)


class TenantChanges(Wire):
    """What may change; what is not sent stays. Never the mode."""

    name: ShortText = Field(default_factory=str)
    time_zone: TimeZone = "UTC"
    logo_url: LogoUrl | None = None
    allowed_origins: Origins = Field(default_factory=list)
    metadata: MetadataChanges = Field(default_factory=dict)


class UpdateTenant(Wire):
    """`tenant.update`: the fields that were sent, as in `TenantChanges`."""

    changes: dict[str, object]
    if_match: int | None = None


class KnownTenant(Wire):
    """What LATEST holds of a tenant, under `pocketpay.latest.<tenant>.tenant.<tenant>`."""

    object: Literal["known_tenant"] = "known_tenant"
    id: str
    name: str
    mode: Mode
    time_zone: str = "UTC"
    allowed_origins: list[str] = []
    version: int = 1


class TenantListing(Listing):
    """`tenants`: of all, whoever asks. The gateway lets only the operator's tenant ask."""


COMMANDS: dict[str, type[Wire]] = {"tenant.create": CreateTenant, "tenant.update": UpdateTenant}

EVENTS: dict[str, type[Resource]] = dict.fromkeys(("tenant.created", "tenant.updated"), Tenant)
