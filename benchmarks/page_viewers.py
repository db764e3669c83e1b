"""What 50 people who look at the live overview cost: ``python -m benchmarks.page_viewers URL``.

Measures the CPU seconds of the page's process (its own metrics) while so many streams are open.
"""

import asyncio
import re
import sys
import time

import httpx

VIEWERS = 50
SECONDS = 60.0


async def main(url: str) -> None:
    """Open the streams, and tell what they cost."""
    limits = httpx.Limits(max_connections=VIEWERS + 5)
    async with httpx.AsyncClient(base_url=url, timeout=None, limits=limits) as client:
        received = [0] * VIEWERS

        async def look(number: int) -> None:
            async with client.stream("GET", "/live/overview?range=1h") as answer:
                async for chunk in answer.aiter_bytes():
                    received[number] += len(chunk)

        before, began = await cpu_seconds(client), time.monotonic()
        viewers = [asyncio.create_task(look(number)) for number in range(VIEWERS)]
        await asyncio.sleep(SECONDS)
        used, took = await cpu_seconds(client) - before, time.monotonic() - began
        for viewer in viewers:
            viewer.cancel()
        print(
            f"{VIEWERS} viewers for {took:.0f} s: {used / took:.3f} cores in the page's process, "
            f"{sum(received) / VIEWERS / 1000:.0f} kB each"
        )


async def cpu_seconds(client: httpx.AsyncClient) -> float:
    """CPU seconds of the page's process so far."""
    text = (await client.get("/metrics")).text
    return float(re.findall(r"^process_cpu_seconds_total (\S+)", text, re.MULTILINE)[0])


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
