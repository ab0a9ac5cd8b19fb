/* replay TARGET-LINKED-IN FOLDER...: feeds every file of the folders to the fuzz target, and short
 * prefixes and single changed bytes of each, so that the corpus tests something even where there is
 * no libFuzzer. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"
#include "fuzz/fuzz.h"

#include "base/banned.h"

/* Files longer than this are run whole, without variants: these cost a run a byte. */
#define VARIANTS_MAX 4096

static void run(const struct buf *input)
{
    static const uint8_t changes[] = {0x00, 0x1b, '"', 0x80, 0xff};
    uint8_t *copy;

    LLVMFuzzerTestOneInput((const uint8_t *)input->data, input->len);
    if (input->len > VARIANTS_MAX) {
        return;
    }
    copy = xmalloc(input->len);
    for (size_t i = 0; i < input->len; i++) {
        LLVMFuzzerTestOneInput((const uint8_t *)input->data, i);
        memcpy(copy, input->data, input->len);
        copy[i] = changes[i % sizeof(changes)];
        LLVMFuzzerTestOneInput(copy, input->len);
    }
    free(copy);
}

static int run_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    int count = 0;

    if (dir == NULL) {
        fprintf(stderr, "no folder %s\n", folder);
        return -1;
    }
    while ((entry = readdir(dir)) != NULL) {
        char *path = file_join(folder, entry->d_name);
        struct buf input;
        struct err err;

        buf_init(&input, 0);
        if (entry->d_name[0] != '.') {
            if (!file_read(path, &input, &err)) {
                fprintf(stderr, "%s\n", err.text);
                count = -1;
            } else {
                run(&input);
                count++;
            }
        }
        buf_done(&input);
        free(path);
        if (count < 0) {
            break;
        }
    }
    closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: %s FOLDER...\n", argv[0]);
        return 2;
    }
    LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 1; i < argc; i++) {
        int count = run_folder(argv[i]);

        if (count <= 0) {
            fprintf(stderr, "%s: nothing was run\n", argv[i]);
            return 1;
        }
        printf("%s: %d files\n", argv[i], count);
    }
    return 0;
}
