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

static bool judge_url(CURLU *url, const char *scheme, const char *host, struct err *err)
{
    if (url_has(url, CURLUPART_USER) || url_has(url, CURLUPART_PASSWORD)) {
        return err_set(err, ERR_INVALID,
                       "A base URL has no user or password in it: the key goes elsewhere.");
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
    url = curl_url();
    if (url == NULL) {
        die("there is no memory left.");
    }
    if (curl_url_set(url, CURLUPART_URL, base_url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
        err_set(err, ERR_INVALID, "\"%s\" is no URL: it reads like https://api.portkey.ai/v1.",
                base_url);
        goto done;
    }
    scheme = url_part(url, CURLUPART_SCHEME, 0);
    host = url_part(url, CURLUPART_HOST, 0);
    if (scheme == NULL || host == NULL || host[0] == '\0') {
        err_set(err, ERR_INVALID,
                "\"%s\" names no host: a base URL reads like https://api.portkey.ai/v1.", base_url);
        goto done;
    }
    ok = judge_url(url, scheme, host, err);
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

/* Is the host one that no_proxy names? Only for telling the route: libcurl itself decides. */
static bool no_proxy_names(const char *host)
{
    const char *list = getenv("no_proxy") != NULL ? getenv("no_proxy") : getenv("NO_PROXY");
    size_t host_len = strlen(host);

    while (list != NULL && *list != '\0') {
        size_t len;

        list += strspn(list, ", .");
        len = strcspn(list, ", ");
        if (len == 1 && *list == '*') {
            return true;
        }
        if (len > 0 && len <= host_len && ascii_same_start(host + host_len - len, list, len) &&
            (len == host_len || host[host_len - len - 1] == '.')) {
            return true;
        }
        list += len;
    }
    return false;
}

static char *describe_route(const char *host, const char *proxy, bool loopback)
{
    static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
    const char *scheme_end, *at;

    for (size_t i = 0; proxy == NULL && i < sizeof(names) / sizeof(names[0]); i++) {
        const char *value = getenv(names[i]);

        proxy = value != NULL && value[0] != '\0' ? value : NULL;
        if (proxy != NULL && no_proxy_names(host)) {
            proxy = "";
        }
    }
    if (loopback || proxy == NULL || proxy[0] == '\0') {
        return xstrdup("direct");
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

char *transport_describe_route(const char *base_url, const char *proxy)
{
    char *host = host_of(base_url);
    char *route = describe_route(host, proxy, is_loopback_host(host));

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
