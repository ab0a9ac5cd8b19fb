#include "api/client.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/client_internal.h"
#include "api/endpoints.h"
#include "api/json.h"
#include "api/retry.h"
#include "base/alloc.h"

#include "base/banned.h"

#define CA_FILE_MAX ((size_t)8 << 20)

bool api_check_base_url(const char *base_url, char **out, struct err *err)
{
    return transport_check_url(base_url, out, err);
}

/* What a CA file is when it is not what libcurl reads. NULL: it is PEM with a certificate. */
static const char *other_form(const struct buf *text)
{
    const unsigned char *bytes = (const unsigned char *)text->data;

    if (strstr(text->data, "-----BEGIN CERTIFICATE-----") != NULL ||
        strstr(text->data, "-----BEGIN TRUSTED CERTIFICATE-----") != NULL) {
        return NULL;
    }
    if (strstr(text->data, "-----BEGIN PKCS7-----") != NULL ||
        memmem(bytes, text->len < 40 ? text->len : 40, "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", 9) !=
            NULL) {
        return "is a P7B bundle (PKCS #7), not PEM: `openssl pkcs7 -print_certs -in FILE -out "
               "ca.pem` (with -inform DER when it is binary) makes PEM of it";
    }
    if (memmem(bytes, text->len < 40 ? text->len : 40, "\x02\x01\x03\x30", 4) != NULL &&
        bytes[0] == 0x30) {
        return "is a P12 or PFX bundle (PKCS #12), not PEM: `openssl pkcs12 -nokeys -in FILE -out "
               "ca.pem` makes PEM of it";
    }
    if (text->len > 4 && bytes[0] == 0x30 && (bytes[1] & 0x80) != 0) {
        return "is in DER form, not PEM: `openssl x509 -inform DER -in FILE -out ca.pem` makes PEM "
               "of it";
    }
    if (strstr(text->data, "-----BEGIN ") != NULL) {
        return "holds no certificate: what stands in it is something else (a key, a request)";
    }
    return "holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)";
}

static bool check_ca_bytes(int fd, const char *path, struct err *err)
{
    struct buf text;
    char block[4096];
    const char *form;
    ssize_t got;
    bool ok;

    buf_init(&text, CA_FILE_MAX);
    while ((got = read(fd, block, sizeof(block))) > 0 && buf_add(&text, block, (size_t)got)) {
    }
    form = got == 0 ? other_form(&text) : "cannot be read to its end, or is bigger than 8 MiB";
    ok = form == NULL || err_set(err, ERR_INVALID, "The CA file %s %s.", path, form);
    buf_wipe_done(&text);
    return ok;
}

/* libcurl tells of a bad CA file only when the first request fails, and then in its own words. */
static bool check_ca_file(const char *path, struct err *err)
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool ok;

    if (fd < 0) {
        return err_set(err, ERR_INVALID, "The CA file %s cannot be read: %m.", path);
    }
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
        ok = err_set(err, ERR_INVALID, "The CA file %s is no file.", path);
    } else {
        ok = check_ca_bytes(fd, path, err);
    }
    close(fd);
    return ok;
}

bool api_setup(struct err *err)
{
    json_setup();
    return transport_setup() || err_set(err, ERR_INTERNAL, "libcurl could not be started.");
}

struct api_client *api_client_new(struct loop *loop, const struct api_config *config,
                                  struct secret *key, struct err *err)
{
    struct api_client *client = NULL;
    char *base_url = NULL;

    if (key == NULL) {
        err_set(err, ERR_INVALID, "There is no key to log in with.");
        return NULL;
    }
    if (!secret_is_key(secret_text(key), secret_len(key), err)) {
        if (err != NULL) {
            err->kind = ERR_INVALID;
        }
        goto fail;
    }
    if (!transport_check_url(config->base_url, &base_url, err)) {
        goto fail;
    }
    if (config->ca_file != NULL && !check_ca_file(config->ca_file, err)) {
        goto fail;
    }
    json_setup();
    client = xcalloc(1, sizeof(*client));
    client->transport =
        transport_new(loop,
                      &(struct transport_config){
                          .base_url = base_url, .ca_file = config->ca_file, .proxy = config->proxy},
                      err);
    if (client->transport == NULL) {
        goto fail;
    }
    client->loop = loop;
    client->clock = config->clock;
    client->key = key;
    client->base_url = base_url;
    client->patience_ms = config->patience_ms;
    client->budget = RETRY_BUDGET;
    client->api_date = TIME_NONE;
    client->status.last_ms = -1;
    client->status.since_mono = -1;
    client->status.last_ok = TIME_NONE;
    loop_set_work(loop, client_work, client);
    return client;
fail:
    free(client);
    free(base_url);
    secret_free(key);
    return NULL;
}

void api_client_free(struct api_client *client)
{
    if (client == NULL) {
        return;
    }
    if (client->gone != NULL) {
        *client->gone = true;
    }
    while (client->first != NULL) {
        request_free(client->first);
    }
    loop_untimer(client->loop, client->pause_timer);
    loop_untimer(client->loop, client->slow_timer);
    loop_undefer(client->loop, client->status_deferred);
    loop_set_work(client->loop, NULL, NULL);
    transport_free(client->transport);
    secret_free(client->key);
    free(client->base_url);
    free(client);
}

const char *api_client_base_url(const struct api_client *client)
{
    return client->base_url;
}

char *api_describe_route(const char *base_url, const char *proxy)
{
    return transport_describe_route(base_url, proxy);
}

const struct api_status *api_client_status(const struct api_client *client)
{
    return &client->status;
}

void api_client_on_status(struct api_client *client, loop_fn *fn, void *ctx)
{
    client->on_status = fn;
    client->on_status_ctx = ctx;
}

void api_retry_now(struct api_client *client)
{
    client_wake(client);
}

bool api_server_skew(const struct api_client *client, int64_t *ms)
{
    if (client->api_date == TIME_NONE) {
        return false;
    }
    *ms = client->api_date + (clock_boot_ms() - client->api_date_at) - clock_local(client->clock);
    return true;
}

int api_attempt(const struct api_client *client, api_ticket ticket, int *of)
{
    for (const struct request *r = client->first; r != NULL && ticket != 0; r = r->next) {
        if (r->ticket == ticket) {
            *of = endpoint_info(r->spec.endpoint)->repeat ? RETRY_ATTEMPTS : 1;
            return r->attempt;
        }
    }
    *of = 0;
    return 0;
}

void client_drop(struct api_client *client, api_ticket ticket)
{
    for (struct request *request = client->first; request != NULL && ticket != 0;
         request = request->next) {
        if (request->ticket == ticket) {
            request_free(request);
            return;
        }
    }
}

void api_cancel(struct api_client *client, api_ticket ticket)
{
    client_drop(client, ticket);
    client_pump(client);
}
