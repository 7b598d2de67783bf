#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# checks.sh: what the other tests take for granted about the lab. Run as: lab with checks.sh
# Where the domain controller differs from Windows, the difference is asserted too, so that nobody trusts a green test too far.
set -uo pipefail
: "${LAB_HOME:?run this by tests/lab/lab with}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
checks=0
failed=0
out=
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export KRB5CCNAME=FILE:$work/cc

ldaps=ldaps://$LAB_DC ldap=ldap://$LAB_DC
search() { timeout 30 ldapsearch -LLL -o ldif-wrap=no -x -H "$ldaps" -D "$LAB_READER" -w "$LAB_PASSWORD" "$@" 2>&1 </dev/null; }

# that NAME COMMAND…: the check NAME holds if COMMAND succeeds
that() {
    local name=$1
    shift
    checks=$((checks + 1))
    if "$@" >"$work/said" 2>&1; then
        printf 'ok   %s\n' "$name"
    else
        failed=$((failed + 1))
        printf 'FAIL %s\n' "$name"
        { printf '%s\n' "$out"; cat "$work/said"; } | head -n 12 | sed 's/^/       /'
    fi
}
says() { grep -qE -- "$1" <<<"$out"; }
says_not() { ! says "$1"; }
lines() { [ "$(grep -cE -- "$2" <<<"$out")" = "$1" ]; }
entries() { lines "$1" '^dn:'; }
same() { [ "$1" = "$2" ]; }
fails() { ! "$@"; }

sid_of() {
    /usr/bin/python3 - "$here" "$1" <<'PY'
import sys
sys.path.insert(0, sys.argv[1])
from labtools import directory_object
print(directory_object(sys.argv[2])["sid"])
PY
}
# The SIDs of an account's tokenGroups, one a line
token_groups() {
    search -s base -b "$1" '(objectClass=*)' tokenGroups | /usr/bin/python3 -c '
import base64, sys
for line in sys.stdin:
    if line.startswith("tokenGroups:: "):
        b = base64.b64decode(line.split()[1])
        print("S-%d-%d-" % (b[0], b[7]) + "-".join(str(int.from_bytes(b[i:i + 4], "little")) for i in range(8, len(b), 4)))'
}

# --- the directory
exchange="CN=Exchange Servers,OU=Microsoft Exchange Security Groups,$LAB_BASE"
exch01=CN=EXCH01,OU=Exchange,OU=Servers,$LAB_BASE
exch03=CN=EXCH03,OU=Exchange,OU=Servers,$LAB_BASE

out=$(search -s base -b '' supportedCapabilities)
that "the root DSE says Active Directory" says '1\.2\.840\.113556\.1\.4\.800$'
out=$(ldapsearch -LLL -x -H "$ldaps" -b "$LAB_BASE" '(cn=x)' 2>&1)
that "anonymous search is refused" says 'Operations error'
out=$(ldapsearch -LLL -x -H "$ldap" -D "$LAB_READER" -w "$LAB_PASSWORD" -b "$LAB_BASE" 2>&1)
that "simple bind without TLS is refused" says 'Strong'
out=$(ldapsearch -LLL -x -ZZ -H "$ldap" -D "$LAB_READER" -w "$LAB_PASSWORD" -s base -b "$LAB_BASE" 1.1 2>&1)
that "StartTLS works" entries 1
out=$(LDAPTLS_CACERT=$LAB_CLOUD_CA ldapsearch -x -H "$ldaps" -s base -b '' 2>&1)
that "the cloud's CA does not vouch for the domain controller" says 'contact LDAP server'
out=$(ldapsearch -x -H "$ldaps" -D "$LAB_READER" -w wrong -b "$LAB_BASE" 2>&1)
that "a wrong password is 49, data 52e" says 'data 52e'
for account in x-expired:701 x-mustchange:773 svc-disabled:533; do
    out=$(ldapsearch -x -H "$ldaps" -D "${account%:*}@$LAB_DNS" -w "$LAB_PASSWORD" -b "$LAB_BASE" 2>&1)
    that "${account%:*} is refused with data ${account#*:}" says "data ${account#*:}"
done
out=$(search -b "$LAB_BASE" '(anr=EXCH01$)')
that "anr finds a computer by its \$ name" entries 1
out=$(search -b "OU=Groups,$LAB_BASE" '(&(objectCategory=group)(!(groupType:1.2.840.113556.1.4.803:=2147483648)))' 1.1)
that "five distribution groups" entries 5
out=$(search -b "$LAB_BASE" '(objectClass=msDS-GroupManagedServiceAccount)' objectClass)
that "a gMSA is a computer too" lines 2 'objectClass: computer'
out=$(search -s base -b "CN=OLDSRV01,OU=Servers,$LAB_BASE" userAccountControl memberOf)
that "OLDSRV01 is disabled" says 'userAccountControl: 4098'
that "OLDSRV01 is an Exchange server all the same" says "memberOf: $exchange"
out=$(search -s base -b "CN=OUTSIDER01,OU=Servers,$LAB_BASE" memberOf)
that "OUTSIDER01 is in no group" says_not '^memberOf'
out=$(search -b "$LAB_BASE" '(servicePrincipalName=HTTP/rmsconnector.contoso.example)' sAMAccountName)
that "exactly svc-rmsconn owns the connector's SPN" lines 1 '^sAMAccountName: svc-rmsconn$'
out=$(search -b "$LAB_BASE" '(memberOf:1.2.840.113556.1.4.1941:='"$exchange"')' 1.1)
that "four computers and two groups below Exchange Servers" entries 6

# --- nesting
out=$(token_groups "$exch01")
that "EXCH01's token has Exchange Servers" says "^$(sid_of 'Exchange Servers')$"
out=$(search -s base -b "$exch03" memberOf)
that "EXCH03 is a direct member of one group only" lines 1 '^memberOf'
that "and that is not Exchange Servers" says_not "$exchange"
out=$(token_groups "$exch03")
for name in 'Exchange Site Berlin' 'Exchange Install Domain Servers' 'Exchange Servers'; do
    that "EXCH03's token has $name" says "^$(sid_of "$name")$"
done
out=$(token_groups "CN=SHAREPOINT02,OU=SharePoint,OU=Servers,$LAB_BASE")
that "no distribution group in SHAREPOINT02's token" says_not "^$(sid_of 'Scan Servers DL')$"

# --- names that break careless code
odd='OU=Odd\, \+ \"Names\" \; \<x\>,'$LAB_BASE
out=$(search -b "$odd" '(objectCategory=group)' member)
that "groups of odd names hold servers" lines 2 '^member: CN=FILESRV0'
out=$(search -b "$odd" '(cn=\20# Spaced out\20)' dn)
that "a group name begins and ends with a space" says '^dn: CN=\\ \\# Spaced out\\ ,'
out=$(search -b "$odd" '(|(cn=Servers of the Subsidiary*)(cn=Wolfe*))' cn)
that "names of 64 characters" lines 2 '^cn: .{64}$'
out=$(search -b "$LAB_BASE" '(description=*(*)' 1.1)
that "an unescaped filter is refused" says 'Bad search filter'

# --- Kerberos
for keytab in "$LAB_KEYTABS"/*.keytab; do
    name=$(basename "$keytab" .keytab)
    principal=$(klist -k "$keytab" | awk 'NR > 3 { sub(/@.*/, "", $2); print $2; exit }')
    case $name in
    # Keys of service names, which nobody signs in as.
    connector | dc1) continue ;;
    oldsrv01)
        out=$(kinit -kt "$keytab" "$principal" 2>&1)
        that "no ticket for the disabled $principal" says 'revoked'
        ;;
    *) that "a ticket for $principal from $name.keytab" kinit -kt "$keytab" "$principal" ;;
    esac
done
kinit -kt "$LAB_KEYTABS/exch01.keytab" 'EXCH01$'
for host in rmsconnector.contoso.example rmsconnector; do
    that "a service ticket for HTTP/$host" kvno -q "HTTP/$host@$LAB_REALM"
    that "that the connector's keytab opens" kvno -q -k "$LAB_KEYTABS/connector.keytab" "HTTP/$host@$LAB_REALM"
done
out=$(klist -e)
that "all three tickets are AES256" lines 3 'Etype.*: aes256[^ ]*, aes256'
out=$(klist -k -e "$LAB_KEYTABS/connector.keytab")
that "the connector's keytab has AES keys only" says_not 'arcfour|des'
for mechanism in GSSAPI GSS-SPNEGO; do
    out=$(ldapsearch -Q -Y $mechanism -LLL -H "$ldap" -s base -b "$LAB_BASE" 1.1 2>&1)
    that "$mechanism with signing and sealing" entries 1
    out=$(ldapsearch -Q -Y $mechanism -O maxssf=0 -LLL -H "$ldap" -s base -b "$LAB_BASE" 1.1 2>&1)
    that "$mechanism without is refused" says 'Strong'
    out=$(ldapsearch -Q -Y $mechanism -O maxssf=0 -LLL -H "$ldaps" -s base -b "$LAB_BASE" 1.1 2>&1)
    that "$mechanism inside TLS" entries 1
done
out=$(host -t SRV "_ldap._tcp.dc._msdcs.$LAB_DNS")
that "DNS names the domain controller" says "389 $LAB_DC"

# --- certificates
verify() { openssl verify -CAfile "$1" -purpose sslserver -verify_hostname "$2" "$3"; }
connector=rmsconnector.contoso.example
rms=7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d10.rms.tenant.example
that "the connector's certificate" verify "$LAB_DOMAIN_CA" $connector "$LAB_PKI/connector.pem"
for name in login.tenant.example discover.tenant.example admin.tenant.example $rms; do
    that "the cloud's certificate is for $name" verify "$LAB_CLOUD_CA" "$name" "$LAB_PKI/cloud.pem"
done
for name in expired wrong-name unknown-ca; do
    that "bad/$name is bad" fails verify "$LAB_DOMAIN_CA" $connector "$LAB_PKI/bad/$name.pem"
    that "bad/cloud-$name is bad" fails verify "$LAB_CLOUD_CA" $rms "$LAB_PKI/bad/cloud-$name.pem"
done
that "the domain's CA does not vouch for the cloud" fails verify "$LAB_DOMAIN_CA" $rms "$LAB_PKI/cloud.pem"
for name in connector connector-app cloud bad/expired; do
    that "$name: key and certificate belong together" \
        same "$(openssl pkey -in "$LAB_PKI/$name.key" -pubout)" "$(openssl x509 -in "$LAB_PKI/$name.pem" -noout -pubkey)"
done
out=$(find "$LAB_PKI" "$LAB_KEYTABS" -type f ! -name '*.pem' -perm /077)
that "keys and keytabs are their owner's" same "$out" ''

# --- another realm
that "FABRIKAM.EXAMPLE starts" "$here/fabrikam-up"
token=$("$here/fabrikam-token")
that "and gives a ticket for a service of the connector's name" test "${#token}" -gt 200
opens() {
    KRB5_CONFIG=$LAB_HOME/fabrikam/krb5.conf kvno -k "$1" -c "FILE:$LAB_HOME/fabrikam/cc" "HTTP/$connector@FABRIKAM.EXAMPLE" 2>&1
}
that "which that service's keytab opens" opens "$LAB_HOME/fabrikam/service.keytab"
out=$(opens "$LAB_KEYTABS/connector.keytab")
that "and the connector's does not" says 'keytab entry invalid'

# --- the tenant, when it runs
if [ -n "${LAB_TENANT_CONTROL-}" ]; then
    cloud() { curl -sS --max-time 30 --cacert "$LAB_CLOUD_CA" "$@" 2>&1; }
    devicecode=https://login.tenant.example/$LAB_DNS/oauth2/v2.0/devicecode
    token=https://login.tenant.example/$LAB_DNS/oauth2/v2.0/token
    client=client_id=8f3c1f0e-6f0b-4c41-9a53-0c0e5f6a9b10
    sign_in() { cloud -d $client -d grant_type=urn:ietf:params:oauth:grant-type:device_code -d "device_code=$1" "$token"; }
    member() { sed -n 's/.*"'"$1"'": *"\([^"]*\)".*/\1/p' <<<"$out"; }

    out=$(cloud "https://login.tenant.example/$LAB_DNS/v2.0/.well-known/openid-configuration")
    that "the authority introduces itself" says '"issuer": *"https://login\.tenant\.example/'
    for user in connector.admin:approve:access_token plain.user:decline:authorization_declined; do
        IFS=: read -r name action answer <<<"$user"
        out=$(cloud -d $client --data-urlencode scope=https://api.aadrm.com//.default "$devicecode")
        that "$name can be asked for a code" says '"user_code"'
        code=$(member device_code)
        that "and $action" "$here/approve-code" "$(member user_code)" "$name@$LAB_DNS" "$action"
        out=$(sign_in "$code")
        that "which gives $answer" says "$answer"
    done
    out=$(cloud -X POST -w '%{http_code}' https://$rms/_wmcs/certification/server.asmx)
    that "the RMS host wants the connector's token" says '401$'
    out=$(curl -sS "$LAB_TENANT_CONTROL/requests")
    that "and all that is on record" says '"devicecode"'
    that "no user's password in it" says_not 'Passw0rd'
    out=$(LAB_CLOUD_CA=$LAB_DOMAIN_CA cloud https://login.tenant.example/)
    that "the tenant is of another authority than the domain" says 'SSL certificate problem'
fi

# --- where this domain controller is not Windows
out=$(search -b "$LAB_BASE" '(anr=zoe)')
that "NOT like Windows: anr minds accents" entries 0
out=$(search -z 2 -b "OU=Servers,$LAB_BASE" '(objectClass=computer)' 1.1)
that "NOT like Windows: the client's size limit is ignored" entries 12

echo "$checks checks, $failed failed"
[ "$failed" = 0 ]
