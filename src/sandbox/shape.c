#include "sandbox/shape.h"

#include "sandbox/json_text.h"

#include "base/banned.h"

static void add_value(const struct request *request, const struct shape_member *member,
                      const void *record, struct buf *out)
{
    const void *place = (const char *)record + member->at;
    switch (member->kind) {
    case SHAPE_TEXT:
        json_text_string(out, *(char *const *)place);
        break;
    case SHAPE_TIME:
        json_text_time(out, *(const int64_t *)place);
        break;
    case SHAPE_STORED: {
        const char *stored = *(char *const *)place;
        const char *none = member->word != NULL ? member->word : "null";
        buf_adds(out, stored != NULL ? stored : none);
        break;
    }
    case SHAPE_FLAG:
        buf_addc(out, *(const bool *)place ? '1' : '0');
        break;
    case SHAPE_WORD:
        buf_adds(out, member->word);
        break;
    case SHAPE_MADE:
        member->write(request, record, out);
        break;
    }
}

void shape_text(const struct request *request, const struct shape *shape, unsigned view,
                const void *record, struct buf *out)
{
    const char *before = "{\"";
    for (size_t i = 0; i < shape->count; i++) {
        const struct shape_member *member = &shape->members[i];
        if (member->views == 0 || (member->views & view) != 0) {
            buf_adds(out, before);
            buf_adds(out, member->name);
            buf_adds(out, "\":");
            add_value(request, member, record, out);
            before = ",\"";
        }
    }
    buf_addc(out, '}');
}

void reply_shape(const struct request *request, const struct shape *shape, unsigned view,
                 const void *record, struct reply *reply)
{
    struct buf text;
    buf_init(&text, 0);
    shape_text(request, shape, view, record, &text);
    reply_text(reply, &text);
    buf_done(&text);
}

void reply_rows(const struct request *request, const struct shape *shape, unsigned view,
                const void *rows, size_t size, size_t count, int64_t total, struct reply *reply)
{
    struct buf list;
    buf_init(&list, 0);
    list_text_start(&list, total);
    for (size_t i = 0; i < count; i++) {
        list_text_next(&list, i);
        shape_text(request, shape, view, (const char *)rows + i * size, &list);
    }
    list_text_end(&list);
    reply_text(reply, &list);
    buf_done(&list);
}
