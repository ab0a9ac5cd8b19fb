/* A journal of any bytes: reading ends and counts fit. The first byte
 * chooses: 0 to 127, the rest as it is; else each line that is a JSON object gets the hash and the
 * link that make it a whole one of a chain, so that what lines say is reached. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/journal.h"
#include "app/journal_line.h"
#include "base/file.h"
#include "fuzz/fuzz.h"

#include "base/banned.h"

/* In memory where that is: a disk waits for each file that is written anew. */
static char folder[64];

static void remove_folder(void)
{
    char *path = file_join(folder, "journal.jsonl");

    unlink(path);
    free(path);
    path = file_join(folder, "journal.head");
    unlink(path);
    free(path);
    rmdir(folder);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    snprintf(folder, sizeof(folder), "%s/portcullis-fuzz-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (mkdtemp(folder) == NULL) {
        fuzz_broken("no folder for the journal");
    }
    umask(077);
    atexit(remove_folder);
    return 0;
}

/* The chain is made whole. */
static void link_lines(const char *text, size_t len, struct buf *out)
{
    char hash[HASH_TEXT_SIZE] = "";

    while (len > 0) {
        const char *newline = memchr(text, '\n', len);
        size_t line = newline == NULL ? len : (size_t)(newline - text);
        size_t taken = line + (newline != NULL);
        json_t *object = json_loadb(text, line, 0, NULL);

        json_object_del(object, "hash");
        if (!json_is_object(object) || !journal_line_make(object, hash, out, hash)) {
            buf_add(out, text, taken);
        }
        json_decref(object);
        text += taken;
        len -= taken;
    }
}

static void write_journal(const char *path, const uint8_t *data, size_t size)
{
    struct buf bytes;
    FILE *file = fopen(path, "wb");

    if (file == NULL) {
        fuzz_broken("the journal cannot be written");
    }
    buf_init(&bytes, 0);
    if (size > 0 && data[0] >= 128) {
        link_lines((const char *)data + 1, size - 1, &bytes);
    } else if (size > 0) {
        buf_add(&bytes, data + 1, size - 1);
    }
    fwrite(bytes.data, 1, bytes.len, file);
    fclose(file);
    buf_done(&bytes);
}

static void check(const struct journal_report *report)
{
    if (report->broken > report->lines || report->cut > report->lines ||
        (report->broken > 0) != (report->first_broken > 0) ||
        report->first_broken > report->lines || report->open_count > report->lines) {
        fuzz_broken("counts that do not fit");
    }
    for (size_t i = 0; i < report->open_count; i++) {
        struct trace trace;

        journal_open_trace(&report->open[i], &trace);
        (void)trace_same(&trace,
                         &trace); /* one that does not say what it is about is the same as none */
        (void)trace_ends(&trace, &trace);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *path = file_join(folder, "journal.jsonl");
    struct clock clock;
    struct journal_report report;
    struct err err;

    clock_init(&clock);
    write_journal(path, data, size);
    struct journal *journal = journal_new(path, &clock);
    if (!journal_read(journal, &report, &err)) {
        fuzz_broken(err.text);
    }
    check(&report);
    journal_report_done(&report);
    journal_free(journal);
    free(path);
    return 0;
}
