/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rms-tenant-simulator: command line, wiring, and the end.
 */
#include "config.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <libxml/parser.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/lab/tenant-simulator/control.h"
#include "tests/lab/tenant-simulator/json.h"
#include "tests/lab/tenant-simulator/server.h"

#define STATUS_USAGE 2

#ifdef __SANITIZE_ADDRESS__
const char *__asan_default_options(void);
/* The leak checker misreads thread-local storage of modules that were loaded later – GIO's TLS
 * module, in GTask's threads – and dies of it. Without this interceptor it leaves it alone. */
const char *__asan_default_options(void)
{
    return "intercept_tls_get_addr=0";
}
#endif

static void free_tenant(RmsSimTenant *tenant)
{
    if (tenant == NULL)
        return;
    rms_sim_hierarchy_free(tenant->hierarchy);
    rms_sim_grants_free(tenant->grants);
    rms_sim_tokens_free(tenant->tokens);
    rms_sim_service_state_free(tenant->state);
    rms_sim_users_free(tenant->users);
    rms_sim_config_free(tenant->config);
    g_free(tenant);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsSimTenant, free_tenant)

static RmsSimTenant *new_tenant(const char *path, GError **error)
{
    g_autoptr(RmsSimTenant) tenant = g_new0(RmsSimTenant, 1);
    tenant->config = rms_sim_config_load(path, error);
    if (tenant->config == NULL)
        return NULL;
    const RmsSimConfig *config = tenant->config;
    if (config->state_directory != NULL &&
        g_mkdir_with_parents(config->state_directory, 0700) != 0) {
        g_set_error(error,
                    RMS_SIM_ERROR,
                    RMS_SIM_ERROR_FAILED,
                    "%s: %s",
                    config->state_directory,
                    g_strerror(errno));
        return NULL;
    }
    tenant->users = rms_sim_users_new(config->users_part,
                                      config->groups_part,
                                      config->applications_part,
                                      config->directory,
                                      error);
    if (tenant->users == NULL)
        return NULL;
    tenant->state = rms_sim_service_state_new(config->service_part, error);
    if (tenant->state == NULL)
        return NULL;
    tenant->tokens = rms_sim_tokens_new(config, error);
    if (tenant->tokens == NULL)
        return NULL;
    tenant->grants = rms_sim_grants_new();
    return g_steal_pointer(&tenant);
}

static gboolean on_signal(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_CONTINUE;
}

/* One line, so that whoever started us can go on. */
static gboolean write_ready(int fd, guint port, guint control_port, GError **error)
{
    g_autofree char *line =
        g_strdup_printf("{\"port\": %u, \"control_port\": %u}\n", port, control_port);
    if (write(fd, line, strlen(line)) != (gssize) strlen(line)) {
        g_set_error(error,
                    RMS_SIM_ERROR,
                    RMS_SIM_ERROR_FAILED,
                    "cannot write to file descriptor %d: %s",
                    fd,
                    g_strerror(errno));
        return FALSE;
    }
    if (fd > STDERR_FILENO)
        close(fd);
    return TRUE;
}

static gboolean run(const char *path, int ready_fd, GError **error)
{
    g_autoptr(RmsSimTenant) tenant = new_tenant(path, error);
    if (tenant == NULL)
        return FALSE;
    RmsSimConfig *config = tenant->config;
    g_autoptr(RmsSimRequestLog) log =
        rms_sim_request_log_new(config->request_log, (guint) config->request_log_size, error);
    if (log == NULL)
        return FALSE;
    g_autoptr(RmsSimFaults) faults = rms_sim_faults_new();
    guint port = 0;
    guint control_port = 0;
    g_autoptr(RmsSimServer) server = rms_sim_server_new(tenant, faults, log, &port, error);
    if (server == NULL)
        return FALSE;
    if (config->public_port == 0)
        config->public_port = port;
    /* Its certificates name the tenant's address, port included; nothing is served before the loop
     * runs. */
    tenant->hierarchy = rms_sim_hierarchy_new(config, error);
    if (tenant->hierarchy == NULL)
        return FALSE;
    g_autoptr(RmsSimControl) control = NULL;
    if (config->control.address != NULL) {
        control = rms_sim_control_new(tenant, faults, log, &control_port, error);
        if (control == NULL)
            return FALSE;
    }

    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    guint terminated = g_unix_signal_add(SIGTERM, on_signal, loop);
    guint interrupted = g_unix_signal_add(SIGINT, on_signal, loop);
    gboolean ready = write_ready(ready_fd, port, control_port, error);
    if (ready)
        g_main_loop_run(loop);
    g_source_remove(terminated);
    g_source_remove(interrupted);
    return ready;
}

int main(int argc, char **argv)
{
    g_autofree char *path = NULL;
    int ready_fd = STDOUT_FILENO;
    const GOptionEntry options[] = {
        {"config", 'c', 0, G_OPTION_ARG_FILENAME, &path, "Configuration (README.md)", "FILE"},
        {"ready-fd",       0, 0, G_OPTION_ARG_INT, &ready_fd, "Where to say that it listens", "N"},
        {NULL  }
    };
    g_autoptr(GOptionContext) context = g_option_context_new("– a tenant that is none");
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(context, options, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || path == NULL || argc > 1) {
        fprintf(stderr,
                "rms-tenant-simulator: %s\n",
                error != NULL ? error->message : "usage: --config FILE [--ready-fd N]");
        return STATUS_USAGE;
    }
    signal(SIGPIPE, SIG_IGN);
    xmlInitParser();
    gboolean ok = run(path, ready_fd, &error);
    xmlCleanupParser();
    if (ok)
        return 0;
    fprintf(stderr, "rms-tenant-simulator: %s\n", error->message);
    return STATUS_USAGE;
}
