#!/usr/bin/env python3
"""Relays TCP connections over a link that takes its time: slow-link.py PORT TO-PORT MILLISECONDS (each way)."""
import asyncio
import sys


async def carry(reader, writer, delay):
    """Passes on what comes, each piece so much later."""
    loop = asyncio.get_running_loop()
    pieces = asyncio.Queue()

    async def send():
        while True:
            due, data = await pieces.get()
            await asyncio.sleep(max(0, due - loop.time()))
            if not data:
                break
            writer.write(data)
            await writer.drain()
        writer.close()

    sending = asyncio.create_task(send())
    while data := await reader.read(65536):
        pieces.put_nowait((loop.time() + delay, data))
    pieces.put_nowait((loop.time() + delay, b""))
    await sending


async def serve(port, to_port, delay):
    async def relay(reader, writer):
        other_reader, other_writer = await asyncio.open_connection("127.0.0.1", to_port)
        ways = carry(reader, other_writer, delay), carry(other_reader, writer, delay)
        await asyncio.gather(*ways, return_exceptions=True)

    server = await asyncio.start_server(relay, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if len(sys.argv) != 4:
    sys.exit(__doc__)
try:
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) / 1000))
except KeyboardInterrupt:
    pass
