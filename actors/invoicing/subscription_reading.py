"""What a command about one subscription looks at."""

from actors.invoicing.keys import subscription_key
from actors.invoicing.needs import around
from actors.runtime.decision import Asked, Key, View


def needs(asked: Asked, view: View) -> set[Key]:
    """The subscription with all around it."""
    return around(subscription_key(asked.tenant, asked.command.subject), view)
