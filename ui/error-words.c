/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What went wrong, and what to do about it.
 */
#include "config.h"

#include "ui/error-words.h"

#include <gio/gio.h>
#include <glib/gi18n.h>

#include "connector-core/connector.h"
#include "directory/directory.h"
#include "service-client/service-error.h"
#include "ui/console.h"

typedef struct {
    int code;
    const char *title;
    const char *advice;
} Row;

static const Row directory_rows[] = {
    {RMS_DIRECTORY_ERROR_UNREACHABLE,
     N_("No domain controller answers"),
     N_("Check that this computer can reach the domain controller: network, DNS, firewall. Then "
        "try "
        "again.")                                                                             },
    {RMS_DIRECTORY_ERROR_TLS,
     N_("The domain controller’s certificate is not trusted"),
     N_("Name the certification authority of your domain in the console’s configuration, and the "
        "domain controller by its full name. Then start the console again.")                  },
    {RMS_DIRECTORY_ERROR_TICKET,
     N_("You have no Kerberos ticket"),
     N_("Open a terminal, run “kinit” with the name of an account that may read the directory, and "
        "try again.")                                                                         },
    {RMS_DIRECTORY_ERROR_PASSWORD,
     N_("The directory refuses this user name or password"),
     N_("Correct the user name or the password file in the console’s configuration and start the "
        "console again.")                                                                     },
    {RMS_DIRECTORY_ERROR_ACCOUNT,
     N_("The account for the directory cannot be used"),
     N_("It is disabled, expired, locked or has to change its password. Ask a domain "
        "administrator, or "
        "use another account.")                                                               },
    {RMS_DIRECTORY_ERROR_REFUSED,
     N_("The directory refuses the request"),
     N_("Your account may not read this part of the directory, or the server demands another kind "
        "of "
        "connection. Ask a domain administrator.")                                            },
    {RMS_DIRECTORY_ERROR_NAME,
     N_("This cannot be searched for"),
     N_("Type the start of a name, DOMAIN\\name, a user principal name, a mail address, "
        "SERVERNAME$ or "
        "a SID.")                                                                             },
    {RMS_DIRECTORY_ERROR_PROTOCOL,
     N_("The directory’s answer makes no sense"),
     N_("Try again. If it stays so, report the text below to those who maintain the console.")},
};

static const Row service_rows[] = {
    {RMS_SERVICE_ERROR_SETTINGS,
     N_("A setting for the cloud is missing or wrong"),
     N_("Correct the setting named below in the console’s configuration and start the console "
        "again.")                                               },
    {RMS_SERVICE_ERROR_UNREACHABLE,
     N_("The cloud service does not answer"),
     N_("Check that this computer can reach the internet: network, proxy, firewall. Then try "
        "again.")                                               },
    {RMS_SERVICE_ERROR_TLS,
     N_("The cloud service’s certificate is not trusted"),
     N_("Something between here and the cloud may be inspecting TLS, or the clock is wrong. "
        "Nothing "
        "was sent. Ask your network administrator.")            },
    {RMS_SERVICE_ERROR_SIGN_IN,
     N_("Sign in again"),
     N_("The sign-in has ended or was not completed. Sign in again; if your organization asks for "
        "more "
        "than a password, use the browser.")                    },
    {RMS_SERVICE_ERROR_DECLINED,
     N_("The sign-in was declined"),
     N_("You or a policy of your organization declined it. Try again, with the browser if a code "
        "is "
        "not allowed, or ask the administrator of your tenant.")},
    {RMS_SERVICE_ERROR_CONSENT,
     N_("The console is not allowed in your tenant yet"),
     N_("An administrator of the tenant has to register the console’s application or consent to "
        "it.")                                                  },
    {RMS_SERVICE_ERROR_ACCOUNT,
     N_("This account cannot be used"),
     N_("It is a guest, disabled or of another tenant. Sign in with a member account of your own "
        "tenant.")                                              },
    {RMS_SERVICE_ERROR_NO_ROLE,
     N_("Your account has no role here"),
     N_("Sign in with an account that is global administrator of the tenant, or global "
        "administrator or "
        "connector administrator of Rights Management.")        },
    {RMS_SERVICE_ERROR_DISCOVERY,
     N_("Your organization was not found"),
     N_("The attempt to discover the location of the administration service and organization "
        "failed. "
        "Make sure Microsoft Rights Management service is enabled for your organization, and that "
        "onboarding controls let your account protect content.")},
    {RMS_SERVICE_ERROR_THROTTLED,
     N_("The cloud service is busy"),
     N_("Wait a minute and try again.")                         },
    {RMS_SERVICE_ERROR_PROTOCOL,
     N_("The cloud service’s answer makes no sense"),
     N_("Something between here and the cloud may have changed it. Try again; if it stays so, "
        "report "
        "the text below to those who maintain the console.")    },
    {RMS_SERVICE_ERROR_REFUSED,
     N_("The cloud service refuses"),
     N_("Read its reason below. If it says nothing that you can change, ask the administrator of "
        "your "
        "tenant.")                                              },
};

static const Row connector_rows[] = {
    {RMS_CONNECTOR_ERROR_SETTINGS,
     N_("The connector’s settings do not work"),
     N_("Correct what is named below in the console’s configuration and start the console again.")},
    {RMS_CONNECTOR_ERROR_STORE,
     N_("The connector’s data cannot be read or written"),
     N_("Check that its state directory is there, belongs to you and has space. The list in force "
        "has not changed.")                                                                         },
    {RMS_CONNECTOR_ERROR_CONFLICT,
     N_("The list changed meanwhile"),
     N_("Somebody else pushed a newer list. Your changes are kept and now stand on top of it: "
        "review "
        "them once more, then push.")                                                               },
    {RMS_CONNECTOR_ERROR_NOT_RUNNING,
     N_("The connector is not running"),
     N_("Start the console again. If the connector does not start, the reason is shown at the top "
        "of "
        "the window.")                                                                              },
};

static const Row model_rows[] = {
    {RMS_MODEL_ERROR_SYNTAX,
     N_("This is no list of authorized servers"),
     N_("Read the reason below.")                                            },
    {RMS_MODEL_ERROR_RULE,
     N_("The list does not allow this"),
     N_("Read the reason below; choose another role or another account.")    },
    {RMS_MODEL_ERROR_DUPLICATE,
     N_("This account is authorized already"),
     N_("An account stands in the list once. Change its role there instead.")},
    {RMS_MODEL_ERROR_NOT_FOUND,
     N_("This account is not in the list any more"),
     N_("Somebody else removed it meanwhile.")                               },
};

static const Row console_rows[] = {
    {RMS_CONSOLE_ERROR_OBSTACLE,    N_("Pushing is not possible now"), N_("Read the reason below.")},
    {RMS_CONSOLE_ERROR_UNCONFIRMED,
     N_("Nobody confirmed the super users"),
     N_("These changes make accounts super users. Confirm that, then push.")                       },
    {RMS_CONSOLE_ERROR_PUSHING,
     N_("The list is being pushed"),
     N_("Wait until that is done, then try again.")                                                },
};

static const Row *find_row(const GError *error)
{
    const struct {
        GQuark domain;
        const Row *rows;
        gsize n_rows;
    } domains[] = {
        {RMS_DIRECTORY_ERROR, directory_rows, G_N_ELEMENTS(directory_rows)},
        {RMS_SERVICE_ERROR,   service_rows,   G_N_ELEMENTS(service_rows)  },
        {RMS_CONNECTOR_ERROR, connector_rows, G_N_ELEMENTS(connector_rows)},
        {RMS_MODEL_ERROR,     model_rows,     G_N_ELEMENTS(model_rows)    },
        {RMS_CONSOLE_ERROR,   console_rows,   G_N_ELEMENTS(console_rows)  },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(domains); i++)
        for (gsize k = 0; error->domain == domains[i].domain && k < domains[i].n_rows; k++)
            if (domains[i].rows[k].code == error->code)
                return &domains[i].rows[k];
    return NULL;
}

RmsErrorWords rms_error_words(const GError *error)
{
    const Row *row = NULL;

    g_return_val_if_fail(error != NULL, ((RmsErrorWords){"", ""}));

    row = find_row(error);
    if (row != NULL)
        return (RmsErrorWords){_(row->title), _(row->advice)};
    return (RmsErrorWords){
        _("Something went wrong"),
        _("Try again. If it stays so, report the text below to those who maintain "
          "the console.")};
}

gboolean rms_error_words_worth_showing(const GError *error)
{
    return error != NULL && !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}
