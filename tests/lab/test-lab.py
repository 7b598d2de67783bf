#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's own promises: statuses pass through, labs do not meet, and nothing is left behind however a lab ends."""
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

LAB = str(pathlib.Path(__file__).resolve().parent / "lab")
PATIENCE = float(os.environ.get("LAB_PATIENCE", "60"))


def wait_until(condition, what):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("still not so: " + what)
        time.sleep(0.02)


def processes_of(home):
    """Processes whose environment names that LAB_HOME."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*/environ"):
        try:
            if ("LAB_HOME=%s\0" % home).encode() in entry.read_bytes():
                found.append(entry.parent.name)
        except OSError:
            pass
    return found


class LabTest(unittest.TestCase):
    def setUp(self):
        runtime = tempfile.TemporaryDirectory(prefix="lt-")
        self.addCleanup(runtime.cleanup)
        self.runtime = runtime.name
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("LAB_") or k == "LAB_CACHE"}
        self.environment["XDG_RUNTIME_DIR"] = self.runtime

    def lab(self, *arguments, **options):
        return subprocess.run([LAB, *arguments], capture_output=True, text=True, env=dict(self.environment, **options.pop("env", {})),
                              timeout=PATIENCE * 4, **options)

    def begin(self, script, before=":"):
        """A `lab with` whose command has done `before` and said its LAB_HOME. Returns the process and the home."""
        process = subprocess.Popen([LAB, "with", "bash", "-c", "%s; echo $LAB_HOME; %s" % (before, script)], stdout=subprocess.PIPE, text=True,
                                   env=self.environment, start_new_session=True,
                                   preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        return process, process.stdout.readline().strip()

    def left(self):
        return os.listdir(self.runtime)

    def test_statuses_and_streams_pass_through(self):
        for status in (0, 7, 255):
            self.assertEqual(self.lab("with", "bash", "-c", "exit %d" % status).returncode, status)
        self.assertEqual(self.lab("with", "bash", "-c", "kill -9 $$").returncode, 137)
        said = self.lab("with", "bash", "-c", "cat; echo $PWD $MARK", input="in\n", cwd="/usr", env={"MARK": "kept"}).stdout
        self.assertEqual(said, "in\n/usr kept\n")
        self.assertEqual(self.left(), [])

    def test_signals_end_it_without_a_trace(self):
        for name in ("INT", "TERM", "HUP"):
            with self.subTest(name):
                process, home = self.begin("sleep 1000 & wait", before="trap 'echo ending; exit 0' TERM")
                process.send_signal(getattr(signal, "SIG" + name))
                self.assertEqual(process.wait(PATIENCE), 128 + getattr(signal, "SIG" + name))
                self.assertEqual(process.stdout.read(), "ending\n", "the command was not told")
                self.assertEqual((self.left(), processes_of(home)), ([], []))

    def test_killed_wrapper_takes_its_processes_along(self):
        process, home = self.begin("setsid sleep 1000 & wait")
        self.assertGreater(len(processes_of(home)), 2)
        process.kill()
        process.wait(PATIENCE)
        wait_until(lambda: processes_of(home) == [], "no process of the lab is left")
        wait_until(lambda: subprocess.run(["flock", "-n", home, "true"]).returncode == 0, "nobody holds the directory")
        os.utime(home, (1, 1))
        self.assertEqual(self.lab("with", "true").returncode, 0)
        self.assertEqual(self.left(), [], "the next lab clears the directory away")

    def test_up_exec_down(self):
        self.assertEqual(self.lab("status").returncode, 3)
        self.assertIn("not running", self.lab("exec", "true").stderr)
        started = self.lab("up")
        self.assertEqual(started.returncode, 0, started.stderr)
        try:
            self.assertEqual(self.lab("status").returncode, 0)
            self.assertNotEqual(self.lab("up").returncode, 0, "it runs already")
            nested = self.lab("exec", LAB, "exec", "bash", "-c", "echo $LAB_HOME; exit 5")
            self.assertEqual(nested.returncode, 5)
            home = nested.stdout.strip()
            # A daemon of its own session does not outlive the lab.
            self.lab("exec", "bash", "-c", "setsid sleep 1000 >/dev/null 2>&1 </dev/null &")
        finally:
            self.assertEqual(self.lab("down").returncode, 0)
        self.assertEqual((self.left(), processes_of(home)), ([], []))
        self.assertEqual(self.lab("down").returncode, 0, "down twice")

    def test_failed_start_says_why_and_leaves_nothing(self):
        for command in (("up",), ("with", "true")):
            failed = self.lab(*command, env={"LAB_TENANT_SIMULATOR": "/bin/false"})
            self.assertEqual(failed.returncode, 1)
            self.assertIn("the tenant simulator does not answer", failed.stderr)
            self.assertEqual(self.left(), [])

    def test_labs_do_not_meet(self):
        script = "kinit -kt $LAB_KEYTABS/exch01.keytab 'EXCH01$' && /usr/bin/python3 -m http.server -b 127.0.0.10 80 >$LAB_HOME/log 2>&1 & " \
                 "until curl -sf -o /dev/null http://rmsconnector/; do sleep 0.05; done; echo up; read -r"
        both = [subprocess.Popen([LAB, "with", "bash", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                 env=self.environment) for _ in range(2)]
        self.assertEqual([process.stdout.readline() for process in both], ["up\n", "up\n"])
        for process in both:
            process.communicate("\n", timeout=PATIENCE)
        self.assertEqual(self.left(), [])

    def test_foreign_directory_is_left_alone(self):
        mine = os.path.join(self.runtime, "mine")
        os.mkdir(mine)
        pathlib.Path(mine, "thesis").touch()
        for command in ("up", "down"):
            self.lab(command, env={"LAB_HOME": mine})
            self.assertEqual(os.listdir(mine), ["thesis"])

    def test_nothing_changes_outside(self):
        before = [pathlib.Path(name).read_bytes() for name in ("/etc/hosts", "/etc/resolv.conf", "/proc/self/mounts")]
        self.assertEqual(self.lab("with", "true").returncode, 0)
        self.assertEqual(before, [pathlib.Path(name).read_bytes() for name in ("/etc/hosts", "/etc/resolv.conf", "/proc/self/mounts")])


if __name__ == "__main__":
    unittest.main(verbosity=2)
