/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every ceiling of this room, in one place: what a server or a browser can grow, and how long we
 * wait for it.
 */
#pragma once

#define RMS_SERVICE_MAX_ANSWER_BYTES (256 * 1024) /* any answer: JSON, locator, administrators */
#define RMS_SERVICE_MAX_TEMPLATES_BYTES (4 * 1024 * 1024) /* all templates in all languages */
#define RMS_SERVICE_MAX_LIST_ROWS 1000             /* of a list in an answer, kept; not of roles */
#define RMS_SERVICE_MAX_TOKEN_BYTES (64 * 1024)    /* one token of any kind */
#define RMS_SERVICE_MAX_CLAIM_BYTES 512            /* a claim, a name, an identifier */
#define RMS_SERVICE_MAX_PROVIDER_TEXT_BYTES 1000   /* of a server's text in our messages */
#define RMS_SERVICE_MAX_URL_BYTES 2048             /* a URL in an answer */
#define RMS_SERVICE_MAX_CA_BYTES (1024 * 1024)     /* file of private authorities */
#define RMS_SERVICE_MAX_KEY_BYTES (64 * 1024)      /* private key or certificate file */
#define RMS_SERVICE_MAX_CHALLENGES 8               /* WWW-Authenticate lines looked at */
#define RMS_SERVICE_MAX_CHALLENGE_BYTES (8 * 1024) /* of claims that a service asks for */
#define RMS_SERVICE_MAX_RETRY_SECONDS 86400        /* that a server can ask us to wait */
#define RMS_SERVICE_MAX_PASSWORD_BYTES 1024        /* file of a proxy's password */
#define RMS_SERVICE_REQUEST_SECONDS 30             /* one request, from DNS to the last byte */
#define RMS_SERVICE_CONNECT_SECONDS 10             /* its part until TLS stands */
#define RMS_SERVICE_BROWSER_SECONDS (15 * 60)      /* a sign-in page left open */
#define RMS_SERVICE_MAX_DEVICE_SECONDS (60 * 60)   /* a device code, whatever the server says */
#define RMS_SERVICE_MAX_POLL_SECONDS 120           /* between two polls for a device code */
#define RMS_SERVICE_MIN_TOKEN_SECONDS 60           /* what a token handed out is still good for */
#define RMS_SERVICE_MAX_RENEWAL_SECONDS 86400      /* until the connector asks for a new token */
#define RMS_SERVICE_MAX_WAIT_SECONDS 900       /* before asking a busy service again for a token */
#define RMS_SERVICE_ASSERTION_SECONDS (5 * 60) /* life of a signed assertion, RFC 7523 §3 */
