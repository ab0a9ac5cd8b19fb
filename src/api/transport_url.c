/* Base URLs and the way to them: what is allowed, what is this machine, what goes through a proxy.
 * Sends nothing. */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/transport_internal.h"
#include "base/alloc.h"
#include "base/ascii.h"

#include "base/banned.h"

/* -- URLs -- */

bool transport_ip_is_loopback(const char *text)
{
    struct in_addr v4;
    struct in6_addr v6;

    if (inet_pton(AF_INET, text, &v4) == 1) {
        return ntohl(v4.s_addr) >> 24 == 127;
    }
    return inet_pton(AF_INET6, text, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

static bool is_loopback_host(const char *host)
{
    char bare[64];
    size_t len = strlen(host);

    if (ascii_same(host, "localhost")) {
        return true;
    }
    if (host[0] == '[' && len > 2 && len < sizeof(bare)) {
        snprintf(bare, sizeof(bare), "%.*s", (int)len - 2, host + 1);
        return transport_ip_is_loopback(bare);
    }
    return transport_ip_is_loopback(host);
}

/* Gives curl's part of a URL as our own memory; NULL when it is not there. */
static char *url_part(CURLU *url, CURLUPart part, unsigned flags)
{
    char *theirs = NULL;
    char *ours;

    if (curl_url_get(url, part, &theirs, flags) != CURLUE_OK || theirs == NULL) {
        return NULL;
    }
    ours = xstrdup(theirs);
    curl_free(theirs);
    return ours;
}

static bool url_has(CURLU *url, CURLUPart part)
{
    char *text = url_part(url, part, 0);
    bool has = text != NULL;

    free(text);
    return has;
}

/* Slashes at the end are cut off anyway. */
static bool has_empty_step(const char *behind)
{
    size_t len = strlen(behind);

    while (len > 0 && behind[len - 1] == '/') {
        len--;
    }
    return memmem(behind, len, "//", 2) != NULL;
}

static bool judge_url(CURLU *url, const char *base_url, const char *scheme, const char *host,
                      struct err *err)
{
    if (url_has(url, CURLUPART_USER) || url_has(url, CURLUPART_PASSWORD)) {
        return err_set(err, ERR_INVALID,
                       "A base URL has no user or password in it: the key goes elsewhere.");
    }
    if (strchr(base_url, '@') != NULL || has_empty_step(strstr(base_url, "://") + 3)) {
        return err_set(err, ERR_INVALID,
                       "A base URL has no @ and no // in its path: it reads like "
                       "https://api.portkey.ai/v1.");
    }
    if (url_has(url, CURLUPART_QUERY) || url_has(url, CURLUPART_FRAGMENT)) {
        return err_set(err, ERR_INVALID,
                       "A base URL ends with its path: leave out what starts with ? or #.");
    }
    if (strcmp(scheme, "https") == 0) {
        return true;
    }
    if (strcmp(scheme, "http") != 0) {
        return err_set(err, ERR_INVALID, "A base URL starts with https://, not with %s://.",
                       scheme);
    }
    if (!is_loopback_host(host)) {
        return err_set(err, ERR_INVALID,
                       "Plain http would send the key to %s for all to read: use https (http is "
                       "for this machine only).",
                       host);
    }
    return true;
}

static char *join_url(CURLU *url, const char *scheme, const char *host)
{
    char *port = url_part(url, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT);
    char *path = url_part(url, CURLUPART_PATH, 0);
    size_t len = path == NULL ? 0 : strlen(path);
    char *lower = xstrdup(host);
    char *joined;

    while (len > 0 && path[len - 1] == '/') {
        len--;
    }
    for (char *c = lower; *c != '\0'; c++) {
        *c = ascii_lower(*c);
    }
    joined = xasprintf("%s://%s%s%s%.*s", scheme, lower, port == NULL ? "" : ":",
                       port == NULL ? "" : port, (int)len, path == NULL ? "" : path);
    free(lower);
    free(port);
    free(path);
    return joined;
}

/* libcurl would take the first part of the path for the host. */
static bool lacks_host(const char *base_url)
{
    const char *behind = strchr(base_url, ':');

    return behind != NULL &&
           (strncmp(behind, "://", 3) != 0 || behind[3] == '/' || behind[3] == '\0');
}

static bool no_host(const char *base_url, struct err *err)
{
    return err_set(err, ERR_INVALID,
                   "\"%s\" names no host: a base URL reads like https://api.portkey.ai/v1.",
                   base_url);
}

bool transport_check_url(const char *base_url, char **out, struct err *err)
{
    CURLU *url;
    char *scheme = NULL, *host = NULL;
    bool ok = false;

    if (base_url == NULL || base_url[0] == '\0') {
        return err_set(err, ERR_INVALID,
                       "The base URL is empty: it reads like https://api.portkey.ai/v1.");
    }
    for (const char *c = base_url; *c != '\0'; c++) {
        if ((unsigned char)*c <= 0x20 || (unsigned char)*c == 0x7f) {
            return err_set(err, ERR_INVALID,
                           "The base URL has a blank or a control character in it.");
        }
    }
    if (lacks_host(base_url)) {
        return no_host(base_url, err);
    }
    url = curl_url();
    if (url == NULL) {
        die_no_memory();
    }
    if (curl_url_set(url, CURLUPART_URL, base_url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
        err_set(err, ERR_INVALID, "\"%s\" is no URL: it reads like https://api.portkey.ai/v1.",
                base_url);
        goto done;
    }
    scheme = url_part(url, CURLUPART_SCHEME, 0);
    host = url_part(url, CURLUPART_HOST, 0);
    if (scheme == NULL || host == NULL || host[0] == '\0') {
        no_host(base_url, err);
        goto done;
    }
    ok = judge_url(url, base_url, scheme, host, err);
    if (ok && out != NULL) {
        *out = join_url(url, scheme, host);
    }
done:
    free(scheme);
    free(host);
    curl_url_cleanup(url);
    return ok;
}

/* -- which way -- */

/* What libcurl would connect to first. Nothing is sent, and no name is looked up: the host stands
 * for an address of this machine, and any other name that it wants to know is that of a proxy. */
struct route_question {
    const char *address; /* of the host itself */
    long port;
    bool direct;
};

#define STAND_IN "127.0.0.1"

static curl_socket_t on_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct route_question *question = ctx;
    char text[INET6_ADDRSTRLEN] = "";
    const struct sockaddr_in *v4 = (const void *)&to->addr;
    const struct sockaddr_in6 *v6 = (const void *)&to->addr;

    (void)purpose;
    if (to->family == AF_INET) {
        inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
        question->direct = ntohs(v4->sin_port) == question->port;
    } else if (to->family == AF_INET6) {
        inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text));
        question->direct = ntohs(v6->sin6_port) == question->port;
    }
    question->direct = question->direct && strcmp(text, question->address) == 0;
    return CURL_SOCKET_BAD;
}

static int on_resolve(void *state, void *reserved, void *ctx)
{
    (void)state;
    (void)reserved;
    (void)ctx;
    return 1; /* abort: only a proxy's name is not known yet */
}

static bool is_direct(const char *base_url, const char *host, long port, const char *proxy)
{
    char *entry = xasprintf("%s:%ld:" STAND_IN, host, port);
    struct in_addr v4;
    struct route_question question = {.port = port, .address = STAND_IN};
    struct curl_slist *entries = curl_slist_append(NULL, entry);
    CURL *easy = curl_easy_init();

    if (easy == NULL || entries == NULL) {
        die("there is no memory left.");
    }
    if (inet_pton(AF_INET, host, &v4) == 1) {
        question.address = host;
    }
    curl_easy_setopt(easy, CURLOPT_URL, base_url);
    curl_easy_setopt(easy, CURLOPT_RESOLVE, entries);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &question);
    curl_easy_setopt(easy, CURLOPT_RESOLVER_START_FUNCTION, on_resolve);
    if (proxy != NULL) {
        curl_easy_setopt(easy, CURLOPT_PROXY, proxy);
        curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    }
    (void)curl_easy_perform(easy);
    curl_easy_cleanup(easy);
    curl_slist_free_all(entries);
    free(entry);
    return question.direct;
}

/* The proxy that libcurl takes from the environment for https. */
static const char *proxy_of_environment(void)
{
    static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *value = getenv(names[i]);

        if (value != NULL && value[0] != '\0') {
            return value;
        }
    }
    return NULL;
}

static char *describe_route(const char *base_url, const char *host, long port, const char *proxy)
{
    const char *scheme_end, *at;

    if (is_loopback_host(host) || is_direct(base_url, host, port, proxy)) {
        return xstrdup("direct");
    }
    proxy = proxy != NULL ? proxy : proxy_of_environment();
    if (proxy == NULL) {
        return xstrdup("a proxy that libcurl knows of");
    }
    scheme_end = strstr(proxy, "://");
    at = strrchr(proxy, '@');
    return xasprintf("proxy %.*s%s", scheme_end == NULL ? 0 : (int)(scheme_end + 3 - proxy), proxy,
                     at != NULL           ? at + 1
                     : scheme_end != NULL ? scheme_end + 3
                                          : proxy);
}

/* Gives; "" when there is none. */
static char *host_of(const char *base_url)
{
    CURLU *url = curl_url();
    char *host = NULL;

    if (url != NULL && curl_url_set(url, CURLUPART_URL, base_url, 0) == CURLUE_OK) {
        host = url_part(url, CURLUPART_HOST, 0);
    }
    curl_url_cleanup(url);
    return host != NULL ? host : xstrdup("");
}

/* 443 unless the URL says otherwise. */
static long port_of(const char *base_url)
{
    CURLU *url = curl_url();
    char *text = NULL;
    long port = 443;

    if (url != NULL && curl_url_set(url, CURLUPART_URL, base_url, 0) == CURLUE_OK) {
        text = url_part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    }
    if (text != NULL) {
        port = strtol(text, NULL, 10);
    }
    free(text);
    curl_url_cleanup(url);
    return port;
}

char *transport_describe_route(const char *base_url, const char *proxy)
{
    char *host = host_of(base_url);
    char *route = describe_route(base_url, host, port_of(base_url), proxy);

    free(host);
    return route;
}

char *transport_proxy(const struct transport_config *config)
{
    char *host = host_of(config->base_url);
    bool loopback = is_loopback_host(host);

    free(host);
    if (loopback) {
        return xstrdup("");
    }
    return config->proxy != NULL ? xstrdup(config->proxy) : NULL;
}
