/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Byte queues and the cache of their blocks.
 */
#include "config.h"

#include "connector-core/buffer.h"

#include <openssl/crypto.h>

/* Blocks kept for later: 64 requests at a time, about a megabyte. */
#define MAX_CACHED_BLOCKS 64

struct _RmsBlockCache {
    guint n_blocks;
    char *blocks[MAX_CACHED_BLOCKS];
};

RmsBlockCache *rms_block_cache_new(void)
{
    return g_new0(RmsBlockCache, 1);
}

void rms_block_cache_free(RmsBlockCache *cache)
{
    if (cache == NULL) {
        return;
    }
    for (guint i = 0; i < cache->n_blocks; i++) {
        g_free(cache->blocks[i]);
    }
    g_free(cache);
}

static char *take_storage(RmsBlockCache *cache, gsize size)
{
    if (size == RMS_BLOCK_BYTES && cache->n_blocks > 0) {
        return cache->blocks[--cache->n_blocks];
    }
    return g_malloc(size);
}

static void give_storage(RmsBuffer *buffer)
{
    RmsBlockCache *cache = buffer->cache;

    if (buffer->data == NULL) {
        return;
    }
    if (buffer->sensitive) {
        /* Content never moves to the front except through rms_buffer_reserve(), which wipes. */
        OPENSSL_cleanse(buffer->data, buffer->end);
    }
    if (buffer->size == RMS_BLOCK_BYTES && cache->n_blocks < MAX_CACHED_BLOCKS) {
        cache->blocks[cache->n_blocks++] = buffer->data;
    } else {
        g_free(buffer->data);
    }
    buffer->data = NULL;
}

char *rms_buffer_reserve(RmsBuffer *buffer, gsize length)
{
    gsize used = rms_buffer_length(buffer);
    gsize size = RMS_BLOCK_BYTES;
    char *data;

    if (buffer->data != NULL && buffer->size - buffer->end >= length) {
        return buffer->data + buffer->end;
    }
    /* Slide down when that frees at least half of the storage: each byte moves rarely. */
    if (buffer->data != NULL && buffer->size - used >= length && buffer->start >= used) {
        memmove(buffer->data, buffer->data + buffer->start, used);
        if (buffer->sensitive) {
            OPENSSL_cleanse(buffer->data + used, buffer->end - used);
        }
    } else {
        while (size < used + length) {
            size *= 2;
        }
        data = take_storage(buffer->cache, size);
        if (used > 0) {
            memcpy(data, buffer->data + buffer->start, used);
        }
        give_storage(buffer);
        buffer->data = data;
        buffer->size = size;
    }
    buffer->start = 0;
    buffer->end = used;
    return buffer->data + used;
}

void rms_buffer_append(RmsBuffer *buffer, const char *data, gsize length)
{
    if (length > 0) {
        memcpy(rms_buffer_reserve(buffer, length), data, length);
        buffer->end += length;
    }
}

void rms_buffer_append_number(RmsBuffer *buffer, guint64 number, guint base)
{
    char text[20];
    guint at = sizeof(text);

    do {
        text[--at] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number > 0);
    rms_buffer_append(buffer, text + at, sizeof(text) - at);
}

void rms_buffer_consume(RmsBuffer *buffer, gsize length)
{
    g_return_if_fail(length <= rms_buffer_length(buffer));

    buffer->start += length;
    if (buffer->start == buffer->end) {
        rms_buffer_clear(buffer);
    }
}

void rms_buffer_truncate(RmsBuffer *buffer, gsize length)
{
    g_return_if_fail(length <= rms_buffer_length(buffer));

    if (buffer->sensitive) {
        OPENSSL_cleanse(buffer->data + buffer->start + length, rms_buffer_length(buffer) - length);
    }
    buffer->end = buffer->start + length;
}

void rms_buffer_clear(RmsBuffer *buffer)
{
    give_storage(buffer);
    buffer->start = 0;
    buffer->end = 0;
    buffer->size = 0;
}
