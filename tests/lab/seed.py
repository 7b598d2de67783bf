#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""seed.py SMB_CONF PASSWORD: fills a stopped, freshly provisioned domain with the organisation that the tests know.

Offline and in one transaction. Every account has the same password. RIDs follow the order of this file: look SIDs up, never
write them down. tests/lab/README.md says what is there and why.
"""
import sys

import ldb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

CONF, PASSWORD = sys.argv[1:]
LP = LoadParm()
LP.load(CONF)
DB = SamDB(session_info=system_session(), lp=LP)
BASE = str(DB.domain_dn())
DNS = LP.get("realm").lower()

# groupType as AD stores it: a signed 32-bit number with the top bit set for security groups
GLOBAL, DOMAIN_LOCAL, UNIVERSAL = 2, 4, 8
SECURITY = -2147483648

NORMAL, DISABLED, WORKSTATION, NEVER_EXPIRES = 0x200, 0x2, 0x1000, 0x10000


def add(rdn, parent, **attributes):
    """Adds `CN=<rdn>` (or `OU=…` when the rdn says so), escaped by RFC 4514, and returns its DN. `__` stands for `-`."""
    kind, _, name = rdn.partition("=") if rdn.startswith("OU=") else ("CN", "", rdn)
    dn = ldb.Dn(DB, parent)
    dn.add_child(ldb.Dn(DB, "%s=x" % kind))
    dn.set_component(0, kind, name)
    message = {"dn": dn}
    message.update({key.replace("__", "-"): value for key, value in attributes.items()})
    DB.add(message)
    return str(dn)


def unit(name, parent=BASE):
    return add("OU=" + name, parent, objectClass="organizationalUnit")


def quoted(password):
    return ('"%s"' % password).encode("utf-16-le")


def user(name, account, parent, control=NORMAL | NEVER_EXPIRES, **attributes):
    attributes.setdefault("displayName", name)
    attributes.setdefault("userPrincipalName", "%s@%s" % (account, DNS))
    return add(name, parent, objectClass="user", sAMAccountName=account, userAccountControl=str(control),
               unicodePwd=quoted(PASSWORD), **attributes)


def person(first, last, parent, **attributes):
    attributes.setdefault("mail", "%s.%s@%s" % (first.lower(), last.lower(), DNS))
    account = attributes.pop("account", (first[0] + last).lower())
    return user("%s %s" % (first, last), account, parent, givenName=first, sn=last, **attributes)


def computer(name, parent, control=WORKSTATION, spns=(), **attributes):
    host = "%s.%s" % (name.lower(), DNS)
    return add(name, parent, objectClass="computer", sAMAccountName=name + "$", userAccountControl=str(control),
               unicodePwd=quoted(PASSWORD), dNSHostName=host,
               operatingSystem="Windows Server 2019 Standard", operatingSystemVersion="10.0 (17763)",
               servicePrincipalName=["HOST/" + name, "HOST/" + host, "RestrictedKrbHost/" + name] + list(spns), **attributes)


def group(name, parent, scope, members=(), security=True, account=None, **attributes):
    if members:
        attributes["member"] = list(members)
    return add(name, parent, objectClass="group", sAMAccountName=account or name,
               groupType=str(scope + (SECURITY if security else 0)), **attributes)


def add_member(group_dn, member_dn):
    message = ldb.Message(ldb.Dn(DB, group_dn))
    message["member"] = ldb.MessageElement(member_dn, ldb.FLAG_MOD_ADD, "member")
    DB.modify(message)


def relax_password_policy():
    """No expiry, no complexity, no lockout: what a test sees does not depend on what another one did."""
    message = ldb.Message(ldb.Dn(DB, BASE))
    for name, value in (("minPwdAge", "0"), ("maxPwdAge", "-9223372036854775808"), ("pwdHistoryLength", "0"),
                        ("minPwdLength", "4"), ("pwdProperties", "0"), ("lockoutThreshold", "0")):
        message[name] = ldb.MessageElement(value, ldb.FLAG_MOD_REPLACE, name)
    DB.modify(message)


def seed_exchange(servers):
    unit_exchange = unit("Microsoft Exchange Security Groups")
    where = unit("Exchange", servers)
    exch = [computer("EXCH%02d" % i, where, spns=["exchangeMDB/EXCH%02d" % i, "HTTP/exch%02d.%s" % (i, DNS)]) for i in (1, 2, 3)]
    old = computer("OLDSRV01", servers, control=WORKSTATION | DISABLED)
    # EXCH03 is an Exchange server through two groups only: admission has to follow nesting to see it.
    site = group("Exchange Site Berlin", unit_exchange, GLOBAL, exch[2:])
    install = group("Exchange Install Domain Servers", unit_exchange, GLOBAL, [site])
    everybody = group("Exchange Servers", unit_exchange, UNIVERSAL, [exch[0], exch[1], old, install],
                      description="This group contains all the Exchange servers.")
    trusted = group("Exchange Trusted Subsystem", unit_exchange, UNIVERSAL, exch[:2])
    group("Exchange Windows Permissions", unit_exchange, UNIVERSAL, [trusted])
    group("Organization Management", unit_exchange, UNIVERSAL)
    return everybody


def seed_service_accounts():
    where = unit("Service Accounts")
    farm = user("SharePoint Farm", "svc-spfarm", where, description="SharePoint farm account")
    pool = user("SharePoint App Pool", "svc-spapppool", where)
    user("SharePoint Search", "svc-spsearch", where)
    user("RMS Connector Service", "svc-rmsconn", where,
         servicePrincipalName=["HTTP/rmsconnector." + DNS, "HTTP/rmsconnector"],
         msDS__SupportedEncryptionTypes="24")  # AES128 and AES256 only ([MS-KILE] 2.2.7)
    user("RMS Connector LDAP reader", "svc-rmsldap", where)
    user("Disabled Service", "svc-disabled", where, control=NORMAL | NEVER_EXPIRES | DISABLED)
    user("Expired Account", "x-expired", where, accountExpires="132223104000000000")  # 2020-01-01
    user("Must Change", "x-mustchange", where, control=NORMAL, pwdLastSet="0")
    managed = "CN=Managed Service Accounts," + BASE
    for name, host in (("gmsa-sp", "sharepoint"), ("gmsa-rms", "rmsgmsa")):
        add(name, managed, objectClass="msDS-GroupManagedServiceAccount", sAMAccountName=name + "$",
            userAccountControl=str(WORKSTATION), dNSHostName="%s.%s" % (host, DNS), msDS__ManagedPasswordInterval="30",
            msDS__SupportedEncryptionTypes="28", servicePrincipalName=["HTTP/%s.%s" % (host, DNS)])
    add("msa-scan", managed, objectClass="msDS-ManagedServiceAccount", sAMAccountName="msa-scan$",
        userAccountControl=str(WORKSTATION))
    return farm, pool


def seed_odd_names(files, staff):
    """Names that break filters, DNs, lists and windows that were written without care."""
    odd = unit('Odd, + "Names" ; <x>')
    user("Smith, John (Contractor) *star*", "jsmith.ctr", odd, givenName="John", sn="Smith (Contractor) *star*")
    user("Back\\slash O'Neil #1", "boneil", odd)
    user('Quoted "Q" Person; <tag> & more = less', "qperson", odd)
    user("Zoë Łukasiewicz", "zluka", odd, givenName="Zoë", sn="Łukasiewicz", mail="zoe.lukasiewicz@" + DNS)
    user("山田 太郎", "tyamada", odd, givenName="太郎", sn="山田")
    user("مريم العلي", "malali", odd, givenName="مريم", sn="العلي")
    user("Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh Maximilian", "wolfefeather", odd)  # 64, the most a CN holds
    group('Odd, (Servers) "Zoë" *star* \\ back; <x> + 漢字 #1', odd, GLOBAL, [files[1]],
          account="Odd (Servers) 'Zoë' 漢字 #1", displayName='Odd, (Servers) "Zoë" *star* \\ back; <x> + 漢字 #1')
    group(" # Spaced out ", odd, GLOBAL, [files[2]], account="# Spaced out")
    group("Servers of the Subsidiary for Rights Management in Ljubljana (1)", odd, UNIVERSAL, staff[:1])  # 64
    group("Empty Group", odd, GLOBAL)


def seed_groups(exchange, sharepoint, files, farm, pool, staff):
    alice, bob, carol, dave = staff
    where = unit("Groups")
    lists = unit("Distribution Lists", where)
    group("SharePoint Servers", where, GLOBAL, sharepoint)
    group("SharePoint Service Accounts", where, GLOBAL, [farm, pool])
    fci = group("File Servers FCI", where, GLOBAL, files)
    every = group("All RMS Servers", where, UNIVERSAL, [exchange, fci])
    for level in range(1, 6):
        every = group("Nested Level %d" % level, where, UNIVERSAL, [every])
    loop_a = group("Loop A", where, UNIVERSAL)
    loop_b = group("Loop B", where, UNIVERSAL, [loop_a])
    add_member(loop_a, loop_b)
    group("RMS Connector Admins", where, DOMAIN_LOCAL, [alice])
    group("RMS Local Servers", where, DOMAIN_LOCAL, [files[2]])
    group("Engineering", where, GLOBAL, [alice, bob], mail="engineering@" + DNS)
    group("HR", where, GLOBAL, [carol, dave])

    group("All Staff", lists, UNIVERSAL, [alice, bob, carol], security=False, mail="all.staff@" + DNS,
          proxyAddresses=["SMTP:all.staff@" + DNS])
    group("Engineering DL", lists, GLOBAL, [alice, bob], security=False, mail="eng-dl@" + DNS)
    group("Domain Local DL", lists, DOMAIN_LOCAL, [alice], security=False)
    # A server that only a distribution group covers: never in a ticket, the directory has to be asked.
    inner = group("Scan Servers DL", lists, UNIVERSAL, sharepoint[1:], security=False, mail="scan@" + DNS)
    group("RMS Servers DL", lists, UNIVERSAL, [inner, fci], security=False, mail="rms-servers@" + DNS)


def seed():
    relax_password_policy()
    servers = unit("Servers")
    exchange = seed_exchange(servers)
    where = unit("SharePoint", servers)
    sharepoint = [computer("SHAREPOINT%02d" % i, where) for i in (1, 2)]
    where = unit("File Servers", servers)
    files = [computer("FILESRV%02d" % i, where) for i in (1, 2, 3, 4)]
    computer("OUTSIDER01", servers)
    computer("RMSCONN01", servers)
    farm, pool = seed_service_accounts()

    people = unit("People")
    hr, engineering, admins = unit("HR", people), unit("Engineering", people), unit("Administrators", people)
    staff = [person("Alice", "Anderson", engineering, title="Engineer", department="Engineering",
                    proxyAddresses=["SMTP:alice.anderson@" + DNS, "smtp:alice@" + DNS]),
             person("Bob", "Baker", engineering, department="Engineering"),
             person("Carol", "Clark", hr, department="HR"),
             person("Dave", "Anders", hr, control=NORMAL | NEVER_EXPIRES | DISABLED)]
    person("Ramona", "Admin", admins, account="rmsadmin", department="IT")
    add("External Contact", people, objectClass="contact", displayName="External Contact", mail="ext@partner.example")
    seed_groups(exchange, sharepoint, files, farm, pool, staff)
    seed_odd_names(files, staff)


DB.transaction_start()
try:
    seed()
except BaseException:
    DB.transaction_cancel()
    raise
DB.transaction_commit()
