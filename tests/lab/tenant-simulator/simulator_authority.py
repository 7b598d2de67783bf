# SPDX-License-Identifier: GPL-3.0-or-later
"""The authority: device flow, authorization code with PKCE, refresh, client credentials."""
import hashlib
import html
import json
import subprocess
import time
import unittest
import urllib.parse
import uuid

import simulator_tools as tools
from simulator_tools import (ADDRESS, CONNECTOR, CONSOLE, PASSWORD, RESOURCE, SCOPE, TENANT, assertion, base64url, base64url_decode, claims,
                             client_credentials, device_page, form, rsa_public_key, run, sign_in, thumbprint, token, user_token)


class AuthorityTest(unittest.TestCase):
    def error(self, answer, status, error, number):
        self.assertEqual(answer[0], status, answer)
        body = answer[1]
        self.assertEqual(body["error"], error, body)
        self.assertEqual(body["error_codes"], [number] if number else [])
        if number:
            self.assertTrue(body["error_description"].startswith("AADSTS%d: " % number), body)
        for member in ("timestamp", "trace_id", "correlation_id"):
            self.assertTrue(body[member])

    def test_metadata(self):
        for tenant, issuer in ((TENANT, TENANT), ("contoso.example", TENANT), ("common", "{tenantid}"), ("Organizations", "{tenantid}")):
            status, _, body = tools.SIMULATOR.request("authority", "GET", "/%s/v2.0/.well-known/openid-configuration" % tenant)
            self.assertEqual(status, 200)
            metadata = json.loads(body)
            self.assertEqual(metadata["issuer"], "https://login.tenant.example/%s/v2.0" % issuer)
            for name in ("authorization_endpoint", "token_endpoint", "device_authorization_endpoint", "jwks_uri"):
                self.assertTrue(metadata[name].startswith("https://login.tenant.example/"), metadata[name])
        status, _, body = tools.SIMULATOR.request("authority", "GET", "/elsewhere.example/v2.0/.well-known/openid-configuration")
        self.assertEqual((status, json.loads(body)["error_codes"]), (400, [90002]))

    def test_other_pages(self):
        status, headers, body = tools.SIMULATOR.request("authority", "GET", "/common/oauth2/v2.0/logout")
        self.assertEqual((status, headers["Content-Type"]), (200, "text/html; charset=utf-8"))
        self.assertIn(b"signed out", body)
        status, headers, _ = tools.SIMULATOR.request("authority", "GET", "/common/oauth2/v2.0/token")
        self.assertEqual((status, headers["Allow"]), (405, "POST"))
        for path in ("/", "/common/nonsense", "/common"):
            self.assertEqual(tools.SIMULATOR.request("authority", "GET", path)[0], 404)

    def verify_by_key_set(self, jwt):
        """The JWT's signature, by the published key and the openssl program."""
        header, payload, signature = jwt.split(".")
        kid = json.loads(base64url_decode(header))["kid"]
        keys = json.loads(tools.SIMULATOR.request("authority", "GET", "/common/discovery/v2.0/keys")[2])["keys"]
        key = [k for k in keys if k["kid"] == kid][0]
        public = tools.SIMULATOR.path("jwk.der")
        with open(public, "wb") as file:
            file.write(rsa_public_key(base64url_decode(key["n"]), base64url_decode(key["e"])))
        with open(tools.SIMULATOR.path("signature"), "wb") as file:
            file.write(base64url_decode(signature))
        run("openssl", "dgst", "-sha256", "-verify", public, "-keyform", "DER", "-signature", tools.SIMULATOR.path("signature"),
            input=(header + "." + payload).encode())

    def test_device_flow(self):
        status, device = form("devicecode", client_id=CONSOLE, scope=SCOPE)
        self.assertEqual(status, 200)
        self.assertEqual(device["verification_uri"], "https://login.tenant.example/device")
        self.assertIn(device["user_code"], device["message"])
        self.assertEqual((device["expires_in"], device["interval"]), (900, 1))
        self.assertNotIn("verification_uri_complete", device)
        poll = dict(grant_type="urn:ietf:params:oauth:grant-type:device_code", client_id=CONSOLE, device_code=device["device_code"])
        self.error(token(**poll), 400, "authorization_pending", 70016)
        self.error(token(**poll), 400, "slow_down", None)
        code = device["user_code"]
        typed = (code[:4] + "-" + code[4:]).lower()
        status, page = device_page(user_code=typed, username="rms.admin@contoso.example", password="wrong", action="approve")
        self.assertEqual(status, 400)
        self.assertIn("AADSTS50126", page)
        status, page = device_page(user_code=typed, username="RMS.Admin@contoso.example", password=PASSWORD, action="approve")
        self.assertEqual(status, 200, page)

    def test_device_tokens(self):
        answer = sign_in("rms.admin@contoso.example")
        self.assertEqual((answer["token_type"], answer["expires_in"]), ("Bearer", 3600))
        access, identity = claims(answer["access_token"]), claims(answer["id_token"])
        self.assertEqual(access["aud"], RESOURCE)
        self.assertEqual(access["iss"], "https://login.tenant.example/%s/v2.0" % TENANT)
        self.assertEqual((access["tid"], access["upn"], access["preferred_username"]),
                         (TENANT, "rms.admin@contoso.example", "rms.admin@contoso.example"))
        self.assertEqual(access["scp"], "user_impersonation")
        self.assertEqual(access["exp"] - access["iat"], 3600)
        self.assertEqual(access["wids"], ["b79fbf4d-3ef9-4689-8143-76b194e85509"])
        self.assertNotIn("idtyp", access)
        self.assertEqual((identity["aud"], identity["oid"]), (CONSOLE, access["oid"]))
        self.verify_by_key_set(answer["access_token"])
        self.verify_by_key_set(answer["id_token"])
        self.assertIn("62e90394-69f5-4237-9190-012177145e10", claims(user_token("global.admin@contoso.example"))["wids"])

    def test_device_code_is_used_once(self):
        _, device = form("devicecode", client_id=CONSOLE, scope=SCOPE)
        poll = dict(grant_type="urn:ietf:params:oauth:grant-type:device_code", client_id=CONSOLE, device_code=device["device_code"])
        device_page(user_code=device["user_code"], username="rms.admin@contoso.example", password=PASSWORD, action="approve")
        self.assertEqual(token(**poll)[0], 200)
        self.error(token(**poll), 400, "bad_verification_code", 70018)
        self.assertEqual(device_page(user_code=device["user_code"], username="rms.admin@contoso.example", password=PASSWORD, action="approve")[0], 400)

    def test_device_declined(self):
        _, device = form("devicecode", client_id=CONSOLE, scope=SCOPE)
        device_page(user_code=device["user_code"], username="rms.admin@contoso.example", password=PASSWORD, action="decline")
        self.error(token(grant_type="urn:ietf:params:oauth:grant-type:device_code", client_id=CONSOLE, device_code=device["device_code"]),
                   400, "authorization_declined", 65004)

    def test_device_errors(self):
        self.error(form("devicecode", client_id=CONSOLE, scope="openid"), 400, "invalid_scope", 70011)
        self.error(form("devicecode", client_id=CONSOLE, scope="https://graph.example/.default"), 400, "invalid_resource", 500011)
        self.error(form("devicecode", client_id=CONSOLE), 400, "invalid_request", 90014)
        self.error(form("devicecode", scope=SCOPE), 400, "invalid_request", 90014)
        self.error(form("devicecode", client_id=str(uuid.uuid4()), scope=SCOPE), 400, "unauthorized_client", 700016)
        self.error(form("devicecode", client_id=CONNECTOR, scope=SCOPE), 401, "invalid_client", 7000218)
        self.error(token(grant_type="urn:ietf:params:oauth:grant-type:device_code", client_id=CONSOLE, device_code="none"),
                   400, "bad_verification_code", 70018)
        self.error(token(grant_type="password", client_id=CONSOLE), 400, "unsupported_grant_type", 70003)

    def test_who_may_not_sign_in(self):
        _, device = form("devicecode", client_id=CONSOLE, scope=SCOPE)
        for user, number in (("guest@contoso.example", 50020), ("disabled@contoso.example", 50057), ("nobody@contoso.example", 50034),
                             ("needs.mfa@contoso.example", 50076)):
            status, page = device_page(user_code=device["user_code"], username=user, password=PASSWORD, action="approve")
            self.assertEqual(status, 400)
            self.assertIn("AADSTS%d" % number, page)
        status, page = device_page(user_code="WRONGCODE", username="rms.admin@contoso.example", password=PASSWORD, action="approve")
        self.assertEqual(status, 400)
        self.assertIn("AADSTS70018", page)

    def test_device_page_is_a_form(self):
        page = subprocess.run(["curl", "-sS", "--fail", "--cacert", tools.SIMULATOR.path("cloud.pem"),
                               "--connect-to", "login.tenant.example:443:%s:%d" % (ADDRESS, tools.SIMULATOR.ports["port"]),
                               "https://login.tenant.example/device?user_code=AB%22%3E%3Cscript%3E"],
                              check=True, capture_output=True, text=True).stdout
        self.assertNotIn("<script>", page)
        for field in ("user_code", "username", "password"):
            self.assertIn('<label for="%s">' % field, page)
            self.assertIn('name="%s"' % field, page)

    AUTHORIZE = {"client_id": CONSOLE, "response_type": "code", "redirect_uri": "http://localhost:51234", "scope": SCOPE, "state": "s & t",
                 "nonce": "n-1", "prompt": "select_account", "code_challenge_method": "S256"}
    VERIFIER = "v" * 43

    def authorize(self, method="GET", fields=None, **changes):
        query = dict(self.AUTHORIZE, code_challenge=base64url(hashlib.sha256(self.VERIFIER.encode()).digest()))
        query.update(changes)
        query = urllib.parse.urlencode({k: v for k, v in query.items() if v is not None})
        status, headers, body = tools.SIMULATOR.request("authority", method, "/organizations/oauth2/v2.0/authorize?" + query,
                                                  None if fields is None else urllib.parse.urlencode(fields),
                                                  {"Content-Type": "application/x-www-form-urlencoded"} if fields else {})
        location = headers.get("Location")
        answer = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query)) if location else {}
        return status, location, answer, html.unescape(body.decode())

    def code(self, **changes):
        status, location, answer, page = self.authorize(
            "POST", {"username": "connector.admin@contoso.example", "password": PASSWORD, "action": "sign-in"}, **changes)
        self.assertEqual(status, 302, page)
        return location, answer

    def redeem(self, code, **changes):
        fields = {"grant_type": "authorization_code", "client_id": CONSOLE, "code": code, "redirect_uri": "http://localhost:51234",
                  "code_verifier": self.VERIFIER}
        fields.update(changes)
        return token("common", **fields)

    def test_authorization_code(self):
        status, _, _, page = self.authorize()
        self.assertEqual(status, 200)
        self.assertIn("Console <&>", page)
        location, answer = self.code()
        self.assertTrue(location.startswith("http://localhost:51234?"))
        self.assertEqual(answer["state"], "s & t")
        status, tokens = self.redeem(answer["code"])
        self.assertEqual(status, 200, tokens)
        self.assertEqual(claims(tokens["id_token"])["nonce"], "n-1")
        self.assertEqual(claims(tokens["access_token"])["upn"], "connector.admin@contoso.example")
        self.error(self.redeem(answer["code"]), 400, "invalid_grant", 54005)

    def test_authorization_code_errors(self):
        self.error(self.redeem(self.code()[1]["code"], code_verifier="w" * 43), 400, "invalid_grant", 501481)
        self.error(self.redeem(self.code()[1]["code"], code_verifier="v" * 42), 400, "invalid_grant", 501481)
        self.error(self.redeem(self.code()[1]["code"], redirect_uri="http://localhost:51235"), 400, "invalid_request", 50011)
        self.error(self.redeem("none"), 400, "invalid_grant", 70000)

    def test_redirect_uris(self):
        for uri, known in (("http://localhost:1", True), ("http://localhost", True), ("http://localhost:9/", True), ("http://localhost:9/x", False),
                           ("https://localhost:9", False), ("http://127.0.0.1:77/callback", True), ("http://127.0.0.1:77", False),
                           ("http://user@localhost:1", False), ("http://localhost:1/#f", False), ("http://localhost.evil.example", False),
                           ("https://console.contoso.example/done", True), ("https://console.contoso.example:444/done", False),
                           ("javascript:alert(1)", False), (None, False)):
            status, location, _, page = self.authorize(redirect_uri=uri)
            self.assertEqual(status, 200 if known else 400, uri)
            self.assertIsNone(location)
            if not known:
                self.assertIn("AADSTS50011", page)

    def test_authorize_answers_errors_to_the_application(self):
        for changes, error in (({"response_type": "token"}, "unsupported_response_type"), ({"code_challenge": None}, "invalid_request"),
                               ({"code_challenge_method": "plain"}, "invalid_request"), ({"code_challenge": "short"}, "invalid_request"),
                               ({"prompt": "none"}, "login_required"), ({"scope": "openid"}, "invalid_scope")):
            status, location, answer, _ = self.authorize(**changes)
            self.assertEqual((status, answer.get("error"), answer.get("state")), (302, error, "s & t"), changes)
        self.assertEqual(self.authorize(client_id=str(uuid.uuid4()))[0], 400)
        status, _, answer, _ = self.authorize("POST", {"action": "cancel"})
        self.assertEqual((status, answer["error"]), (302, "access_denied"))
        status, location, _, page = self.authorize("POST", {"action": "sign-in", "username": "guest@contoso.example", "password": PASSWORD})
        self.assertEqual((status, location), (400, None))
        self.assertIn("AADSTS50020", page)

    def test_refresh_rotates(self):
        first = sign_in("aip.admin@contoso.example")["refresh_token"]
        status, answer = token(grant_type="refresh_token", client_id=CONSOLE, refresh_token=first)
        self.assertEqual(status, 200)
        self.assertEqual(claims(answer["access_token"])["upn"], "aip.admin@contoso.example")
        self.assertNotEqual(answer["refresh_token"], first)
        self.error(token(grant_type="refresh_token", client_id=CONSOLE, refresh_token=first), 400, "invalid_grant", 70008)
        status, answer = token(grant_type="refresh_token", client_id=CONSOLE, refresh_token=answer["refresh_token"], scope="api://rms-connector/.default")
        self.assertEqual((status, claims(answer["access_token"])["aud"]), (200, "api://rms-connector"))
        self.assertIn("refresh_token", answer)
        self.error(token(grant_type="refresh_token", client_id=CONSOLE, refresh_token="none"), 400, "invalid_grant", 70000)

    def test_refresh_of_a_disabled_user(self):
        refresh = sign_in("changing@contoso.example")["refresh_token"]
        tools.SIMULATOR.control("PUT", "/state", {"users": {"changing@contoso.example": {"disabled": True}}})
        self.error(token(grant_type="refresh_token", client_id=CONSOLE, refresh_token=refresh), 400, "invalid_grant", 50057)
        tools.SIMULATOR.control("PUT", "/state", {"users": {"changing@contoso.example": {"disabled": False}}})

    def test_client_credentials(self):
        sha1 = thumbprint("connector", hashlib.sha1)
        for jws in (assertion(), assertion(algorithm="PS256"), assertion(header={"kid": sha1.hex().upper()}),
                    assertion(header={"x5t": base64url(sha1)}),
                    assertion(aud="https://login.tenant.example/contoso.example/oauth2/v2.0/token"),
                    assertion(aud="https://login.tenant.example/%s/v2.0" % TENANT)):
            status, answer = client_credentials(jws)
            self.assertEqual(status, 200, answer)
        access = claims(answer["access_token"])
        self.assertEqual((access["aud"], access["idtyp"], access["roles"], access["appid"]), (RESOURCE, "app", ["RMS.Connector"], CONNECTOR))
        self.assertNotIn("upn", access)
        self.assertNotIn("refresh_token", answer)
        self.verify_by_key_set(answer["access_token"])

    def test_client_credentials_errors(self):
        now = int(time.time())
        once = assertion()
        self.assertEqual(client_credentials(once)[0], 200)
        tampered = once.split(".")
        tampered[1] = base64url(json.dumps(dict(json.loads(base64url_decode(tampered[1])), jti="other")).encode())
        unsigned = base64url(b'{"alg":"none","x5t#S256":"' + json.loads(base64url_decode(once.split(".")[0]))["x5t#S256"].encode() + b'"}')
        for name, jws, number in (
                ("replayed", once, 700027), ("wrong key", assertion(key="stranger"), 700027),
                ("wrong certificate", assertion(key="stranger", certificate="stranger"), 700027), ("no certificate", assertion(header={}), 700027),
                ("tampered", ".".join(tampered), 700027), ("unsigned", unsigned + "." + once.split(".")[1] + ".", 700027),
                ("expired", assertion(nbf=now - 1200, exp=now - 600), 700024), ("not yet", assertion(nbf=now + 600, exp=now + 900), 700024),
                ("no end", assertion(exp=None), 700024), ("audience", assertion(aud="https://login.elsewhere.example/"), 700023),
                ("issuer", assertion(iss=CONSOLE), 700021), ("subject", assertion(sub=CONSOLE), 700021), ("no id", assertion(jti=None), 50027),
                ("no token", "x.y.z", 50027)):
            with self.subTest(name):
                self.error(client_credentials(jws), 401, "invalid_client", number)
        self.error(client_credentials(scope=RESOURCE + "user_impersonation"), 400, "invalid_scope", 70011)
        self.error(client_credentials(tenant="common"), 400, "invalid_request", 50059)
        self.error(client_credentials(client_id=CONSOLE), 401, "invalid_client", 700025)
        self.error(client_credentials(client_assertion_type=None), 401, "invalid_client", 7000216)
