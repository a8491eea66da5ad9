#!/usr/bin/env python3
"""A small replicated key-value store, the example of targets/user/README.md.

Every node holds every key. Of the nodes that are alive the one with the lowest name leads; the others
hand on to it what their clients ask. The leader changes a key in two rounds, as CASPaxos does (Rystsov,
2018): the nodes promise to listen to nobody older and say what they hold; then they accept what the
leader makes of the newest of that. A round has succeeded once `--quorum` nodes have agreed.
"""
import argparse
import asyncio
import json
import os
import time

HEARTBEAT = 0.1  # seconds
DEAD_AFTER = 0.5
ROUND_LIMIT = 0.3
HAND_ON_LIMIT = 1.5


class Cells:
    """What this node has promised and accepted, by key: in a file before anyone is told."""

    def __init__(self, path):
        self.cells = {}
        self.file = open(path, "a+")
        self.file.seek(0)
        text = self.file.read()
        whole = text[: text.rfind("\n") + 1]
        self.file.truncate(len(whole))  # a line may be torn by a crash: nobody was told of it
        for line in whole.splitlines():
            key, cell = json.loads(line)
            self.cells[key] = cell

    def get(self, key):
        """The ballot promised, the ballot accepted, and the value accepted with it."""
        return self.cells.get(key, [[0, ""], [0, ""], None])

    def write(self, key):
        self.file.write(json.dumps([key, self.cells[key]]) + "\n")
        self.file.flush()  # survives the end of this process; a power failure would need fsync

    def handle(self, message):
        key, ballot = message["key"], message["ballot"]
        promised, accepted, value = self.get(key)
        if ballot < promised:
            return {"agreed": False}
        if message["f"] == "prepare":
            self.cells[key] = [ballot, accepted, value]
        else:
            self.cells[key] = [ballot, ballot, message["value"]]
        self.write(key)
        return {"agreed": True, "ballot": accepted, "value": value}


def apply(request, value):
    """What an operation makes of a key's value, and the answer to the client."""
    if request["f"] == "read":
        return value, {"type": "ok", "value": value}
    if request["f"] == "write":
        return request["value"], {"type": "ok"}
    old, new = request["value"]
    if value != old:
        return value, {"type": "fail", "error": "mismatch", "observed": value}
    return new, {"type": "ok"}


class Node(asyncio.DatagramProtocol):
    """Datagrams go between nodes, lines of JSON to and from clients."""

    def __init__(self, name, peers, quorum, data):
        self.name, self.peers, self.quorum = name, peers, quorum
        self.cells = Cells(os.path.join(data, "cells"))
        self.heard = {peer: time.monotonic() for peer in peers}
        self.locks = {}
        self.replies = {}  # futures by message
        self.next_message = time.time_ns()  # a late reply is none to this life of the node

    def live(self):
        oldest = time.monotonic() - DEAD_AFTER
        return sorted(p for p in self.peers if p == self.name or self.heard[p] > oldest)

    def connection_made(self, transport):
        self.transport = transport

    def send(self, peer, message):
        message["from"] = self.name
        self.transport.sendto(json.dumps(message).encode(), self.peers[peer])

    def datagram_received(self, data, _):
        message = json.loads(data)
        self.heard[message["from"]] = time.monotonic()
        if message["f"] == "reply":
            future = self.replies.get(message["id"])
            if future and not future.done():
                future.set_result(message["body"])
        elif message["f"] == "request":
            asyncio.ensure_future(self.serve(message))
        elif message["f"] != "heartbeat":
            self.reply(message, self.cells.handle(message))

    def reply(self, message, body):
        self.send(message["from"], {"f": "reply", "id": message["id"], "body": body})

    async def serve(self, message):
        self.reply(message, await self.change(message["request"]))

    async def ask(self, peer, message, limit):
        """The reply of a node, or None."""
        if peer == self.name:
            return self.cells.handle(message)
        self.next_message += 1
        number = self.next_message
        self.replies[number] = asyncio.get_running_loop().create_future()
        self.send(peer, {**message, "id": number})
        try:
            return await asyncio.wait_for(self.replies[number], limit)
        except asyncio.TimeoutError:
            return None
        finally:
            del self.replies[number]

    async def round(self, message):
        """Asks every node that is alive; the replies of those that agreed, or None."""
        asked = [self.ask(peer, message, ROUND_LIMIT) for peer in self.live()]
        agreed = [reply for reply in await asyncio.gather(*asked) if reply and reply["agreed"]]
        return agreed if len(agreed) >= self.quorum else None

    async def change(self, request):
        key = request["key"]
        async with self.locks.setdefault(key, asyncio.Lock()):
            ballot = [self.cells.get(key)[0][0] + 1, self.name]
            promises = await self.round({"f": "prepare", "key": key, "ballot": ballot})
            if promises is None:
                return {"type": "fail", "error": "temporarily-unavailable", "text": "no quorum"}
            newest = max(promises, key=lambda reply: reply["ballot"])["value"]
            value, answer = apply(request, newest)
            accept = {"f": "accept", "key": key, "ballot": ballot, "value": value}
            if await self.round(accept) is None:
                return {"type": "info", "error": "timeout", "text": "perhaps accepted"}
            return answer

    async def client(self, reader, writer):
        try:
            async for line in reader:
                request, leader = json.loads(line), self.live()[0]
                if leader == self.name:
                    answer = await self.change(request)
                else:
                    message = {"f": "request", "request": request}
                    answer = await self.ask(leader, message, HAND_ON_LIMIT)
                    answer = answer or {"type": "info", "error": "timeout", "text": leader}
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def run(self):
        loop, address = asyncio.get_running_loop(), self.peers[self.name]
        await loop.create_datagram_endpoint(lambda: self, local_addr=address)
        await asyncio.start_server(self.client, *address)
        while True:
            for peer in self.peers:
                self.send(peer, {"f": "heartbeat"})
            await asyncio.sleep(HEARTBEAT)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--name", required=True)
    options.add_argument("--peers", required=True, help="n1=10.0.0.1:7000,n2=…")
    options.add_argument("--quorum", type=int, required=True)
    options.add_argument("--data", required=True)
    args = options.parse_args()
    peers = {}
    for peer in args.peers.split(","):
        name, address = peer.split("=")
        ip, port = address.split(":")
        peers[name] = (ip, int(port))
    asyncio.run(Node(args.name, peers, args.quorum, args.data).run())


main()
