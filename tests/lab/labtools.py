# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab's Python tests share: a connector to drive, callers to send, the directory and the tenant to ask.

Runs inside the lab (tests/lab/lab exec); every name and path comes from its env.sh.
"""
import base64
import json
import os
import queue
import subprocess
import threading
import time
import urllib.request
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
CONNECTOR = "rmsconnector.contoso.example"
APPLICATION = "5b2f9a64-0e7d-4f6e-a1b7-2d4c8f1e3a77"
TENANT = "https://7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d10.rms.tenant.example"
TOKEN_URL = "https://login.tenant.example/contoso.example/oauth2/v2.0/token"
RESOURCE = "https://api.aadrm.com//.default"
PATIENCE = float(os.environ.get("LAB_PATIENCE", "30"))

# Where each caller calls from, so that events can name it (the lab's /etc/hosts says the same).
SOURCES = {"exch01": "127.0.1.1", "exch02": "127.0.1.2", "exch03": "127.0.1.3",
           "sharepoint01": "127.0.1.11", "svc-spfarm": "127.0.1.11", "svc-spapppool": "127.0.1.12",
           "filesrv01": "127.0.1.21", "oldsrv01": "127.0.1.98", "outsider01": "127.0.1.99"}


def lab(name):
    value = os.environ.get(name)
    if not value:
        raise SystemExit("%s is not set: run this by tests/lab/lab with" % name)
    return value


def run(*argv, **options):
    return subprocess.run(argv, capture_output=True, text=True, timeout=120, **options)


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def application_token():
    """An app-only access token by signed assertion (RFC 7523), signed by openssl. Returns (token, expires_at)."""
    pki = lab("LAB_PKI")
    thumbprint = subprocess.run("openssl x509 -in %s/connector-app.pem -outform DER | openssl dgst -sha256 -binary" % pki,
                                shell=True, check=True, capture_output=True).stdout
    now = int(time.time())
    parts = [base64url(json.dumps(part).encode()) for part in (
        {"alg": "RS256", "typ": "JWT", "x5t#S256": base64url(thumbprint)},
        {"aud": TOKEN_URL, "iss": APPLICATION, "sub": APPLICATION, "jti": str(uuid.uuid4()),
         "nbf": now, "exp": now + 300})]
    signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", pki + "/connector-app.key"],
                               input=".".join(parts).encode(), check=True, capture_output=True).stdout
    parts.append(base64url(signature))
    form = ["grant_type=client_credentials", "client_id=" + APPLICATION, "scope=" + RESOURCE,
            "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion=" + ".".join(parts)]
    answer = run("curl", "-sS", "--cacert", lab("LAB_CLOUD_CA"), *[a for f in form for a in ("--data-urlencode", f)], TOKEN_URL)
    reply = json.loads(answer.stdout)
    return reply["access_token"], now + int(reply["expires_in"])


class Connector:
    """tests/lab/connector-host: the real façade on stdin and stdout, one JSON object a line."""

    def __init__(self, state, **options):
        self.state, self.options, self.token = state, options, None
        self.lines = []
        self.start()

    def start(self):
        settings = {"name": CONNECTOR, "state-directory": self.state, "keytab": lab("LAB_KEYTABS") + "/connector.keytab",
                    "http-address": "127.0.0.10:80", "https-address": "127.0.0.10:443",
                    "certificate": lab("LAB_PKI") + "/connector.pem", "key": lab("LAB_PKI") + "/connector.key",
                    "upstream-ca": lab("LAB_CLOUD_CA")}
        settings.update(self.options)
        argv = [os.environ["CONNECTOR_HOST"]] + ["--%s=%s" % s for s in settings.items() if s[1] is not None]
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.results, self.events, self.changed = queue.Queue(), [], threading.Condition()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.wait_event(1000, 0)

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line)
            message = json.loads(line)
            if "event" in message:
                with self.changed:
                    self.events.append(message["event"])
                    self.changed.notify_all()
            else:
                self.results.put(message)
        self.results.put({"error": "connector-host ended"})
        with self.changed:
            self.changed.notify_all()

    def command(self, cmd, **members):
        self.process.stdin.write(json.dumps(dict(members, cmd=cmd)) + "\n")
        self.process.stdin.flush()
        result = self.results.get(timeout=PATIENCE)
        if "error" in result:
            raise AssertionError("%s: %s" % (cmd, result["error"]))
        return result

    def use_tenant(self, url=TENANT):
        self.token, expires_at = application_token()
        self.command("tenant", url=url)
        self.command("token", value=self.token, expires_at=expires_at)

    def list(self):
        return self.command("list")["list"]

    def push(self, entries, author):
        return self.command("push", expected=self.list()["revision"], author=author, entries=entries)

    def read_groups(self):
        """Reads all distribution groups now; {SID: status}."""
        return {group["sid"]: group for group in self.command("read-groups")["groups"]}

    def mark(self):
        with self.changed:
            return len(self.events)

    def wait_event(self, number, mark):
        """The first event `number` logged since `mark`."""
        deadline = time.monotonic() + PATIENCE
        with self.changed:
            while True:
                for event in self.events[mark:]:
                    if event["number"] == number:
                        return event
                left = deadline - time.monotonic()
                if left <= 0 or self.process.poll() is not None:
                    raise AssertionError("no event %d; since the mark: %s" % (number, self.events[mark:]))
                self.changed.wait(left)

    def output(self):
        return "".join(self.lines)

    def close(self):
        if self.process.poll() is None:
            self.process.stdin.write('{"cmd": "stop"}\n')
            self.process.stdin.close()
        status = self.process.wait(timeout=PATIENCE)
        self.reader.join(timeout=PATIENCE)
        self.process.stdout.close()
        if status != 0:
            raise AssertionError("connector-host ended with %d" % status)

    def restart(self):
        self.close()
        self.start()


def directory_object(account):
    """{sid, dn} of a sAMAccountName, asked over LDAPS as the lab's reader."""
    escaped = "".join("\\%02x" % b for b in account.encode())
    out = run("ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-x", "-H", "ldaps://dc1.contoso.example",
              "-D", "svc-rmsldap@contoso.example", "-w", lab("LAB_PASSWORD"), "-b", lab("LAB_BASE"),
              "(sAMAccountName=%s)" % escaped, "objectSid").stdout
    found = {}
    for line in out.splitlines():
        name, _, value = line.partition(":")
        if value.startswith(":"):
            value = base64.b64decode(value[1:].strip())
        if name == "objectSid":
            subs = [int.from_bytes(value[8 + 4 * i:12 + 4 * i], "little") for i in range(value[1])]
            found["sid"] = "S-%d-%d-%s" % (value[0], int.from_bytes(value[2:8], "big"), "-".join(map(str, subs)))
        elif name == "dn":
            found["dn"] = value.decode() if isinstance(value, bytes) else value.strip()
    if "sid" not in found:
        raise AssertionError("no %s in the lab's domain: %s" % (account, out))
    return found


def onprem_caller(account, scheme="http", source=None, only=None, expect_status=None, more=()):
    """Runs tests/lab/onprem-caller as `account`, with `more` options; its exit status says whether all checks held."""
    principal = account if account.startswith("svc-") else account.upper() + "$"
    argv = [os.path.join(HERE, "onprem-caller"), "--keytab", "%s/%s.keytab" % (lab("LAB_KEYTABS"), account),
            "--principal", principal, "--url", "%s://%s" % (scheme, CONNECTOR),
            "--source-address", source or SOURCES[account], "--cacert", lab("LAB_DOMAIN_CA")]
    if only is not None:
        argv += ["--only", str(only)]
    if expect_status is not None:
        argv += ["--expect-status", str(expect_status)]
    return run(*argv, *more)


def http_get(path, source, authorization=None):
    """One GET over plain HTTP on a connection of its own. Returns (status, [(name, value)], body)."""
    import http.client
    connection = http.client.HTTPConnection(CONNECTOR, 80, timeout=PATIENCE, source_address=(source, 0))
    try:
        connection.request("GET", path, headers={"Authorization": authorization} if authorization else {})
        answer = connection.getresponse()
        return answer.status, answer.getheaders(), answer.read().decode()
    finally:
        connection.close()


def tenant_requests():
    """What the tenant simulator received, oldest first."""
    with urllib.request.urlopen(lab("LAB_TENANT_CONTROL") + "/requests") as answer:
        return json.load(answer)


def set_tenant_state(**members):
    """Changes the simulated service, e.g. super_user_state=1."""
    request = urllib.request.Request(lab("LAB_TENANT_CONTROL") + "/state", json.dumps(members).encode(), method="PUT")
    urllib.request.urlopen(request).close()


def tenant_state():
    """The simulated service as it is now."""
    with urllib.request.urlopen(lab("LAB_TENANT_CONTROL") + "/state") as answer:
        return json.load(answer)


def fabrikam_ticket():
    """A SPNEGO token for HTTP/rmsconnector… of another realm, base64."""
    return run(os.path.join(HERE, "fabrikam-token"), check=True).stdout.strip()
