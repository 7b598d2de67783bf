#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bulk.py N [--slapd]: LDIF of N accounts in OU=Bulk, the same each time: 70 % users, 20 % computers, 10 % groups, one of them large.

Plain: what Samba takes, which fills in the rest (SID, GUID, category). With --slapd: complete entries, the domain's own and two
accounts with a password among them, for a server that fills in nothing (slapd/ad.schema says how that differs from Active Directory).
"""
import argparse
import base64
import random
import struct
import unicodedata
import uuid

BASE = "DC=contoso,DC=example"
DNS = "contoso.example"
PASSWORD = "Passw0rd.Test"
UNITS = 16
MEMBERS = 10
LARGE_GROUP = 5000
FIRST_RID = 200000

GIVEN_NAMES = ("James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph Jessica "
               "Thomas Karen Christopher Sarah Zoë José Łukasz Søren Ümit").split()
SURNAMES = ("Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson "
            "Thomas Taylor Moore Jackson Martin Müller Świątek O'Brien Ng Li").split()
MACHINES = ("FILESRV", "WKS", "SQL", "WEB")

# groupType as AD stores it: a signed 32-bit number with the top bit set for security groups
SECURITY = -2147483648
GLOBAL, DOMAIN_LOCAL, UNIVERSAL = 2, 4, 8
GROUP_TYPES = (SECURITY + GLOBAL, SECURITY + UNIVERSAL, SECURITY + DOMAIN_LOCAL, UNIVERSAL, GLOBAL)
MAIL_TYPES = (UNIVERSAL, GLOBAL)
NESTING_TYPE = SECURITY + UNIVERSAL

# userAccountControl; Samba wants PASSWD_NOTREQD (0x20) of an account that comes without a password
NORMAL, WORKSTATION, NEVER_EXPIRES, NO_PASSWORD = 0x200, 0x1000, 0x10000, 0x20
USER_TYPE, MACHINE_TYPE, GROUP_TYPE = 0x30000000, 0x30000001, 0x10000000

USER = ("top", "person", "organizationalPerson", "user")
COMPUTER = USER + ("computer",)
GROUP = ("top", "group")


def line(name, value):
    """One attribute by RFC 2849: base64 for anything that is not plain ASCII."""
    if isinstance(value, int):
        value = str(value)
    if isinstance(value, str) and value.isascii() and value[:1] not in " :<" and value == value.strip():
        return "%s: %s" % (name, value)
    raw = value.encode() if isinstance(value, str) else value
    return "%s:: %s" % (name, base64.b64encode(raw).decode())


def entry(dn, classes, **attributes):
    """`__` stands for `-`; a list is several values."""
    lines = [line("dn", dn)] + [line("objectClass", name) for name in classes]
    for name, values in attributes.items():
        for value in values if isinstance(values, (list, tuple)) else [values]:
            lines.append(line(name.replace("__", "-"), value))
    print("\n".join(lines), end="\n\n")


def letters(name):
    """A name as mail addresses have it."""
    plain = unicodedata.normalize("NFKD", name.replace("Ł", "L").replace("ł", "l").replace("ø", "o"))
    return "".join(c for c in plain.lower() if c.isascii() and c.isalpha())


class Bulk:
    def __init__(self, count, complete):
        self.complete = complete
        self.random = random.Random(42)
        self.rid = FIRST_RID
        self.users = count * 7 // 10
        self.computers = count // 5
        self.groups = count - self.users - self.computers
        self.user_dns = []
        self.nested = []

    def add_unit(self, name, parent):
        dn = "OU=%s,%s" % (name, parent)
        entry(dn, ("top", "organizationalUnit") if self.complete else ("organizationalUnit",), ou=name)
        return dn

    def add_units(self, name, parent):
        top = self.add_unit(name, parent)
        return [self.add_unit("%s%02d" % (name, i), top) for i in range(UNITS)]

    def add_account(self, dn, classes, account, category, account_type, **attributes):
        """What a domain controller would fill in comes along where none does."""
        if self.complete:
            sid = struct.pack("<BB6s5I", 1, 5, b"\0\0\0\0\0\5", 21, 1111111111, 2222222222, 3333333333, self.rid)
            attributes.update(cn=dn[3:dn.index(",")], objectSid=sid, sAMAccountType=account_type,
                              objectGUID=uuid.UUID(int=self.random.getrandbits(128)).bytes_le,
                              # the DN is the value; its first name is what filters say (MS-ADTS §3.1.1.3.1.3.5)
                              objectCategory=["CN=%s,CN=Schema,CN=Configuration,%s" % (category, BASE), category])
            self.rid += 1
        entry(dn, classes if self.complete else classes[-1:], sAMAccountName=account, **attributes)

    def add_user(self, i, unit):
        given, surname = self.random.choice(GIVEN_NAMES), self.random.choice(SURNAMES)
        name = "%s %s %06d" % (given, surname, i)
        mail = "%s.%s%d@%s" % (letters(surname), letters(given), i, DNS)
        control = NORMAL + NEVER_EXPIRES + (0 if self.complete else NO_PASSWORD)
        dn = "CN=%s,%s" % (name, unit)
        self.user_dns.append(dn)
        self.add_account(dn, USER, "u%06d" % i, "Person", USER_TYPE, givenName=given, sn=surname, displayName=name, mail=mail,
                         proxyAddresses="SMTP:" + mail, userPrincipalName="%s.%s%d@%s" % (letters(given), letters(surname), i, DNS),
                         userAccountControl=control, department="Dept %d" % (i % 40))

    def add_computer(self, i, unit):
        name = "%s%06d" % (MACHINES[i % len(MACHINES)], i)
        control = WORKSTATION + (0 if self.complete else NO_PASSWORD)
        self.add_account("CN=%s,%s" % (name, unit), COMPUTER, name + "$", "Computer", MACHINE_TYPE,
                         dNSHostName="%s.%s" % (name.lower(), DNS), userAccountControl=control,
                         operatingSystem="Windows Server 2019 Standard")

    def add_group(self, i, unit):
        name = "Group %06d" % i
        dn = "CN=%s,%s" % (name, unit)
        kind = GROUP_TYPES[i % len(GROUP_TYPES)]
        members = self.random.sample(self.user_dns, min(MEMBERS, len(self.user_dns)))
        if kind == NESTING_TYPE:
            members += self.nested[-2:]
        if kind in (NESTING_TYPE, SECURITY + GLOBAL):
            self.nested.append(dn)
        more = {"mail": "dl%06d@%s" % (i, DNS)} if kind in MAIL_TYPES else {}
        self.add_account(dn, GROUP, name, "Group", GROUP_TYPE, groupType=kind, description="Bulk group %d" % i, member=members, **more)

    def add_domain(self):
        entry(BASE, ("domainDNS",), dc="contoso")
        configuration = "CN=Configuration," + BASE
        partitions = "CN=Partitions," + configuration
        entry(configuration, ("container",), cn="Configuration")
        entry(partitions, ("container",), cn="Partitions")
        entry("CN=CONTOSO," + partitions, ("crossRef",), cn="CONTOSO", nCName=BASE, nETBIOSName="CONTOSO", dnsRoot=DNS)
        for name in ("reader", "stopped"):
            entry("CN=%s,%s" % (name, BASE), ("user", "simpleSecurityObject"), cn=name, sAMAccountName=name, userPassword=PASSWORD)

    def write(self):
        if self.complete:
            self.add_domain()
        top = self.add_unit("Bulk", BASE)
        units = {name: self.add_units(name, top) for name in ("Users", "Computers", "Groups")}
        for i in range(self.users):
            self.add_user(i, units["Users"][i % UNITS])
        for i in range(self.computers):
            self.add_computer(i, units["Computers"][i % UNITS])
        for i in range(self.groups - 1):
            self.add_group(i, units["Groups"][i % UNITS])
        self.add_account("CN=Large Group," + units["Groups"][0], GROUP, "Large Group", "Group", GROUP_TYPE,
                         groupType=SECURITY + UNIVERSAL, member=self.user_dns[:LARGE_GROUP])


parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("count", type=int)
parser.add_argument("--slapd", action="store_true")
arguments = parser.parse_args()
Bulk(arguments.count, arguments.slapd).write()
