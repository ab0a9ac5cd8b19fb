#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/banned.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"

#define LOG_LINE_MAX 8192
#define LOG_HIDDEN_MAX 16
#define LOG_HIDDEN_MIN 8 /* bytes */
#define LOG_KEY_MIN 20   /* letters and digits in one run that make a key and no word */

/* The one sink of the process. */
static struct {
    bool open;
    int fd;
    enum log_level level;
    struct secret *hidden[LOG_HIDDEN_MAX];
    size_t hidden_count;
} sink;

static bool is_key_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '=';
}

/* Bytes of the run at text if it looks like a key: long, and of more than one kind of character.
 * Paths, snake_case names and UUIDs have separators and never run that long. */
static size_t key_run(const char *text)
{
    size_t len = 0;
    unsigned kinds = 0;

    for (; is_key_byte(text[len]); len++) {
        char c = text[len];

        kinds |= c >= 'a' ? 1u : c >= 'A' ? 2u : 4u;
    }
    return len >= LOG_KEY_MIN && (kinds & (kinds - 1)) != 0 ? len : 0;
}

static size_t hidden_run(const char *text)
{
    for (size_t i = 0; i < sink.hidden_count; i++) {
        size_t len = secret_len(sink.hidden[i]);

        if (strncmp(text, secret_text(sink.hidden[i]), len) == 0) {
            return len;
        }
    }
    return 0;
}

static void redact(const char *text, struct buf *out)
{
    bool inside = false; /* of a run: a key starts where its run does */

    while (*text != '\0') {
        size_t len = hidden_run(text);

        if (len == 0 && !inside) {
            len = key_run(text);
        }
        if (len > 0) {
            buf_adds(out, "***");
            text += len;
            inside = false;
            continue;
        }
        inside = is_key_byte(*text);
        buf_addc(out, *text++);
    }
}

/* The text is clean already: only the quote and the backslash need escaping. */
static void add_json(struct buf *line, const char *text)
{
    buf_addc(line, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            buf_addc(line, '\\');
        }
        buf_addc(line, *text);
    }
    buf_addc(line, '"');
}

static const char *level_name(enum log_level level)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};

    return (size_t)level < sizeof(names) / sizeof(names[0]) ? names[level] : "error";
}

bool log_open(const char *path, enum log_level level, struct err *err)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    struct stat st;

    if (fd < 0) {
        return err_set(err, ERR_FILE, "Could not open the log %s: %s.", path,
                       errno == ELOOP ? "it is a symbolic link" : strerrordesc_np(errno));
    }
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
        fchmod(fd, S_IRUSR | S_IWUSR) != 0) {
        close(fd);
        return err_set(err, ERR_FILE, "The log %s is not a regular file of ours.", path);
    }
    if (sink.open) {
        close(sink.fd);
    }
    sink.open = true;
    sink.fd = fd;
    sink.level = level;
    return true;
}

void log_close(void)
{
    for (size_t i = 0; i < sink.hidden_count; i++) {
        secret_free(sink.hidden[i]);
        sink.hidden[i] = NULL;
    }
    sink.hidden_count = 0;
    if (sink.open) {
        close(sink.fd);
        sink.open = false;
    }
}

void log_hide(const struct secret *secret)
{
    /* A closed log has no use for a copy, and a copy that nobody has is the safest. */
    if (!sink.open || secret_len(secret) < LOG_HIDDEN_MIN) {
        return;
    }
    for (size_t i = 0; i < sink.hidden_count; i++) {
        if (secret_equal(sink.hidden[i], secret)) {
            return;
        }
    }
    if (sink.hidden_count == LOG_HIDDEN_MAX) {
        /* The oldest goes: whatever looks like a key is cut out anyway. */
        secret_free(sink.hidden[0]);
        sink.hidden_count--;
        for (size_t i = 0; i < sink.hidden_count; i++) {
            sink.hidden[i] = sink.hidden[i + 1];
        }
    }
    sink.hidden[sink.hidden_count++] = secret_dup(secret);
}

void log_msg(enum log_level level, const char *area, const char *format, ...)
{
    char when[TIME_TEXT_SIZE];
    struct clock clock;
    struct buf raw;
    struct buf clean;
    struct buf line;
    va_list args;
    char *text;
    bool lost;

    if (!sink.open || level > sink.level) {
        return;
    }
    va_start(args, format);
    text = xvasprintf(format, args);
    va_end(args);
    clock_init(&clock);
    time_format(clock_now(&clock), when);
    buf_init(&raw, LOG_LINE_MAX);
    buf_init(&clean, 0);
    buf_init(&line, 0);
    /* Redacted first: cleaning could change a byte inside a key and so hide it from the search. */
    redact(text, &raw);
    text_clean(raw.data, raw.len, &clean);
    buf_addf(&line, "{\"time\":\"%s\",\"level\":\"%s\",\"area\":", when, level_name(level));
    add_json(&line, area);
    buf_adds(&line, ",\"text\":");
    add_json(&line, clean.data);
    buf_adds(&line, "}\n");
    /* One write, so that two programs that share the file do not mix their lines. A full disk loses
     * the line: there is nobody left to tell. */
    lost = write(sink.fd, line.data, line.len) < 0;
    (void)lost;
    buf_wipe_done(&line);
    buf_wipe_done(&clean);
    buf_wipe_done(&raw);
    explicit_bzero(text, strlen(text));
    free(text);
}
