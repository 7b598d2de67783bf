/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a request is made of, for http-message.c, which fills it in, and http-client.c, which sends
 * it.
 */
#pragma once

#include <curl/curl.h>

#include "service-client/http-client.h"

G_BEGIN_DECLS

struct _RmsHttpRequest {
    char *method;
    char *url;
    char *content_type;
    struct curl_slist *headers;
    RmsSecret *body;
    gsize max_bytes;
    guint milliseconds;
    gboolean malformed; /* a header would have broken out of its line */
};

G_END_DECLS
