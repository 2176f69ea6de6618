"""A page and the photos that are dropped on it, over HTTP, for the browsers of this machine alone.

Other web sites that a browser has open can send requests to this machine too. So names other than this machine's own
are refused (a site may let its name point here: "DNS rebinding"), and photos are taken from our own page only. Whoever
connects and says nothing, or says it slowly, is sent away: a browser that asks is always answered.
"""

import io
import json
import os
import socket
import sys
import time
import traceback
from concurrent.futures import Future
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from queue import SimpleQueue
from threading import Lock, Thread
from urllib.parse import parse_qs, urlsplit

from minisat.errors import UserError

HERE = "127.0.0.1"
NAMES = (HERE, "localhost")
LIMIT = 20_000_000       # bytes of a photo
CONNECTIONS = 64         # at once
ASKED, SENT = 10, 120    # seconds from the connection to the end of a request's headers, and of its photo
ANSWERED = 30            # seconds for the browser to take an answer
CHUNK = 1 << 16
NOTHING = "default-src 'none'"  # a policy
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
           "Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"}


class PageServer(ThreadingHTTPServer):
    """Answers GET / with `page` (HTML), and POST /caption?name=NAME with what `answer(data, name)` makes of the body.

    `answer` returns a dictionary, or raises UserError, whose sentence is sent as {"error": sentence}. It is called in
    one thread of its own, for one photo at a time. `policy` is the page's Content-Security-Policy. UserError when
    nothing can listen at `port`; 0 takes a free one.
    """

    allow_reuse_address = os.name != "nt"  # there it would share a port that is in use
    daemon_threads = True                  # Ctrl-C does not wait for browsers
    request_queue_size = 128               # connections that wait to be taken

    def __init__(self, port, page, answer, policy=NOTHING):
        self.page, self.policy, self.guests, self.answer = page.encode(), policy, Guests(), None
        try:
            super().__init__((HERE, port), Handler)
        except OSError as error:
            raise UserError(f"Cannot listen at port {port}: {error.strerror or error}. Choose another with --port, or "
                            "--port 0 for a free one.") from error
        self.answer = Worker(answer)

    @property
    def address(self):
        """Where the page is."""
        return f"http://{HERE}:{self.server_address[1]}/"

    def process_request(self, request, client_address):
        """A thread for whoever connects; where there are too many, one that said nothing yet has to go."""
        if self.guests.admit(request):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def shutdown_request(self, request):
        """The end of a connection."""
        self.guests.leave(request)
        super().shutdown_request(request)

    def server_close(self):
        """Listen no more; the worker ends after the photo that it has."""
        super().server_close()
        if self.answer:
            self.answer.end()

    def handle_error(self, request, client_address):
        """A browser that went away is no error; anything else is shown."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class Worker:
    """Calls of `work`, made from any thread, done in one thread, one after the other."""

    def __init__(self, work):
        self.work, self.waiting = work, SimpleQueue()
        Thread(target=self._run, daemon=True).start()

    def __call__(self, *arguments):
        """What `work` returns, or raises."""
        result = Future()
        self.waiting.put((result, arguments))
        return result.result()

    def end(self):
        """Take no more."""
        self.waiting.put(None)

    def _run(self):
        while call := self.waiting.get():
            result, arguments = call
            try:
                result.set_result(self.work(*arguments))
            except BaseException as error:  # raised where the call was made
                result.set_exception(error)


class Guests:
    """The connections that are open, CONNECTIONS at most: for one more, the oldest of the idlest is closed."""

    IDLE, SENDING, SERVED = range(3)

    def __init__(self):
        self.states, self.order, self.lock = {}, count(), Lock()

    def admit(self, request):
        """Whether there is a place for it."""
        with self.lock:
            if len(self.states) >= CONNECTIONS:
                oldest = min(self.states, key=self.states.get)
                if self.states[oldest][0] == self.SERVED:
                    return False
                del self.states[oldest]
                try:
                    oldest.shutdown(socket.SHUT_RDWR)  # its thread wakes and closes it
                except OSError:
                    pass
            self.states[request] = (self.IDLE, next(self.order))
            return True

    def mark(self, request, state):
        """From now on it is idle, sends a photo, or is served."""
        with self.lock:
            if request in self.states:
                self.states[request] = (state, self.states[request][1])

    def leave(self, request):
        """Its place is free."""
        with self.lock:
            self.states.pop(request, None)


class Until(io.RawIOBase):
    """What comes from a connection until `deadline`, a time of time.monotonic(): TimeoutError after it."""

    def __init__(self, connection, deadline):
        self.connection, self.deadline = connection, deadline

    def readable(self):
        """Yes."""
        return True

    def readinto(self, buffer):
        """The next bytes."""
        if (left := self.deadline - time.monotonic()) <= 0:
            raise TimeoutError
        self.connection.settimeout(left)
        return self.connection.recv_into(buffer)


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"  # clients may ask before they send much
    server_version, sys_version = "minisat", ""

    def setup(self):
        """The request is read until a deadline, however slowly its bytes come."""
        super().setup()
        self.begun = time.monotonic()
        self.incoming = Until(self.connection, self.begun + ASKED)
        self.rfile = io.BufferedReader(self.incoming)

    def parse_request(self):
        """Whether the request's line and headers can be understood; if not, that was said."""
        if not super().parse_request():
            return False
        self.incoming.deadline = self.begun + SENT
        try:
            self.asked = urlsplit(self.path)
        except ValueError:
            self.send_error(HTTPStatus.BAD_REQUEST, "That is no address.")
            return False
        return True

    def do_GET(self):
        """The page, at / only."""
        if not self._from_here():
            self._refuse(403, "This server answers this machine only.")
        elif self.asked.path != "/":
            self._refuse(404, "There is nothing here: the page is at /.")
        else:
            self._send(200, self.server.page, "text/html; charset=utf-8", self.server.policy)

    def do_POST(self):
        """A photo's captions, at /caption only."""
        self.server.guests.mark(self.request, Guests.SENDING)
        length = self.headers.get("Content-Length", "")
        length = int(length[:15]) if length.isascii() and length.isdigit() else -1
        name = parse_qs(self.asked.query).get("name", ["photo"])[0][:200]
        if not self._from_here() or not self._from_our_page():
            self._refuse(403, "This server takes photos from its own page on this machine only.", length)
        elif self.asked.path != "/caption":
            self._refuse(404, "There is nothing here: photos go to /caption.", length)
        elif length < 0:
            self._refuse(411, "Say how long the photo is: Content-Length is missing.")
        elif length > LIMIT:
            self._refuse(413, f"{name} has {length / 1e6:.0f} MB; a photo may have {LIMIT / 1e6:.0f}.", length)
        elif len(data := self._body(length)) == length:
            self._caption(data, name)
        else:
            self._refuse(408, f"{name} did not arrive whole within {SENT} seconds.")

    def _body(self, length):
        """As much of it as came in time."""
        try:
            return self.rfile.read(length)
        except TimeoutError:
            return b""

    def _caption(self, data, name):
        self.server.guests.mark(self.request, Guests.SERVED)
        try:
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
        while unread > 0 and (data := self._body(min(unread, CHUNK))):
            unread -= len(data)
        self._send(code, json.dumps({"error": sentence}, ensure_ascii=False).encode(), "application/json")

    def send_error(self, code, message=None, explain=None):
        """The same for what the standard library refuses: no request, or no method of ours."""
        self._refuse(code, message or HTTPStatus(code).phrase)

    def _send(self, code, body, kind, policy=NOTHING):
        self.server.guests.mark(self.request, Guests.SERVED)
        self.connection.settimeout(ANSWERED)
        self.send_response(code)
        headers = {"Content-Type": kind, "Content-Length": len(body), "Connection": "close", **HEADERS,
                   "Content-Security-Policy": f"{policy}; frame-ancestors 'none'"}
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Nothing: what matters is on the page."""
