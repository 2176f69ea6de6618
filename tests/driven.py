"""A browser that tests drive by keys and pointer: Chromium over its DevTools pipe, one session for many checks."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

needs_chromium = pytest.mark.skipif(not shutil.which("chromium"), reason="needs chromium")
WAIT = 300  # seconds for an answer: on a busy machine a page may take minutes to open
CODES = {"ArrowRight": 39, "ArrowLeft": 37, "ArrowUp": 38, "ArrowDown": 40, "Enter": 13, "Escape": 27, "Tab": 9,
         "Backspace": 8, "Home": 36, "End": 35, " ": 32}


class Chromium:
    """One headless browser with one page. What its console complains of is kept in `complaints`."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="chromium-")
        self.complaints, self._number, self._rest = [], 0, b""
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()

        def ends():  # the browser reads file 3 and writes file 4
            one, two = os.dup(theirs_in), os.dup(theirs_out)
            os.dup2(one, 3)
            os.dup2(two, 4)
        self.process = subprocess.Popen(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={self.folder}",
             "--hide-scrollbars", "--force-device-scale-factor=1", "--remote-debugging-pipe", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, close_fds=False, preexec_fn=ends)
        os.close(theirs_in)
        os.close(theirs_out)
        self._in, self._out = ours_in, ours_out
        target = next(t for t in self._ask("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self._session = None
        self._session = self._ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._ask(f"{domain}.enable")

    def close(self):
        """End the browser and what it left."""
        self.process.terminate()
        self.process.wait(WAIT)
        os.close(self._in)
        os.close(self._out)
        shutil.rmtree(self.folder, ignore_errors=True)

    # -- what tests ask for

    def size(self, width, height, dark=False):
        """The window's size in pixels, and whether it is dark."""
        self._ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self._ask("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def open(self, address, ready="document.readyState === 'complete'"):
        """Go to an address and wait until the expression `ready` is true."""
        self._ask("Page.navigate", url="about:blank")
        self._ask("Page.navigate", url=str(address))
        self.until(ready)

    def run(self, expression):
        """The value of a JavaScript expression; of a promise, what it becomes. AssertionError where it throws."""
        found = self._ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, (expression, found["exceptionDetails"].get("exception"))
        return found["result"].get("value")

    def until(self, expression):
        """Wait until an expression is true."""
        self.run(f"new Promise((done, late) => {{ const begun = Date.now(); (function look() {{"
                 f" let found = false; try {{ found = {expression}; }} catch {{}}"
                 f" if (found) done(true); else if (Date.now() - begun > {1000 * WAIT}) late('never'); "
                 f"else setTimeout(look, 20); }})(); }})")

    def press(self, *keys):
        """Press keys one after another: a letter, or a name such as ArrowRight."""
        for key in keys:
            letter = {"text": key} if len(key) == 1 else {"text": "\r"} if key == "Enter" else {}
            code = CODES.get(key, ord(key.upper()) if key.isalnum() and len(key) == 1 else 0)
            for kind in ("keyDown", "keyUp"):
                self._ask("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **letter)

    def point(self, x, y, click=False):
        """Move the pointer to a place of the window, and click there."""
        self._ask("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        for kind in ("mousePressed", "mouseReleased") if click else ():
            self._ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def point_at(self, selector, click=False):
        """The same at the middle of the first element that matches."""
        x, y = self.run(f"(() => {{ const r = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
                        " return [r.x + r.width / 2, r.y + r.height / 2]; })()")
        self.point(x, y, click)

    def shoot(self, path):
        """A picture of the window, for people."""
        Path(path).write_bytes(base64.b64decode(self._ask("Page.captureScreenshot", format="png")["data"]))

    # -- the pipe

    def _ask(self, method, **given):
        self._number += 1
        message = {"id": self._number, "method": method, "params": given}
        if getattr(self, "_session", None):
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]
            self._note(answer)

    def _read(self):
        while b"\0" not in self._rest:
            found = os.read(self._in, 1 << 20)
            assert found, "The browser is gone."
            self._rest += found
        line, self._rest = self._rest.split(b"\0", 1)
        return json.loads(line)

    def _note(self, event):
        """Keep what is an error of a program, or what a policy forbade."""
        given = event.get("params", {})
        if event.get("method") == "Runtime.exceptionThrown":
            details = given["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description") or details["text"])
        elif event.get("method") == "Log.entryAdded" and given["entry"]["level"] == "error":
            self.complaints.append(given["entry"]["text"])
