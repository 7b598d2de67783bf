/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How libldap's types are freed, defined once for this room.
 */
#pragma once

#include <glib.h>
#include <ldap.h>

G_BEGIN_DECLS

typedef struct berval **RmsBervals;

static inline void rms_ber_element_free(BerElement *element)
{
    ber_free(element, 0);
}

static inline void rms_ldap_message_free(LDAPMessage *message)
{
    ldap_msgfree(message);
}

G_DEFINE_AUTO_CLEANUP_FREE_FUNC(LDAPDN, ldap_dnfree, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(RmsBervals, ldap_value_free_len, NULL)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BerElement, rms_ber_element_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LDAPControl, ldap_control_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LDAPMessage, rms_ldap_message_free)

G_END_DECLS
