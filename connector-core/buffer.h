/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A byte queue: appended at the end, consumed from the front, its storage given back when empty.
 *
 * Most buffers live for one request and fit one block; blocks are kept in a small cache so that
 * idle connections hold none and busy ones do not visit the allocator. Ceilings are the owners'
 * business.
 */
#pragma once

#include <string.h>

#include <glib.h>

G_BEGIN_DECLS

/* One TLS record and its overhead, or one ordinary request, fit. */
#define RMS_BLOCK_BYTES (17 * 1024)

/* Storage of released buffers, for the next one. One thread. */
typedef struct _RmsBlockCache RmsBlockCache;
RmsBlockCache *rms_block_cache_new(void);
void rms_block_cache_free(RmsBlockCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsBlockCache, rms_block_cache_free)

/**
 * RmsBuffer: Zeroed memory plus @cache is a valid empty buffer; read access to all fields.
 * @data: (nullable): bytes start to end are the content
 * @sensitive: a credential is or was inside: storage is wiped before it is given back or moved
 */
typedef struct {
    RmsBlockCache *cache;
    char *data;
    gsize start;
    gsize end;
    gsize size;
    gboolean sensitive;
} RmsBuffer;

static inline gsize rms_buffer_length(const RmsBuffer *buffer)
{
    return buffer->end - buffer->start;
}

static inline char *rms_buffer_peek(const RmsBuffer *buffer)
{
    return buffer->data + buffer->start;
}

/** rms_buffer_reserve: Returns: (transfer none): room for at least @length bytes after the content;
 * moves the content if it has to. Follow with rms_buffer_commit(). */
char *rms_buffer_reserve(RmsBuffer *buffer, gsize length);
static inline void rms_buffer_commit(RmsBuffer *buffer, gsize length)
{
    buffer->end += length;
}
/** rms_buffer_get_room: Returns: bytes that fit after the content without moving or growing. */
static inline gsize rms_buffer_get_room(const RmsBuffer *buffer)
{
    return buffer->size - buffer->end;
}

void rms_buffer_append(RmsBuffer *buffer, const char *data, gsize length);
static inline void rms_buffer_append_string(RmsBuffer *buffer, const char *text)
{
    rms_buffer_append(buffer, text, strlen(text));
}
/** rms_buffer_append_number: @base: 10 or 16. */
void rms_buffer_append_number(RmsBuffer *buffer, guint64 number, guint base);
/** rms_buffer_consume: Drops bytes from the front; gives the storage back once nothing is left. */
void rms_buffer_consume(RmsBuffer *buffer, gsize length);
/** rms_buffer_truncate: Keeps only the first @length bytes. */
void rms_buffer_truncate(RmsBuffer *buffer, gsize length);
/** rms_buffer_clear: Drops everything, wiping it if sensitive. */
void rms_buffer_clear(RmsBuffer *buffer);

G_END_DECLS
