"""A server whose answers take a while, in a process of its own: `/<number>` answers 9 if it is less than the number of
those that are ill, else 1; `/ill/<number>` says how many are.

    python -m tests.bench.slow SECONDS
"""

from __future__ import annotations

import asyncio
import sys


class Server:
    def __init__(self, seconds: float) -> None:
        self._seconds, self._ill = seconds, 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            path = line.split()[1].decode()
            while (await reader.readline()).strip():
                continue
            writer.write(_response(await self._value(path.strip("/").split("/"))))
            await writer.drain()
        writer.close()

    async def _value(self, parts: list[str]) -> bytes:
        if parts[0] == "ill":
            self._ill = int(parts[1])
            return b"0"
        await asyncio.sleep(self._seconds)
        return b"9" if int(parts[0]) < self._ill else b"1"


def _response(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


async def main() -> None:
    server = await asyncio.start_server(Server(float(sys.argv[1])).answer, "127.0.0.1", 0, backlog=1_024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
