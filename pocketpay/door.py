"""What a gateway is to know, from the settings of its process."""

from gateway import door
from gateway.addresses import networks
from gateway.quotas import Quota
from pocketpay.settings import Settings, webhook_secrets


def door_settings(settings: Settings) -> door.Settings:
    """Raises ValueError for what is no network."""
    return door.Settings(
        auth=settings.auth,
        hosts=frozenset(settings.hosts),
        provider=settings.accounts[0].name if settings.accounts else settings.provider,
        operations_networks=tuple(settings.ops_networks),
        monitor_url=settings.monitor_url,
        webhook_secrets=webhook_secrets(settings),
        proxies=networks(settings.trusted_proxies),
        accounts={each.name: each.kind for each in settings.accounts},
        accounts_tenant=settings.account_tenant,
        link_key=settings.link_key.get_secret_value() if settings.link_key else None,
        public_url=settings.public_url,
        webhook_key=settings.webhook_key.get_secret_value() if settings.webhook_key else None,
        webhook_allow=networks(settings.webhook_allow_networks),
        operator_tenant=settings.operator_tenant,
        quota=Quota(
            settings.rate_per_key,
            settings.rate_per_address,
            settings.requests_per_tenant,
            settings.streams_per_tenant,
        ),
    )
