# SPDX-License-Identifier: GPL-3.0-or-later
"""Control listener, faults, limits, and the life of the process."""
import hashlib
import http.client
import json
import os
import shutil
import ssl
import subprocess
import threading
import time
import unittest
import urllib.parse
import xml.etree.ElementTree as ET

import simulator_tools as tools
from simulator_tools import (ADMIN_BASE, CONNECTOR, CONSOLE, DRM, ENTRY, HOSTS, OTHER_ENTRY, PASSWORD, PATIENCE, SCOPE, Simulator, admin, app_token,
                             certify, discover, envelope, fragments, sign_in, soap, user_token, until)


class ControlTest(unittest.TestCase):
    def setUp(self):
        tools.SIMULATOR.control("DELETE", "/faults")

    tearDown = setUp

    def faults(self, *rows):
        status, body = tools.SIMULATOR.control("PUT", "/faults", list(rows))
        self.assertEqual(status, 200, body)

    def metadata(self):
        return tools.SIMULATOR.request("authority", "GET", "/common/v2.0/.well-known/openid-configuration")

    def test_requests(self):
        tools.SIMULATOR.control("DELETE", "/requests")
        self.assertEqual(tools.SIMULATOR.control("GET", "/requests"), (200, []))
        status, _, answer = certify(entry=dict(OTHER_ENTRY, **{"X-RMS-Connector-Entry-Name": urllib.parse.quote("CONTOSO\\Größe")}))
        admin("GET", "/FunctionalState", "rms.admin@contoso.example")
        _, requests = tools.SIMULATOR.control("GET", "/requests")
        requests = [r for r in requests if r["host"] != HOSTS["authority"]]
        first, second = requests
        self.assertEqual((first["operation"], first["status"], first["entry_sid"], first["entry_role"], first["entry_name"]),
                         ("ServerCertify", 200, "S-1-5-21-1-2-3-1130", "fci", "CONTOSO\\Größe"))
        self.assertEqual((first["application"], first["method"], first["path"], first["host"]),
                         (CONNECTOR, "POST", "/_wmcs/certification/servercertification.asmx", HOSTS["rms"]))
        self.assertEqual((first["response_length"], first["response_sha256"]), (len(answer), hashlib.sha256(answer).hexdigest()))
        self.assertEqual(first["headers"]["authorization"], "Bearer …")
        self.assertEqual(first["headers"]["soapaction"], '"%sCertificationService/Certify"' % DRM)
        self.assertEqual((second["operation"], second["user"]), ("GetTenantFunctionalState", "rms.admin@contoso.example"))
        _, later = tools.SIMULATOR.control("GET", "/requests?since=%d" % first["seq"])
        self.assertEqual([r["seq"] for r in later][-1], second["seq"])
        with open(tools.SIMULATOR.log_file, encoding="utf-8") as file:
            text = file.read()
        self.assertEqual(json.loads(text.splitlines()[-1]), second)
        for secret in (app_token(), user_token("rms.admin@contoso.example"), PASSWORD):
            self.assertNotIn(secret, text)
        self.assertEqual(tools.SIMULATOR.control("GET", "/requests?since=x")[0], 400)

    def test_status(self):
        self.faults({"host": "rms", "operation": "ServerCertify", "status": 503, "headers": {"Retry-After": "7"}, "count": 2})
        self.assertEqual(self.metadata()[0], 200)
        for _ in range(2):
            status, headers, _ = certify()
            self.assertEqual((status, headers["Retry-After"]), (503, "7"))
        self.assertEqual(certify()[0], 200)
        self.assertEqual(tools.SIMULATOR.control("GET", "/faults")[1][0]["count"], 0)
        self.assertIn("status 503", [r.get("fault") for r in tools.SIMULATOR.control("GET", "/requests")[1]])

    def test_a_replaced_request_is_not_carried_out(self):
        self.faults({"operation": "SetSuperUserState", "status": 500})
        self.assertEqual(tools.SIMULATOR.request("admin", "PUT", ADMIN_BASE + "/SuperUserState", "1",
                                           {"Authorization": "MSOID " + user_token("rms.admin@contoso.example")})[0], 500)
        self.assertEqual(admin("GET", "/SuperUserState", "rms.admin@contoso.example"), (200, 0))

    def test_body_faults(self):
        whole = self.metadata()[2]
        self.faults({"path": "/COMMON/*", "empty_body": True}, {"path": "*openid-configuration", "wrong_content_type": True},
                    {"oversized": 500000}, {"operation": "ServerCertify", "malformed_xml": True})
        self.assertEqual(self.metadata()[::2], (200, b""))
        self.assertEqual(self.metadata()[1]["Content-Type"], "text/html; charset=utf-8")
        body = self.metadata()[2]
        self.assertEqual((len(body), json.loads(body)), (500000, json.loads(whole)))
        self.assertEqual(self.metadata()[2], whole)
        with self.assertRaises(ET.ParseError):
            ET.fromstring(certify()[2])

    def test_soap_fault(self):
        name = "Microsoft.DigitalRightsManagement.Licensing.BlackBoxIsInvalidException"
        self.faults({"operation": "ServerCertify", "soap_fault": name}, {"operation": "ServerCertify", "soap_fault": ""})
        status, headers, body = certify()
        self.assertEqual((status, headers["Content-Type"]), (500, "text/xml; charset=utf-8"))
        self.assertEqual(ET.fromstring(body).findtext(".//faultstring"), name)
        self.assertEqual(ET.fromstring(certify()[2]).findtext(".//faultstring"), "")

    def test_cut(self):
        whole = len(self.metadata()[2])
        self.faults({"cut_after": 10}, {"disconnect": True})
        with self.assertRaises(http.client.IncompleteRead) as caught:
            self.metadata()
        self.assertEqual((len(caught.exception.partial), caught.exception.expected), (10, whole - 10))
        with self.assertRaises((http.client.RemoteDisconnected, ConnectionError, ssl.SSLError)):
            self.metadata()
        self.assertEqual(self.metadata()[0], 200)

    def test_delay_holds_nobody_else(self):
        self.faults({"path": "/device", "delay_ms": 1500})
        begin = time.monotonic()
        slow = threading.Thread(target=lambda: tools.SIMULATOR.request("authority", "GET", "/device"))
        slow.start()
        until(lambda: any("delay_ms 1500" in r.get("fault", "") for r in tools.SIMULATOR.control("GET", "/requests")[1]))
        self.assertEqual(self.metadata()[0], 200)
        self.assertTrue(slow.is_alive() or time.monotonic() - begin >= 1.5)
        slow.join()
        self.assertGreaterEqual(time.monotonic() - begin, 1.5)

    def test_a_client_that_does_not_wait(self):
        self.faults({"path": "/device", "delay_ms": 300})
        connection = tools.SIMULATOR.connect(HOSTS["authority"])
        connection.request("GET", "/device")
        until(lambda: tools.SIMULATOR.control("GET", "/faults")[1][0]["count"] == 0)
        connection.close()
        self.faults({"path": "/device", "delay_ms": 600})
        self.assertEqual(tools.SIMULATOR.request("authority", "GET", "/device")[0], 200)

    def test_refused_input(self):
        for path, body in (("/faults", [{"nonsense": 1}]), ("/faults", [{"status": 99}]), ("/faults", 7), ("/faults", [{"headers": {"A": "b\r\nC: d"}}]),
                           ("/state", {"super_user_state": 2}), ("/state", {"nonsense": 1}), ("/state", {"users": {"nobody": {}}}),
                           ("/state", {"onboarding": {"scope": "Nonsense"}})):
            status, answer = tools.SIMULATOR.control("PUT", path, body)
            self.assertEqual(status, 400, (path, body))
            self.assertTrue(answer["error"])
        self.assertEqual(tools.SIMULATOR.control("GET", "/nonsense")[0], 404)

    def test_key_rotation(self):
        old = sign_in("rms.admin@contoso.example")["access_token"]
        first = json.loads(tools.SIMULATOR.request("authority", "GET", "/common/discovery/v2.0/keys")[2])["keys"]
        tools.SIMULATOR.control("POST", "/keys/rotate")
        second = json.loads(tools.SIMULATOR.request("authority", "GET", "/common/discovery/v2.0/keys")[2])["keys"]
        self.assertEqual([k["kid"] for k in second][1:], [k["kid"] for k in first])
        self.assertEqual(discover("MSOID " + old)[0], 200)
        self.assertEqual(discover("MSOID " + sign_in("rms.admin@contoso.example")["access_token"])[0], 200)

    def test_keep_alive_and_limits(self):
        connection = tools.SIMULATOR.connect(HOSTS["authority"])
        for _ in range(3):
            connection.request("GET", "/common/discovery/v2.0/keys")
            self.assertEqual(len(json.loads(connection.getresponse().read())["keys"][0]["e"]), 4)
        connection.close()
        big = b"x" * (18 * 1024 * 1024)
        status, _, _ = tools.SIMULATOR.request("rms", "POST", "/_wmcs/licensing/license.asmx", big, {"Content-Type": "text/xml"})
        self.assertEqual(status, 413)
        status, _, _ = tools.SIMULATOR.request("rms", "POST", "/_wmcs/licensing/license.asmx", (big[:1 << 20] for _ in range(18)), {"Content-Type": "text/xml"})
        self.assertEqual(status, 413)

    def test_sixteen_mebibytes_pass(self):
        padding = "<!--%s-->" % ("x" * (16 * 1024 * 1024))
        raw = envelope("ServerService", '<GetLicensorCertificate xmlns="%sServerService"/>' % DRM).replace("<s:Body>", padding + "<s:Body>")
        self.assertEqual(soap("certification/server.asmx", "ServerService", "", raw=raw)[0], 200)

    def test_unknown_host(self):
        connection = tools.SIMULATOR.connect(HOSTS["authority"])
        connection.request("GET", "/device", headers={"Host": "elsewhere.example"})
        self.assertEqual(connection.getresponse().status, 421)
        connection.close()

    def test_many_at_once(self):
        """Eight callers with eighty requests each: every answer is right, and none is mixed up."""
        failures = []

        def call(number):
            connection = tools.SIMULATOR.connect(HOSTS["rms"])
            entry = dict(OTHER_ENTRY if number % 2 else ENTRY, Authorization="Bearer " + app_token(), **{"Content-Type": "text/xml"})
            body = envelope("ServerService", '<GetLicensorCertificate xmlns="%sServerService"/>' % DRM)
            for _ in range(80):
                connection.request("POST", "/_wmcs/certification/server.asmx", body, entry)
                answer = connection.getresponse()
                if answer.status != 200 or len(fragments(answer.read())) != 4:
                    failures.append(answer.status)
            connection.close()
        app_token()
        threads = [threading.Thread(target=call, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])


class ProcessTest(unittest.TestCase):
    def test_restart_keeps_keys_and_chain(self):
        other = Simulator(tools.SIMULATOR.program)
        configuration = dict(other.configuration(), device_code_seconds=1)
        seen = []
        for _ in range(2):
            other.start(configuration)
            status, _, body = other.request("authority", "GET", "/common/discovery/v2.0/keys")
            seen.append(body)
            self.assertEqual(status, 200)
            self.assertEqual(other.stop(), 0)
        self.assertEqual(seen[0], seen[1])
        keys = [n for n in os.listdir(other.path("state")) if n.endswith(".key")]
        self.assertEqual(len(keys), 5)
        for name in keys:
            self.assertEqual(os.stat(os.path.join(other.path("state"), name)).st_mode & 0o777, 0o600)
        shutil.rmtree(other.directory)

    def test_device_code_expires(self):
        other = Simulator(tools.SIMULATOR.program)
        other.start(dict(other.configuration(), device_code_seconds=1, public_port=8443))
        post = {"Content-Type": "application/x-www-form-urlencoded"}
        body = urllib.parse.urlencode({"client_id": CONSOLE, "scope": SCOPE})
        device = json.loads(other.request("authority", "POST", "/common/oauth2/v2.0/devicecode", body, post)[2])
        self.assertEqual(device["verification_uri"], "https://login.tenant.example:8443/device")
        poll = urllib.parse.urlencode({"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "client_id": CONSOLE, "device_code": device["device_code"]})
        deadline = time.monotonic() + PATIENCE
        answer = {}
        while answer.get("error") != "expired_token" and time.monotonic() < deadline:
            answer = json.loads(other.request("authority", "POST", "/common/oauth2/v2.0/token", poll, post)[2])
        self.assertEqual((answer["error"], answer["error_codes"]), ("expired_token", [70019]))
        self.assertEqual(other.stop(), 0)
        shutil.rmtree(other.directory)

    def test_ends_while_an_answer_waits(self):
        other = Simulator(tools.SIMULATOR.program)
        other.start()
        other.control("PUT", "/faults", [{"delay_ms": 600000}])
        connection = other.connect(HOSTS["authority"])
        connection.request("GET", "/device")
        until(lambda: other.control("GET", "/faults")[1][0]["count"] == 0)
        self.assertEqual(other.stop(), 0)
        connection.close()
        shutil.rmtree(other.directory)

    def test_wrong_configurations(self):
        good = tools.SIMULATOR.configuration()
        for name, change in (("unknown member", {"nonsense": 1}), ("no hosts", {"hosts": None}), ("control not on loopback", {"control": {"address": "192.0.2.1", "port": 0}}),
                             ("unknown role", {"users": [{"upn": "a", "password": "b", "directory_roles": ["Nonsense"]}]}),
                             ("unknown error", {"users": [{"upn": "a", "password": "b", "sign_in_error": 1}]}),
                             ("no certificate", {"applications": [{"client_id": "a", "certificate": "none.pem"}]}),
                             ("twice", {"users": [{"upn": "a", "password": "b"}, {"upn": "A", "password": "b"}]}),
                             ("no GUID", {"tenant": dict(good["tenant"], id="x")}), ("users in service", {"service": {"users": {}}})):
            with self.subTest(name):
                path = tools.SIMULATOR.path("wrong.json")
                with open(path, "w", encoding="utf-8") as file:
                    json.dump(dict(good, **change), file)
                result = subprocess.run([tools.SIMULATOR.program, "--config", path], capture_output=True, text=True, timeout=PATIENCE)
                self.assertEqual(result.returncode, 2, result)
                self.assertTrue(result.stderr.startswith("rms-tenant-simulator: "), result.stderr)
                self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        for arguments in ([], ["--nonsense"], ["--config", tools.SIMULATOR.path("none.json")]):
            self.assertEqual(subprocess.run([tools.SIMULATOR.program] + arguments, capture_output=True, timeout=PATIENCE).returncode, 2)
