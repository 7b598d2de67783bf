# SPDX-License-Identifier: GPL-3.0-or-later
"""XML as a server on premises reads and writes it: a parser that trusts nothing, and XrML fragments of the published shape.

Fragments are signed over their bytes, so they are kept and passed on as bytes, never printed anew.
"""
import base64
import hashlib
import os
import time
import uuid
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 64
MAX_ELEMENTS = 100000


class BadXml(Exception):
    """Not the XML that was asked for."""


class Node:
    """An element. `raw` are its bytes as they were received."""
    __slots__ = ("namespace", "name", "attributes", "children", "text", "raw", "_start")

    def __init__(self, namespace, name, attributes, start):
        self.namespace, self.name, self.attributes = namespace, name, attributes
        self.children, self.text, self.raw, self._start = [], "", b"", start

    def all(self, name, namespace=None):
        """The children of that name; in that namespace, or in the parent's own."""
        namespace = self.namespace if namespace is None else namespace
        return [c for c in self.children if c.name == name and c.namespace == namespace]

    def one(self, name, namespace=None):
        found = self.all(name, namespace)
        if len(found) != 1:
            raise BadXml("%s: %d times %s, not once" % (self.name, len(found), name))
        return found[0]

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()


def parse(data):
    """The root of a document in UTF-8. No document type, no entities, no processing instructions; limits on size, depth, number."""
    if len(data) > MAX_BYTES:
        raise BadXml("more than %d bytes" % MAX_BYTES)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadXml("not UTF-8") from None
    parser = expat.ParserCreate("UTF-8", " ")
    parser.buffer_text = True
    root, stack, count = [], [], 0

    def start(qualified, attributes):
        nonlocal count
        count += 1
        if len(stack) >= MAX_DEPTH or count > MAX_ELEMENTS:
            raise BadXml("too deep or too many elements")
        namespace, _, name = qualified.rpartition(" ")
        node = Node(namespace, name, attributes, parser.CurrentByteIndex)
        (stack[-1].children if stack else root).append(node)
        stack.append(node)

    def end(_):
        node = stack.pop()
        stop = parser.CurrentByteIndex
        if data[stop:stop + 2] == b"</":
            stop = data.index(b">", stop) + 1
        node.raw = data[node._start:stop]

    def text(value):
        stack[-1].text += value

    def refuse(*_):
        raise BadXml("a document type, an entity or a processing instruction")

    def declare(_version, encoding, _standalone):
        if encoding and encoding.lower() != "utf-8":
            raise BadXml("declared to be in %s" % encoding)

    parser.XmlDeclHandler = declare
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ProcessingInstructionHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise BadXml("not well-formed: %s" % error) from None
    return root[0]


# --- XrML -------------------------------------------------------------------------------------------------------------------


def element(tag, /, *content, **attributes):
    """Text of an element; `content` is text of elements, `__` in an attribute's name stands for `-`."""
    listed = "".join(" %s=%s" % (k.replace("__", "-"), quoteattr(v)) for k, v in attributes.items())
    return "<%s%s>%s</%s>" % (tag, listed, "".join(content), tag)


def guid():
    return "{%s}" % str(uuid.uuid4()).upper()


def base64_value(data):
    return element("VALUE", base64.b64encode(data).decode(), encoding="base64", size=str(8 * len(data)))


def xrml_object(kind, id_type, identity, name):
    attributes = {"type": kind} if kind else {}
    return element("OBJECT", element("ID", escape(identity), type=id_type), element("NAME", escape(name)), **attributes)


def public_key():
    """An RSA-2048 key's public half, or what looks like one: nobody seals anything to it."""
    modulus = bytearray(os.urandom(256))
    modulus[0] |= 0x80
    modulus[-1] |= 1
    return element("PUBLICKEY", element("ALGORITHM", "RSA"),
                   element("PARAMETER", element("VALUE", "65537", encoding="integer32"), name="public-exponent"),
                   element("PARAMETER", base64_value(bytes(modulus)), name="modulus"))


def moment(offset=0):
    return time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + offset))


def xrml(body):
    """An XrML document of a BODY, with the digest over its bytes; the signature is random, as the signer is made up."""
    data = body.encode()
    digest = element("DIGEST", element("ALGORITHM", "SHA256"),
                     element("PARAMETER", element("VALUE", "surface-coding", encoding="string"), name="codingtype"),
                     base64_value(hashlib.sha256(data).digest()))
    signature = element("SIGNATURE", digest, element("ALGORITHM", "RSA PKCS#1-V1.5"), base64_value(os.urandom(256)))
    return b'<XrML xmlns="" version="1.2">' + data + signature.encode() + b"</XrML>"


def certificate(kind, issuer_kind, principal, offset=0):
    return xrml(element(
        "BODY",
        element("ISSUEDTIME", moment(offset)),
        element("VALIDITYTIME", element("FROM", moment(offset)), element("UNTIL", moment(5 * 365 * 86400))),
        element("DESCRIPTOR", xrml_object(kind, "MS-GUID", guid(), "Größe & Maß 漢字")),
        element("ISSUER", xrml_object(issuer_kind, "MS-GUID", guid(), "Issuer"), public_key()),
        element("ISSUEDPRINCIPALS", element("PRINCIPAL", *principal, internal__id="1")),
        type="LICENSE", version="3.0"))


def machine_chain(name):
    """Certificates of a made-up security processor, leaf first (protocol.md §2.13)."""
    processor = (xrml_object("MS-DRM-Desktop-Security-Processor", "MS-GUID", guid(), name), public_key(),
                 element("SECURITYLEVEL", name="Platform", value="2.6.11"),
                 element("SECURITYLEVEL", name="Manufacturer", value="MS-DRM-Desktop-Security-Processor"),
                 element("SECURITYLEVEL", name="Repository", value="MS-DRM-Desktop-Security-Processor"))
    authority = "DRM-Desktop-Security-Processor-Certificate-Authority"
    return [certificate("Machine-Certificate", authority, processor, -3600),
            certificate("DRM-CA-Certificate", "DRM-Certificate-Authority",
                        (xrml_object(authority, "MS-GUID", guid(), "Desktop processors"), public_key()), -86400)]


def publishing_license(sid, email, licensing_url, readers=()):
    """The licence of a document that `sid` protected; `readers` (e-mail addresses) may view it.

    Real ones list the rights encrypted to the server; here they are in the clear, as there is no server key to encrypt to.
    """
    point = element("OBJECT", element("ID", "{0F45FD50-383B-43EE-90A4-ED013CD0CFE5}", type="MS-GUID"),
                    element("NAME", "DRM Server Cluster"), element("ADDRESS", escape(licensing_url), type="URL"),
                    type="License-Acquisition-URL")
    server = (xrml_object("MS-DRM-Server", "MS-GUID", guid(), "Server"), public_key(),
              element("ENABLINGBITS", base64_value(os.urandom(512)), type="sealed-key-v2"))
    rights = [element("RIGHT", element("CONDITIONLIST", element("ACCESS", element(
        "PRINCIPAL", xrml_object("Unspecified", "Unspecified", "", reader)))), name="VIEW") for reader in readers]
    return xrml(element(
        "BODY",
        element("ISSUEDTIME", moment(-60)),
        element("DESCRIPTOR", xrml_object(None, "MS-GUID", guid(), "")),
        element("ISSUER", xrml_object("Group-Identity", "Windows", sid, email), public_key()),
        element("DISTRIBUTIONPOINT", point),
        element("ISSUEDPRINCIPALS", element("PRINCIPAL", *server, internal__id="1")),
        element("WORK", xrml_object("Microsoft Office Document", "MS-GUID", guid(), "Budget"),
                element("METADATA", element("OWNER", xrml_object("Unspecified", "Unspecified", "", email))),
                element("RIGHTSGROUP", element("RIGHTSLIST", *rights), name="Main-Rights")),
        element("AUTHENTICATEDDATA", base64.b64encode(os.urandom(256)).decode(), id="Encrypted-Rights-Data"),
        type="Microsoft Rights Label", version="3.0"))


def principal_of(fragment):
    """(id, name) of the principal of a certificate, empty when it names none."""
    for node in parse(fragment).walk():
        if node.name == "ISSUEDPRINCIPALS":
            described = node.one("PRINCIPAL").one("OBJECT")
            return described.one("ID").text, described.one("NAME").text
    return "", ""


def address_of(fragment, kind):
    """The address of a certificate's distribution point of that type, empty when it has none."""
    for node in parse(fragment).walk():
        if node.name == "DISTRIBUTIONPOINT" and node.one("OBJECT").attributes.get("type") == kind:
            return node.one("OBJECT").one("ADDRESS").text
    return ""
