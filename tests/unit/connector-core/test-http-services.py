#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every path and method that callers use, row by row: what is relayed and how, and what is answered here.

    test-http-services.py HTTP-HOST
"""
import gzip
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from httphost import EXCHANGE, Client, Host, Pki, request
from httptenant import Tenant, answer

PROGRAM = sys.argv.pop(1)
DRM = "http://microsoft.com/DRM/"
SOAP11, SOAP12 = "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"

# path below /_wmcs, title of its page, namespace, operations
SERVICES = [
    ("certification/servercertification.asmx", "ServerCertificationWebService", "CertificationService", ["Certify"]),
    ("certification/certification.asmx", "CertificationWebService", "CertificationService", ["Certify"]),
    ("certification/server.asmx", "Server", "ServerService", ["GetLicensorCertificate", "FindServiceLocations", "GetServerInfo"]),
    ("certification/servicelocator.asmx", "ServiceLocator", "ServiceLocatorService", ["FindServiceLocationsForUser"]),
    ("licensing/license.asmx", "License", "LicensingService", ["AcquireLicense", "AcquirePreLicense"]),
    ("licensing/publish.asmx", "Publish", "PublishingService", ["AcquireIssuanceLicense", "GetClientLicensorCert"]),
    ("licensing/templatedistribution.asmx", "TemplateDistributionWebService", "TemplateDistributionService",
     ["AcquireTemplateInformation", "AcquireTemplates"]),
    ("licensing/server.asmx", "Server", "ServerService", ["GetLicensorCertificate", "FindServiceLocations", "GetServerInfo"]),
    ("licensing/servicelocator.asmx", "ServiceLocator", "ServiceLocatorService", ["FindServiceLocationsForUser"]),
]
# Some WSDLs attach the locator's call to the server service; both files take both (protocol.md §1.2).
CLASH = [("certification/server.asmx", "ServerService", "FindServiceLocationsForUser"),
         ("licensing/server.asmx", "ServerService", "FindServiceLocationsForUser"),
         ("certification/servicelocator.asmx", "ServerService", "FindServiceLocationsForUser")]
CALLS = [(path, space, method) for path, _, space, methods in SERVICES for method in methods] + CLASH

# What the table of paths answers with 404: for other servers, other versions of RMS, federation, administration, discovery.
NOT_SERVED = """certification/precertification.asmx licensing/editissuancelicense.asmx decommission/decommission.asmx
    groupexpansion/groupexpansion.asmx certification/activation.asmx certification/mobilecertification.asmx
    certificationexternal/certification.asmx licensingexternal/license.asmx licensing/license.asmx/mex certification/mex
    oauth2/certification/servicelocator.asmx licensing certification admin/admin.asmx""".split()


def envelope(space, method, soap=SOAP11):
    return ('<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="%s"><s:Body><%s xmlns="%s%s"/></s:Body></s:Envelope>'
            % (soap, method, DRM, space)).encode()


def mixed(path):
    """As msdrm writes it."""
    return "/_WMCS/" + path.title().replace(".Asmx", ".asmx")


class ServicesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pki = Pki()
        cls.addClassCleanup(cls.pki.close)
        cls.tenant = Tenant(*cls.pki.issue("tenant", ["DNS:localhost"]), behaviour=cls.behave)
        cls.addClassCleanup(cls.tenant.close)
        cls.host = Host(PROGRAM, tenant=cls.tenant.url, ca=cls.pki.ca)
        cls.addClassCleanup(cls.host.close)
        cls.client = Client(cls.host.port)
        cls.addClassCleanup(cls.client.socket.close)

    @staticmethod
    def behave(connection, got):
        """The media type of the request, as the real one does; the body of the request, to be compared."""
        connection.send(answer(got.body, fields="Content-Type: %s\r\n" % got.get("Content-Type")))

    def call(self, path, fields, body):
        """Returns (answer, what reached the tenant)."""
        self.client.send(request("POST", path, EXCHANGE + fields + "Content-Length: %d\r\n" % len(body)).encode() + body)
        got = self.client.answer()
        return got, self.tenant.take() if got.status == 200 else None

    def check_relayed(self, path, fields, body):
        got, arrived = self.call(path, fields, body)
        self.assertEqual(got.status, 200)
        self.assertEqual(arrived.line, "POST %s HTTP/1.1" % path.lower())
        self.assertTrue(arrived.body == body and got.body == body)
        for field in fields.splitlines():
            name, _, value = field.partition(": ")
            self.assertEqual(arrived.get_all(name), [value])
        self.assertEqual(got.get("Content-Type"), arrived.get("Content-Type"))

    def test_soap11(self):
        for path, space, method in CALLS:
            for target in ("/_wmcs/" + path, mixed(path)):
                with self.subTest(target, method=method):
                    self.check_relayed(target, 'Content-Type: text/xml; charset=utf-8\r\nSOAPAction: "%s%s/%s"\r\n' % (DRM, space, method),
                                       envelope(space, method))

    def test_without_soapaction(self):
        for path, space, method in CALLS:
            with self.subTest(path, method=method):
                self.check_relayed("/_wmcs/" + path, "Content-Type: text/xml; charset=utf-8\r\n", envelope(space, method))

    def test_soap12(self):
        for path, space, method in CALLS:
            for action in ('; action="%s%s/%s"' % (DRM, space, method), ""):
                with self.subTest(path, method=method, action=action):
                    self.check_relayed("/_wmcs/" + path, "Content-Type: application/soap+xml; charset=utf-8%s\r\n" % action,
                                       envelope(space, method, SOAP12))

    def test_gzip_passes(self):
        """Compressed by the caller and by the tenant: nobody here opens it."""
        body = gzip.compress(envelope("LicensingService", "AcquireLicense") * 1000, mtime=0)
        self.tenant.behaviour = lambda connection, got: connection.send(
            answer(got.body, fields="Content-Type: text/xml\r\nContent-Encoding: gzip\r\nVary: Accept-Encoding\r\n"))
        self.addCleanup(setattr, self.tenant, "behaviour", self.behave)
        got, arrived = self.call("/_wmcs/licensing/license.asmx",
                                 "Content-Type: text/xml\r\nContent-Encoding: gzip\r\nAccept-Encoding: gzip, deflate\r\n", body)
        self.assertTrue(arrived.body == body and got.body == body)
        self.assertEqual((arrived.get("Content-Encoding"), arrived.get("Accept-Encoding")), ("gzip", "gzip, deflate"))
        self.assertEqual((got.get("Content-Encoding"), got.get("Vary")), ("gzip", "Accept-Encoding"))

    def test_expectation(self):
        """As .NET sends: head with Expect, the body after 100; on each path."""
        for path, space, method in CALLS:
            with self.subTest(path, method=method):
                body = envelope(space, method)
                self.client.send(request("POST", "/_wmcs/" + path, EXCHANGE + "Expect: 100-Continue\r\nContent-Type: text/xml\r\n"
                                         "Content-Length: %d\r\n" % len(body)))
                self.assertEqual(self.client.answer().status, 100)
                self.client.send(body)
                self.assertEqual(self.client.answer().body, body)
                self.assertIsNone(self.tenant.take().get("Expect"))

    def test_expectation_that_was_not_waited_for(self):
        """A caller that sends its body at once gets both answers, in this order."""
        body = envelope("LicensingService", "AcquireLicense")
        self.client.send(request("POST", "/_wmcs/licensing/license.asmx", EXCHANGE + "Expect: 100-continue\r\nContent-Type: text/xml\r\n"
                                 "Content-Length: %d\r\n" % len(body)).encode() + body)
        self.assertEqual([self.client.answer().status for _ in range(2)], [100, 200])
        self.tenant.take()

    def test_pages(self):
        for path, title, _, methods in SERVICES:
            for target in ("/_wmcs/" + path, mixed(path), "/_wmcs/%s?op=%s" % (path, methods[0])):
                with self.subTest(target):
                    self.client.send(request(target=target, fields=EXCHANGE))
                    got = self.client.answer()
                    self.assertEqual((got.status, got.get("Content-Type")), (200, "text/html; charset=utf-8"))
                    page = got.body.decode()
                    self.assertIn("<title>%s</title>" % title, page)
                    self.assertEqual(page.count("<li>"), len(methods))
                    for method in methods:
                        self.assertIn("<li>%s</li>" % method, page)

    def test_wsdl(self):
        for path, title, space, methods in SERVICES:
            for query in ("wsdl", "WSDL", "WsDl"):
                with self.subTest(path, query=query):
                    self.client.send(request(target="%s?%s" % (mixed(path), query), fields=EXCHANGE))
                    got = self.client.answer()
                    self.assertEqual((got.status, got.get("Content-Type")), (200, "text/xml; charset=utf-8"))
                    text = got.body.decode()
                    self.assertIn('targetNamespace="%s%s"' % (DRM, space), text)
                    for method in methods:
                        self.assertIn('soapAction="%s%s/%s"' % (DRM, space, method), text)
                    self.assertIn('<wsdl:service name="%s">' % title, text)

    def test_methods(self):
        rows = [("GET", 200), ("HEAD", 200), ("OPTIONS", 200), ("PUT", 405), ("DELETE", 405), ("PATCH", 405), ("TRACE", 405)]
        for path, *_ in SERVICES:
            for method, status in rows:
                with self.subTest(path, method=method):
                    self.client.send(request(method, "/_wmcs/" + path, EXCHANGE))
                    got = self.client.answer(head_only=method == "HEAD")
                    self.assertEqual(got.status, status)
                    if method in ("OPTIONS", "PUT"):
                        self.assertEqual(got.get("Allow"), "GET, HEAD, POST, OPTIONS")

    def test_not_served(self):
        body = envelope("LicensingService", "AcquireLicense")
        for path in NOT_SERVED:
            for target in ("/_wmcs/" + path, "/_wmcs/%s?wsdl" % path):
                with self.subTest(target):
                    self.client.send(request(target=target, fields=EXCHANGE))
                    self.assertEqual(self.client.answer().status, 404)
                    self.assertEqual(self.call(target, "Content-Type: text/xml\r\n", body)[0].status, 404)
        self.assertTrue(self.tenant.requests.empty())


if __name__ == "__main__":
    unittest.main()
