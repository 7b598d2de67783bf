/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * XrML 1.2 as RMS uses it (xrml.h).
 */
#include "config.h"

#include "tests/lab/tenant-simulator/xrml.h"

#include <libxml/xmlIO.h>
#include <openssl/core_names.h>
#include <string.h>

#include "tests/lab/tenant-simulator/keys.h"
#include "tests/lab/tenant-simulator/soap.h"

#define TIME_FORMAT "%Y-%m-%dT%H:%M"

static void add_time(xmlNode *parent, const char *name, gint64 time)
{
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(time);
    g_autofree char *text = g_date_time_format(date, TIME_FORMAT);
    rms_sim_xml_add(parent, name, text);
}

static void set(xmlNode *node, const char *name, const char *value)
{
    xmlSetProp(node, (const xmlChar *) name, (const xmlChar *) value);
}

xmlNode *rms_sim_xrml_add_object(xmlNode *parent,
                                 const char *type,
                                 const char *id_type,
                                 const char *id,
                                 const char *name,
                                 const char *url)
{
    xmlNode *object = rms_sim_xml_add(parent, "OBJECT", NULL);
    if (type != NULL)
        set(object, "type", type);
    if (id != NULL) {
        /* A GUID goes in braces. */
        g_autofree char *text =
            g_str_equal(id_type, "MS-GUID") ? g_strdup_printf("{%s}", id) : g_strdup(id);
        set(rms_sim_xml_add(object, "ID", text), "type", id_type);
    }
    if (name != NULL)
        rms_sim_xml_add(object, "NAME", name);
    if (url != NULL)
        set(rms_sim_xml_add(object, "ADDRESS", url), "type", "URL");
    return object;
}

static void add_value(xmlNode *parent, const char *encoding, const char *text, gsize bits)
{
    xmlNode *value = rms_sim_xml_add(parent, "VALUE", text);
    set(value, "encoding", encoding);
    if (bits > 0) {
        g_autofree char *size = g_strdup_printf("%" G_GSIZE_FORMAT, bits);
        set(value, "size", size);
    }
}

static void add_base64(xmlNode *parent, GBytes *bytes)
{
    gsize length = 0;
    gconstpointer data = g_bytes_get_data(bytes, &length);
    g_autofree char *text = g_base64_encode(data, length);
    add_value(parent, "base64", text, length * 8);
}

void rms_sim_xrml_add_key(xmlNode *parent, EVP_PKEY *key)
{
    xmlNode *public = rms_sim_xml_add(parent, "PUBLICKEY", NULL);
    rms_sim_xml_add(public, "ALGORITHM", "RSA");
    xmlNode *exponent = rms_sim_xml_add(public, "PARAMETER", NULL);
    set(exponent, "name", "public-exponent");
    add_value(exponent, "integer32", "65537", 32);
    xmlNode *modulus = rms_sim_xml_add(public, "PARAMETER", NULL);
    set(modulus, "name", "modulus");
    g_autoptr(GBytes) number = rms_sim_key_dup_number(key, OSSL_PKEY_PARAM_RSA_N);
    add_base64(modulus, number);
}

void rms_sim_xrml_add_security_level(xmlNode *parent, const char *name, const char *value)
{
    xmlNode *level = rms_sim_xml_add(parent, "SECURITYLEVEL", NULL);
    set(level, "name", name);
    set(level, "value", value);
}

xmlDoc *rms_sim_xrml_new(const RmsSimXrmlHead *head)
{
    xmlDoc *document = xmlNewDoc((const xmlChar *) "1.0");
    xmlNode *body = xmlNewDocNode(document, NULL, (const xmlChar *) "BODY", NULL);
    xmlDocSetRootElement(document, body);
    set(body, "type", head->body_type);
    if (head->body_version != NULL)
        set(body, "version", head->body_version);
    add_time(body, "ISSUEDTIME", head->issued);
    if (head->until != 0) {
        xmlNode *validity = rms_sim_xml_add(body, "VALIDITYTIME", NULL);
        add_time(validity, "FROM", head->from);
        add_time(validity, "UNTIL", head->until);
    }
    rms_sim_xrml_add_object(rms_sim_xml_add(body, "DESCRIPTOR", NULL),
                            head->type,
                            "MS-GUID",
                            head->id,
                            head->name,
                            NULL);
    xmlNode *issuer = rms_sim_xml_add(body, "ISSUER", NULL);
    rms_sim_xrml_add_object(
        issuer, head->issuer_type, "MS-GUID", head->issuer_id, head->issuer_name, NULL);
    rms_sim_xrml_add_key(issuer, head->issuer_key);
    return document;
}

/* The text of a node in UTF-8, as it stands in a document: nothing is indented or declared. */
static char *print_node(xmlDoc *document, xmlNode *node)
{
    g_autoptr(xmlBuffer) buffer = xmlBufferCreate();
    xmlOutputBuffer *output = xmlOutputBufferCreateBuffer(buffer, NULL);
    xmlNodeDumpOutput(output, document, node, 0, 0, "UTF-8");
    xmlOutputBufferClose(output);
    return g_strdup((const char *) xmlBufferContent(buffer));
}

char *rms_sim_xrml_sign(xmlDoc *body, EVP_PKEY *key, const char *purpose)
{
    g_autofree char *text = print_node(body, xmlDocGetRootElement(body));
    gsize length = strlen(text);
    guint8 hash[EVP_MAX_MD_SIZE];
    unsigned int hash_length = 0;
    EVP_Digest(text, length, hash, &hash_length, EVP_sha256(), NULL);
    g_autoptr(GBytes) digest_bytes = g_bytes_new(hash, hash_length);
    g_autoptr(GBytes) signature_bytes = rms_sim_key_sign(key, text, length);

    g_autoptr(xmlDoc) document = xmlNewDoc((const xmlChar *) "1.0");
    xmlNode *xrml = xmlNewDocNode(document, NULL, (const xmlChar *) "XrML", NULL);
    xmlDocSetRootElement(document, xrml);
    /* XrML sits in no namespace, wherever it is put (protocol.md §1.4). */
    xmlNewNs(xrml, (const xmlChar *) "", NULL);
    set(xrml, "version", "1.2");
    if (purpose != NULL)
        set(xrml, "purpose", purpose);
    rms_sim_xml_add_raw(xrml, text);
    xmlNode *signature = rms_sim_xml_add(xrml, "SIGNATURE", NULL);
    xmlNode *digest = rms_sim_xml_add(signature, "DIGEST", NULL);
    rms_sim_xml_add(digest, "ALGORITHM", "SHA256");
    xmlNode *coding = rms_sim_xml_add(digest, "PARAMETER", NULL);
    set(coding, "name", "codingtype");
    add_value(coding, "string", "surface-coding", 0);
    add_base64(digest, digest_bytes);
    rms_sim_xml_add(signature, "ALGORITHM", "RSA PKCS#1-V1.5");
    add_base64(signature, signature_bytes);
    return print_node(document, xrml);
}

/* 0 when it is not there or no time; never NULL text. */
static gint64 read_time(const xmlNode *node)
{
    g_autofree char *text = rms_sim_xml_dup_text(node);
    g_autofree char *full = g_strconcat(text, ":00Z", NULL);
    g_autoptr(GDateTime) date = g_date_time_new_from_iso8601(full, NULL);
    return date == NULL ? 0 : g_date_time_to_unix(date);
}

RmsSimXrml *rms_sim_xrml_read(const xmlNode *certificate)
{
    xmlNode *node = rms_sim_xml_child(certificate, "XrML");
    xmlNode *body = rms_sim_xml_child(node, "BODY");
    if (body == NULL)
        return NULL;
    xmlNode *object = rms_sim_xml_path(body, "DESCRIPTOR/OBJECT");
    xmlNode *principal = rms_sim_xml_path(body, "ISSUEDPRINCIPALS/PRINCIPAL/OBJECT");
    RmsSimXrml *xrml = g_new0(RmsSimXrml, 1);
    xrml->xrml = node;
    xrml->body = body;
    xrml->body_type = rms_sim_xml_dup_attribute(body, "type");
    xrml->type = rms_sim_xml_dup_attribute(object, "type");
    if (xrml->type == NULL)
        xrml->type = g_strdup("");
    xrml->principal_id = rms_sim_xml_dup_text(rms_sim_xml_child(principal, "ID"));
    xrml->principal_name = rms_sim_xml_dup_text(rms_sim_xml_child(principal, "NAME"));
    xrml->from = read_time(rms_sim_xml_path(body, "VALIDITYTIME/FROM"));
    xrml->until = read_time(rms_sim_xml_path(body, "VALIDITYTIME/UNTIL"));
    return xrml;
}

void rms_sim_xrml_free(RmsSimXrml *xrml)
{
    if (xrml == NULL)
        return;
    g_free(xrml->body_type);
    g_free(xrml->type);
    g_free(xrml->principal_id);
    g_free(xrml->principal_name);
    g_free(xrml);
}

gboolean rms_sim_xrml_verify(const RmsSimXrml *xrml, GBytes *raw, EVP_PKEY *key)
{
    /* What we signed was printed by the same function. If the request holds other bytes that parse
     * to the same tree, somebody between us and the client rewrote them, and the search fails. */
    g_autofree char *text = print_node(xrml->body->doc, xrml->body);
    gsize length = strlen(text);
    gsize raw_length = 0;
    gconstpointer raw_data = g_bytes_get_data(raw, &raw_length);
    if (memmem(raw_data, raw_length, text, length) == NULL)
        return FALSE;
    g_autofree char *value = rms_sim_xml_dup_text(rms_sim_xml_path(xrml->xrml, "SIGNATURE/VALUE"));
    gsize signature_length = 0;
    guchar *signature = g_base64_decode(value, &signature_length);
    g_autoptr(GBytes) bytes = g_bytes_new_take(signature, signature_length);
    return rms_sim_key_verify(key, text, length, bytes);
}
