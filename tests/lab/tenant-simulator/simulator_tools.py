# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the tenant simulator share: the program with a PKI of its own, sign-in, SOAP and XrML.

Signatures are checked by the openssl program, which shares no code with the simulator's use of the library.
"""
import base64
import hashlib
import html
import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

ADDRESS = "127.0.0.55"
TENANT = "1c6dd8b2-3f0a-4d0e-8b0f-5d1f6a1e7c11"
RMS_ID = "7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d10"
HOSTS = {"authority": "login.tenant.example", "discovery": "discover.tenant.example", "admin": "admin.tenant.example",
         "rms": RMS_ID + ".rms.tenant.example"}
CONSOLE = "8f3c1f0e-6f0b-4c41-9a53-0c0e5f6a9b10"
CONNECTOR = "5b2f9a64-0e7d-4f6e-a1b7-2d4c8f1e3a77"
RESOURCE = "https://api.aadrm.com/"
SCOPE = "openid profile offline_access " + RESOURCE + "/.default"
PASSWORD = "Passw0rd.Cloud"
DRM = "http://microsoft.com/DRM/"
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
PATIENCE = float(os.environ.get("LAB_PATIENCE", "60"))
ADMIN_BASE = "/adminV2/admin.svc/Tenants/" + RMS_ID
USERS = [
    {"upn": "global.admin@contoso.example", "directory_roles": ["GlobalAdministrator"]},
    {"upn": "aip.admin@contoso.example", "directory_roles": ["InformationProtectionAdministrator"]},
    {"upn": "compliance.admin@contoso.example", "directory_roles": ["ComplianceAdministrator"]},
    {"upn": "rms.admin@contoso.example", "service_roles": ["GlobalAdministrator"]},
    {"upn": "connector.admin@contoso.example", "service_roles": ["ConnectorAdministrator"], "groups": ["0d8e6ab0-43c4-4c7c-8a8f-0b7a4b2e3f10"]},
    {"upn": "plain.user@contoso.example"},
    {"upn": "guest@contoso.example", "guest": True},
    {"upn": "disabled@contoso.example", "disabled": True},
    {"upn": "needs.mfa@contoso.example", "sign_in_error": 50076},
    {"upn": "changing@contoso.example", "service_roles": ["ConnectorAdministrator"]},
]
GROUP = {"name": "Connector Admins", "object_id": "0d8e6ab0-43c4-4c7c-8a8f-0b7a4b2e3f10"}
ENTRY = {"X-RMS-Connector-Entry-Sid": "S-1-5-21-1-2-3-1121", "X-RMS-Connector-Entry-Role": "exchange",
         "X-RMS-Connector-Entry-Name": urllib.parse.quote("CONTOSO\\Exchange Servers")}
OTHER_ENTRY = {"X-RMS-Connector-Entry-Sid": "S-1-5-21-1-2-3-1130", "X-RMS-Connector-Entry-Role": "fci",
               "X-RMS-Connector-Entry-Name": urllib.parse.quote("CONTOSO\\FILESRV01$")}


def run(*argv, **options):
    return subprocess.run(argv, check=True, capture_output=True, **options)


def until(condition):
    """Waits for `condition` to hold."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("waited %d s in vain" % PATIENCE)
        time.sleep(0.01)


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def base64url_decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def der(tag, content):
    length = len(content)
    if length < 128:
        return bytes([tag, length]) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + content


def rsa_public_key(modulus, exponent):
    """SubjectPublicKeyInfo of an RSA key, for the openssl program."""
    numbers = b"".join(der(2, (b"\0" if n[0] & 0x80 else b"") + n) for n in (modulus, exponent))
    algorithm = der(0x30, bytes.fromhex("06092a864886f70d010101") + b"\x05\x00")
    return der(0x30, algorithm + der(3, b"\0" + der(0x30, numbers)))


class Simulator:
    """The program under test, its PKI, and connections to it."""

    def __init__(self, program):
        self.program = program
        self.directory = tempfile.mkdtemp(prefix="rms-simulator-")
        self.log_file = os.path.join(self.directory, "requests.jsonl")
        self.make_pki()
        self.process = None

    def path(self, name):
        return os.path.join(self.directory, name)

    def make_pki(self):
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.path("cloud.key"), "-out", self.path("cloud.pem"),
            "-days", "2", "-subj", "/CN=lab cloud", "-addext", "subjectAltName=" + ",".join("DNS:" + h for h in HOSTS.values()))
        for name in ("connector", "stranger"):
            run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.path(name + ".key"), "-out", self.path(name + ".pem"),
                "-days", "2", "-subj", "/CN=" + name)

    def configuration(self):
        return {
            "listen": {"address": ADDRESS, "port": 0, "certificate": "cloud.pem", "key": "cloud.key"},
            "control": {"address": ADDRESS, "port": 0}, "public_port": 443, "hosts": HOSTS,
            "tenant": {"id": TENANT, "rms_id": RMS_ID, "domain": "contoso.example", "organization": "Contoso"},
            "other_resources": ["api://rms-connector"], "state_directory": "state", "request_log": "requests.jsonl",
            "device_interval_seconds": 1,
            "applications": [
                {"client_id": CONSOLE, "name": "Console <&>", "redirect_uris": ["http://localhost", "http://127.0.0.1/callback", "https://console.contoso.example/done"]},
                {"client_id": CONNECTOR, "name": "Connector", "certificate": "connector.pem", "roles": ["RMS.Connector"]}],
            "users": [dict(u, password=PASSWORD) for u in USERS], "groups": [GROUP], "service": {"super_user_state": 0}}

    def start(self, configuration=None):
        with open(self.path("config.json"), "w", encoding="utf-8") as file:
            json.dump(configuration or self.configuration(), file)
        reading, writing = os.pipe()
        self.process = subprocess.Popen([self.program, "--config", self.path("config.json"), "--ready-fd", str(writing)], pass_fds=[writing])
        os.close(writing)
        with os.fdopen(reading) as ready:
            line = ready.readline()
        if not line:
            raise AssertionError("the simulator did not start: status %s" % self.process.wait())
        self.ports = json.loads(line)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE)

    def connect(self, host):
        context = ssl.create_default_context(cafile=self.path("cloud.pem"))
        raw = socket.create_connection((ADDRESS, self.ports["port"]), timeout=PATIENCE)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = http.client.HTTPConnection(host, timeout=PATIENCE)
        connection.sock = context.wrap_socket(raw, server_hostname=host)
        return connection

    def request(self, host, method, path, body=None, headers=None):
        """One request on a connection of its own. Returns (status, headers, body)."""
        connection = self.connect(HOSTS[host])
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def control(self, method, path, body=None):
        request = urllib.request.Request("http://%s:%d%s" % (ADDRESS, self.ports["control_port"], path), method=method,
                                         data=None if body is None else json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            with error:
                text = error.read()
                return error.code, json.loads(text) if text else None


SIMULATOR = None  # the one that the tests talk to; test-simulator.py sets it up


def form(path, tenant="contoso.example", **fields):
    status, headers, body = SIMULATOR.request(
        "authority", "POST", "/%s/oauth2/v2.0/%s" % (tenant, path), urllib.parse.urlencode(fields),
        {"Content-Type": "application/x-www-form-urlencoded"})
    return status, json.loads(body)


def token(tenant="contoso.example", **fields):
    return form("token", tenant, **fields)


def device_page(**fields):
    status, _, body = SIMULATOR.request("authority", "POST", "/device", urllib.parse.urlencode(fields),
                                        {"Content-Type": "application/x-www-form-urlencoded"})
    return status, html.unescape(body.decode())


def sign_in(user):
    """Tokens of `user` by the device flow."""
    _, device = form("devicecode", client_id=CONSOLE, scope=SCOPE)
    status, page = device_page(user_code=device["user_code"], username=user, password=PASSWORD, action="approve")
    if status != 200:
        raise AssertionError(page)
    status, answer = token(grant_type="urn:ietf:params:oauth:grant-type:device_code", client_id=CONSOLE, device_code=device["device_code"])
    if status != 200:
        raise AssertionError(answer)
    return answer


def user_token(user, cache={}):
    if user not in cache:
        cache[user] = sign_in(user)["access_token"]
    return cache[user]


def thumbprint(name, algorithm=hashlib.sha256):
    with open(SIMULATOR.path(name + ".pem"), encoding="ascii") as file:
        return algorithm(ssl.PEM_cert_to_DER_cert(file.read())).digest()


def claims(jwt):
    return json.loads(base64url_decode(jwt.split(".")[1]))


def assertion(key="connector", certificate="connector", algorithm="RS256", header=None, **changes):
    """A client assertion (RFC 7523) signed by the openssl program."""
    now = int(time.time())
    content = {"aud": "https://login.tenant.example/%s/oauth2/v2.0/token" % TENANT, "iss": CONNECTOR, "sub": CONNECTOR,
               "jti": str(uuid.uuid4()), "nbf": now, "exp": now + 300}
    content.update(changes)
    head = {"alg": algorithm, "typ": "JWT", "x5t#S256": base64url(thumbprint(certificate))} if header is None else dict(header, alg=algorithm)
    text = ".".join(base64url(json.dumps({k: v for k, v in p.items() if v is not None}).encode()) for p in (head, content))
    options = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"] if algorithm == "PS256" else []
    signature = run("openssl", "dgst", "-sha256", *options, "-sign", SIMULATOR.path(key + ".key"), input=text.encode()).stdout
    return text + "." + base64url(signature)


def client_credentials(jws=None, tenant="contoso.example", **changes):
    fields = {"grant_type": "client_credentials", "client_id": CONNECTOR, "scope": RESOURCE + "/.default",
              "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "client_assertion": jws or assertion()}
    fields.update(changes)
    return token(tenant, **{k: v for k, v in fields.items() if v is not None})


def app_token(cache=[]):
    if not cache:
        cache.append(client_credentials()[1]["access_token"])
    return cache[0]


def envelope(service, body, version=None, soap=SOAP11, header_service=None):
    header = ""
    if version:
        header = "<s:Header><VersionData xmlns=\"%s%s\"><MinimumVersion>%s</MinimumVersion><MaximumVersion>%s</MaximumVersion></VersionData></s:Header>" % (
            (DRM, header_service or service) + version)
    return '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="%s">%s<s:Body>%s</s:Body></s:Envelope>' % (soap, header, body)


def discover(authorization, kind="AdminV2Service"):
    body = envelope("ServiceLocatorService", '<FindServiceLocationsForUser xmlns="%sServiceLocatorService"><ServiceNames><ServiceLocationRequest><Type>%s</Type>'
                    "</ServiceLocationRequest></ServiceNames></FindServiceLocationsForUser>" % (DRM, kind))
    headers = {"Content-Type": "text/xml; charset=utf-8"}
    if authorization:
        headers["Authorization"] = authorization
    return SIMULATOR.request("discovery", "POST", "/_wmcs/oauth2/certification/ServiceLocator.asmx", body, headers)


def admin(method, rest, user=None, body=None, base=ADMIN_BASE):
    headers = {"Accept": "application/json", "Content-Type": "application/json; charset=utf-8"}
    if user:
        headers["Authorization"] = "MSOID " + user_token(user)
    status, headers, text = SIMULATOR.request("admin", method, base + rest, None if body is None else json.dumps(body), headers)
    return status, json.loads(text) if text else None


MACHINE = ('<XrML version="1.2" xmlns=""><BODY type="LICENSE" version="3.0"><DESCRIPTOR><OBJECT type="Machine-Certificate"><ID type="MS-GUID">{0}</ID></OBJECT>'
           "</DESCRIPTOR></BODY></XrML>")


def label(rights=(), guid="11111111-2222-4333-8444-555555555555"):
    """A publishing licence; `rights`: (right, e-mail) in the clear."""
    granted = "".join('<RIGHT name="%s"><CONDITIONLIST><ACCESS><PRINCIPAL><OBJECT><NAME>%s</NAME></OBJECT></PRINCIPAL></ACCESS></CONDITIONLIST></RIGHT>' % r for r in rights)
    return ('<XrML version="1.2" xmlns=""><BODY type="Microsoft Rights Label" version="3.0"><DESCRIPTOR><OBJECT><ID type="MS-GUID">{%s}</ID></OBJECT></DESCRIPTOR>'
            '<WORK><RIGHTSGROUP name="Main-Rights"><RIGHTSLIST>%s</RIGHTSLIST></RIGHTSGROUP></WORK></BODY></XrML>' % (guid, granted))


def chain(*fragments):
    return "".join("<Certificate>%s</Certificate>" % f for f in fragments)


def fragments(body):
    """The XrML texts of an answer, byte for byte."""
    return [m.decode() for m in re.findall(rb"<XrML .*?</XrML>", body, re.S)]


def modulus_of(xrml, holder):
    part = re.search("<%s.*?</%s>" % (holder, holder), xrml, re.S).group()
    return base64.b64decode(re.search(r'name="modulus"><VALUE[^>]*>([^<]*)<', part).group(1))


def verify_xrml(xrml, modulus):
    """SIGNATURE over the bytes of BODY, by the openssl program."""
    body = re.search("<BODY.*</BODY>", xrml, re.S).group().encode()
    digest, signature = [base64.b64decode(v) for v in re.findall(r'<VALUE encoding="base64" size="\d+">([^<]*)</VALUE>', xrml[xrml.index("<SIGNATURE>"):])]
    if digest != hashlib.sha256(body).digest():
        raise AssertionError("DIGEST is not that of the BODY")
    with open(SIMULATOR.path("xrml.der"), "wb") as file:
        file.write(rsa_public_key(modulus, b"\1\0\1"))
    with open(SIMULATOR.path("xrml.sig"), "wb") as file:
        file.write(signature)
    run("openssl", "dgst", "-sha256", "-verify", SIMULATOR.path("xrml.der"), "-keyform", "DER", "-signature", SIMULATOR.path("xrml.sig"), input=body)


def soap(path, service, body, method=None, entry=ENTRY, authorization="", version=("1.1.0.0", "1.1.0.0"), soap12=False, raw=None):
    text = raw if raw is not None else envelope(service, body, version, SOAP12 if soap12 else SOAP11)
    headers = {"Content-Type": 'application/soap+xml; charset=utf-8; action="%s%s/%s"' % (DRM, service, method) if soap12 else "text/xml; charset=utf-8"}
    if method and not soap12:
        headers["SOAPAction"] = '"%s%s/%s"' % (DRM, service, method)
    if authorization is not None:
        headers["Authorization"] = authorization or "Bearer " + app_token()
    headers.update(entry or {})
    return SIMULATOR.request("rms", "POST", "/_wmcs/" + path, text.encode(), headers)


def certify(path="certification/servercertification.asmx", persistent="true", machine=MACHINE, **options):
    return soap(path, "CertificationService",
                '<Certify xmlns="%sCertificationService"><requestParams><MachineCertificateChain>%s</MachineCertificateChain><Persistent>%s</Persistent>'
                "</requestParams></Certify>" % (DRM, chain(machine) if machine else "", persistent), "Certify", **options)


def licensor(rac_chain, **options):
    return soap("licensing/publish.asmx", "PublishingService",
                '<GetClientLicensorCert xmlns="%sPublishingService"><RequestParams><GetClientLicensorCertParams><PersonaCerts>%s</PersonaCerts>'
                "</GetClientLicensorCertParams></RequestParams></GetClientLicensorCert>" % (DRM, chain(*rac_chain)), "GetClientLicensorCert", **options)


def license_item(rac_chain, label_chain):
    issued = "" if label_chain is None else "<IssuanceLicense>%s</IssuanceLicense>" % chain(*label_chain)
    return "<AcquireLicenseParams><LicenseeCerts>%s</LicenseeCerts>%s<ApplicationData/></AcquireLicenseParams>" % (chain(*rac_chain), issued)


def acquire(*items, **options):
    return soap("licensing/license.asmx", "LicensingService", '<AcquireLicense xmlns="%sLicensingService"><RequestParams>%s</RequestParams></AcquireLicense>' % (
        DRM, "".join(license_item(*i) for i in items)), "AcquireLicense", **options)
