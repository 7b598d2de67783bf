#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""provision.py SMB_CONF ADDRESS ADMIN_PASSWORD [SID]: an empty Active Directory domain in the directories that SMB_CONF names.

`samba-tool domain provision` through its Python function, with skip_sysvolacl: that needs neither POSIX ACLs nor extended
attributes nor real root, so it works in a user namespace of one user. SMB_CONF is an absolute path and holds realm, workgroup,
netbios name, all directories, [sysvol] and [netlogon].
"""
import logging
import sys

from samba.auth import system_session
from samba.dcerpc import security
from samba.dsdb import DS_DOMAIN_FUNCTION_2008_R2
from samba.param import LoadParm
from samba.provision import provision

DOMAIN_SID = "S-1-5-21-1111111111-2222222222-3333333333"

conf, address, admin_password = sys.argv[1:4]
domain_sid = sys.argv[4] if len(sys.argv) > 4 else DOMAIN_SID
lp = LoadParm()
lp.load(conf)
logging.basicConfig(level=logging.WARNING)
provision(logging.getLogger("provision"), system_session(), smbconf=conf, lp=lp,
          realm=lp.get("realm"), domain=lp.get("workgroup"), hostname=lp.get("netbios name").lower(), hostip=address,
          domainsid=security.dom_sid(domain_sid), adminpass=admin_password, dns_backend="SAMBA_INTERNAL",
          serverrole="active directory domain controller", dom_for_fun_level=DS_DOMAIN_FUNCTION_2008_R2,
          skip_sysvolacl=True, base_schema="2012_R2")
