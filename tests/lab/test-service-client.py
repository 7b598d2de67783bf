#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The console's side of the cloud against the tenant simulator: runs test-service-client and looks at what it wrote.

Needs nothing but the simulator ($LAB_TENANT_SIMULATOR): PKI, ports and state are thrown away afterwards, and *.localhost needs no DNS.
"""
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

TENANT = {"id": "1c6dd8b2-3f0a-4d0e-8b0f-5d1f6a1e7c11", "rms_id": "7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d10",
          "domain": "contoso.example", "organization": "Contoso"}
HOSTS = {"authority": "login.localhost", "discovery": "discover.localhost", "admin": "admin.localhost",
         "rms": "rms.localhost"}
APPLICATIONS = [
    {"client_id": "8f3c1f0e-6f0b-4c41-9a53-0c0e5f6a9b10", "name": "RMS connector console", "redirect_uris": ["http://localhost"]},
    {"client_id": "5b2f9a64-0e7d-4f6e-a1b7-2d4c8f1e3a77", "name": "RMS connector", "certificate": "app.pem", "roles": ["RMS.Connector"]}]
PASSWORD = "Passw0rd.Cloud"


def user(name, **more):
    return dict({"upn": name + "@contoso.example", "password": PASSWORD}, **more)


GROUP = {"name": "Connector Admins", "object_id": "0d8e6ab0-43c4-4c7c-8a8f-0b7a4b2e3f10"}
USERS = [user("global.admin", directory_roles=["GlobalAdministrator"]),
         user("aip.admin", directory_roles=["InformationProtectionAdministrator"]),
         user("rms.admin", service_roles=["GlobalAdministrator"]),
         user("connector.admin", service_roles=["ConnectorAdministrator"]),
         user("plain.user"), user("group.user", groups=[GROUP["object_id"]]), user("guest", guest=True), user("mfa.user", sign_in_error=50076)]


def openssl(directory, *argv):
    subprocess.run(["openssl", *argv], cwd=directory, check=True, capture_output=True)


def make_authority(directory, name, servers):
    """An authority `name`-ca.pem and a certificate `name`.pem for the hosts `servers`."""
    with open(os.path.join(directory, name + ".ext"), "w") as extensions:
        extensions.write("subjectAltName=%s\nbasicConstraints=CA:FALSE\n" % ",".join("DNS:" + s for s in servers))
    openssl(directory, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=%s authority" % name,
            "-keyout", name + "-ca.key", "-out", name + "-ca.pem")
    openssl(directory, "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + servers[0], "-keyout", name + ".key",
            "-out", name + ".csr")
    openssl(directory, "x509", "-req", "-in", name + ".csr", "-CA", name + "-ca.pem", "-CAkey", name + "-ca.key",
            "-CAcreateserial", "-days", "2", "-extfile", name + ".ext", "-out", name + ".pem")


def make_pki(directory):
    make_authority(directory, "cloud", sorted(HOSTS.values()))
    make_authority(directory, "foreign", sorted(HOSTS.values()))
    for name in ("app", "wrong"):
        openssl(directory, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=" + name,
                "-keyout", name + ".key", "-out", name + ".pem")
        os.chmod(os.path.join(directory, name + ".key"), 0o600)


class Simulator:
    def __init__(self, directory, name, **settings):
        config = dict({"listen": {"address": "127.0.0.1", "port": 0, "certificate": "cloud.pem", "key": "cloud.key"},
                       "control": {"address": "127.0.0.1", "port": 0}, "hosts": HOSTS, "tenant": TENANT,
                       "applications": APPLICATIONS, "users": USERS, "groups": [GROUP], "device_interval_seconds": 1}, **settings)
        path = os.path.join(directory, name + ".json")
        with open(path, "w") as out:
            json.dump(config, out)
        self.process = subprocess.Popen([os.environ["LAB_TENANT_SIMULATOR"], "--config", path], stdout=subprocess.PIPE, text=True)
        ready = json.loads(self.process.stdout.readline())
        self.port, self.control_port = ready["port"], ready["control_port"]

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)


PROXY_PASSWORD = "Pr0xy.Word"
# Root needs no space of its own to mount, and may not be let have one (containers).
USER_SPACE = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]


class Proxy:
    """A tinyproxy that connects to one port and knows *.localhost, which is nobody's DNS."""

    def __init__(self, directory, name, allowed_port, credentials=""):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        hosts, config = (os.path.join(directory, name + suffix) for suffix in (".hosts", ".conf"))
        with open(hosts, "w") as out:
            out.write("127.0.0.1 localhost %s\n" % " ".join(HOSTS.values()))
        with open(config, "w") as out:
            out.write('Port %d\nListen 127.0.0.1\nTimeout 60\nMaxClients 50\nLogFile "%s"\nLogLevel Connect\nConnectPort %d\n%s'
                      % (self.port, os.path.join(directory, name + ".log"), allowed_port, credentials))
        script = 'mount --bind "$1" /etc/hosts && exec tinyproxy -d -c "$2"'
        self.process = subprocess.Popen(["unshare", "--mount", *USER_SPACE, "sh", "-c", script, "sh", hosts, config],
                                        stdout=subprocess.DEVNULL)
        until_listening(self.port, self.process)

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)


def until_listening(port, process):
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except ConnectionRefusedError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("the proxy did not start")
            time.sleep(0.05)


# The system's own configuration may forbid old TLS already; what is tested is that the client does.
LENIENT = """openssl_conf = init
[init]
ssl_conf = ssl
[ssl]
system_default = lenient
[lenient]
MinProtocol = TLSv1
CipherString = DEFAULT@SECLEVEL=0
"""


class OldServer:
    """A server that speaks TLS 1.1 at most."""

    def __init__(self, directory):
        self.process = subprocess.Popen(
            ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", "cloud.pem", "-key", "cloud.key", "-tls1_1", "-cipher",
             "DEFAULT@SECLEVEL=0", "-www"], cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            if line.startswith("ACCEPT"):
                self.port = int(line.rsplit(":", 1)[1])
                return
        raise SystemExit("openssl s_server did not start")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)


def find_secrets(output, secrets):
    """What looks like a secret in `output`, or is one. A JWT, an assertion, or 32 characters of base64url that mix cases and digits."""
    found = [s for s in secrets if s and s in output]
    found += re.findall(r"eyJ[\w-]{10,}\.[\w-]+", output)
    found += [w for w in re.findall(r"[A-Za-z0-9_-]{32,}", output)
              if re.search("[a-z]", w) and re.search("[A-Z]", w) and re.search("[0-9]", w)]
    found += [p for p in (PASSWORD, PROXY_PASSWORD) if p in output]
    return found


# Where secrets belong; everything else that is written is searched.
SECRET_FILES = re.compile(r"^secrets$|\.key$|-password$|-proxy\.conf$|\.json$")


def check_files(directory, secrets):
    """Logs of proxies and simulators, keyrings, sealed keys: none may have a secret in the clear."""
    for parent, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(parent, name)
            if SECRET_FILES.search(name) or not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                content = file.read()
            if any(s and s.encode() in content for s in secrets) or b"PRIVATE KEY" in content or re.search(rb"eyJ[\w-]{10,}\.[\w-]+", content):
                raise SystemExit("a secret in " + name)
    for needed in ("usual.jsonl", "proxy.log", "node1.sealed", "login.keyring"):
        if not any(needed in names for _, _, names in os.walk(directory)):
            raise SystemExit("nothing wrote %s, so the search for secrets proves little" % needed)


def run(program, environment, prefix=()):
    return subprocess.run([*prefix, program], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                          timeout=560)


def run_with_keyring(directory, program, environment):
    """On a session bus of its own, with a keyring that is open."""
    places = {name: os.path.join(directory, name.lower()) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")}
    for place in places.values():
        os.makedirs(place, mode=0o700)
    script = '''printf keyring | env -u G_DEBUG -u G_MESSAGES_DEBUG gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null 2>&1 &
        gdbus wait --session --timeout 30 org.freedesktop.secrets && exec "$1"'''
    return run(program, dict(environment, **places), ["dbus-run-session", "--", "sh", "-c", script, "sh"])


def check_finder():
    """The search itself must be able to fail."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert find_secrets("x " + verifier + " y", []) == [verifier]
    assert find_secrets("Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln", [])
    assert find_secrets("the code is 0123abcd", ["0123abcd"])
    assert not find_secrets("test_service_client.c:17: 7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d10.rms.localhost", [])


def main(program):
    check_finder()
    with tempfile.TemporaryDirectory(prefix="service-client-") as directory:
        make_pki(directory)
        secrets_file = os.path.join(directory, "secrets")
        lenient = os.path.join(directory, "openssl.cnf")
        with open(lenient, "w") as out:
            out.write(LENIENT)
        for name, word in (("proxy-password", PROXY_PASSWORD), ("wrong-password", PROXY_PASSWORD + "x")):
            with open(os.open(os.path.join(directory, name), os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
                out.write(word + "\n")
        servers = [Simulator(directory, "usual", request_log="usual.jsonl"),
                   Simulator(directory, "brief", access_token_seconds=30, device_code_seconds=3),
                   OldServer(directory)]
        try:
            servers += [Proxy(directory, "proxy", servers[0].port),
                        Proxy(directory, "auth-proxy", servers[0].port, "BasicAuth somebody %s\n" % PROXY_PASSWORD)]
            environment = dict(os.environ, CK_FORK="no", G_DEBUG="fatal-warnings", G_MESSAGES_DEBUG="all",
                               SERVICE_CLIENT_DIRECTORY=directory, SERVICE_CLIENT_SECRETS=secrets_file,
                               SERVICE_CLIENT_USUAL="%d %d" % (servers[0].port, servers[0].control_port),
                               SERVICE_CLIENT_BRIEF="%d %d" % (servers[1].port, servers[1].control_port),
                               SERVICE_CLIENT_OLD_TLS=str(servers[2].port),
                               SERVICE_CLIENT_PROXY=str(servers[3].port), SERVICE_CLIENT_AUTH_PROXY=str(servers[4].port), OPENSSL_CONF=lenient, no_proxy="*")
            ran = [run_with_keyring(directory, program, environment),
                   run(program, dict(environment, SERVICE_CLIENT_NO_KEYRING="1", DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent"))]
        finally:
            for server in servers:
                server.stop()
        output = "".join(r.stdout for r in ran)
        sys.stdout.write(output)
        with open(secrets_file) as secrets:
            known = secrets.read().split("\n")
        check_files(directory, known)
    if len([s for s in known if s]) < 20:
        raise SystemExit("the test collected too few secrets to look for: %d" % len(known))
    leaked = find_secrets(output, known)
    if leaked:
        raise SystemExit("%d secrets in what the test wrote" % len(leaked))
    return max(abs(r.returncode) for r in ran)


if __name__ == "__main__":
    if len(sys.argv) != 2 or "LAB_TENANT_SIMULATOR" not in os.environ:
        raise SystemExit("usage: LAB_TENANT_SIMULATOR=PROGRAM test-service-client.py PROGRAM")
    sys.exit(main(sys.argv[1]))
