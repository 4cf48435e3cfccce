"""The meanings of all codes. One that is missing here fails the build."""

from collections.abc import Mapping
from typing import Final

from gateway.meanings.meaning import Meaning
from gateway.meanings.of_billing import OF_BILLING
from gateway.meanings.of_bodies import OF_BODIES
from gateway.meanings.of_money import OF_MONEY
from gateway.meanings.of_operation import OF_OPERATION
from gateway.meanings.of_requests import OF_REQUESTS

MEANINGS: Final[Mapping[str, Meaning]] = {**OF_REQUESTS, **OF_BODIES, **OF_MONEY, **OF_BILLING, **OF_OPERATION}
