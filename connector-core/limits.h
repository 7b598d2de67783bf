/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every ceiling on what a peer can make the connector hold or wait for, in one list.
 * docs/architecture.md, "Limits", shows the same numbers; a test for each is in tests/.
 */
#pragma once

/* Kerberos tokens reach 64 KiB before base64 (protocol.md §7.1): all header bytes of a request
 * together. */
#define RMS_MAX_HEADER_BYTES (96 * 1024)
#define RMS_MAX_HEADER_COUNT 100
/* The paths that exist are short. */
#define RMS_MAX_REQUEST_LINE_BYTES (8 * 1024)
/* protocol.md §2.12: at least 16 MiB; refused with 413 beyond. */
#define RMS_MAX_BODY_BYTES (16 * 1024 * 1024)
/* Body read and thrown away so that an unauthenticated POST can be answered on the same connection;
 * beyond it the connection closes. */
#define RMS_MAX_DISCARDED_BYTES (1024 * 1024)
/* What the tenant may answer; its licences for 100 identities stay far below. */
#define RMS_MAX_ANSWER_BYTES (64 * 1024 * 1024)
/* Bytes a relay holds in either direction before it stops reading (back-pressure). */
#define RMS_RELAY_WINDOW_BYTES (256 * 1024)
/* A body is collected this far before the tenant hears of the call: slow callers hold no connection
 * to it, and most calls go out in one piece. */
#define RMS_RELAY_DISPATCH_BYTES (64 * 1024)
/* An answer is collected this far before the caller sees any of it: most failures of the tenant's
 * can still become a fault, and most answers go out in one piece. */
#define RMS_RELAY_HOLD_BYTES (32 * 1024)
/* The rest of an answer that the caller never sees is read so far, to keep the connection. */
#define RMS_MAX_DRAINED_BYTES (64 * 1024)
/* What a proxy answers to CONNECT: a status, and a few fields that nobody reads. */
#define RMS_MAX_PROXY_HEAD_BYTES (16 * 1024)
/* Chunk sizes, extensions and trailers of a body beside eight bytes for each one of content: a peer
 * that sends one-byte chunks stays inside, one that hides megabytes in extensions does not. */
#define RMS_MAX_CHUNK_OVERHEAD_BYTES (16 * 1024)

/* How far into a body the operation's name is looked for when no header names it; what stands
 * before it is a SOAP header of a few lines. */
#define RMS_MAX_SNIFFED_BYTES (16 * 1024)

/* More callers wait in the kernel's queue; connections idle for a second make room. */
#define RMS_DEFAULT_MAX_CONNECTIONS 10240
#define RMS_DEFAULT_HEADER_TIMEOUT_MS (20 * 1000)
/* A body has to arrive whole within this; large ones get a second more for each 64 KiB received. */
#define RMS_DEFAULT_BODY_TIMEOUT_MS (60 * 1000)
#define RMS_DEFAULT_IDLE_TIMEOUT_MS (120 * 1000)
#define RMS_DEFAULT_WRITE_TIMEOUT_MS (60 * 1000)
/* Exchange itself waits 30 s and more (protocol.md §2.3). */
#define RMS_DEFAULT_UPSTREAM_TIMEOUT_MS (100 * 1000)
#define RMS_UPSTREAM_CONNECT_TIMEOUT_MS (15 * 1000)
#define RMS_UPSTREAM_MAX_CONNECTIONS 256
#define RMS_UPSTREAM_IDLE_MS (60 * 1000)

/* Requests that wait for an upstream connection; more are answered with a retryable 500. */
#define RMS_MAX_WAITING_REQUESTS 4096

/* Groups a caller may bring; a PAC of 64 KiB cannot hold more of use. */
#define RMS_MAX_CALLER_GROUPS 8192
#define RMS_MAX_PAC_BYTES (128 * 1024)
/* UTF-16 units of an account's or a domain's name; MS-ADA3 lets sAMAccountName have 256. */
#define RMS_MAX_ACCOUNT_NAME_UNITS 256
/* A token before base64: what Windows sends at most (protocol.md §7.1). */
#define RMS_MAX_TOKEN_BYTES 65535

/* Accounts whose first contact (1002) is remembered; the oldest are forgotten and logged anew. */
#define RMS_MAX_CONTACTS 65536

/* Refusals that are followed one by one within a minute, for callers with and without a ticket
 * each; more are only counted. */
#define RMS_MAX_REPEATING_EVENTS 256

/* What is kept of one distribution group's accounts: RMS_MAX_EXPANDED_MEMBERS of directory-limits.h
 * at 300 bytes each. */
#define RMS_MAX_GROUP_READING_BYTES (32 * 1024 * 1024)

/* Events kept; older ones go first. */
#define RMS_MAX_EVENTS 200000
#define RMS_MAX_EVENT_MESSAGE_BYTES (64 * 1024)

/* Revisions of the list kept for history and undo; older ones go first. */
#define RMS_MAX_REVISIONS 1000
