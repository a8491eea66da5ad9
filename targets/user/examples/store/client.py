#!/usr/bin/env python3
"""The example store's client for Cleave: takes operations from standard input, a line each, asks the
node that it was started for, and says what became of them on standard output."""
import json
import socket
import sys


def main():
    address = (sys.argv[1], int(sys.argv[2]))
    connection = None
    for line in sys.stdin:
        request = json.loads(line)
        sent = False
        try:
            if connection is None:
                connection = socket.create_connection(address, timeout=1)
                lines = connection.makefile("r")
            connection.settimeout(request["timeout_ms"] / 1000)
            sent = True
            connection.sendall(json.dumps(request).encode() + b"\n")
            reply = lines.readline()
            if not reply:
                raise ConnectionError("the node closed the connection")
            answer = json.loads(reply)
        except OSError as error:
            connection = None
            answer = {"type": "info", "error": "connection-closed", "text": str(error)}
            if not sent:  # it certainly did not happen
                answer = {"type": "fail", "error": "connection-refused", "text": str(error)}
        print(json.dumps({**answer, "id": request["id"]}), flush=True)


main()
