/* Flags: those of the reader with a table of its own, and those of each command as it is, in one
 * process. Bad input is one sentence and exit 2, nothing on stdout, and no server is asked. */
#include <fcntl.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/app.h"
#include "app/commands/commands.h"
#include "app/flags.h"
#include "app/temp.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/secret.h"

#include "base/banned.h"

#define WORDS_MAX 24
#define SAID_MAX 1500

/* -- the reader -- */

enum { ONE = 1, FLAG = 2, TWO = 3, MANY = 4 | FLAG_MANY };

static const struct option OPTIONS[] = {
    {"one", required_argument, NULL, ONE},   {"flag", no_argument, NULL, FLAG},
    {"other", required_argument, NULL, TWO}, {"many", required_argument, NULL, MANY},
    {"help", no_argument, NULL, 'h'},        {NULL, 0, NULL, 0},
};

struct line {
    char *text, *words[WORDS_MAX + 1];
    int count;
};

/* Cuts at blanks; a quote keeps "" as a word of its own. */
static void line_init(struct line *line, const char *text)
{
    char *save = NULL;

    *line = (struct line){.text = xstrdup(text)};
    for (char *word = strtok_r(line->text, " ", &save); word != NULL;
         word = strtok_r(NULL, " ", &save)) {
        assert_true(line->count < WORDS_MAX);
        line->words[line->count++] = strcmp(word, "''") == 0 ? word + 2 : word;
    }
}

/* Reads all flags: "one=x flag rest" as they came, or the sentence of the first that is wrong. */
static void read_line(const char *text, bool stop, struct buf *out)
{
    struct flag_reader reader = {.options = OPTIONS, .stop = stop};
    struct line line;
    struct err err = {0};
    int flag;

    line_init(&line, text);
    buf_clear(out);
    optind = 0;
    while ((flag = flags_next(line.count, line.words, &reader, &err)) != -1 && flag != '?') {
        buf_addf(out, "%d%s%s ", flag & ~FLAG_MANY, optarg == NULL ? "" : "=",
                 optarg == NULL ? "" : optarg);
    }
    if (flag == '?') {
        assert_int_equal(err.kind, ERR_INVALID);
        buf_clear(out);
        buf_adds(out, err.text);
    }
    for (int i = optind; flag != '?' && i < line.count; i++) {
        buf_addf(out, "%s ", line.words[i]);
    }
    free(line.text);
}

static void flags_are_read_as_written(void **state)
{
    static const struct {
        const char *line;
        bool stop;
        const char *got;
    } rows[] = {
        {"p", false, ""},
        {"p --one x", false, "1=x "},
        {"p --one=x", false, "1=x "},
        {"p --one=", false, "1= "},
        {"p --one ''", false, "1= "},
        {"p --one=--two", false, "1=--two "},
        {"p --one -x", false, "1=-x "},
        {"p --flag --other y", false, "2 3=y "},
        {"p --many a --many b", false, "4=a 4=b "},
        {"p --flag --flag", false, "2 2 "},
        {"p a --flag b", false, "2 a b "},
        {"p a --flag b", true, "a --flag b "},
        {"p --flag a --one x", true, "2 a --one x "},
        {"p -- --one x", false, "--one x "},
        {"p -h", false, "104 "},
        {"p --help", false, "104 "},
        {"p --on x", false, "--one has to be written in full"},
        {"p --on=x", false, "--one has to be written in full"},
        {"p --fl", false, "--flag has to be written in full"},
        {"p --one", false, "--one needs a value"},
        {"p --one --flag", false,
         "--one needs a value, and a flag follows; a value that begins so is written --one=--.."},
        {"p --one x --one x", false, "--one is given twice"},
        {"p --one x --one=y", false, "--one is given twice"},
        {"p --flag=x", false, "--flag takes no value"},
        {"p --help=x", false, "--help takes no value"},
        {"p --ones x", false, "there is no flag --ones; did you mean --one?"},
        {"p --secret=x", false, "there is no flag --secret"},
        {"p --xyzzy", false, "there is no flag --xyzzy"},
        {"p -x", false, "there is no flag -x"},
        {"p -\x01", false, "there is no flag -?"},
        {"p --a\x1b[31m", false, "there is no flag --a\u241b[31m"},
    };
    struct buf got;

    (void)state;
    buf_init(&got, 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        read_line(rows[i].line, rows[i].stop, &got);
        if (strcmp(got.data, rows[i].got) != 0) {
            fail_msg("%s: %s", rows[i].line, got.data);
        }
    }
    buf_done(&got);
}

static void a_long_flag_is_cut_in_its_sentence(void **state)
{
    char *line = xcalloc(1, 100000);
    struct buf got;

    (void)state;
    buf_init(&got, 0);
    memset(line, 'x', 99999);
    line[1] = ' ';
    line[2] = line[3] = '-';
    read_line(line, false, &got);
    assert_true(got.len < 120);
    assert_non_null(strstr(got.data, ".."));
    buf_done(&got);
    free(line);
}

static void a_text_can_be_written_down(void **state)
{
    struct err err = {0};

    (void)state;
    assert_true(flags_text_ok("name", "", 4, &err));
    assert_true(flags_text_ok("name", "\xc3\xa9\xc3\xa9", 4, &err));
    assert_false(flags_text_ok("name", "abcde", 4, &err));
    assert_string_equal(err.text, "--name is longer than 4 bytes.");
    assert_false(flags_text_ok("name", "a\tb", 4, &err));
    assert_string_equal(err.text, "--name has a newline or a control character in it.");
    assert_false(flags_text_ok("name", "a\x7f", 4, &err));
    assert_false(flags_text_ok("name", "a\xff", 4, &err));
    assert_string_equal(err.text, "--name is no UTF-8 text.");
}

/* -- the commands -- */

struct place {
    char folder[32];
    struct app app;
    struct buf out, err;
};

static void write_file(const char *folder, const char *name, const char *text)
{
    char *path = file_join(folder, name);

    assert_true(file_write_atomic(path, text, strlen(text), 0600, NULL));
    free(path);
}

/* A home whose only profile leads to a server that is not there. */
static int set_up(void **state)
{
    struct place *place = xcalloc(1, sizeof(*place));
    struct app_options options = {.now = TIME_NONE};
    char *profiles;

    snprintf(place->folder, sizeof(place->folder), "/tmp/flags.XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    setenv("HOME", place->folder, 1);
    for (const char *const *name =
             (const char *const[]){"XDG_CONFIG_HOME", "XDG_STATE_HOME", "PORTKEY_API_KEY",
                                   "PORTKEY_BASE_URL", "PORTCULLIS_PROFILE", NULL};
         *name != NULL; name++) {
        unsetenv(*name);
    }
    assert_true(secret_setup());
    umask(077);
    profiles = file_join(place->folder, ".config/portcullis/profiles");
    assert_true(file_mkdirs(profiles, NULL));
    write_file(place->folder, "key", "abcdefgh12345678\n");
    write_file(profiles, "demo.ini",
               "base_url = http://127.0.0.1:9/v1\nkey = file\nkey_file = /nowhere\n");
    free(profiles);
    assert_int_equal(chdir(place->folder), 0);
    assert_true(app_init(&place->app, &options, NULL));
    buf_init(&place->out, 0);
    buf_init(&place->err, 0);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;

    app_done(&place->app);
    buf_done(&place->out);
    buf_done(&place->err);
    assert_int_equal(chdir("/"), 0);
    temp_remove(place->folder);
    free(place);
    return 0;
}

/* Lets a stream write into a file; gives what it was. */
static int redirect(FILE *stream, const char *path)
{
    int was = dup(fileno(stream));
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    fflush(stream);
    dup2(fd, fileno(stream));
    close(fd);
    return was;
}

static void restore(FILE *stream, int was, const char *path, struct buf *got)
{
    fflush(stream);
    dup2(was, fileno(stream));
    close(was);
    buf_clear(got);
    assert_true(file_read(path, got, NULL));
}

static int run_words(struct place *place, int count, char **words)
{
    const struct command *command = command_find(words[0]);
    int out, err;
    int code;

    assert_non_null(command);
    out = redirect(stdout, "out");
    err = redirect(stderr, "err");
    code = command_run(&place->app, command, count, words);
    restore(stdout, out, "out", &place->out);
    restore(stderr, err, "err", &place->err);
    return code;
}

static int run_line(struct place *place, const char *text)
{
    struct line line;
    int code;

    line_init(&line, text);
    code = run_words(place, line.count, line.words);
    free(line.text);
    return code;
}

static void check_bad(struct place *place, const char *what, int code, const char *says)
{
    if (code != EXIT_USAGE || place->out.len > 0 || place->err.len > SAID_MAX ||
        strstr(place->err.data, says) == NULL || strchr(place->err.data, '\033') != NULL) {
        fail_msg("%.200s: %d\n%s%s", what, code, place->out.data, place->err.data);
    }
}

#define ID "60571396-bd81-4e58-8c82-4858930ede0b"
#define CREATE "create-key --kind workspace-service --workspace ws-tools --name probe "

static void bad_flags_of_commands(void **state)
{
    static const struct {
        const char *line, *says;
    } rows[] = {
        {"keys --formt json", "did you mean --format"},
        {"keys --form json", "--format has to be written in full"},
        {"keys --format json --format csv", "--format is given twice"},
        {"keys --format", "--format needs a value"},
        {"keys --format --filter x", "--format needs a value, and a flag follows"},
        {"keys --format xml", "table, json, csv or ids"},
        {"keys --format=", "table, json, csv or ids"},
        {"keys --help=yes", "--help takes no value"},
        {"keys -F", "there is no flag -F"},
        {"keys --profile", "--profile needs a value"},
        {"keys surplus", "takes no argument"},
        {"keys -- --format json", "takes no argument"},
        {"keys --eol cr", "--eol is lf or crlf"},
        {"workspaces surplus", "takes no argument"},
        {"members surplus", "takes no argument"},
        {"overview surplus", "takes no argument"},
        {"info surplus", "takes no argument"},
        {"profiles surplus", "takes no argument"},
        {"key", "takes one key: its id"},
        {"key " ID " " ID, "takes one key: its id"},
        {"revoke --confirm x", "takes one key id"},
        {"logout", "one profile"},
        {"logout demo demo", "one profile"},
        {"keys --columns colour", "no column \"colour\""},
        {"keys --columns ''", "no column \"\""},
        {"keys --columns \033[31m\xff", "no column"},
        {"keys --sort colour", "no column"},
        {"keys --filter colour:red", "colour"},
        {"key ''", "can be no key"},
        {"key a\nb", "can be no key"},
        {"key a\033[2J", "can be no key"},
        {"key \xff", "can be no key"},
        {"key 60571396-BD81-4E58-8C82-4858930EDE0B", "small letters"},
        {"revoke '' --confirm x", "can be no key id"},
        {"revoke ../users/1 --confirm x", "can be no key id"},
        {"revoke a\033[2J --confirm x", "can be no key id"},
        {"revoke " ID " --confirm x --i-know",
         "--i-know-this-is-not-my-key has to be written in full"},
        {"revoke " ID " --reason x", "--confirm SUFFIX is needed"},
        {"revoke " ID " --confirm x --confirm x", "--confirm is given twice"},
        {"revoke " ID " --confirm --dry-run", "--confirm needs a value"},
        {"revoke " ID " --confirm x --reason INC\n1", "--reason has a newline"},
        {"revoke " ID " --confirm x --reason INC\xff", "--reason is no UTF-8"},
        {"create-key --name x --yes", "--kind is needed"},
        {CREATE "--kind workspace-user --yes", "--kind is given twice"},
        {"create-key --kind workspace-service --name --yes",
         "--name needs a value, and a flag follows"},
        {"create-key --kind workspace-service --workspace \xff --name x --yes",
         "--workspace is no UTF-8"},
        {"create-key --kind workspace-user --owner a\nb --name x --yes", "--owner has a newline"},
        {"create-key --kind workspace-service --name x --scope '' --yes", "There is no scope"},
        {"create-key --kind workspace-service --name x --scope \033]0;x\a --yes",
         "There is no scope"},
        {CREATE "--preset nonsense --yes", "Presets:"},
        {CREATE "--preset inference --rotate daily --yes", "A rotation is weekly, monthly"},
        {CREATE "--preset inference --rate-limit a:b --yes", "A rate limit reads"},
        {CREATE "--preset inference --budget 1e400 --yes", "A budget reads"},
        {"login", "--name is needed"},
        {"login --name ../x", "name is made of"},
        {"login --name x --base-url ''", "base URL is empty"},
        {"login --name x --base-url http://portkey.example/v1", "https"},
        {"login --name x --key wallet", "--key is keyring, command, file or ask"},
        {"login --name x --key file", "key_file is needed"},
        {"login --name x --key-file a --key-command b", "belongs to key"},
        {"login --name x --key-file key --ca-file /nonexistent", "cannot be read"},
        {"login --name x --key-file key --tag a\nb", "control character"},
        {"settle", "takes"},
        {"settle x --as perhaps --reason abc", "--as"},
        {"settle x --as done", "--reason"},
        {"pending surplus", "takes no argument"},
        {"journal", "verify"},
        {"journal eat", "verify"},
    };
    struct place *place = *state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check_bad(place, rows[i].line, run_line(place, rows[i].line), rows[i].says);
    }
}

static void arguments_that_are_too_long(void **state)
{
    struct place *place = *state;
    char *text = xcalloc(1, 100001);
    char *const rows[][6] = {
        {"keys", text, NULL},
        {"keys", "--columns", text, NULL},
        {"key", text, NULL},
        {"revoke", text, "--confirm", "x", NULL},
        {"revoke", ID, "--confirm", "x", "--reason", text},
        {"create-key", "--kind", "workspace-service", "--name", text, "--yes"},
        {"create-key", "--kind", "workspace-service", "--name=x", "--workspace", text},
        {"login", "--name", text, NULL},
    };

    memset(text, 'x', 100000);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *words[7] = {0};
        int count = 0;

        while (count < 6 && rows[i][count] != NULL) {
            words[count] = rows[i][count];
            count++;
        }
        check_bad(place, words[0], run_words(place, count, words), "");
    }
    free(text);
}

/* A key in the wrong place is not repeated. */
static void a_key_in_the_wrong_place(void **state)
{
    static const char *const rows[] = {"-9f8e7d", "secret-key-9f8e7d", "--key=secret-key-9f8e7d",
                                       "--nokey=secret-key-9f8e7d"};
    struct place *place = *state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *line = xasprintf("login --name x %s", rows[i]);

        check_bad(place, line, run_line(place, line), "");
        assert_null(strstr(place->err.data, "9f8e7d"));
        free(line);
    }
}

/* Every flag that its help tells is known to the command, and no other is. */
static void a_command_knows_the_flags_it_tells(void **state)
{
    struct place *place = *state;

    for (const struct command *command = COMMANDS; command->name != NULL; command++) {
        char *line = xasprintf("%s --no-such-flag", command->name);
        char *help;
        const char *at;

        check_bad(place, line, run_line(place, line), "there is no flag --no-such-flag");
        free(line);
        line = xasprintf("%s --help", command->name);
        assert_int_equal(run_line(place, line), EXIT_DONE);
        free(line);
        at = help = xstrdup(place->out.data);
        while ((at = strstr(at, "--")) != NULL) {
            size_t len = 2 + strspn(at + 2, "abcdefghijklmnopqrstuvwxyz-");

            line = xasprintf("%s%s %.*s", command->name,
                             strcmp(command->name, "journal") == 0 ? " verify" : "", (int)len, at);
            (void)run_line(place, line);
            if (len > 2 && strstr(place->err.data, "there is no flag") != NULL) {
                fail_msg("%s: %s", line, place->err.data);
            }
            free(line);
            at += len;
        }
        free(help);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_are_read_as_written),
        cmocka_unit_test(a_long_flag_is_cut_in_its_sentence),
        cmocka_unit_test(a_text_can_be_written_down),
        cmocka_unit_test_setup_teardown(bad_flags_of_commands, set_up, tear_down),
        cmocka_unit_test_setup_teardown(arguments_that_are_too_long, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_in_the_wrong_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_command_knows_the_flags_it_tells, set_up, tear_down),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
