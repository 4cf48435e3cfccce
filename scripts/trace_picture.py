"""Draws docs/trace.svg: one payment on a system of its own, as its spans tell it. `python -m scripts.trace_picture`."""

import asyncio
import os
from pathlib import Path

from scripts.waterfall import waterfall
from tests.walks.collector import Collector, collecting
from tests.walks.system import System, short_directory, up
from tests.walks.whole import becomes

PICTURE = Path(__file__).parents[1] / "docs" / "trace.svg"
SALE = {"amount": 1000, "currency": "USD", "customer_id": "abc123"}
WARMED_UP_BY = 100
TRACE = "0af7651916cd43dd8448eb211c80319c"
LAST = "publish ledger.transaction.posted"


async def draw() -> None:
    """Starts a system, pays until it is warm, and draws the payment after that."""
    async with collecting() as collector:
        os.environ |= {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "300"}
        with short_directory() as data_dir:
            async with up(data_dir) as system:
                await _pay(system, collector)
    spans = collector.of_trace(TRACE)
    PICTURE.write_text(waterfall(spans, "One payment, one trace: POST /api/v1/payments"))


async def _pay(system: System, collector: Collector) -> None:
    for _ in range(WARMED_UP_BY):
        await system.post("/api/v1/payments", SALE)
    await asyncio.sleep(1)  # what was said of those has been sent
    await system.post("/api/v1/payments", SALE, traceparent=f"00-{TRACE}-b7ad6b7169203331-01")

    async def told() -> bool:
        return {LAST, "POST /api/v1/payments"} <= {span.name for span in collector.of_trace(TRACE)}

    await becomes(told, expected=True)


if __name__ == "__main__":
    asyncio.run(draw())
