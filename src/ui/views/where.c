#include "ui/views/where.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/tag.h"

#include "base/banned.h"

void where_line(const struct ui *ui, const char *label, struct doc *doc)
{
    struct host_session session;
    char *name, *tag, *url;
    const char *host;
    int len;

    ui_session(ui, &session);
    name = text_cleaned(session.profile);
    tag = text_cleaned(session.tag);
    url = text_cleaned(session.base_url);
    host = strstr(url, "://");
    host = host == NULL ? url : host + strlen("://");
    len = (int)((size_t)(host - url) + strcspn(host, "/"));
    if (tag[0] == '\0') {
        doc_field(doc, label, STYLE_BOLD, "%s   %.*s", name, len, url);
    } else {
        doc_field(doc, label, tag_is_production(session.tag) ? STYLE_PROD : STYLE_BOLD,
                  "%s [%s]   %.*s", name, tag, len, url);
    }
    free(name);
    free(tag);
    free(url);
}
