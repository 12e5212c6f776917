"""A small S3 for tests: one bucket in memory, path style, signed requests only.

TEST_S3_ENDPOINT uses a real server instead.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


class _Bucket(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    things: ClassVar[dict[str, bytes]] = {}
    unsigned: ClassVar[list[str]] = []

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _begin(self) -> tuple[str, dict[str, list[str]], bytes]:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "AWS4-HMAC-SHA256" not in self.headers.get("Authorization", ""):
            self.unsigned.append(self.path)
        return unquote(parts.path).lstrip("/").partition("/")[2], parse_qs(parts.query, keep_blank_values=True), body

    def do_PUT(self) -> None:
        key, _, body = self._begin()
        self.things[key] = body
        self._answer(200, ETag='"e"')

    def do_GET(self) -> None:
        key, query, _ = self._begin()
        if "list-type" in query:
            prefix = query.get("prefix", [""])[0]
            row = (
                "<Contents><Key>{}</Key><Size>{}</Size><ETag>e</ETag><LastModified>2021-11-30T00:00:"
                "00.000Z</LastModified></Contents>"
            )
            rows = "".join(
                row.format(escape(name), len(body))
                for name, body in sorted(self.things.items())
                if name.startswith(prefix)
            )
            self._answer(
                200,
                f"<?xml "
                f"version='1.0'?><ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>".encode(),
            )
        elif key in self.things:
            self._answer(200, self.things[key], ETag='"e"', Last_Modified="Tue, 30 Nov 2021 00:00:00 GMT")
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        _, _, body = self._begin()
        names = [part.split(b"</Key>")[0].decode() for part in body.split(b"<Key>")[1:]]
        gone = "".join(
            f"<Deleted><Key>{escape(name)}</Key></Deleted>" for name in names if self.things.pop(name, b"") is not None
        )
        self._answer(200, f"<?xml version='1.0'?><DeleteResult>{gone}</DeleteResult>".encode())

    def do_DELETE(self) -> None:
        key, _, _ = self._begin()
        self.things.pop(key, None)
        self._answer(204)


class _Server(ThreadingHTTPServer):
    """A server whose end is the end of its connections too: a client may not go on talking to one that is gone."""

    daemon_threads = True

    def __init__(self, *about: Any) -> None:
        self.open: set[socket.socket] = set()
        super().__init__(*about)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Quiet: what was cut on purpose is no error."""

    def server_close(self) -> None:
        for one in list(self.open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        super().server_close()


@contextmanager
def serving() -> Iterator[tuple[str, type[_Bucket]]]:
    """The address of a fresh server, and what it holds."""
    bucket = type("Bucket", (_Bucket,), {"things": {}, "unsigned": []})
    server = _Server(("127.0.0.1", 0), bucket)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", bucket
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
