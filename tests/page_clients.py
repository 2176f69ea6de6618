"""A `minisat serve` that runs in a thread, and what its browsers ask."""

import io
import json
import threading
from contextlib import contextmanager
from http.client import HTTPConnection

from PIL import Image

from minisat.cli.main import build_parser
from minisat.cli.serve import open_server


@contextmanager
def running(server):
    """`server`, answering in a thread until the end of the block."""
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def serving(*arguments):
    """The server of `minisat serve ARGUMENTS` at a free port."""
    return running(open_server(build_parser("serve").parse_args([*map(str, arguments), "--port", "0"])))


def ask(server, method="GET", path="/", body=None, **headers):
    """(status, headers, body) of the answer."""
    connection = HTTPConnection(*server.server_address, timeout=30)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    found = answer.status, answer.headers, answer.read()
    connection.close()
    return found


def caption(server, data, name="dog.png", **headers):
    """(status, object) of the answer to a photo."""
    status, _, body = ask(server, "POST", f"/caption?name={name}", data, **headers)
    return status, json.loads(body)


def png(size=(90, 70), colour="teal"):
    """The bytes of a small photo."""
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()
