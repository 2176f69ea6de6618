"""A web server on this machine that hands out files, well or badly, as the path asks."""

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CUT = 300_000   # bytes after which /breaks breaks off; half of what is smaller


class Handler(BaseHTTPRequestHandler):
    """/BEHAVIOUR or /BEHAVIOUR/FILE; `asked` remembers the Range of every request."""

    asked = []
    content = b""   # of every file that `files` has not
    files = {}

    def do_GET(self):
        behaviour, _, name = self.path.strip("/").partition("/")
        content = self.files.get(name, self.content)
        wanted = self.headers.get("Range")
        self.asked.append(wanted)
        first = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and behaviour != "ignores" else 0
        if behaviour in ("gone", "fails", "busy"):
            self.send_error({"gone": 404, "fails": 500, "busy": 503}[behaviour])
        elif behaviour in ("moved", "circle", "robbed"):
            self._send_elsewhere({"moved": f"/good/{name}", "circle": self.path, "robbed": "file:///etc/hosts"}[behaviour])
        elif behaviour == "hangs":
            time.sleep(1.0)
        elif behaviour == "stalls":   # says what it will send, sends a little, and then nothing
            self._send(content, 0, False, cut=min(10, len(content) // 2))
            self.wfile.flush()
            time.sleep(1.0)
        elif behaviour == "page":
            self._send(b"<html>Please sign in</html>", 0, False)
        elif behaviour == "other":
            self._send(content[::-1], first, first > 0)
        elif behaviour == "endless":
            self._send(content * 3, 0, False)
        elif behaviour == "short":    # a whole answer, of a part
            self._send(content[:len(content) // 2], 0, False)
        elif behaviour == "elsewhere" and wanted:
            self._send(content, first + 1, True)
        elif first >= len(content):
            self.send_error(416)
        elif behaviour == "drips":
            self._send(content, first, first > 0, pieces=20)
        else:
            broken = behaviour == "breaks" and not first
            self._send(content, first, first > 0, cut=min(CUT, len(content) // 2) if broken else None)

    def _send_elsewhere(self, place):
        self.send_response(302)
        self.send_header("Location", place)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, content, first, partial, cut=None, pieces=1):
        self.send_response(206 if partial else 200)
        self.send_header("Content-Length", str(len(content) - first))
        if partial:
            self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        sent = content[first:cut]
        size = -(-len(sent) // pieces) or 1
        for start in range(0, len(sent), size):
            self.wfile.write(sent[start:start + size])
            if pieces > 1:
                time.sleep(0.002)

    def log_message(self, *_):
        pass


@contextmanager
def serving(content=b"", files=None):
    """Yield the address of a server that has `content` under every path, or `files` {name: bytes}; then it goes."""
    Handler.asked.clear()
    Handler.content, Handler.files = content, files or {}
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.daemon_threads = True
        running.block_on_close = False   # whoever hangs is not waited for
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{running.server_address[1]}"
        finally:
            running.shutdown()
            thread.join()
