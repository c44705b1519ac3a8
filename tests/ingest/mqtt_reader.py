"""A process that reads from a broker and never acknowledges, to be killed."""

import asyncio
import sys
from datetime import time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ingest.mqtt import MqttConfig
from ingest.source_config import SourceContext
from twin.clock import Shift, SystemClock
from twin.plant import Asset, Plant


async def main(url: str) -> None:
    shift = Shift("day", time(0), time(12))
    plant = Plant("small", "", ZoneInfo("UTC"), timedelta(minutes=1), "day", (shift,), (Asset("a", "", None),), ())
    config = MqttConfig.model_validate(
        {"name": "plc", "url": url, "topics": ["plant/{tag}"], "payload": {"epoch": "ms"}}
    )
    async with config.build(SourceContext(plant, SystemClock(), Path("state"))) as source:
        print("ready", flush=True)
        async for delivery in source:
            print(len(delivery.samples), flush=True)


asyncio.run(main(sys.argv[1]))
