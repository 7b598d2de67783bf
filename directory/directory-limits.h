/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every ceiling on what an administrator may type or a domain controller may make this room hold,
 * in one list. docs/architecture.md, "Limits", shows the same numbers.
 */
#pragma once

/* Text typed into a search: longer than any DN that Active Directory accepts in practice. */
#define RMS_MAX_TYPED_BYTES 1024

/* One LDAP message, refused by liblber beyond: 1 000 entries come as 1 000 messages, and 1 500
 * member values of 1 KiB each (protocol.md §6.4, "Range retrieval") stay below. */
#define RMS_MAX_LDAP_MESSAGE_BYTES (16 * 1024 * 1024)

/* Bytes of an attribute's name with its options, values kept of one attribute of one entry, and bytes
 * of each; more is ignored. */
#define RMS_MAX_ATTRIBUTE_NAME_BYTES 255
#define RMS_MAX_ATTRIBUTE_VALUES 64
#define RMS_MAX_VALUE_BYTES 4096

/* Characters of a name, description or place as shown; the rest is cut with an ellipsis. */
#define RMS_MAX_SHOWN_CHARACTERS 256

/* Direct members of a group are counted up to here; beyond it the group is just "large". */
#define RMS_LARGE_GROUP_MEMBERS 5000

/* Objects that one exact name may stand for; a directory that has more is searched instead. */
#define RMS_MAX_RESOLVED_OBJECTS 100

/* Objects of a page: the first comes fast, the others are what a domain controller gives at most
 * (MaxPageSize, protocol.md §6.4). */
#define RMS_FIRST_PAGE_OBJECTS 200
#define RMS_NEXT_PAGE_OBJECTS 1000

/* Objects handed to a list of the window in one turn of its loop, which a frame has to fit beside.
 */
#define RMS_MAX_POST_OBJECTS 250

/* Queries under way on one connection; domain controllers keep the pages of 10 searches
 * (MaxResultSetsPerConn) and forget the oldest beyond. The rest waits. */
#define RMS_MAX_QUERIES_AT_ONCE 8

/* Pages of one search, and ranges of one attribute, whatever the server says: a server that never
 * stops is stopped. */
#define RMS_MAX_PAGES 2000

/* Organizational units and containers shown below one place. */
#define RMS_MAX_PLACES 10000

/* Levels of groups in groups that are walked, and groups that one account is shown to be in. */
#define RMS_MAX_NESTING 32
#define RMS_MAX_MEMBERSHIPS 5000

/* What one entry may cover when its group is expanded, and groups walked for that. */
#define RMS_MAX_EXPANDED_MEMBERS 100000
#define RMS_MAX_EXPANDED_GROUPS 5000

/* SIDs asked for in one search of many; far below what a domain controller refuses. */
#define RMS_SIDS_A_SEARCH 50

/* Domain controllers tried before a connection is given up. */
#define RMS_MAX_SERVERS_TRIED 8

/* Servers kept of what DNS names, and domains of one forest (a forest has at most 1 200, of which
 * one search shows 1 000: MaxPageSize). */
#define RMS_MAX_LOCATED_SERVERS 64
#define RMS_MAX_FOREST_DOMAINS 1000

/* Servers asked in which site this machine is, and the deadline of each step of that. */
#define RMS_MAX_PINGS 3
#define RMS_PING_TIMEOUT_MS 2000

/* A server that did not answer is tried last for this long; how many of them are remembered. */
#define RMS_FAILED_SERVER_SECONDS (5 * 60)
#define RMS_MAX_FAILED_SERVERS 256

/* A password that was refused is not sent again for this long, however often somebody types into a
 * search: domains lock accounts after a few. */
#define RMS_REFUSED_PASSWORD_SECONDS (5 * 60)

#define RMS_DEFAULT_DIRECTORY_TIMEOUT_MS (10 * 1000)
