# SPDX-License-Identifier: GPL-3.0-or-later
"""The RMS host: every method, and XrML signatures over the bytes that arrived."""
import base64
import hashlib
import json
import re
import unittest
import xml.etree.ElementTree as ET

import onprem_exchange
import simulator_tools as tools
from simulator_tools import (DRM, ENTRY, HOSTS, MACHINE, OTHER_ENTRY, SOAP12, TENANT, acquire, app_token, certify, chain, client_credentials, der,
                             envelope, fragments, label, licensor, modulus_of, soap, user_token, verify_xrml)


class RmsHostTest(unittest.TestCase):
    def tearDown(self):
        tools.SIMULATOR.control("PUT", "/state", {"super_user_state": 0, "functional_state": 1})

    def fault(self, answer, name):
        status, headers, body = answer
        self.assertEqual(status, 500, body)
        self.assertIn(name, ET.fromstring(body).findtext(".//faultstring") or ET.fromstring(body).findtext(".//{%s}Text" % SOAP12))

    def ok(self, answer):
        status, headers, body = answer
        self.assertEqual(status, 200, body)
        ET.fromstring(body)
        return body

    def rac(self, entry=ENTRY):
        return fragments(self.ok(certify(entry=entry)))

    def clc(self, entry=ENTRY, rac=None):
        return fragments(self.ok(licensor(rac or self.rac(entry), entry=entry)))

    def test_authentication(self):
        for authorization in (None, "Bearer nonsense", "Bearer " + user_token("rms.admin@contoso.example"), "MSOID " + app_token()):
            status, headers, body = certify(authorization=authorization)
            self.assertEqual(status, 401)
            self.assertTrue(headers["WWW-Authenticate"].startswith("Bearer "))
            self.assertTrue(json.loads(body)["error_description"])
        other = client_credentials(scope="api://rms-connector/.default")[1]["access_token"]
        self.assertEqual(certify(authorization="Bearer " + other)[0], 401)

    def test_entry_headers(self):
        for name, value in (("Sid", None), ("Role", None), ("Name", None), ("Sid", "S-1-5"), ("Sid", "nonsense"), ("Role", "super"), ("Name", "%FF")):
            entry = dict(ENTRY)
            if value is None:
                del entry["X-RMS-Connector-Entry-" + name]
            else:
                entry["X-RMS-Connector-Entry-" + name] = value
            with self.subTest(name=name, value=value):
                self.fault(certify(entry=entry), "System.UnauthorizedAccessException")

    def test_certify(self):
        body = self.ok(certify())
        self.assertIn(b"<MaximumVersion>1.2.0.0</MaximumVersion>", body)
        self.assertIn(b"<Verified>true</Verified><CurrentConsumption>5</CurrentConsumption><Maximum>10</Maximum>", body)
        links = fragments(body)
        self.assertEqual(len(links), 5)
        self.assertTrue(all(l.startswith('<XrML xmlns="" version="1.2">') for l in links))
        self.assertIn('<ID type="Windows">S-1-5-21-1-2-3-1121</ID><NAME>exchange-servers-1121@contoso.example</NAME>', links[0])
        for link, issuer in zip(links, links[1:] + links[-1:]):
            verify_xrml(link, modulus_of(issuer, "ISSUEDPRINCIPALS"))
        years = int(re.search(r"<UNTIL>(\d+)", links[0]).group(1)) - int(re.search(r"<ISSUEDTIME>(\d+)", links[0]).group(1))
        self.assertEqual(years, 1)

    def test_signature_of_a_changed_body_fails(self):
        links = self.rac()
        with self.assertRaises(AssertionError):
            verify_xrml(links[0].replace("1121", "1122"), modulus_of(links[1], "ISSUEDPRINCIPALS"))

    def test_members_of_an_entry_share_an_identity(self):
        first, second, other = self.rac()[0], fragments(self.ok(certify("certification/Certification.ASMX")))[0], self.rac(OTHER_ENTRY)[0]
        self.assertEqual(modulus_of(first, "ISSUEDPRINCIPALS"), modulus_of(second, "ISSUEDPRINCIPALS"))
        self.assertNotEqual(modulus_of(first, "ISSUEDPRINCIPALS"), modulus_of(other, "ISSUEDPRINCIPALS"))

    def test_certify_refusals(self):
        self.fault(certify(machine=None), "VerifyMachineCertificateChainFailedException")
        self.fault(certify(machine=MACHINE.replace("Machine-", "Other-")), "Microsoft.DigitalRightsManagement.Core.VerifyMachineCertificateChainFailedException")
        tools.SIMULATOR.control("PUT", "/state", {"functional_state": 0})
        self.fault(certify(), "UnspecifiedErrorException")

    def test_versions(self):
        for version, name in ((("1.0.0.0", "1.2.0.0"), None), (("1.2.0.0", "1.2.0.0"), None), (None, None),
                              (("1.0.0.0", "9.0.0.0"), "Microsoft.DigitalRightsManagement.Core.UnsupportedDataVersionException"),
                              (("1.1.0.0", "1.0.0.0"), "Microsoft.DigitalRightsManagement.Core.MalformedDataVersionException"),
                              (("one", "1.0.0.0"), "Microsoft.DigitalRightsManagement.Core.MalformedDataVersionException"),
                              (("1.0.0", "1.0.0.0"), "Microsoft.DigitalRightsManagement.Core.MalformedDataVersionException")):
            with self.subTest(version=version):
                if name is None:
                    self.ok(certify(version=version))
                else:
                    self.fault(certify(version=version), name)

    def test_soap12(self):
        status, headers, body = certify(soap12=True)
        self.assertEqual((status, headers["Content-Type"]), (200, "application/soap+xml; charset=utf-8"))
        self.assertEqual(ET.fromstring(body).tag, "{%s}Envelope" % SOAP12)
        self.fault(certify(soap12=True, version=("9.0.0.0", "9.0.0.0")), "UnsupportedDataVersionException")

    def test_soap_errors(self):
        for raw in ("", "nonsense", "<a/>", envelope("x", ""), envelope("ServerService", "<a xmlns='b'/><a xmlns='b'/>"),
                    '<!DOCTYPE x [<!ENTITY e "e">]>' + envelope("CertificationService", "<Certify/>")[38:],
                    "<a>" * 3000):
            self.fault(soap("certification/server.asmx", "ServerService", "", raw=raw), "System.InvalidOperationException")
        body = '<GetServerInfo xmlns="%sServerService"/>' % DRM
        self.fault(soap("certification/server.asmx", "ServerService", body, "Certify"), "SOAPAction")
        self.fault(soap("licensing/publish.asmx", "ServerService", body, "GetServerInfo"), "no such method")
        self.assertEqual(soap("certification/activation.asmx", "ServerService", body)[0], 404)
        self.assertEqual(tools.SIMULATOR.request("rms", "POST", "/_wmcs/certification/server.asmx", body,
                                           dict(ENTRY, Authorization="Bearer " + app_token(), **{"Content-Type": "text/plain"}))[0], 415)

    def test_get_server_info(self):
        kinds = ("ServerFeatureInfo", "VersionInfo", "ServerLicensorCertificate", "ServiceLocations")
        body = '<GetServerInfo xmlns="%sServerService"><requests>%s</requests></GetServerInfo>' % (
            DRM, "".join("<ServerInfoRequest><Type>%s</Type></ServerInfoRequest>" % k for k in kinds))
        for path in ("certification/server.asmx", "licensing/Server.asmx"):
            text = self.ok(soap(path, "ServerService", body, "GetServerInfo", version=None))
            results = ET.fromstring(text).find(".//Results")
            self.assertEqual([r.get("Type") for r in results], list(kinds))
            features = {f.get("Name"): f.get("Value") for f in results.iter("Feature")}
            self.assertEqual((features["ServerCertificationSharedIdentity"], features["MultiForestAcquirePreLicense"], features["CryptoMode"]), ("true", "true", "2"))
            self.assertEqual(results.find(".//VersionInfo").get("Version"), "6.1.0.0")
            self.assertEqual(len(results.findall("ServerInfoRequest/ServerLicensorCertificateChain/XrML")), 4)
            urls = {s.get("Type"): s.get("Url") for s in results.iter("ServiceLocation")}
            self.assertEqual(urls["LicensingService"], "https://%s/_wmcs/licensing" % HOSTS["rms"])
        self.fault(soap("licensing/server.asmx", "ServerService", body.replace("VersionInfo", "Nonsense"), version=None), "System.InvalidOperationException")

    def test_get_licensor_certificate(self):
        body = self.ok(soap("certification/server.asmx", "ServerService", '<GetLicensorCertificate xmlns="%sServerService"/>' % DRM, "GetLicensorCertificate"))
        self.assertIn('type="Server-Licensor-Certificate"', fragments(body)[0])

    def test_find_service_locations(self):
        kinds = ("LicensingInternalService", "CertificationService", "ActivationService")
        inner = "<ServiceNames>%s</ServiceNames>" % "".join("<ServiceLocationRequest><Type>%s</Type></ServiceLocationRequest>" % k for k in kinds)
        for path, service, method in (("certification/servicelocator.asmx", "ServiceLocatorService", "FindServiceLocationsForUser"),
                                      ("licensing/ServiceLocator.asmx", "ServerService", "FindServiceLocationsForUser"),
                                      ("licensing/server.asmx", "ServerService", "FindServiceLocations"),
                                      ("certification/server.asmx", "ServiceLocatorService", "FindServiceLocationsForUser")):
            body = self.ok(soap(path, service, '<%s xmlns="%s%s">%s</%s>' % (method, DRM, service, inner, method), version=("1.2.0.0", "1.2.0.0")))
            found = [(r.findtext("{*}Type"), r.findtext("{*}URL")) for r in ET.fromstring(body).iter("{%s%s}ServiceLocationResponse" % (DRM, service))]
            base = "https://%s/_wmcs/" % HOSTS["rms"]
            self.assertEqual(found, [(kinds[0], base + "licensing"), (kinds[1], base + "certification"), (kinds[2], "")])

    def test_client_licensor_certificate(self):
        links = self.clc()
        self.assertIn('type="Client-Licensor-Certificate"', links[0])
        verify_xrml(links[0], modulus_of(links[1], "ISSUEDPRINCIPALS"))

    def test_client_licensor_refusals(self):
        rac = self.rac()
        persona = "Microsoft.DigitalRightsManagement.Licensing."
        self.fault(licensor([rac[0].replace("-1121", "-1199")] + rac[1:]), persona + "InvalidPersonaCertSignatureException")
        # The same tree in other bytes: whoever relays must not rewrite what is signed.
        self.fault(licensor([rac[0].replace("<ISSUER>", "<ISSUER >")] + rac[1:]), persona + "InvalidPersonaCertSignatureException")
        self.fault(licensor(rac[1:]), persona + "UnexpectedPersonaCertException")
        self.fault(licensor([]), persona + "UnexpectedPersonaCertException")
        self.fault(licensor(rac, entry=OTHER_ENTRY), persona + "UnexpectedPersonaCertException")
        self.fault(licensor(rac * 30), "DRMSArgumentException")

    def exchange_step(self, server, step, entry):
        """One step of the lab's Exchange server, which was written without this program."""
        def answer(request):
            headers = dict(entry, Authorization="Bearer " + app_token(), SOAPAction=request.action, **{"Content-Type": "text/xml; charset=utf-8"})
            return tools.SIMULATOR.request("rms", "POST", "/_wmcs/" + request.path, request.body, headers)[2]
        return onprem_exchange.check(server.STEPS[step][1](server), answer)

    def test_the_labs_exchange_server(self):
        owner = onprem_exchange.Server("filesrv01")
        for step in (2, 3):
            self.exchange_step(owner, step, OTHER_ENTRY)
        exchange = onprem_exchange.Server("exch01", content=owner.publish())
        for step in (1, 2, 3, 4, 5, 6):
            said = self.exchange_step(exchange, step, ENTRY)
        self.assertEqual(said, "1 of 2 identities may open it")
        with self.assertRaisesRegex(onprem_exchange.Unmet, "NoRightsForRequestedPrincipalException"):
            self.exchange_step(exchange, 7, ENTRY)
        tools.SIMULATOR.control("PUT", "/state", {"super_user_state": 1})
        self.assertEqual(self.exchange_step(exchange, 7, ENTRY), "use licence grants OWNER of the content given")

    def exceptions(self, body):
        return [e.text for e in ET.fromstring(body).iter("{%sLicensingService}ExceptionString" % DRM)]

    def test_super_user_gets_owner(self):
        rac, fci_rac = self.rac(), self.rac(OTHER_ENTRY)
        clc = self.clc(OTHER_ENTRY, fci_rac)
        theirs = [label()] + clc
        self.assertEqual(self.exceptions(self.ok(acquire((rac, theirs)))),
                         ["Microsoft.DigitalRightsManagement.Licensing.NoRightsForRequestedPrincipalException"])
        tools.SIMULATOR.control("PUT", "/state", {"super_user_state": 1})
        links = fragments(self.ok(acquire((rac, theirs))))
        self.assertIn('purpose="Content-License"', links[0])
        self.assertIn('<RIGHT name="OWNER">', links[0])
        self.assertIn("{11111111-2222-4333-8444-555555555555}", links[0])
        verify_xrml(links[0], modulus_of(links[1], "ISSUEDPRINCIPALS"))
        # The feature is for the exchange role alone.
        ours = [label()] + self.clc(ENTRY, rac)
        self.assertEqual(len(self.exceptions(self.ok(acquire((fci_rac, ours), entry=OTHER_ENTRY)))), 1)

    def test_owner_and_listed_rights(self):
        rac = self.rac(OTHER_ENTRY)
        clc = self.clc(OTHER_ENTRY, rac)
        self.assertIn('<RIGHT name="OWNER">', fragments(self.ok(acquire((rac, [label()] + clc), entry=OTHER_ENTRY)))[0])
        exchange = self.rac()
        listed = label([("VIEW", "exchange-servers-1121@contoso.example"), ("EDIT", "somebody@contoso.example")])
        text = fragments(self.ok(acquire((exchange, [listed] + clc))))[0]
        self.assertIn('<RIGHT name="VIEW">', text)
        self.assertNotIn("EDIT", text)

    def test_license_batch(self):
        rac = self.rac()
        clc = self.clc(ENTRY, rac)
        body = self.ok(acquire((rac, [label()] + clc), (rac, None), (rac, [label()])))
        self.assertEqual(len(ET.fromstring(body).findall(".//{*}AcquireLicenseResult/{*}AcquireLicenseResponse")), 3)
        self.assertEqual(len(self.exceptions(body)), 1)
        self.assertIn(b"<batchindex>2</batchindex>", body)
        self.fault(acquire((rac, [label()] + clc), (rac, None), version=("1.0.0.0", "1.0.0.0")), "DRMSArgumentException")
        tampered = [clc[0].replace("-1121", "-1130")] + clc[1:]
        self.assertEqual(self.exceptions(self.ok(acquire((rac, [label()] + tampered)))),
                         ["Microsoft.DigitalRightsManagement.Licensing.InvalidRightsLabelSignatureException"])

    def pre_license(self, people, rights):
        return soap("licensing/license.asmx", "LicensingService",
                    '<AcquirePreLicense xmlns="%sLicensingService"><RequestParams><AcquirePreLicenseParams><LicenseeIdentities>%s</LicenseeIdentities>'
                    "<IssuanceLicense>%s</IssuanceLicense><ApplicationData/></AcquirePreLicenseParams></RequestParams></AcquirePreLicense>" % (
                        DRM, "".join("<string>%s</string>" % p for p in people), chain(label(rights))), "AcquirePreLicense")

    def test_pre_license(self):
        body = self.ok(self.pre_license(["ana@contoso.com", "ben@fabrikam.com"], [("VIEW", "ana@contoso.com")]))
        licenses = ET.fromstring(body).find(".//{*}Licenses")
        self.assertEqual(len(licenses), 2)
        self.assertEqual(licenses[0][0].tag, "XrML")
        self.assertEqual(licenses[1][0].tag, "{%sLicensingService}AcquirePreLicenseException" % DRM)
        self.assertEqual(len(ET.fromstring(body).find(".//{*}CertificateChain")), 4)
        self.fault(self.pre_license(["a%d@contoso.com" % i for i in range(101)], []), "DRMSArgumentException")

    def test_templates(self):
        text = self.ok(soap("licensing/templatedistribution.asmx", "TemplateDistributionService",
                            '<AcquireTemplateInformation xmlns="%sTemplateDistributionService"/>' % DRM, "AcquireTemplateInformation"))
        info = ET.fromstring(text).find(".//{*}AcquireTemplateInformationResult")
        self.assertEqual(info.findtext("{*}GuidHashCount"), "3")
        hashes = {g.findtext("{*}Guid"): g.findtext("{*}Hash") for g in info.findall("{*}GuidHash")}
        self.assertEqual(len(hashes), 3)
        public = base64.b64decode(info.findtext("{*}ServerPublicKey"))
        chain_text = fragments(self.ok(soap("certification/server.asmx", "ServerService", '<GetLicensorCertificate xmlns="%sServerService"/>' % DRM)))
        modulus = modulus_of(chain_text[0], "ISSUEDPRINCIPALS")
        self.assertEqual(public, der(0x30, der(2, b"\0" + modulus) + der(2, b"\1\0\1")))

        def templates(guids):
            return soap("licensing/templatedistribution.asmx", "TemplateDistributionService",
                        '<AcquireTemplates xmlns="%sTemplateDistributionService"><guids>%s</guids></AcquireTemplates>' % (
                            DRM, "".join("<string>%s</string>" % g for g in guids)), "AcquireTemplates")
        items = ET.fromstring(self.ok(templates(hashes))).findall(".//{*}GuidTemplate")
        self.assertEqual(len(items), 3)
        names = ""
        for item in items:
            template = item.findtext("{*}Template")
            self.assertEqual(base64.b64decode(item.findtext("{*}Hash")), hashlib.sha256(template.encode()).digest())
            self.assertEqual(item.findtext("{*}Hash"), hashes[item.findtext("{*}Guid")])
            verify_xrml(template, modulus)
            names += template
        self.assertIn("社外秘", names)
        self.fault(templates(list(hashes) * 9), "DRMSArgumentException")
        self.fault(templates([TENANT]), "DRMSArgumentException")
