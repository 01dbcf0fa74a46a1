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
WORTH_A_COPY = 1 << 18
Head = dict[str, Any]


def pack(head: Head, body: bytes = b"") -> bytes:
    """One frame."""
    return b"".join(pieces(head, body))


def pieces(head: Head, body: bytes) -> tuple[bytes, ...]:
    """One frame as what is sent one after another: a large body is not copied behind its head."""
    packed = orjson.dumps(head)
    lengths = LENGTHS.pack(len(packed), len(body))
    return (lengths + packed, body) if len(body) > WORTH_A_COPY else (lengths + packed + body,)


def unpack(buffer: bytearray) -> tuple[Head, bytes] | None:
    """Take the first whole frame out of the buffer; None while it has not all arrived."""
    if len(buffer) < LENGTHS.size:
        return None
    head_size, body_size = LENGTHS.unpack_from(buffer)
    end = LENGTHS.size + head_size + body_size
    if len(buffer) < end:
        return None
    middle = LENGTHS.size + head_size
    with memoryview(buffer) as view:
        head, body = orjson.loads(view[LENGTHS.size : middle]), bytes(view[middle:end])
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
