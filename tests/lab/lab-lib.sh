# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# What the lab is made of: names, addresses, and the files that are written into LAB_HOME. Sourced by lab and lab-init;
# runs nothing by itself. Starting and stopping is in lab, what runs inside the namespaces in lab-init.

LAB_SRC=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
LAB_CHECKOUT=$(cd "$LAB_SRC/../.." && pwd)

LAB_REALM=CONTOSO.EXAMPLE
LAB_DNS=contoso.example
LAB_BASE=DC=contoso,DC=example
LAB_PASSWORD=Passw0rd.Test
LAB_ADMIN_PASSWORD=Passw0rd.Admin

DC_ADDRESS=127.0.0.2 # not 127.0.0.1: provisioning drops exactly that address from DNS
DC2_ADDRESS=127.0.0.6
SALES_ADDRESS=127.0.0.7
FABRIKAM_ADDRESS=127.0.0.3
TENANT_ADDRESS=127.0.0.5
TENANT_CONTROL_PORT=8444
CONNECTOR_ADDRESS=127.0.0.10

RMS_ID=7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d10

# Keytabs of the domain: file=principal[,principal…]
# shellcheck disable=SC2034 # used by lab
LAB_KEYTAB_LIST=(
    'exch01=EXCH01$' 'exch02=EXCH02$' 'exch03=EXCH03$' 'oldsrv01=OLDSRV01$' 'outsider01=OUTSIDER01$'
    'sharepoint01=SHAREPOINT01$' 'sharepoint02=SHAREPOINT02$'
    'filesrv01=FILESRV01$' 'filesrv02=FILESRV02$' 'filesrv03=FILESRV03$' 'filesrv04=FILESRV04$'
    'svc-spfarm=svc-spfarm' 'svc-spapppool=svc-spapppool' 'svc-rmsldap=svc-rmsldap'
    'rmsadmin=rmsadmin' 'aanderson=aanderson' "dc1=ldap/dc1.$LAB_DNS"
    "connector=HTTP/rmsconnector.$LAB_DNS,HTTP/rmsconnector"
)

PATH=$PATH:/usr/sbin:/sbin

say() { printf 'lab: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# Where this checkout's lab lives unless LAB_HOME says otherwise. Short: paths of Unix sockets end at 108 bytes.
default_home() {
    printf '%s/rms-lab-%s' "${XDG_RUNTIME_DIR:-/tmp}" "$(printf '%s %s' "$LAB_CHECKOUT" "$(id -u)" | sha256sum | cut -c1-10)"
}

# What LAB_FOREST adds: folder of LAB_HOME, NetBIOS name, address, realm, workgroup, certificate
# shellcheck disable=SC2034 # used by lab and lab-init
LAB_CONTROLLERS=(
    "dc2 DC2 $DC2_ADDRESS $LAB_REALM CONTOSO dc2"
    "sales DC1 $SALES_ADDRESS SALES.$LAB_REALM SALES sales"
    "fabrikam-dc DC1 $FABRIKAM_ADDRESS FABRIKAM.EXAMPLE FABRIKAM fabrikam"
)

# write_smb_conf FILE FOLDER NETBIOS-NAME ADDRESS REALM WORKGROUP CERTIFICATE
write_smb_conf() {
    local d=$LAB_HOME/$2
    mkdir -p "$d"/{private,state,cache,lock,run,log,ncalrpc,winbindd,ntp_signd}
    cat >"$1" <<CONF
[global]
	netbios name = $3
	realm = $5
	workgroup = $6
	server role = active directory domain controller
	bind interfaces only = yes
	interfaces = $4/8
	disable netbios = yes
	server services = ldap, cldap, kdc, rpc, dns
	dcerpc endpoint servers = epmapper, wkssvc, samr, netlogon, lsarpc, drsuapi, dssetup, dnsserver
	prefork children = 2
	private dir = $d/private
	state directory = $d/state
	cache directory = $d/cache
	lock directory = $d/lock
	pid directory = $d/run
	ncalrpc dir = $d/ncalrpc
	binddns dir = $d/bind-dns
	winbindd socket directory = $d/winbindd
	ntp signd socket directory = $d/ntp_signd
	usershare path =
	log file = $d/log/log.%m
	logging = file
	log level = 1
	tls cafile = $LAB_HOME/pki/ca.pem
	tls certfile = $LAB_HOME/pki/$7.pem
	tls keyfile = $LAB_HOME/pki/$7.key
	ldap server require strong auth = allow_sasl_over_tls
	load printers = no
	printcap name = /dev/null
	disable spoolss = yes
[sysvol]
	path = $d/state/sysvol
	read only = no
[netlogon]
	path = $d/state/sysvol/${5,,}/scripts
	read only = no
CONF
}

# write_krb5_conf FILE REALM-OF-THE-CONNECTOR: the realm that a client asks for the connector's ticket
write_krb5_conf() {
    cat >"$1" <<CONF
[libdefaults]
	default_realm = $2
	dns_lookup_realm = false
	dns_lookup_kdc = false
	dns_canonicalize_hostname = false
	rdns = false
	udp_preference_limit = 1
	kdc_timesync = 0
	default_ccache_name = FILE:$LAB_HOME/cc/default
[realms]
	$LAB_REALM = {
		kdc = $DC_ADDRESS:88
$([ -z "${LAB_FOREST-}" ] || printf '\t\tkdc = %s:88' "$DC2_ADDRESS")
		kpasswd_server = $DC_ADDRESS:464
	}
	FABRIKAM.EXAMPLE = {
		kdc = $FABRIKAM_ADDRESS:88
	}
[domain_realm]
	rmsconnector.$LAB_DNS = $2
	.$LAB_DNS = $LAB_REALM
	$LAB_DNS = $LAB_REALM
	.fabrikam.example = FABRIKAM.EXAMPLE
CONF
}

write_names() {
    local i
    {
        printf '127.0.0.1 localhost\n::1 localhost\n'
        printf '%s dc1.%s dc1 %s\n' "$DC_ADDRESS" "$LAB_DNS" "$LAB_DNS"
        printf '%s kdc.fabrikam.example dc1.fabrikam.example\n' "$FABRIKAM_ADDRESS"
        printf '%s dc2.%s\n%s dc1.sales.%s\n' "$DC2_ADDRESS" "$LAB_DNS" "$SALES_ADDRESS" "$LAB_DNS"
        printf '%s login.tenant.example discover.tenant.example admin.tenant.example %s.rms.tenant.example\n' "$TENANT_ADDRESS" "$RMS_ID"
        printf '%s rmsconnector.%s rmsconnector\n' "$CONNECTOR_ADDRESS" "$LAB_DNS"
        for i in 1 2 3; do printf '127.0.1.%d exch0%d.%s exch0%d\n' $i $i "$LAB_DNS" $i; done
        for i in 1 2; do printf '127.0.1.1%d sharepoint0%d.%s sharepoint0%d\n' $i $i "$LAB_DNS" $i; done
        for i in 1 2 3 4; do printf '127.0.1.2%d filesrv0%d.%s filesrv0%d\n' $i $i "$LAB_DNS" $i; done
        printf '127.0.1.98 oldsrv01.%s oldsrv01\n127.0.1.99 outsider01.%s outsider01\n' "$LAB_DNS" "$LAB_DNS"
    } >"$LAB_HOME/hosts"
    printf 'nameserver %s\nsearch %s\n' "$DC_ADDRESS" "$LAB_DNS" >"$LAB_HOME/resolv.conf"
}

# The tenant simulator's configuration, as tests/lab/tenant-simulator/README.md describes it.
write_tenant_config() {
    mkdir -p "$LAB_HOME/tenant"
    cat >"$LAB_HOME/tenant.json" <<CONF
{
  "listen": {"address": "$TENANT_ADDRESS", "port": 443, "certificate": "pki/cloud.pem", "key": "pki/cloud.key"},
  "control": {"address": "$TENANT_ADDRESS", "port": $TENANT_CONTROL_PORT},
  "hosts": {"authority": "login.tenant.example", "discovery": "discover.tenant.example", "admin": "admin.tenant.example",
            "rms": "$RMS_ID.rms.tenant.example"},
  "tenant": {"id": "1c6dd8b2-3f0a-4d0e-8b0f-5d1f6a1e7c11", "rms_id": "$RMS_ID",
             "domain": "$LAB_DNS", "organization": "Contoso"},
  "state_directory": "tenant", "request_log": "tenant/requests.jsonl",
  "applications": [
    {"client_id": "8f3c1f0e-6f0b-4c41-9a53-0c0e5f6a9b10", "name": "RMS connector console",
     "redirect_uris": ["http://localhost", "http://127.0.0.1"]},
    {"client_id": "5b2f9a64-0e7d-4f6e-a1b7-2d4c8f1e3a77", "name": "RMS connector",
     "certificate": "pki/connector-app.pem", "roles": ["RMS.Connector"]}],
  "users": [
    {"upn": "global.admin@$LAB_DNS", "name": "Global Admin", "password": "Passw0rd.Cloud", "directory_roles": ["GlobalAdministrator"]},
    {"upn": "aip.admin@$LAB_DNS", "name": "AIP Admin", "password": "Passw0rd.Cloud", "directory_roles": ["InformationProtectionAdministrator"]},
    {"upn": "compliance.admin@$LAB_DNS", "name": "Compliance Admin", "password": "Passw0rd.Cloud", "directory_roles": ["ComplianceAdministrator"]},
    {"upn": "compliance.data@$LAB_DNS", "name": "Compliance Data Admin", "password": "Passw0rd.Cloud", "directory_roles": ["ComplianceDataAdministrator"]},
    {"upn": "rms.admin@$LAB_DNS", "name": "RMS Admin", "password": "Passw0rd.Cloud", "service_roles": ["GlobalAdministrator"]},
    {"upn": "connector.admin@$LAB_DNS", "name": "Connector Admin", "password": "Passw0rd.Cloud", "service_roles": ["ConnectorAdministrator"]},
    {"upn": "plain.user@$LAB_DNS", "name": "Plain User", "password": "Passw0rd.Cloud"},
    {"upn": "guest@$LAB_DNS", "name": "Guest", "password": "Passw0rd.Cloud", "guest": true}],
  "service": {"super_user_state": 0}
}
CONF
}

# What a command inside the lab finds in its environment. The replay cache is a file of the lab's own: the default one is
# named after a user id, which in a user namespace is somebody else's.
write_env() {
    local -a v=(
        LAB_HOME="$LAB_HOME" LAB_REALM="$LAB_REALM" LAB_DNS="$LAB_DNS" LAB_BASE="$LAB_BASE" LAB_DC="dc1.$LAB_DNS"
        LAB_KEYTABS="$LAB_HOME/keytabs" LAB_PKI="$LAB_HOME/pki"
        LAB_DOMAIN_CA="$LAB_HOME/pki/ca.pem" LAB_CLOUD_CA="$LAB_HOME/pki/cloud-ca.pem"
        LAB_READER="svc-rmsldap@$LAB_DNS" LAB_PASSWORD="$LAB_PASSWORD"
        LAB_ADMIN="administrator@$LAB_DNS" LAB_ADMIN_PASSWORD="$LAB_ADMIN_PASSWORD"
        KRB5_CONFIG="$LAB_HOME/krb5.conf" KRB5CCNAME="FILE:$LAB_HOME/cc/default" KRB5RCACHENAME="file2:$LAB_HOME/rcache"
        LDAPTLS_CACERT="$LAB_HOME/pki/ca.pem" LDAPTLS_REQCERT=hard LDAPSASL_NOCANON=on
    )
    if [ -n "${LAB_TENANT_SIMULATOR-}" ]; then
        v+=(LAB_TENANT_CONTROL="http://$TENANT_ADDRESS:$TENANT_CONTROL_PORT")
    fi
    if [ -n "${LAB_FOREST-}" ]; then
        v+=(LAB_FOREST=1 LAB_DC2="dc2.$LAB_DNS" LAB_SALES="sales.$LAB_DNS" LAB_FABRIKAM_DC=dc1.fabrikam.example
            LAB_FABRIKAM_READER=reader@fabrikam.example LAB_FABRIKAM_CA="$LAB_HOME/pki/fabrikam-ca.pem")
    fi
    printf 'export %q\n' "${v[@]}" >"$LAB_HOME/env.sh"
}

write_files() {
    local controller
    mkdir -p "$LAB_HOME/cc"
    write_smb_conf "$LAB_HOME/smb.conf" dc DC1 "$DC_ADDRESS" "$LAB_REALM" CONTOSO dc
    if [ -n "${LAB_FOREST-}" ]; then
        for controller in "${LAB_CONTROLLERS[@]}"; do
            # shellcheck disable=SC2086 # its fields
            write_smb_conf "$LAB_HOME/smb-${controller%% *}.conf" $controller
        done
    fi
    write_krb5_conf "$LAB_HOME/krb5.conf" $LAB_REALM
    write_names
    write_env
    [ -z "${LAB_TENANT_SIMULATOR-}" ] || write_tenant_config
}
