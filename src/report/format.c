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

static void csv_text(FILE *out, const char *text, bool guard)
{
    if (!guard && strpbrk(text, "\",\r\n") == NULL) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    if (guard) {
        fputc('\'', out);
    }
    for (; *text != '\0'; text++) {
        if (*text == '"') {
            fputc('"', out);
        }
        fputc(*text, out);
    }
    fputc('"', out);
}

void report_csv_cell(FILE *out, const char *text)
{
    csv_text(out, text, *text != '\0' && strchr("=+-@\t\r", *text) != NULL);
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
