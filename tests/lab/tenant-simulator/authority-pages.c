/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The authority's pages for people. No scripts; they work in any browser and with forms posted by
 * hand.
 */
#include "config.h"

#include "tests/lab/tenant-simulator/authority-private.h"

static const char style[] =
    "body{font:16px/1.5 sans-serif;margin:0;background:#f3f4f6;color:#1f2328}"
    "main{max-width:24rem;margin:3rem auto;padding:2rem;background:#fff;border-radius:8px;"
    "border:1px solid #d0d4da}"
    "h1{font-size:1.4rem;margin:0 0 .25rem}p{margin:.25rem 0 1rem}"
    "label{display:block;margin:1rem 0 .25rem}"
    "input{width:100%;box-sizing:border-box;padding:.5rem;font:inherit;border:1px solid #6b7280;"
    "border-radius:4px}"
    "button{margin:1.5rem .5rem 0 0;padding:.5rem 1.25rem;font:inherit;border-radius:4px;"
    "border:1px solid #1a5fb4;background:#fff;color:#1a5fb4}"
    "button.main{background:#1a5fb4;color:#fff}"
    ".problem{padding:.5rem .75rem;border-left:4px solid #a51d2d;background:#fbeaec}";

static char *dup_page(const RmsSimConfig *config, const char *title, const char *content)
{
    g_autofree char *head = g_markup_printf_escaped(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width\"><title>%s – %s</title>",
        title,
        config->organization);
    g_autofree char *heading = g_markup_printf_escaped("<h1>%s</h1>", title);
    return g_strconcat(head,
                       "<style>",
                       style,
                       "</style></head>\n<body><main>",
                       heading,
                       "\n",
                       content,
                       "</main></body></html>\n",
                       NULL);
}

static char *dup_problem(const char *problem)
{
    return problem == NULL
               ? g_strdup("")
               : g_markup_printf_escaped("<p class=\"problem\" role=\"alert\">%s</p>\n", problem);
}

/* User name and password, the same on both forms. */
static char *dup_credentials(const char *user_name)
{
    return g_markup_printf_escaped(
        "<label for=\"username\">User name</label>\n"
        "<input id=\"username\" name=\"username\" type=\"text\" autocomplete=\"username\" "
        "required value=\"%s\">\n"
        "<label for=\"password\">Password</label>\n"
        "<input id=\"password\" name=\"password\" type=\"password\" "
        "autocomplete=\"current-password\">\n",
        user_name == NULL ? "" : user_name);
}

char *rms_sim_page_device(const RmsSimConfig *config,
                          const char *user_code,
                          const char *user_name,
                          const char *problem)
{
    g_autofree char *alert = dup_problem(problem);
    g_autofree char *credentials = dup_credentials(user_name);
    g_autofree char *code = g_markup_printf_escaped(
        "<label for=\"user_code\">Code</label>\n"
        "<input id=\"user_code\" name=\"user_code\" type=\"text\" autocomplete=\"one-time-code\" "
        "required value=\"%s\">\n",
        user_code == NULL ? "" : user_code);
    g_autofree char *content =
        g_strconcat("<p>Enter the code that your device or app shows.</p>\n",
                    alert,
                    "<form method=\"post\" action=\"/device\">\n",
                    code,
                    credentials,
                    "<button class=\"main\" name=\"action\" value=\"approve\">Approve</button>\n"
                    "<button name=\"action\" value=\"decline\">Decline</button>\n</form>\n",
                    NULL);
    return dup_page(config, "Sign in to a device", content);
}

char *rms_sim_page_sign_in(const RmsSimConfig *config,
                           const char *application,
                           const char *user_name,
                           const char *problem)
{
    g_autofree char *alert = dup_problem(problem);
    g_autofree char *credentials = dup_credentials(user_name);
    g_autofree char *who = g_markup_printf_escaped("<p>to continue to %s</p>\n", application);
    g_autofree char *content =
        g_strconcat(who,
                    alert,
                    "<form method=\"post\">\n",
                    credentials,
                    "<button class=\"main\" name=\"action\" value=\"sign-in\">Sign in</button>\n"
                    "<button name=\"action\" value=\"cancel\">Cancel</button>\n</form>\n",
                    NULL);
    return dup_page(config, "Sign in", content);
}

char *rms_sim_page_message(const RmsSimConfig *config, const char *title, const char *text)
{
    g_autofree char *content = g_markup_printf_escaped("<p role=\"status\">%s</p>\n", text);
    return dup_page(config, title, content);
}
