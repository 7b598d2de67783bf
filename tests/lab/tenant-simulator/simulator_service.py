# SPDX-License-Identifier: GPL-3.0-or-later
"""Discovery and the admin service."""
import unittest

import simulator_tools as tools
from simulator_tools import (ADMIN_BASE, HOSTS, RMS_ID, TENANT, USERS, admin, app_token, discover, sign_in, user_token)


class ServiceTest(unittest.TestCase):
    def tearDown(self):
        tools.SIMULATOR.control("PUT", "/state", {"activated": True, "functional_state": 1, "super_user_state": 0,
                                                  "onboarding": {"use_rms_user_license": False, "security_group_object_id": None}})

    def test_discovery_by_role(self):
        for user, allowed in (("global.admin", True), ("aip.admin", True), ("compliance.admin", True), ("rms.admin", True),
                              ("connector.admin", True), ("plain.user", False)):
            with self.subTest(user):
                status, _, body = discover("MSOID " + user_token(user + "@contoso.example"))
                if allowed:
                    self.assertEqual(status, 200)
                    self.assertIn(b"<URL>https://admin.tenant.example" + ADMIN_BASE.encode() + b"</URL><Type>AdminV2Service</Type>", body)
                else:
                    self.assertEqual(status, 500)
                    self.assertIn(b"System.UnauthorizedAccessException", body)

    def test_discovery_without_token(self):
        for authorization in (None, "MSOID nonsense", "Bearer " + user_token("rms.admin@contoso.example"), "MSOID " + sign_in("rms.admin@contoso.example")["id_token"]):
            status, headers, _ = discover(authorization)
            self.assertEqual(status, 401)
            self.assertTrue(headers["WWW-Authenticate"].startswith("MSOID "))
        self.assertEqual(discover("MSOID " + user_token("rms.admin@contoso.example"), "Nonsense")[0], 500)

    def test_discovery_by_policy(self):
        user = "MSOID " + user_token("connector.admin@contoso.example")
        other = "MSOID " + user_token("rms.admin@contoso.example")
        tools.SIMULATOR.control("PUT", "/state", {"onboarding": {"security_group_object_id": USERS[4]["groups"][0]}})
        self.assertEqual(discover(user)[0], 200)
        status, _, body = discover(other)
        self.assertEqual(status, 500)
        self.assertIn(b"UnspecifiedErrorException: the onboarding control policy", body)
        tools.SIMULATOR.control("PUT", "/state", {"activated": False})
        self.assertIn(b"not activated", discover(user)[2])

    def test_admin_reads(self):
        user = "connector.admin@contoso.example"
        status, configuration = admin("GET", "/Configuration", user)
        self.assertEqual(status, 200)
        self.assertEqual((configuration["BPOSId"], configuration["RightsManagementServiceId"]), (TENANT, RMS_ID))
        self.assertEqual(configuration["LicensingIntranetDistributionPointUrl"], "https://%s/_wmcs/licensing" % HOSTS["rms"])
        self.assertEqual(configuration["AdminV2ConnectionUrl"], "https://admin.tenant.example" + ADMIN_BASE)
        self.assertEqual((configuration["FunctionalState"], configuration["SuperUsersEnabled"]), ("Enabled", False))
        self.assertTrue(any(m.startswith("ConnectorAdministrator -> ") for m in configuration["AdminRoleMembers"]))
        for rest, expected in (("/FunctionalState", 1), ("/SuperUserState", 0), ("/DocumentTrackingState", 1), ("/MaxUseLicenseValidityTime", 30)):
            self.assertEqual(admin("GET", rest, user), (200, expected))
        self.assertEqual(admin("GET", "/FunctionalState", user, base=ADMIN_BASE.replace("adminV2", "admin")), (200, 1))
        members = admin("GET", "/Administrators/Roles/ConnectorAdministrator", user)[1]
        self.assertEqual([m["EmailAddress"] for m in members], ["connector.admin@contoso.example", "changing@contoso.example"])
        self.assertEqual([m["EmailAddress"] for m in admin("GET", "/Administrators/Roles/GlobalAdministrator", user)[1]], ["rms.admin@contoso.example"])
        self.assertEqual(admin("GET", "/OnboardingControlPolicy", user)[1], {"UseRmsUserLicense": False, "SecurityGroupObjectId": None, "Scope": "All"})
        self.assertEqual(len(admin("GET", "/Keys", user)[1]), 1)
        templates = admin("GET", "/Templates", user)[1]
        self.assertEqual(len(templates), 3)
        self.assertIn("社外秘 – 役員のみ", [n["Value"] for t in templates for n in t["Names"]])
        self.assertEqual([p["Key"] for p in admin("GET", "/DevicePlatforms", user)[1]], list(range(7)))
        self.assertEqual(admin("GET", "/DoNotTrackUserGroup", user), (200, ""))

    def test_admin_refusals(self):
        user = "rms.admin@contoso.example"
        for answer, expected in ((admin("GET", "/Configuration"), 401), (admin("GET", "/Configuration", "plain.user@contoso.example"), 403),
                                 (admin("GET", "/Nonsense", user), 404), (admin("POST", "/Configuration", user, 1), 405),
                                 (admin("GET", "/Configuration", user, base=ADMIN_BASE.replace(RMS_ID, TENANT)), 404)):
            self.assertEqual(answer[0], expected)
            self.assertTrue(answer[1]["ErrorDetail"])

    def test_app_only_token_is_no_administrator(self):
        status, _, _ = tools.SIMULATOR.request("admin", "GET", ADMIN_BASE + "/Configuration", headers={"Authorization": "MSOID " + app_token()})
        self.assertEqual(status, 403)

    def test_writes(self):
        connector, rms = "connector.admin@contoso.example", "rms.admin@contoso.example"
        self.assertEqual(admin("PUT", "/SuperUserState", connector, 1), (200, 1))
        self.assertEqual(admin("GET", "/SuperUserState", rms), (200, 1))
        self.assertEqual(admin("PUT", "/SuperUserState", connector, 2)[0], 400)
        self.assertEqual(admin("PUT", "/SuperUserState", "plain.user@contoso.example", 0)[0], 403)
        self.assertEqual(admin("PUT", "/FunctionalState", connector, 0)[0], 403)
        self.assertEqual(admin("PUT", "/FunctionalState", rms, 0), (200, 0))
        role = "/Administrators/Roles/ConnectorAdministrator"
        self.assertEqual(admin("POST", role, connector, {"EmailAddress": "plain.user@contoso.example"})[0], 403)
        status, member = admin("POST", role, rms, {"EmailAddress": "plain.user@contoso.example"})
        self.assertEqual((status, member["DisplayName"]), (201, "plain.user@contoso.example"))
        self.assertEqual(admin("GET", "/SuperUserState", "plain.user@contoso.example")[0], 200)
        self.assertEqual(admin("DELETE", role, rms, {"ObjectId": member["ObjectId"]}), (204, None))
        self.assertEqual(admin("GET", "/SuperUserState", "plain.user@contoso.example")[0], 403)
        self.assertEqual(admin("POST", "/Administrators/Roles/Nonsense", rms, {"ObjectId": member["ObjectId"]})[0], 404)

    def test_group_roles(self):
        role, rms = "/Administrators/Roles/GlobalAdministrator", "rms.admin@contoso.example"
        member = {"ObjectId": tools.GROUP["object_id"], "ObjectType": "Group", "DisplayName": "Connector Admins", "EmailAddress": None}
        self.assertEqual(admin("PUT", "/FunctionalState", "connector.admin@contoso.example", 1)[0], 403)
        self.assertEqual(admin("POST", role, rms, {"SecurityGroupDisplayName": "connector admins"}), (201, member))
        self.assertIn(member, admin("GET", role, rms)[1])
        self.assertEqual(admin("PUT", "/FunctionalState", "connector.admin@contoso.example", 1)[0], 200)
        self.assertEqual(admin("DELETE", role, rms, {"ObjectId": member["ObjectId"]}), (204, None))
        self.assertEqual(admin("PUT", "/FunctionalState", "connector.admin@contoso.example", 1)[0], 403)
        for nobody in ({"SecurityGroupDisplayName": "plain.user@contoso.example"}, {"EmailAddress": "Connector Admins"}, {}):
            self.assertEqual(admin("POST", role, rms, nobody)[0], 404)

    def test_connector_credentials(self):
        path, user = "/ConnectorCredentials", "connector.admin@contoso.example"
        with open(tools.SIMULATOR.path("stranger.pem"), encoding="ascii") as file:
            certificate = "".join(line.strip() for line in file if "-----" not in line)
        before = admin("GET", path, user)[1]
        status, made = admin("POST", path, user, {"DisplayName": "node", "Certificate": certificate})
        self.assertEqual(status, 201)
        self.assertEqual(admin("GET", path, user)[1], before + [made])
        status, second = admin("POST", path, user, {"DisplayName": "node", "Certificate": certificate, "ApplicationId": made["ApplicationId"]})
        self.assertEqual((status, second["ApplicationId"]), (201, made["ApplicationId"]))
        for body in ({"DisplayName": "node"}, {"DisplayName": "", "Certificate": certificate}, {"DisplayName": "node", "Certificate": "AAAA"}):
            self.assertEqual(admin("POST", path, user, body)[0], 400)
        self.assertEqual(admin("POST", path, user, {"DisplayName": "node", "Certificate": certificate, "ApplicationId": tools.CONSOLE})[0], 404)
        self.assertEqual(admin("GET", path, "plain.user@contoso.example")[0], 403)
        for credential in (made, second):
            self.assertEqual(admin("DELETE", path + "/" + credential["CredentialId"], user), (204, None))
            self.assertEqual(admin("DELETE", path + "/" + credential["CredentialId"], user)[0], 404)
        self.assertEqual(admin("GET", path, user)[1], before)
