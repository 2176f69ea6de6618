"""A page and the photos that are dropped on it, over HTTP, for the browsers of this machine alone.

Other web sites that a browser has open can send requests to this machine too. So names other than this machine's own
are refused (a site may let its name point here: "DNS rebinding"), and photos are taken from our own page only.
"""

import json
import os
import sys
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from urllib.parse import parse_qs, urlsplit

from minisat.errors import UserError

HERE = "127.0.0.1"
NAMES = (HERE, "localhost")
LIMIT = 20_000_000  # bytes of a photo
PATIENCE = 30       # seconds to wait for the next bytes
CHUNK = 1 << 16
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
           "Cross-Origin-Resource-Policy": "same-origin",
           "Content-Security-Policy": "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
                                      "img-src data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
                                      "frame-ancestors 'none'"}


class PageServer(ThreadingHTTPServer):
    """Answers GET / with `page` (HTML), and POST /caption?name=NAME with what `answer(data, name)` makes of the body.

    `answer` returns a dictionary, or raises UserError, whose sentence is sent as {"error": sentence}. It is called for
    one photo at a time. UserError when nothing can listen at `port`; 0 takes a free one.
    """

    allow_reuse_address = os.name != "nt"  # there it would share a port that is in use
    daemon_threads = True                  # Ctrl-C does not wait for browsers

    def __init__(self, port, page, answer):
        self.page, self.answer, self.lock = page.encode(), answer, Lock()
        try:
            super().__init__((HERE, port), Handler)
        except OSError as error:
            raise UserError(f"Cannot listen at port {port}: {error.strerror or error}. Choose another with --port, or "
                            "--port 0 for a free one.") from error

    @property
    def address(self):
        """Where the page is."""
        return f"http://{HERE}:{self.server_address[1]}/"

    def handle_error(self, request, client_address):
        """A browser that went away is no error; anything else is shown."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"  # clients may ask before they send much
    server_version, sys_version = "minisat", ""
    timeout = PATIENCE

    def do_GET(self):
        """The page, at / only."""
        if not self._from_here():
            self._refuse(403, "This server answers this machine only.")
        elif urlsplit(self.path).path != "/":
            self._refuse(404, "There is nothing here: the page is at /.")
        else:
            self._send(200, self.server.page, "text/html; charset=utf-8")

    def do_POST(self):
        """A photo's captions, at /caption only."""
        length = self.headers.get("Content-Length", "")
        length = int(length[:15]) if length.isascii() and length.isdigit() else -1
        asked = urlsplit(self.path)
        name = parse_qs(asked.query).get("name", ["photo"])[0][:200]
        if not self._from_here() or not self._from_our_page():
            self._refuse(403, "This server takes photos from its own page on this machine only.", length)
        elif asked.path != "/caption":
            self._refuse(404, "There is nothing here: photos go to /caption.", length)
        elif length < 0:
            self._refuse(411, "Say how long the photo is: Content-Length is missing.")
        elif length > LIMIT:
            self._refuse(413, f"{name} has {length / 1e6:.0f} MB; a photo may have {LIMIT / 1e6:.0f}.", length)
        elif len(data := self.rfile.read(length)) == length:
            self._caption(data, name)

    def _caption(self, data, name):
        try:
            with self.server.lock:
                found = self.server.answer(data, name)
        except UserError as error:
            self._refuse(422, str(error))
        except Exception as error:  # whatever a strange photo did, the server goes on
            traceback.print_exc()
            self._refuse(500, f"{name} could not be captioned ({type(error).__name__}): the terminal says more.")
        else:
            self._send(200, json.dumps(found, ensure_ascii=False).encode(), "application/json")

    def _from_here(self):
        """Whether the client asked for this machine by its own name (a tunnel may have another port)."""
        try:
            return urlsplit(f"//{self.headers.get('Host', '')}").hostname in NAMES
        except ValueError:
            return False

    def _from_our_page(self):
        """Whether the request comes from the page, or from no page at all (browsers always say which)."""
        return self.headers.get("Origin") in (None, f"http://{self.headers.get('Host')}")

    def _refuse(self, code, sentence, unread=0):
        """Answer with a sentence. What the client still sends is taken first, or it would not listen."""
        unread = min(unread, 20 * LIMIT)
        while unread > 0 and (data := self.rfile.read(min(unread, CHUNK))):
            unread -= len(data)
        self._send(code, json.dumps({"error": sentence}, ensure_ascii=False).encode(), "application/json")

    def _send(self, code, body, kind):
        self.send_response(code)
        headers = {"Content-Type": kind, "Content-Length": len(body), "Connection": "close", **HEADERS}
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Nothing: what matters is on the page."""
