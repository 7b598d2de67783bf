#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""keytabs.py SMB_CONF DIRECTORY FILE=PRINCIPAL[,PRINCIPAL…]…: writes DIRECTORY/FILE.keytab from the domain's database."""
import os
import sys

from samba.credentials import Credentials
from samba.net import Net
from samba.param import LoadParm
import samba.dckeytab  # gives Net its export_keytab  # noqa: F401

conf, directory, *wanted = sys.argv[1:]
lp = LoadParm()
lp.load(conf)
os.umask(0o077)
os.makedirs(directory, exist_ok=True)
net = Net(Credentials(), lp)
for item in wanted:
    name, _, principals = item.partition("=")
    path = os.path.join(directory, name + ".keytab")
    for principal in principals.split(","):
        before = os.path.getsize(path) if os.path.exists(path) else 0
        net.export_keytab(keytab=path, principal=principal)
        if not os.path.exists(path) or os.path.getsize(path) == before:
            sys.exit("no key of %s for %s" % (principal, path))
