/* Any bytes as JSON: what is read can be written and read again to the same value; what is refused
 * is refused without a word of the input; read in parts it is the same. */
#include <stdlib.h>
#include <string.h>

#include "api/json.h"
#include "fuzz/fuzz.h"

#include "base/banned.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    json_setup();
    return 0;
}

static void read_members(const json_t *value)
{
    const char *name;
    json_t *member;

    json_object_foreach((json_t *)value, name, member)
    {
        double number;
        int64_t whole;
        size_t len = 0;
        const char *word = json_get_word(value, name);

        (void)json_get_text(value, name, &len);
        if (word != NULL && (len != strlen(word) || len == 0)) {
            fuzz_broken("a word that is none");
        }
        if (json_get_whole(value, name, &whole) && !json_get_number(value, name, &number)) {
            fuzz_broken("a whole number that is no number");
        }
        if (json_get_flag(value, name) > 1) {
            fuzz_broken("a flag that is neither");
        }
        (void)json_get_time(value, name);
        (void)json_has_value(value, name);
    }
}

static void read_in_parts(const char *text, size_t size, const json_t *whole)
{
    struct json_reader *reader = json_reader_new(text, size);
    json_t *value = NULL;
    bool cut;

    while (!json_reader_work(reader, 0, &value, &cut, NULL)) {
    }
    if (json_reader_broken(reader)[0] != '\0') {
        if (value == NULL) {
            fuzz_broken("a broken row took the others down");
        }
    } else if ((value == NULL) != (whole == NULL) || (value != NULL && !json_equal(value, whole))) {
        fuzz_broken("in parts it is another");
    }
    json_decref(value);
    json_reader_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    char *text = fuzz_copy(data, size, 0);
    json_t *value = json_read(text, size, &err);

    read_in_parts(text, size, value);
    free(text);
    if (value == NULL) {
        if (err.kind != ERR_DECODE || err.text[0] == '\0') {
            fuzz_broken("refused without a reason");
        }
        return 0;
    }
    read_members(value);
    for (int indent = 0; indent < 2; indent++) {
        char *written = json_write(value, indent != 0);
        json_t *again = json_read(written, strlen(written), NULL);

        if (again == NULL || !json_equal(value, again)) {
            fuzz_broken("written and read again it is another");
        }
        json_decref(again);
        free(written);
    }
    json_decref(value);
    return 0;
}
