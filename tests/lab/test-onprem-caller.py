#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What onprem-caller accepts and refuses: each of Exchange's conditions, met and unmet. No network."""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from onprem_exchange import DRM, SOAP, Server, Unmet, check
from onprem_xml import BadXml, machine_chain, parse

GUID = "4b1f4e0e-2f4d-4c0b-8a37-5e2a1f0f7c21"
CHAIN = "<CertificateChain><Certificate><XrML xmlns='' version='1.2'><BODY/></XrML></Certificate></CertificateChain>"
FAULT = "<s:Fault><faultcode>s:Server</faultcode><faultstring>System.UnauthorizedAccessException</faultstring></s:Fault>"


def envelope(body):
    return ('<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="%s"><s:Body>%s</s:Body></s:Envelope>' % (SOAP, body)).encode()


def answer(service, method, result):
    return envelope('<%sResponse xmlns="%s%s"><%sResult>%s</%sResult></%sResponse>' % (method, DRM, service, method, result, method, method))


def info(features, version="6.1.0.0", namespace=""):
    listed = "".join('<Feature Name="%s" Value="%s"/>' % item for item in features.items())
    return answer("ServerService", "GetServerInfo",
                  '<Results xmlns="%s"><ServerInfoRequest Type="ServerFeatureInfo"><ServerFeatureInfo>%s</ServerFeatureInfo></ServerInfoRequest>'
                  '<ServerInfoRequest Type="VersionInfo"><VersionInfo Version="%s"/></ServerInfoRequest></Results>' % (namespace, listed, version))


def certify(result):
    return answer("CertificationService", "Certify", result)


def licensor(*chains):
    return answer("PublishingService", "GetClientLicensorCert",
                  "".join("<GetClientLicensorCertResponse>%s</GetClientLicensorCertResponse>" % c for c in chains))


def license(*certificates):
    return answer("LicensingService", "AcquireLicense", "".join(
        "<AcquireLicenseResponse><CertificateChain><Certificate>%s</Certificate></CertificateChain></AcquireLicenseResponse>" % c
        for c in certificates))


def use_license(rights):
    return "<XrML xmlns=''><BODY><WORK><RIGHTSGROUP><RIGHTSLIST>%s</RIGHTSLIST></RIGHTSGROUP></WORK></BODY></XrML>" % rights


def listed(*ids, count=None):
    return answer("TemplateDistributionService", "AcquireTemplateInformation", "<ServerPublicKey>MIIB</ServerPublicKey><GuidHashCount>%s</GuidHashCount>%s" % (
        len(ids) if count is None else count, "".join("<GuidHash><Guid>%s</Guid><Hash>q</Hash></GuidHash>" % i for i in ids)))


def templates(*texts):
    return answer("TemplateDistributionService", "AcquireTemplates", "".join(
        "<GuidTemplate><Guid>%s</Guid><Hash>q</Hash><Template>%s</Template></GuidTemplate>" % (GUID, t) for t in texts))


SHARED, MODE = "ServerCertificationSharedIdentity", {"CryptoMode": "2"}
# name, step, answers, None or what the refusal says
CONDITIONS = (
    ("feature and mode", 1, [info({SHARED: "true", **MODE})], None),
    ("feature as a number", 1, [info({SHARED: "1", **MODE}, "0")], None),
    ("version alone", 1, [info(MODE, "6.2.0.0")], None),
    ("old version", 1, [info(MODE, "6.0.9.9")], "neither feature"),
    ("version 10 sorts below 6", 1, [info(MODE, "10.0.0.0")], "neither feature"),
    ("version 10 with the feature", 1, [info({SHARED: "true", **MODE}, "10.0.0.0")], None),
    ("feature false", 1, [info({SHARED: "false", **MODE}, "5")], "neither feature"),
    ("the other pipeline's feature", 5, [info({SHARED: "true", **MODE}, "5")], "MultiForestAcquirePreLicense"),
    ("licensing", 5, [info({"MultiForestAcquirePreLicense": "true", **MODE}, "5")], None),
    ("no mode is mode 1", 1, [info({SHARED: "true"})], "cryptographic mode 1"),
    ("a mode that is no number is mode 1", 1, [info({SHARED: "true", "CryptoMode": "two"})], "cryptographic mode 1"),
    ("results in a namespace", 1, [info({SHARED: "true", **MODE}, namespace=DRM + "ServerService")], "0 times Results"),
    ("fault", 1, [envelope(FAULT)], "System.UnauthorizedAccessException"),
    ("answer to another question", 1, [certify(CHAIN)], "the answer is <CertifyResponse"),
    ("certified", 2, [certify(CHAIN)], None),
    ("empty chain", 2, [certify("<CertificateChain/>")], "chain is empty"),
    ("no chain", 2, [certify("")], "0 times CertificateChain"),
    ("empty node", 2, [certify(CHAIN.replace("</CertificateChain>", "<Certificate/></CertificateChain>"))], "empty node"),
    ("empty fragment", 2, [certify("<CertificateChain><Certificate><XrML xmlns=''/></Certificate></CertificateChain>")], "empty node"),
    ("one licensor certificate", 3, [licensor(CHAIN)], None),
    ("two licensor certificates", 3, [licensor(CHAIN, CHAIN)], "2 responses"),
    ("no licensor certificate", 3, [licensor()], "0 responses"),
    ("no templates", 4, [listed()], None),
    ("one template", 4, [listed(GUID), templates("&lt;XrML/>")], None),
    ("26 templates in two calls", 4, [listed(*[GUID] * 26), templates(*["x"] * 25), templates("x")], None),
    ("26 answers in one call", 4, [listed(*[GUID] * 26), templates(*["x"] * 26), templates()], "25 templates asked for, 26 came"),
    ("count too high", 4, [listed(GUID, count=2)], "says 2, 1 came"),
    ("count no number", 4, [listed(GUID, count="one")], "1 came"),
    ("201 templates", 4, [listed(*[GUID] * 201)], "more than 200"),
    ("no GUID", 4, [listed("template")], "is no GUID"),
    ("a template missing", 4, [listed(GUID, GUID), templates("x")], "2 templates asked for, 1 came"),
    ("a template empty", 4, [listed(GUID), templates(" ")], "is empty"),
    ("owner", 7, [license(use_license('<RIGHT name="OWNER"/>'))], None),
    ("owner as an element", 7, [license(use_license("<OWNER/>"))], None),
    ("only view", 7, [license(use_license('<RIGHT name="VIEW"/>'))], "does not grant OWNER, but VIEW"),
    ("OWNER outside of the rights", 7, [license("<XrML xmlns=''><BODY><METADATA><OWNER/></METADATA></BODY></XrML>")], "nothing"),
    ("exception", 7, [license("<AcquireLicenseException><ExceptionString>X.NoRights</ExceptionString></AcquireLicenseException>")], "X.NoRights"),
    ("neither licence nor exception", 7, [license("<other/>")], "no use licence"),
    ("two licences", 7, [license(use_license("<OWNER/>"), use_license("<OWNER/>"))], "2 responses"),
    ("cut", 2, [certify(CHAIN)[:-20]], "not well-formed"),
    ("nothing", 2, [b""], "not well-formed"),
    ("HTML", 2, [b"<html><body>Sign in</body></html>"], "no SOAP 1.1 envelope"),
    ("two bodies", 2, [envelope("").replace(b"<s:Body></s:Body>", b"<s:Body/><s:Body/>")], "2 times Body"),
    ("two children", 2, [envelope("<a/><b/>")], "2 elements"),
)

BAD_XML = {
    "document type": b"<!DOCTYPE a><a/>",
    "entity": b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
    "external": b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    "processing instruction": b"<?php x?><a/>",
    "unknown entity": b"<a>&e;</a>",
    "deep": b"<a>" * 100 + b"</a>" * 100,
    "many": b"<a>" + b"<b/>" * 200000 + b"</a>",
    "another encoding": "<?xml version='1.0' encoding='utf-16'?><a/>".encode("utf-16"),
    "another encoding declared": b"<?xml version='1.0' encoding='iso-8859-1'?><a/>",
    "not UTF-8": b"<a>\xff</a>",
}


class ConditionsTest(unittest.TestCase):
    def run_step(self, number, answers):
        server = Server("EXCH01$")
        left = iter(answers)
        return check(Server.STEPS[number][1](server), lambda request: next(left)), list(left)

    def test_conditions(self):
        for name, number, answers, refusal in CONDITIONS:
            with self.subTest(name):
                if refusal is None:
                    said, left = self.run_step(number, answers)
                    self.assertTrue(said)
                    self.assertEqual(left, [], "not all answers were asked for")
                else:
                    with self.assertRaises(Unmet) as caught:
                        self.run_step(number, answers)
                    self.assertIn(refusal, str(caught.exception))

    def test_bad_xml(self):
        for name, data in BAD_XML.items():
            with self.subTest(name), self.assertRaises(BadXml):
                parse(data)

    def test_fragments_keep_their_bytes(self):
        for raw in (b"<XrML xmlns='' a='\"'>\xe6\xbc\xa2 &#233;\t<b></b><c/>\n<![CDATA[<]]><!-- x --></XrML>", b"<XrML xmlns=''  v = \"1\" ><B /></XrML >"):
            chain = b"<CertificateChain><Certificate> %s\r\n</Certificate></CertificateChain>" % raw
            server = Server("EXCH01$")
            body = certify("@").replace(b"@", chain)
            check(server.certify(), lambda request: body)
            self.assertEqual(server.rac, [raw])
            sent = []
            with self.assertRaises(StopIteration):
                step = server.client_licensor()
                sent.append(next(step).body)
                step.send(licensor(CHAIN))
            self.assertIn(b"<PersonaCerts><Certificate>%s</Certificate></PersonaCerts>" % raw, sent[0])

    def test_every_request_is_well_formed(self):
        for number in Server.STEPS:
            for request in Server("CONTOSO\\Ex<&>\"ch01$").requests(number):
                with self.subTest(request.method):
                    body = parse(request.body).one("Body").children[0]
                    self.assertEqual((body.namespace, body.name), (DRM + request.service, request.method))
                    self.assertEqual(request.action, '"%s%s/%s"' % (DRM, request.service, request.method))
                    self.assertEqual(b"VersionData" in request.body, request.method != "GetServerInfo")
                    self.assertEqual(request.path, request.path.lower())

    def test_machine_certificates_have_the_published_shape(self):
        leaf, issuer = (parse(fragment) for fragment in machine_chain("EXCH01$"))
        for fragment in (leaf, issuer):
            self.assertEqual((fragment.namespace, fragment.name, fragment.attributes), ("", "XrML", {"version": "1.2"}))
            self.assertEqual([c.name for c in fragment.children], ["BODY", "SIGNATURE"])
            self.assertEqual([c.name for c in fragment.one("BODY").children],
                             ["ISSUEDTIME", "VALIDITYTIME", "DESCRIPTOR", "ISSUER", "ISSUEDPRINCIPALS"])
        self.assertEqual(leaf.one("BODY").one("DESCRIPTOR").one("OBJECT").attributes["type"], "Machine-Certificate")


if __name__ == "__main__":
    unittest.main()
