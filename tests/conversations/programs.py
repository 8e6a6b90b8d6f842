"""A program outside, for tests: a real server that is told things and answers."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Program:
    """A real server that takes what it is told, or does not."""

    def __init__(self) -> None:
        self.came: list[tuple[dict[str, str], bytes]] = []
        self.paths: list[str] = []
        self.status, self.wait, self.drip, self.answer = 200, 0.0, 0.0, b""
        program = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                program.came.append((dict(self.headers), body))
                program.paths.append(self.path)
                time.sleep(program.wait)
                self.send_response(program.status)
                self.send_header("Location", "http://127.0.0.1:1/")
                self.end_headers()
                for byte in program.answer:
                    time.sleep(program.drip)
                    self.wfile.write(bytes([byte]))

            def log_message(self, *_arguments: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/told?a=1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
