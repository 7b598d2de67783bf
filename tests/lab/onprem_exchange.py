# SPDX-License-Identifier: GPL-3.0-or-later
"""Exchange's calls to a rights management service: what it sends, step by step, and what it demands of the answers.

protocol.md §1.3 is the sequence, §1.5 the versions, §2 the messages. No network here: a step is a generator that yields requests and is
sent answers, so that the conditions can be tested with answers of any kind.
"""
import uuid

from onprem_xml import BadXml, address_of, machine_chain, parse, principal_of, publishing_license

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
DRM = "http://microsoft.com/DRM/"
CERTIFICATION, LICENSING, PUBLISHING = "CertificationService", "LicensingService", "PublishingService"
SERVER, TEMPLATES = "ServerService", "TemplateDistributionService"
TEMPLATES_A_CALL = 25
MAX_TEMPLATES = 200
LEAST_VERSION = "6.1.0.0"
CRYPTO_MODE = 2  # all that Azure RMS offers


class Unmet(Exception):
    """An answer does not meet a condition."""


class Request:
    def __init__(self, path, service, method, body, version="1.1.0.0"):
        self.path, self.service, self.method = path, service, method
        namespace = DRM + service
        self.action = '"%s/%s"' % (namespace, method)
        header = b""
        if version:
            header = ('<s:Header><VersionData xmlns="%s"><MinimumVersion>%s</MinimumVersion><MaximumVersion>%s</MaximumVersion>'
                      '</VersionData></s:Header>' % (namespace, version, version)).encode()
        self.body = (b'<?xml version="1.0" encoding="utf-8"?>\r\n<s:Envelope xmlns:s="%s">%s<s:Body><%s xmlns="%s">%s</%s></s:Body></s:Envelope>'
                     % (SOAP.encode(), header, method.encode(), namespace.encode(), body, method.encode()))

    def result(self, data):
        """<method>Result of an answer's body."""
        envelope = parse(data)
        if (envelope.namespace, envelope.name) != (SOAP, "Envelope"):
            raise Unmet("the answer is <%s>, no SOAP 1.1 envelope" % envelope.name)
        content = envelope.one("Body").children
        if len(content) != 1:
            raise Unmet("%d elements in the SOAP body" % len(content))
        if (content[0].namespace, content[0].name) == (SOAP, "Fault"):
            raise Unmet("fault: %s" % fault_text(content[0]))
        if (content[0].namespace, content[0].name) != (DRM + self.service, self.method + "Response"):
            raise Unmet("the answer is <%s xmlns=\"%s\">" % (content[0].name, content[0].namespace))
        return content[0].one(self.method + "Result")


def fault_text(fault):
    return " ".join(c.text for c in fault.children if c.name == "faultstring") or "(empty)"


def wrap(name, *content):
    return b"<%s>%s</%s>" % (name.encode(), b"".join(content), name.encode())


def certificates(name, chain):
    return wrap(name, *(wrap("Certificate", fragment) for fragment in chain))


def read_chain(node, what):
    """The fragments of an ArrayOfXmlNode, as bytes: not empty, and none of them."""
    chain = node.all("Certificate")
    if not chain:
        raise Unmet("%s is empty" % what)
    for certificate in chain:
        if len(certificate.children) != 1 or not (certificate.children[0].children or certificate.children[0].text.strip()):
            raise Unmet("%s has an empty node" % what)
    return [certificate.children[0].raw for certificate in chain]


def read_number(text):
    try:
        return int(text)
    except (TypeError, ValueError):
        return None


def is_guid(text):
    try:
        return bool(uuid.UUID(text.strip()))
    except ValueError:
        return False


class Server:
    """What an Exchange server knows: its machine certificates, and what earlier steps gave it."""

    def __init__(self, name, content=None):
        """content: what publish() of another server returned, for step 7 to open."""
        self.machine = machine_chain(name)
        self.rac = self.clc = None
        self.content = content

    def server_info(self, pipeline, feature):
        body = wrap("requests", *(wrap("ServerInfoRequest", wrap("Type", kind)) for kind in (b"ServerFeatureInfo", b"VersionInfo")))
        request = Request(pipeline + "/server.asmx", SERVER, "GetServerInfo", body, version=None)
        results = request.result((yield request)).one("Results", "")
        features, version = {}, ""
        for answer in results.all("ServerInfoRequest"):
            if answer.attributes.get("Type") == "ServerFeatureInfo":
                for item in answer.one("ServerFeatureInfo").all("Feature"):
                    features[item.attributes.get("Name")] = item.attributes.get("Value", "")
            elif answer.attributes.get("Type") == "VersionInfo":
                version = answer.one("VersionInfo").attributes.get("Version", "")
        # Exchange compares versions as text, character by character: 10.0.0.0 is below 6.1.0.0.
        if features.get(feature, "").lower() not in ("true", "1") and not version >= LEAST_VERSION:
            raise Unmet("neither feature %s nor a version of %s or more, but %s" % (feature, LEAST_VERSION, version or "none"))
        mode = read_number(features.get("CryptoMode")) or 1
        if mode != CRYPTO_MODE:
            raise Unmet("cryptographic mode %d, not %d" % (mode, CRYPTO_MODE))
        return "version %s, cryptographic mode %d" % (version, mode)

    def certification_info(self):
        return self.server_info("certification", "ServerCertificationSharedIdentity")

    def licensing_info(self):
        return self.server_info("licensing", "MultiForestAcquirePreLicense")

    def certify(self):
        body = wrap("requestParams", certificates("MachineCertificateChain", self.machine), wrap("Persistent", b"true"))
        request = Request("certification/servercertification.asmx", CERTIFICATION, "Certify", body)
        self.rac = read_chain(request.result((yield request)).one("CertificateChain"), "the account certificate's chain")
        return "account certificate and %d above it" % (len(self.rac) - 1)

    def client_licensor(self):
        body = wrap("RequestParams", wrap("GetClientLicensorCertParams", certificates("PersonaCerts", self.rac or self.machine)))
        request = Request("licensing/publish.asmx", PUBLISHING, "GetClientLicensorCert", body)
        responses = request.result((yield request)).all("GetClientLicensorCertResponse")
        if len(responses) != 1:
            raise Unmet("%d responses, not one" % len(responses))
        self.clc = read_chain(responses[0].one("CertificateChain"), "the client licensor certificate's chain")
        return "client licensor certificate and %d above it" % (len(self.clc) - 1)

    def templates(self):
        request = Request("licensing/templatedistribution.asmx", TEMPLATES, "AcquireTemplateInformation", b"")
        result = request.result((yield request))
        listed, count = result.all("GuidHash"), read_number(result.one("GuidHashCount").text)
        if count != len(listed):
            raise Unmet("GuidHashCount says %s, %d came" % (count, len(listed)))
        if count > MAX_TEMPLATES:
            raise Unmet("%d templates, more than %d" % (count, MAX_TEMPLATES))
        ids = [item.one("Guid").text for item in listed]
        for text in ids:
            if not is_guid(text):
                raise Unmet("%r is no GUID" % text)
        for first in range(0, len(ids), TEMPLATES_A_CALL):
            yield from self.template_batch(ids[first:first + TEMPLATES_A_CALL])
        return "number of templates: %d" % count

    def template_batch(self, ids):
        body = wrap("guids", *(wrap("string", text.encode()) for text in ids))
        request = Request("licensing/templatedistribution.asmx", TEMPLATES, "AcquireTemplates", body)
        given = request.result((yield request)).all("GuidTemplate")
        if len(given) != len(ids):
            raise Unmet("%d templates asked for, %d came" % (len(ids), len(given)))
        for item in given:
            if not item.one("Template").text.strip():
                raise Unmet("template %s is empty" % item.one("Guid").text)

    def publish(self, readers=()):
        """Protects a document offline, with the client licensor certificate: its publishing licence and that certificate's chain, as a
        server sends them. One that was refused its certificates sends others of the same size."""
        rac, clc = self.rac or self.machine, self.clc or self.machine
        sid, email = principal_of(rac[0])
        return certificates("IssuanceLicense", [publishing_license(sid, email, address_of(clc[0], "License-Acquisition-URL"), readers)] + clc)

    def prelicense(self):
        people = [b"bob.baker@contoso.example", b"carol.clark@contoso.example"]
        body = wrap("RequestParams", wrap("AcquirePreLicenseParams",
                                          wrap("LicenseeIdentities", *(wrap("string", one) for one in people)),
                                          self.publish(readers=[people[0].decode()]), b"<ApplicationData/>"))
        request = Request("licensing/license.asmx", LICENSING, "AcquirePreLicense", body)
        responses = request.result((yield request)).all("AcquirePreLicenseResponse")
        if len(responses) != 1:
            raise Unmet("%d responses, not one" % len(responses))
        licenses = responses[0].one("Licenses").all("Certificate")
        if len(licenses) != len(people):
            raise Unmet("%d licences for %d identities" % (len(licenses), len(people)))
        read_chain(responses[0].one("CertificateChain"), "the licences' chain")
        granted = sum(len(c.children) == 1 and c.children[0].name == "XrML" for c in licenses)
        return "%d of %d identities may open it" % (granted, len(people))

    def license(self):
        # Application data is anybody's XML. These bytes do not outlive a parser and a printer.
        data = b"<ApplicationData><note xmlns='' a='\"'>\xe6\xbc\xa2 &#233;&#13;\t<![CDATA[<]]><x></x></note></ApplicationData>"
        body = wrap("RequestParams", wrap("AcquireLicenseParams", certificates("LicenseeCerts", self.rac or self.machine),
                                          self.content or self.publish(), data))
        request = Request("licensing/license.asmx", LICENSING, "AcquireLicense", body)
        responses = request.result((yield request)).all("AcquireLicenseResponse")
        if len(responses) != 1:
            raise Unmet("%d responses, not one" % len(responses))
        chain = responses[0].one("CertificateChain").all("Certificate")
        first = chain[0].children[0] if chain and chain[0].children else None
        if first is not None and first.name == "AcquireLicenseException":
            raise Unmet("refused: %s" % "".join(n.text for n in first.walk() if n.name == "ExceptionString"))
        if first is None or first.name != "XrML":
            raise Unmet("no use licence in the answer")
        rights = sorted(license_rights(first))
        if "OWNER" not in rights:
            raise Unmet("the use licence does not grant OWNER, but %s" % (", ".join(rights) or "nothing"))
        return "use licence grants OWNER" + (" of the content given" if self.content else "")

    STEPS = {
        1: ("GetServerInfo of certification", certification_info, ()),
        2: ("Certify", certify, ()),
        3: ("GetClientLicensorCert", client_licensor, (2,)),
        4: ("AcquireTemplates", templates, ()),
        5: ("GetServerInfo of licensing", licensing_info, ()),
        6: ("AcquirePreLicense", prelicense, (2, 3)),
        7: ("AcquireLicense", license, (2, 3)),
    }
    SEQUENCE = (1, 2, 3, 4, 5, 7)

    def requests(self, step):
        """All that a step sends, for a server that expects to be refused and so learns nothing on the way."""
        method = self.STEPS[step][1]
        yield next(method(self))
        if step == 4:
            yield next(self.template_batch([str(uuid.uuid4())]))


def license_rights(xrml):
    """Names of the rights of a use licence: RIGHT name="…", or an element of the right's name, in a RIGHTSLIST."""
    names = set()
    for node in xrml.walk():
        if node.name == "RIGHTSLIST":
            names.update(c.attributes.get("name", "") if c.name == "RIGHT" else c.name for c in node.children)
    return names - {""}


def check(step, answers):
    """Runs a step against `answers`, a function from Request to the bytes of an answer. Returns what to say, or raises Unmet."""
    try:
        request = next(step)
        while True:
            request = step.send(answers(request))
    except StopIteration as end:
        return end.value
    except BadXml as error:
        raise Unmet("%s: %s" % (request.method, error)) from None
