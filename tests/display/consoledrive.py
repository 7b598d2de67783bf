# SPDX-License-Identifier: GPL-3.0-or-later
"""The console as its administrator uses it: sign in, add servers, review, push, read the event log.

Reads through AT-SPI and acts through mouse and keyboard (gtkdrive.py); knows the window's words, and nothing of its insides. Runs inside the lab, in guirun.
"""
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "lab")]
from gtkdrive import App, NotFound, wait  # noqa: E402 (the path comes first)

# GTK 4.8 tells the accessibility bus about a widget whose window is closing, now and then, and has no path for it any more.
KNOWN_CRITICALS = re.compile(r"g_variant_is_object_path: assertion 'string != NULL' failed")
LAB = os.path.join(HERE, "..", "lab")
CHOICES = ("radio button", "check box", "toggle button")


class Console:
    def __init__(self, config=None, **env):
        config = config or os.environ.get("CONFIG") or subprocess.run(
            [os.path.join(LAB, "console-config")], check=True, capture_output=True, text=True).stdout.strip()
        self.log = os.environ.setdefault("GTKDRIVE_LOG", os.path.join(os.environ["XDG_RUNTIME_DIR"], "console.log"))
        self.app = App([os.environ["CONSOLE"], "--config", config], timeout=60, **env)
        self.window = self.app.frame("RMS Connector", 60)

    def shot(self, name):
        """A picture of the screen, where SHOTS names a directory for them."""
        directory = os.environ.get("SHOTS")
        if directory:
            os.makedirs(directory, exist_ok=True)
            self.app.screenshot(os.path.join(directory, name + ".png"))

    def says(self, pattern, where=None, timeout=None):
        """The first label, anywhere in `where`, that matches."""
        where = where or self.window
        return wait(lambda: next((n for n in where.walk() if n.role in ("label", "static", "alert", "notification")
                                  and re.search(pattern, n.name)), None), "the words %r" % pattern, timeout)

    def button(self, name, where=None):
        return (where or self.window).find("push button", re.compile("^" + re.escape(name.rstrip("…"))))

    def press(self, name, where=None):
        button = self.button(name, where)
        wait(lambda: button.state("sensitive"), "%r to be sensitive" % name)
        button.click()

    def page(self, number):
        """1 authorized servers, 2 event log, 3 tenant."""
        self.app.key("ctrl+%d" % number)

    # --- signing in

    def sign_in_with_code(self, user="connector.admin@contoso.example", decision="approve"):
        self.page(3)
        self.press("Use a Code on Another Device")
        self.says("^Enter This Code$")
        code = wait(lambda: next((n.name for n in self.window.walk() if n.role == "label"
                                  and re.fullmatch(r"[A-Z0-9]{4,9}(-[A-Z0-9]{4,9})?", n.name)), None), "a code")
        self.shot("sign-in-code")
        subprocess.run([os.path.join(LAB, "approve-code"), code, user, decision], check=True, capture_output=True)
        if decision == "approve":
            self.says("^" + re.escape(user), timeout=60)
        return code

    # --- the list

    def add(self, typed, account, role, note=None):
        """Adds what the search finds under `typed` as `account` (CONTOSO\\name) with `role` (a word that begins its label)."""
        self.page(1)
        self.app.key("ctrl+n")
        dialog = self.app.frame("Add Server")
        self.choose_role(dialog, role)
        wait(lambda: dialog.find(name="Name or search").state("focused") or dialog.find(name="Name or search").click(), "the entry")
        self.app.type(typed)
        dialog.find("label", account, timeout=20).click()
        if note is not None:
            dialog.find(name=re.compile("^Note")).click()
            self.app.type(note)
        wait(lambda: self.button("Add", dialog).state("sensitive"), "Add to be sensitive")
        self.shot("add-" + re.sub(r"[^a-z0-9]+", "-", typed.lower()).strip("-"))
        self.press("Add", dialog)
        self.app.gone("Add Server")
        self.says(re.escape(account))

    def choose_role(self, dialog, role):
        def choice():
            return next((n for n in dialog.walk() if n.role in CHOICES and n.name.startswith(role)), None)
        node = wait(choice, "role %s" % role)
        if not node.state("checked"):
            node.click()
            wait(lambda: choice().state("checked"), "role %s to be chosen" % role)

    def review(self):
        self.app.key("ctrl+s")
        return self.app.frame("Review Changes")

    def push(self, super_user=False):
        dialog = self.review()
        if super_user:
            push = self.button("Push", dialog)
            if push.state("sensitive"):
                raise AssertionError("a super user can be made without a deliberate tick")
            tick = dialog.find("check box", re.compile("^I understand"))
            tick.click()
            wait(lambda: tick.state("checked"), "the tick")
        self.shot("review")
        self.press("Push", dialog)
        self.app.gone("Review Changes", 30)

    # --- the event log

    def events(self):
        """What the event log page shows, newest first: a list of rows, each a list of cell texts."""
        self.page(2)
        return self.window.find("tree table", "Events").rows()

    def see_event(self, number, mentions):
        def look():
            return next((row for row in self.events() if str(number) in row and mentions in " ".join(row)), None)
        return wait(look, "event %s about %s" % (number, mentions), 30)

    def close(self):
        """Quits by its own shortcut, so that a leak check has its say. Returns the exit status; refuses criticals and warnings of ours."""
        if self.app.proc.poll() is None:
            self.app.key("ctrl+q")
            try:
                self.press("Stop and Close", self.app.frame("Stop the Connector?"))
                self.app.proc.wait(60)
            except (NotFound, RuntimeError, subprocess.TimeoutExpired):
                pass
        status = self.app.close()
        with open(self.log, errors="replace") as log:
            said = log.read()
        bad = [line for line in said.splitlines() if ("-CRITICAL **" in line or "rms" in line.lower() and "-WARNING **" in line)
               and not KNOWN_CRITICALS.search(line)]
        if status != 0 or bad:
            print(said[-8000:], file=sys.stderr)
        if bad:
            raise AssertionError("the console complained: %s" % bad[:5])
        return status
