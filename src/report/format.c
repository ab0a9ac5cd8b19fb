#include "report/report.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/banned.h"

static const char *const FORMAT_NAMES[] = {"table", "json", "csv"};

bool report_format_parse(const char *text, enum report_format *out)
{
    for (size_t i = 0; i < sizeof FORMAT_NAMES / sizeof *FORMAT_NAMES; i++) {
        if (strcasecmp(text, FORMAT_NAMES[i]) == 0) {
            *out = (enum report_format)i;
            return true;
        }
    }
    return false;
}

void report_csv_cell(FILE *out, const char *text)
{
    bool guard = *text != '\0' && strchr("=+-@\t\r", *text) != NULL;
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

bool report_flush(FILE *out, struct err *err)
{
    if (fflush(out) != 0 || ferror(out)) {
        return err_set(err, ERR_FILE, "The report could not be written: %s.", strerror(errno));
    }
    return true;
}
