#include "base/ascii.h"
#include "report/report.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/banned.h"

static const char *const FORMAT_NAMES[] = {"table", "json", "csv"};

bool report_format_parse(const char *text, enum report_format *out)
{
    for (size_t i = 0; i < sizeof FORMAT_NAMES / sizeof *FORMAT_NAMES; i++) {
        if (ascii_same(text, FORMAT_NAMES[i])) {
            *out = (enum report_format)i;
            return true;
        }
    }
    return false;
}

/* Would a spreadsheet read a formula from here on? */
static bool runs(const char *text)
{
    static const char *const WIDE[] = {"\uff1d", "\uff0b", "\uff0d", "\uff20"}; /* = + - @ */
    for (size_t i = 0; i < sizeof WIDE / sizeof *WIDE; i++) {
        if (strncmp(text, WIDE[i], strlen(WIDE[i])) == 0) {
            return true;
        }
    }
    return *text != '\0' && strchr("=+-@\t\r", *text) != NULL;
}

/* Blanks in front are no help: some programs cut them off, and a tab was one before it was cleaned.
 */
static bool runs_at_last(const char *text)
{
    return runs(text + strspn(text, " "));
}

/* Two or three short numbers with / - or . between them: a spreadsheet makes a day of it. A day of
 * ours is one. */
static bool looks_like_day(const char *text)
{
    int numbers = 0;
    size_t len = strspn(text, "0123456789");
    bool day = len == 4 && strlen(text) == strlen("2026-09-01") && text[4] == '-' && text[7] == '-';
    while (len > 0 && len <= 4) {
        numbers++;
        text += len;
        if (*text == '\0') {
            return numbers > 1 && numbers <= 3 && !day;
        }
        if (strchr("/-.", *text) == NULL) {
            return false;
        }
        text++;
        len = strspn(text, "0123456789");
    }
    return false;
}

static const char *after_separator(const char *text)
{
    const char *at = strchr(text, ';');
    return at == NULL ? NULL : at + 1 + strspn(at + 1, " ");
}

static bool needs_guard(const char *text)
{
    if (runs_at_last(text) || looks_like_day(text)) {
        return true;
    }
    for (const char *at = after_separator(text); at != NULL; at = after_separator(at)) {
        if (runs(at)) {
            return true;
        }
    }
    return false;
}

static void csv_text(FILE *out, const char *text, bool guard)
{
    guard = guard && needs_guard(text);
    if (!guard && strpbrk(text, "\",\r\n;") == NULL) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    if (guard && (runs_at_last(text) || looks_like_day(text))) {
        fputc('\'', out);
    }
    const char *next = guard ? after_separator(text) : NULL;
    for (; *text != '\0'; text++) {
        if (text == next) {
            fputs(runs(text) ? "'" : "", out);
            next = after_separator(text);
        }
        if (*text == '"') {
            fputc('"', out);
        }
        fputc(*text, out);
    }
    fputc('"', out);
}

void report_csv_cell(FILE *out, const char *text)
{
    csv_text(out, text, true);
}

void report_csv_exact(FILE *out, const char *text)
{
    csv_text(out, text, false);
}

/* Why the stream failed when an earlier write did and nothing is left to flush: a pipe that nobody
 * reads tells it again. */
static int late_cause(FILE *out)
{
    struct pollfd fd = {.fd = fileno(out), .events = POLLOUT};

    return fd.fd >= 0 && poll(&fd, 1, 0) > 0 && (fd.revents & POLLERR) != 0 ? EPIPE : EIO;
}

bool report_flush(FILE *out, struct err *err)
{
    int cause = fflush(out) != 0 ? errno : ferror(out) ? late_cause(out) : 0;

    if (cause == 0) {
        return true;
    }
    err_set(err, ERR_FILE, "The output could not be written: %s.", strerrordesc_np(cause));
    if (err != NULL) {
        err->status = cause;
    }
    return false;
}
