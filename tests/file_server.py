"""A web server on this machine that hands out one file, well or badly, as the path asks."""

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    """Each path behaves in its own way; `asked` remembers the Range of every request."""

    asked = []
    content = b""

    def do_GET(self):
        wanted = self.headers.get("Range")
        self.asked.append(wanted)
        first = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.path != "/ignores" else 0
        if self.path == "/gone":
            self.send_error(404)
        elif self.path == "/hangs":
            time.sleep(1.0)
        elif self.path == "/other":
            self._send(self.content[::-1], 0, wanted is not None)
        elif self.path == "/elsewhere" and wanted:
            self._send(self.content, first + 1, True)
        elif first >= len(self.content):
            self.send_error(416)
        else:
            self._send(self.content, first, first > 0, cut=300_000 if self.path == "/breaks" and not first else None)

    def _send(self, content, first, partial, cut=None):
        self.send_response(206 if partial else 200)
        self.send_header("Content-Length", str(len(content) - first))
        if partial:
            self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        self.wfile.write(content[first:cut])

    def log_message(self, *_):
        pass


@contextmanager
def serving(content):
    """Yield the address of a server that has `content` under every path; it is taken down at the end."""
    Handler.asked.clear()
    Handler.content = content
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()
