#include "app/flags.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#include "base/banned.h"

#define QUOTED_MAX 60 /* columns of an argument in a sentence */

char *flags_quoted(const char *text, size_t len)
{
    struct buf clean, cut;
    int used;

    buf_init(&clean, 0);
    buf_init(&cut, 0);
    text_clean(text, len, &clean);
    if (text_width(clean.data) <= QUOTED_MAX) {
        buf_done(&cut);
        return buf_take(&clean);
    }
    buf_add(&cut, clean.data, text_cut(clean.data, QUOTED_MAX, &used));
    buf_adds(&cut, "..");
    buf_done(&clean);
    return buf_take(&cut);
}

bool flags_text_ok(const char *flag, const char *value, size_t max, struct err *err)
{
    size_t len = strlen(value);

    if (len > max) {
        return err_set(err, ERR_INVALID, "--%s is longer than %zu bytes.", flag, max);
    }
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)value[i] < 0x20 || value[i] == 0x7f) {
            return err_set(err, ERR_INVALID, "--%s has a newline or a control character in it.",
                           flag);
        }
    }
    return text_is_utf8(value, len) || err_set(err, ERR_INVALID, "--%s is no UTF-8 text.", flag);
}

static int wrong(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int wrong(struct err *err, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    err_vset(err, ERR_INVALID, format, args);
    va_end(args);
    return '?';
}

static const struct option *with_value(const struct option *options, int value)
{
    for (; options->name != NULL; options++) {
        if (options->val == value) {
            return options;
        }
    }
    return NULL;
}

static int unknown(const struct option *options, const char *text, struct err *err)
{
    size_t len = strcspn(text, "=");
    char *flag = flags_quoted(text, len);
    const char *word = strncmp(flag, "--", 2) == 0 ? flag + 2 : flag;
    const char *near = NULL;
    int best = text_near_limit(word);

    for (; options->name != NULL; options++) {
        if (text_nearer(word, options->name, &best)) {
            near = options->name;
        }
    }
    if (near != NULL) {
        wrong(err, "there is no flag %s; did you mean --%s?", flag, near);
    } else {
        wrong(err, "there is no flag %s", flag);
    }
    free(flag);
    return '?';
}

/* getopt told '?' or ':'. optopt is a letter, the value of a known flag, or 0. */
static int told(char **argv, int what, const struct option *options, struct err *err)
{
    const struct option *option = optopt == 0 ? NULL : with_value(options, optopt);
    const char *text = argv[optind - 1];
    bool is_long = strncmp(text, "--", 2) == 0;

    if (what == ':' && option != NULL) {
        return wrong(err, "--%s needs a value", option->name);
    }
    if (option != NULL && is_long && strchr(text, '=') != NULL) {
        return wrong(err, "--%s takes no value", option->name);
    }
    if (optopt != 0) {
        return wrong(err, "there is no flag -%c", optopt > ' ' && optopt < 127 ? optopt : '?');
    }
    return unknown(options, text, err);
}

/* As it was written: the argument before the value, when that stands alone. */
static const char *written(char **argv)
{
    return argv[optind - (optarg != NULL && optarg == argv[optind - 1] ? 2 : 1)];
}

int flags_next(int argc, char **argv, struct flag_reader *reader, struct err *err)
{
    int index = -1;
    const struct option *option;
    const char *text;
    int flag;

    opterr = 0;
    flag = getopt_long(argc, argv, reader->stop ? "+:h" : ":h", reader->options, &index);
    if (flag == '?' || flag == ':') {
        return told(argv, flag, reader->options, err);
    }
    if (index < 0) {
        return flag;
    }
    option = &reader->options[index];
    text = written(argv);
    if (strcspn(text, "=") != strlen(option->name) + 2) {
        return wrong(err, "--%s has to be written in full", option->name);
    }
    if (optarg == NULL) {
        return flag;
    }
    if (text != argv[optind - 1] && strncmp(optarg, "--", 2) == 0) {
        return wrong(err,
                     "--%s needs a value, and a flag follows; a value that begins so is written "
                     "--%s=--..",
                     option->name, option->name);
    }
    if ((flag & FLAG_MANY) == 0 && (reader->seen & UINT64_C(1) << index) != 0) {
        return wrong(err, "--%s is given twice", option->name);
    }
    reader->seen |= UINT64_C(1) << index;
    return flag;
}

/* How many arguments this flag of the program takes up, 0 when it is none or lacks its value. */
static int hoistable(int left, char **at, const struct option *options)
{
    size_t len = strcspn(at[0], "=");

    if (strncmp(at[0], "--", 2) != 0) {
        return 0;
    }
    for (; options->name != NULL; options++) {
        if (options->val == 'h' || strlen(options->name) + 2 != len ||
            strncmp(at[0] + 2, options->name, len - 2) != 0) {
            continue;
        }
        if (options->has_arg == no_argument || at[0][len] == '=') {
            return 1;
        }
        return left > 1 && strncmp(at[1], "--", 2) != 0 ? 2 : 0;
    }
    return 0;
}

void flags_hoist(int argc, char **argv, const struct option *options)
{
    int command = 1;

    while (command < argc && argv[command][0] == '-') {
        int taken = hoistable(argc - command, argv + command, options);

        if (strcmp(argv[command], "--") == 0) {
            return;
        }
        command += taken > 0 ? taken : 1;
    }
    for (int at = command + 1; at < argc && strcmp(argv[at], "--") != 0; at++) {
        int taken = hoistable(argc - at, argv + at, options);

        for (int i = 0; i < taken; i++) {
            char *flag = argv[at + i];

            memmove(argv + command + 1, argv + command, (size_t)(at + i - command) * sizeof(*argv));
            argv[command++] = flag;
        }
        at += taken > 1 ? taken - 1 : 0;
    }
}
