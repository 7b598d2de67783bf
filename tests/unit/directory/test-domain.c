/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which domain of a forest a DN belongs to.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "directory/directory-domain-private.h"

static const struct {
    const char *dn;
    const char *base;
    gboolean within;
} rows[] = {
    {"DC=contoso,DC=example",               "DC=contoso,DC=example", TRUE },
    {"dc=Contoso,dc=EXAMPLE",               "DC=contoso,DC=example", TRUE },
    {"CN=x,DC=contoso,DC=example",          "DC=contoso,DC=example", TRUE },
    {"CN=x,DC=child,DC=contoso,DC=example", "DC=contoso,DC=example", TRUE },
    {"CN=x\\\\,DC=contoso,DC=example",      "DC=contoso,DC=example", TRUE },
    {"CN=x\\,DC=contoso,DC=example",        "DC=contoso,DC=example", FALSE},
    {"CN=x\\\\\\,DC=contoso,DC=example",    "DC=contoso,DC=example", FALSE},
    {"\\,DC=contoso,DC=example",            "DC=contoso,DC=example", FALSE},
    {"CN=x,XDC=contoso,DC=example",         "DC=contoso,DC=example", FALSE},
    {"DC=example",                          "DC=contoso,DC=example", FALSE},
    {"CN=x,DC=contoso,DC=example,DC=com",   "DC=contoso,DC=example", FALSE},
    {"",                                    "DC=contoso,DC=example", FALSE},
    {"CN=x",                                "",                      FALSE},
};

START_TEST(test_within)
{
    ck_assert_msg(rms_dn_is_within(rows[_i].dn, rows[_i].base) == rows[_i].within,
                  "%s below %s",
                  rows[_i].dn,
                  rows[_i].base);
}
END_TEST

static RmsDomainInfo *new_info(void)
{
    GPtrArray *domains = g_ptr_array_new_with_free_func((GDestroyNotify) rms_domain_names_free);
    g_ptr_array_add(domains,
                    rms_domain_names_new("contoso.example", "CONTOSO", "DC=contoso,DC=example"));
    g_ptr_array_add(
        domains,
        rms_domain_names_new("sales.contoso.example", "SALES", "DC=sales,DC=contoso,DC=example"));
    g_ptr_array_add(domains, rms_domain_names_new("tree.example", "TREE", "DC=tree,DC=example"));
    RmsDomainInfo *info = rms_domain_info_new(g_strdup("dc1.contoso.example"),
                                              g_strdup("contoso.example"),
                                              g_strdup("CONTOSO"),
                                              g_strdup("DC=contoso,DC=example"));
    rms_domain_info_take_domains(info, domains);
    return info;
}

static const struct {
    const char *dn;
    const char *netbios_name;
} names[] = {
    {"CN=x,DC=contoso,DC=example",          "CONTOSO"},
    {"CN=x,DC=sales,DC=contoso,DC=example", "SALES"  },
    {"CN=x,DC=tree,DC=example",             "TREE"   },
    {"CN=x,DC=other,DC=contoso,DC=example", "CONTOSO"},
    {"CN=x,DC=elsewhere",                   "CONTOSO"},
    {"",                                    "CONTOSO"},
};

START_TEST(test_netbios_name)
{
    g_autoptr(RmsDomainInfo) info = new_info();
    ck_assert_str_eq(rms_domain_info_find_netbios(info, names[_i].dn), names[_i].netbios_name);
    ck_assert_str_eq(rms_domain_info_get_search_base(info), "DC=contoso,DC=example");
    info->is_global_catalog = TRUE;
    ck_assert_str_eq(rms_domain_info_get_search_base(info), "");
}
END_TEST

START_TEST(test_alone)
{
    g_autoptr(RmsDomainInfo) info =
        rms_domain_info_new(g_strdup("s"), g_strdup("d"), g_strdup("D"), g_strdup("DC=d"));
    ck_assert_str_eq(rms_domain_info_find_netbios(info, "CN=x,DC=e"), "D");
    ck_assert_str_eq(info->root_dn, "DC=d");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("directory domain");
    TCase *tcase = tcase_create("all");
    tcase_add_loop_test(tcase, test_within, 0, G_N_ELEMENTS(rows));
    tcase_add_loop_test(tcase, test_netbios_name, 0, G_N_ELEMENTS(names));
    tcase_add_test(tcase, test_alone);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
