#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""forest.py before-join|after-join|accounts SMB_CONF [PASSWORD]: changes in stopped domains for a lab with more domain controllers.

before-join: sites, and the second domain's place in the forest; the second domain controller then learns of them by replication.
after-join:  what replication and DNS updates would bring to the first domain controller, if those services ran in the lab.
accounts:    who is in the second domain and in the second forest.
"""
import sys

import ldb
from samba.auth import system_session
from samba.dcerpc import dnsp, security
from samba.ndr import ndr_pack
from samba.param import LoadParm
from samba.samdb import SamDB
from samba.sites import create_site
from samba.subnets import create_subnet

SALES_SID = "S-1-5-21-1212121212-2323232323-3434343434"

STEP, CONF = sys.argv[1:3]
LP = LoadParm()
LP.load(CONF)
DB = SamDB(session_info=system_session(), lp=LP)
DNS = LP.get("realm").lower()
CONFIGURATION = str(DB.get_config_basedn())


def service(server, port, priority):
    record = dnsp.DnssrvRpcRecord()
    record.wType = dnsp.DNS_TYPE_SRV
    record.rank = dnsp.DNS_RANK_ZONE
    record.dwTtlSeconds = 900
    record.data = dnsp.srv()
    record.data.wPriority, record.data.wWeight, record.data.wPort, record.data.nameTarget = priority, 100, port, server
    return record


def before_join():
    # Everybody in the lab is in Berlin, where only the second domain controller stands.
    create_site(DB, CONFIGURATION, "Berlin")
    create_subnet(DB, CONFIGURATION, "127.0.0.0/8", "Berlin")
    # Nothing of it is replicated here, so its head stands in: the KDC looks for its SID behind the name.
    sales = "DC=sales," + str(DB.domain_dn())
    DB.add({"dn": sales, "objectClass": "domainDNS", "objectSid": ndr_pack(security.dom_sid(SALES_SID))}, controls=["relax:0"])
    DB.add({"dn": "CN=SALES,CN=Partitions," + CONFIGURATION, "objectClass": "crossRef", "nCName": sales, "nETBIOSName": "SALES",
            "dnsRoot": "sales." + DNS, "systemFlags": "3"}, controls=["relax:0"])


def after_join():
    found = DB.search(str(DB.domain_dn()), expression="(sAMAccountName=DC2$)", attrs=[])
    message = ldb.Message(found[0].dn)
    message["spn"] = ldb.MessageElement(["ldap/dc2." + DNS, "ldap/DC2"], ldb.FLAG_MOD_ADD, "servicePrincipalName")
    DB.modify(message)

    dc1, dc2, sales = "dc1." + DNS, "dc2." + DNS, "dc1.sales." + DNS
    # The third one is a lie, to be seen through: it is of another domain.
    msdcs = "DC=_msdcs.%s,CN=MicrosoftDNS,DC=ForestDnsZones,%s" % (DNS, DB.domain_dn())
    zone = "DC=%s,CN=MicrosoftDNS,DC=DomainDnsZones,%s" % (DNS, DB.domain_dn())
    for parent, record, port, servers in (
            (msdcs, "_ldap._tcp.dc", 389, (dc1, dc2, sales)),
            (msdcs, "_ldap._tcp.Berlin._sites.dc", 389, (dc2,)),
            (zone, "_gc._tcp", 3268, (dc1, dc2)),
            (zone, "_gc._tcp.Berlin._sites", 3268, (dc2,)),
            (zone, "_ldap._tcp.dc._msdcs.sales", 389, (sales,))):
        node = "DC=%s,%s" % (record, parent)
        try:
            DB.add({"dn": node, "objectClass": "dnsNode"})
        except ldb.LdbError as error:
            if error.args[0] != ldb.ERR_ENTRY_ALREADY_EXISTS:
                raise
        DB.dns_replace_by_dn(ldb.Dn(DB, node), [service(server, port, 50 if len(servers) > 1 and server == sales else 0) for server in servers])


def accounts(password):
    # One account of another domain signs in here by the same name and password: the lab has no trusts.
    DB.newuser("reader", password)
    name = "reader@" + DNS if DNS == "fabrikam.example" else "svc-rmsldap@contoso.example"
    message = ldb.Message(DB.search(str(DB.domain_dn()), expression="(sAMAccountName=reader)", attrs=[])[0].dn)
    message["upn"] = ldb.MessageElement(name, ldb.FLAG_MOD_REPLACE, "userPrincipalName")
    DB.modify(message)
    DB.newgroup("%s Servers" % LP.get("workgroup").capitalize())
    DB.newcomputer("%s01" % LP.get("workgroup"))


{"before-join": before_join, "after-join": after_join, "accounts": accounts}[STEP](*sys.argv[3:])
