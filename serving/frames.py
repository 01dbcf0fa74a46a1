"""How the server, the nursery and the workers talk: a JSON head and raw bytes, each with its length before it.

Bytes cross as they came (no base64, no pickle), and the server hands a worker's result on without parsing it.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    import socket

LENGTHS = struct.Struct(">II")
Head = dict[str, Any]


def pack(head: Head, body: bytes = b"") -> bytes:
    """One frame."""
    packed = orjson.dumps(head)
    return LENGTHS.pack(len(packed), len(body)) + packed + body


def unpack(buffer: bytearray) -> tuple[Head, bytes] | None:
    """Take the first whole frame out of the buffer; None while it has not all arrived."""
    if len(buffer) < LENGTHS.size:
        return None
    head_size, body_size = LENGTHS.unpack_from(buffer)
    end = LENGTHS.size + head_size + body_size
    if len(buffer) < end:
        return None
    middle = LENGTHS.size + head_size
    head, body = orjson.loads(buffer[LENGTHS.size : middle]), bytes(buffer[middle:end])
    del buffer[:end]
    return head, body


def receive(sock: socket.socket) -> tuple[Head, bytes] | None:
    """Wait for one frame on a blocking socket; None when the other side has gone."""
    lengths = _exactly(sock, LENGTHS.size)
    if lengths is None:
        return None
    head_size, body_size = LENGTHS.unpack(lengths)
    head, body = _exactly(sock, head_size), _exactly(sock, body_size)
    if head is None or body is None:
        return None
    return orjson.loads(head), bytes(body)


def _exactly(sock: socket.socket, size: int) -> bytearray | None:
    data = bytearray(size)
    view, filled = memoryview(data), 0
    while filled < size:
        count = sock.recv_into(view[filled:])
        if not count:
            return None
        filled += count
    return data
