/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ceilings of everything that a peer can make the simulator keep. One list; nothing else belongs
 * here.
 */
#pragma once

#define RMS_SIM_MAX_BODY                                                                           \
    (17 * 1024 * 1024) /* a connector passes up to 16 MiB; protocol.md §2.12                      \
                        */
#define RMS_SIM_MAX_CONTROL_BODY (1024 * 1024) /* of a control request */
#define RMS_SIM_MAX_GRANTS 20000               /* of one kind: device, code, refresh, jti */
#define RMS_SIM_MAX_IDENTITIES 20000           /* entries that own keys; above, the oldest goes */
#define RMS_SIM_MAX_FAULTS 1000
#define RMS_SIM_MAX_DELAY_MS (10 * 60 * 1000)
#define RMS_SIM_MAX_OVERSIZED (256 * 1024 * 1024) /* of an answer padded by a fault */
#define RMS_SIM_MAX_LOGGED_HEADERS 100
#define RMS_SIM_MAX_TEMPLATES_A_CALL 25        /* protocol.md §2.10 */
#define RMS_SIM_MAX_LICENSEE_CERTIFICATES 100  /* protocol.md §2.12 */
#define RMS_SIM_MAX_LICENSEE_CERTIFICATE 30720 /* bytes; protocol.md §2.12 */
#define RMS_SIM_MAX_APPLICATION_DATA 102400    /* bytes; protocol.md §2.12 */
#define RMS_SIM_MAX_LICENSEE_IDENTITIES 100    /* protocol.md §2.3 */
