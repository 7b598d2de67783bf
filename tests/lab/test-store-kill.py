#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 while lists are pushed, again and again: what was acknowledged is there, whole, with its history and its event.

Drives the whole connector by connector-host; needs no domain, only a keytab that it writes itself.
    test-store-kill.py CONNECTOR_HOST      KILL_ROUNDS (300) and KILL_SEED (printed) may be set
"""
import json
import os
import random
import signal
import struct
import subprocess
import sys
import tempfile
import time

HOST = sys.argv[1]
ROUNDS = int(os.environ.get("KILL_ROUNDS", "300"))
SEED = int(os.environ.get("KILL_SEED", str(random.SystemRandom().randrange(1 << 32))))
PUSHES = 8


def write_keytab(path):
    """One AES-256 key of HTTP/rmsconnector.contoso.example, in MIT's keytab format 0x0502."""
    def counted(text):
        return struct.pack(">H", len(text)) + text
    entry = struct.pack(">H", 2) + counted(b"CONTOSO.EXAMPLE") + counted(b"HTTP") + counted(b"rmsconnector.contoso.example")
    entry += struct.pack(">IIB", 1, 0, 1) + struct.pack(">H", 18) + counted(bytes(32)) + struct.pack(">I", 1)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        file.write(b"\x05\x02" + struct.pack(">i", len(entry)) + entry)


def entries_of(revision):
    """The list of a revision: each one differs from the one before in length, members and notes."""
    return [{"sid": "S-1-5-21-1-2-3-%d" % (1000 + (revision + i) % 40), "name": "CONTOSO\\G%d" % ((revision + i) % 40),
             "kind": "security-group", "role": ("exchange", "sharepoint", "fci")[revision % 3], "note": "revision %d" % revision}
            for i in range(1 + revision % 20)]


def check(what, condition):
    if not condition:
        sys.exit("FAILED (seed %d): %s" % (SEED, what))


class Host:
    def __init__(self, home):
        self.process = subprocess.Popen(
            [HOST, "--name=rmsconnector.contoso.example", "--state-directory=" + home + "/state",
             "--keytab=" + home + "/keytab", "--http-address=127.0.0.1:0"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def send(self, *commands):
        self.process.stdin.write(b"".join(json.dumps(c).encode() + b"\n" for c in commands))
        self.process.stdin.flush()

    def answer(self):
        """The next line that is no event; None at the end. A last line that was cut short is no answer."""
        for line in self.process.stdout:
            if line.endswith(b"\n") and b'{"event"' not in line[:10]:
                return json.loads(line)
        return None

    def ask(self, **command):
        self.send(command)
        reply = self.answer()
        check("%s: %s" % (command["cmd"], reply), reply is not None and "error" not in reply)
        return reply

    def kill(self):
        self.process.send_signal(signal.SIGKILL)


def check_list(found, revision):
    check("list says revision %s, not %d" % (found["revision"], revision), found["revision"] == revision)
    bare = [{m: e[m] for m in ("sid", "name", "kind", "role", "note")} for e in found["entries"]]
    check("revision %d holds %s" % (revision, bare), bare == (entries_of(revision) if revision else []))


def check_state(host, acknowledged, pushed):
    """What a restarted connector says, after `acknowledged` was the last answer and `pushed` the last command."""
    found = host.ask(cmd="list")["list"]
    revision = found["revision"]
    check("revision %d after %d was acknowledged and %d pushed" % (revision, acknowledged, pushed),
          acknowledged <= revision <= min(acknowledged + 1, pushed))
    check_list(found, revision)
    history = host.ask(cmd="history", limit=30)["history"]
    check("history %s" % history, [h["revision"] for h in history] == list(range(revision, max(revision - 30, 0), -1)))
    check("authors", all(h["saved_by"] == "author%d@x" % h["revision"] for h in history))
    if revision:
        older = random.randint(max(1, revision - 30), revision)
        check_list(host.ask(cmd="revision", revision=older)["list"], older)
    events = host.ask(cmd="events", limit=200)["events"]
    ids = [e["id"] for e in events]
    check("event ids", ids == sorted(set(ids), reverse=True))
    if revision:
        said = "author%d@x pushed revision %d " % (revision, revision)
        check("no event 4000 of revision %d" % revision,
              any(e["number"] == 4000 and e["message"].startswith(said) for e in events))
    return revision


def main():
    random.seed(SEED)
    print("seed %d" % SEED)
    between = early = 0
    with tempfile.TemporaryDirectory(prefix="rms-kill-") as home:
        write_keytab(home + "/keytab")
        acknowledged = pushed = 0
        for number in range(ROUNDS):
            host = Host(home)
            if number % 10 == 9:        # while it opens the store and takes up what the last one left
                time.sleep(random.uniform(0, 0.05))
                host.kill()
                host.process.communicate()
                early += 1
                continue
            revision = check_state(host, acknowledged, pushed)
            between += revision > acknowledged
            acknowledged, pushed = revision, revision + PUSHES
            host.send(*({"cmd": "push", "expected": r - 1, "author": "author%d@x" % r, "entries": entries_of(r)}
                        for r in range(revision + 1, pushed + 1)))
            for _ in range(random.randrange(PUSHES)):
                check_list(host.answer()["list"], acknowledged + 1)
                acknowledged += 1
            time.sleep(random.uniform(0, 0.004))
            host.kill()
            while True:
                reply = host.answer()
                if reply is None:
                    break
                check_list(reply["list"], acknowledged + 1)
                acknowledged += 1
            host.process.communicate()
        host = Host(home)
        check_state(host, acknowledged, pushed)
        host.ask(cmd="stop")
        host.process.communicate()
        check("exit status", host.process.returncode == 0)
    print("%d kills, %d of them while it started; %d lists were saved but not acknowledged; revision %d"
          % (ROUNDS, early, between, acknowledged))


main()
