#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""testssl.sh finds nothing of medium severity or above in the connector's HTTPS.

    test-testssl.py HTTP-HOST
"""
import json
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from httphost import SERVER, Host, Pki

PROGRAM = sys.argv.pop(1)
NAME = "rmsconnector.contoso.example"
FINE = {"OK", "INFO", "LOW", "DEBUG"}
# Said of the certificate, which the administrator's authority issues, of names that no public DNS has, and of testssl's own openssl.
NOT_OURS = {"engine_problem", "cert_chain_of_trust", "cert_trust", "DNS_CAArecord", "OCSP_stapling", "cert_revocation"}


class TestsslTest(unittest.TestCase):
    def test_nothing_of_medium_severity(self):
        pki = Pki()
        self.addCleanup(pki.close)
        certificate, key = pki.issue("connector", ["DNS:" + NAME], extensions="extendedKeyUsage=serverAuth\n", key="rsa:2048")
        report = pki.path("report.json")
        # WARN is testssl's own word for a check that it could not make; then it gets another chance.
        for attempt in range(3):
            findings = self.examine(report, certificate, key)
            if not any(one["severity"] == "WARN" for one in self.bad(findings)):
                break
        self.assertGreater(len(findings), 50)
        self.assertEqual([(one["id"], one["severity"], one["finding"]) for one in self.bad(findings)], [])

    @staticmethod
    def bad(findings):
        return [one for one in findings if one["severity"] not in FINE and one["id"].split(" ")[0] not in NOT_OURS]

    @staticmethod
    def examine(report, certificate, key):
        if os.path.exists(report):
            os.unlink(report)
        with Host(PROGRAM, http=None, https=SERVER + ":0", cert=certificate, key=key) as host:
            subprocess.run(["testssl", "--quiet", "--warnings", "off", "--color", "0", "--openssl-timeout", "10", "--nodns", "none",
                            "--ip", SERVER, "--sneaky", "--jsonfile", report, "--protocols", "--server-defaults", "--server-preference",
                            "--std", "--fs", "--headers", "--vulnerable", "%s:%d" % (NAME, host.tls_port)],
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=240, check=False)
        with open(report, encoding="utf-8") as file:
            return json.load(file)


if __name__ == "__main__":
    unittest.main()
