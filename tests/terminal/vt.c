#include "terminal/vt.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"

#include "base/banned.h"

#define ENV_MAX 32
/* Polls in a row that must find nothing. */
#define CALM 3

struct vt {
    VTerm *vterm;
    VTermScreen *screen;
    int fd;
    int line; /* the other end, kept open so that its modes outlive the program; -1: gone */
    pid_t pid;
    int status;
    bool ended;
    int width, height;
    bool alternate, cursor_shown;
    bool marks, late;
    struct buf answers; /* held back */
    VTermPos cursor;
    struct termios modes; /* before the program */
    struct buf bytes;
    double last_byte_ms;
    char row[4096];
    char *folder; /* where the sanitizers report */
};

static void failed(struct vt *vt, const char *what, const char *text)
{
    fprintf(stderr, "%s \"%s\"\n", what, text);
    vt_dump(vt);
    vt_close_reported(vt);
    fail();
}

static void on_output(const char *bytes, size_t len, void *ctx)
{
    static const char none[] = "\033[?2026;0$y";
    struct vt *vt = ctx;

    if (vt->marks && len == sizeof(none) - 1 && memcmp(bytes, none, len) == 0) {
        bytes = "\033[?2026;2$y";
    }
    if (vt->late) {
        buf_add(&vt->answers, bytes, len);
    } else {
        vt_send_bytes(vt, bytes, len);
    }
}

void vt_answer(struct vt *vt)
{
    vt->late = false;
    vt_send_bytes(vt, vt->answers.data, vt->answers.len);
    buf_clear(&vt->answers);
}

static int on_property(VTermProp property, VTermValue *value, void *ctx)
{
    struct vt *vt = ctx;

    if (property == VTERM_PROP_ALTSCREEN) {
        vt->alternate = value->boolean != 0;
    } else if (property == VTERM_PROP_CURSORVISIBLE) {
        vt->cursor_shown = value->boolean != 0;
    }
    return 1;
}

static int on_cursor(VTermPos now, VTermPos before, int shown, void *ctx)
{
    struct vt *vt = ctx;

    (void)before;
    (void)shown;
    vt->cursor = now;
    return 1;
}

static const VTermScreenCallbacks CALLBACKS = {.settermprop = on_property, .movecursor = on_cursor};

static void open_screen(struct vt *vt)
{
    vt->vterm = vterm_new(vt->height, vt->width);
    vterm_set_utf8(vt->vterm, 1);
    vt->screen = vterm_obtain_screen(vt->vterm);
    vt->cursor_shown = true;
    vterm_screen_set_callbacks(vt->screen, &CALLBACKS, vt);
    vterm_screen_enable_altscreen(vt->screen, 1);
    vterm_screen_reset(vt->screen, 1);
    vterm_output_set_callback(vt->vterm, on_output, vt);
}

static struct winsize size_of(const struct vt *vt)
{
    return (struct winsize){.ws_row = (unsigned short)vt->height,
                            .ws_col = (unsigned short)vt->width};
}

static void run(struct vt *vt, const struct vt_options *options, const char *const *argv, int line)
{
    char *env[ENV_MAX];
    size_t count = 0;

    env[count++] = xasprintf("TERM=%s", options->term == NULL ? "xterm-256color" : options->term);
    env[count++] = xstrdup("LC_ALL=C.UTF-8");
    env[count++] = xstrdup("TZ=UTC");
    env[count++] = xstrdup("PATH=/usr/bin:/bin");
    env[count++] = xasprintf("HOME=%s", vt->folder);
    env[count++] =
        xasprintf("ASAN_OPTIONS=detect_leaks=1:log_path=%s/report%s%s", vt->folder,
                  options->asan == NULL ? "" : ":", options->asan == NULL ? "" : options->asan);
    env[count++] = xasprintf("UBSAN_OPTIONS=print_stacktrace=1:log_path=%s/report", vt->folder);
    env[count++] = xstrdup("LSAN_OPTIONS=print_suppressions=0:suppressions=" VT_SUPPRESSIONS);
    for (size_t i = 0; options->env != NULL && options->env[i] != NULL && count < ENV_MAX - 1;
         i++) {
        env[count++] = xstrdup(options->env[i]);
    }
    env[count] = NULL;
    /* Makes it the controlling terminal of a session of its own and fds 0, 1, 2. */
    if (login_tty(line) == 0) {
        execve(argv[0], (char *const *)argv, env);
    }
    _exit(127);
}

struct vt *vt_open(const struct vt_options *options, const char *const *argv)
{
    struct vt *vt = xcalloc(1, sizeof(*vt));
    char folder[] = "/tmp/portcullis-vt-XXXXXX";
    struct winsize size;
    sigset_t none;

    vt->width = options->width == 0 ? 80 : options->width;
    vt->height = options->height == 0 ? 24 : options->height;
    vt->folder = xstrdup(mkdtemp(folder));
    vt->marks = options->marks;
    vt->late = options->late;
    buf_init(&vt->answers, 0);
    buf_init(&vt->bytes, 0);
    open_screen(vt);
    size = size_of(vt);
    assert_int_equal(openpty(&vt->fd, &vt->line, NULL, NULL, &size), 0);
    assert_int_equal(tcgetattr(vt->line, &vt->modes), 0);
    fcntl(vt->fd, F_SETFD, FD_CLOEXEC);
    fcntl(vt->fd, F_SETFL, O_NONBLOCK);
    sigemptyset(&none);
    vt->pid = fork();
    assert_true(vt->pid >= 0);
    if (vt->pid == 0) {
        sigprocmask(SIG_SETMASK, &none, NULL);
        run(vt, options, argv, vt->line);
    }
    fcntl(vt->line, F_SETFD, FD_CLOEXEC);
    return vt;
}

/* Prints and removes the files of the sanitizers. */
static bool take_reports(struct vt *vt)
{
    char *pattern = xasprintf("%s/report.*", vt->folder);
    glob_t found;
    bool any = false;

    if (glob(pattern, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            FILE *file = fopen(found.gl_pathv[i], "re");
            char line[512];

            while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
                fputs(line, stderr);
            }
            if (file != NULL) {
                fclose(file);
            }
            unlink(found.gl_pathv[i]);
            any = true;
        }
        globfree(&found);
    }
    free(pattern);
    return any;
}

static int remove_one(const char *path, const struct stat *stat, int kind, struct FTW *at)
{
    (void)stat;
    (void)kind;
    (void)at;
    return remove(path);
}

bool vt_close_reported(struct vt *vt)
{
    bool reported;

    if (!vt->ended) {
        kill(vt->pid, SIGKILL);
        waitpid(vt->pid, &vt->status, 0);
    }
    /* The second sanitizer writes past its log into the screen. */
    reported = vt_sent(vt, 0, "runtime error:");
    reported = take_reports(vt) || reported;
    if (vt->fd >= 0) {
        close(vt->fd);
    }
    if (vt->line >= 0) {
        close(vt->line);
    }
    vterm_free(vt->vterm);
    buf_done(&vt->bytes);
    buf_done(&vt->answers);
    nftw(vt->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(vt->folder);
    free(vt);
    return reported;
}

void vt_close(struct vt *vt)
{
    assert_false(vt_close_reported(vt));
}

static double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* One read. False when nothing came. */
static bool read_some(struct vt *vt, int ms)
{
    struct pollfd ready = {.fd = vt->fd, .events = POLLIN};
    char bytes[65536];
    ssize_t len;

    if (vt->fd < 0 || poll(&ready, 1, ms) <= 0) {
        return false;
    }
    len = read(vt->fd, bytes, sizeof(bytes));
    if (len <= 0) {
        return false;
    }
    vt->last_byte_ms = now_ms();
    buf_add(&vt->bytes, bytes, (size_t)len);
    vterm_input_write(vt->vterm, bytes, (size_t)len);
    return true;
}

bool vt_pump(struct vt *vt, int ms)
{
    if (read_some(vt, vt->ended ? 0 : ms)) {
        return true;
    }
    if (!vt->ended && waitpid(vt->pid, &vt->status, WNOHANG) == vt->pid) {
        vt->ended = true;
        while (read_some(vt, 0)) {
        }
    }
    return !vt->ended;
}

void vt_wait(struct vt *vt, const char *text)
{
    int64_t end = clock_mono_ms() + VT_DEADLINE_MS;

    while (vt_find(vt, text) < 0) {
        if (clock_mono_ms() > end || (!vt_pump(vt, 5) && vt_find(vt, text) < 0)) {
            failed(vt, "never came:", text);
        }
    }
}

void vt_wait_gone(struct vt *vt, const char *text)
{
    int64_t end = clock_mono_ms() + VT_DEADLINE_MS;

    while (vt_find(vt, text) >= 0) {
        if (clock_mono_ms() > end || (!vt_pump(vt, 5) && vt_find(vt, text) >= 0)) {
            failed(vt, "never went:", text);
        }
    }
}

void vt_wait_row(struct vt *vt, int row, const char *text)
{
    int64_t end = clock_mono_ms() + VT_DEADLINE_MS;

    while (strstr(vt_row(vt, row), text) == NULL) {
        if (clock_mono_ms() > end || (!vt_pump(vt, 5) && strstr(vt_row(vt, row), text) == NULL)) {
            failed(vt, "never came in its row:", text);
        }
    }
}

static bool asleep(const struct vt *vt)
{
    char path[64];
    char stat[512];
    const char *name_end;
    ssize_t len;
    int fd;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)vt->pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return true;
    }
    len = read(fd, stat, sizeof(stat) - 1);
    close(fd);
    stat[len < 0 ? 0 : len] = '\0';
    name_end = strrchr(stat, ')');
    return name_end == NULL || strchr("SZT", name_end[2]) != NULL;
}

void vt_quiet(struct vt *vt)
{
    int64_t end = clock_mono_ms() + VT_DEADLINE_MS;
    size_t before;
    int calm = 0;

    while (calm < CALM) {
        before = vt->bytes.len;
        if (!vt_pump(vt, 2)) {
            return;
        }
        calm = vt->bytes.len == before && asleep(vt) ? calm + 1 : 0;
        if (clock_mono_ms() > end) {
            failed(vt, "never quiet", "");
        }
    }
}

int vt_wait_end(struct vt *vt)
{
    int64_t end = clock_mono_ms() + VT_DEADLINE_MS;

    while (vt_pump(vt, 5)) {
        if (clock_mono_ms() > end) {
            failed(vt, "never ended", "");
        }
    }
    return vt->status;
}

const char *vt_row(struct vt *vt, int row)
{
    VTermRect area = {.start_row = row, .end_row = row + 1, .start_col = 0, .end_col = vt->width};
    size_t len = vterm_screen_get_text(vt->screen, vt->row, sizeof(vt->row) - 1, area);

    while (len > 0 && vt->row[len - 1] == ' ') {
        len--;
    }
    vt->row[len] = '\0';
    return vt->row;
}

int vt_find(struct vt *vt, const char *text)
{
    for (int row = 0; row < vt->height; row++) {
        if (strstr(vt_row(vt, row), text) != NULL) {
            return row;
        }
    }
    return -1;
}

VTermScreenCell vt_cell(struct vt *vt, int x, int y)
{
    VTermScreenCell cell = {0};

    vterm_screen_get_cell(vt->screen, (VTermPos){.row = y, .col = x}, &cell);
    return cell;
}

bool vt_alternate(const struct vt *vt)
{
    return vt->alternate;
}

bool vt_cursor(const struct vt *vt, int *x, int *y)
{
    *x = vt->cursor.col;
    *y = vt->cursor.row;
    return vt->cursor_shown;
}

size_t vt_bytes(const struct vt *vt)
{
    return vt->bytes.len;
}

/* The last of the sequences that begin so turns it off, or none was sent. */
static bool last_is(const struct vt *vt, const char *begin, const char *off, const char *other_off)
{
    const char *last = NULL;
    const char *at = vt->bytes.data;

    while ((at = strstr(at, begin)) != NULL) {
        last = at + strlen(begin);
        at = last;
    }
    return last == NULL || strncmp(last, off, strlen(off)) == 0 ||
           strncmp(last, other_off, strlen(other_off)) == 0;
}

bool vt_keys_are_plain(const struct vt *vt)
{
    return last_is(vt, "\033[>4", "m", ";0m") && last_is(vt, "\033[=", "0u", "0;1u");
}

double vt_last_byte_ms(const struct vt *vt)
{
    return vt->last_byte_ms;
}

const char *vt_output(const struct vt *vt, size_t from)
{
    return vt->bytes.data + from;
}

bool vt_sent(const struct vt *vt, size_t from, const char *bytes)
{
    return from <= vt->bytes.len &&
           memmem(vt->bytes.data + from, vt->bytes.len - from, bytes, strlen(bytes)) != NULL;
}

void vt_modes(const struct vt *vt, struct termios *out)
{
    assert_int_equal(tcgetattr(vt->line, out), 0);
}

bool vt_modes_restored(const struct vt *vt)
{
    struct termios now;

    vt_modes(vt, &now);
    return now.c_iflag == vt->modes.c_iflag && now.c_oflag == vt->modes.c_oflag &&
           now.c_cflag == vt->modes.c_cflag && now.c_lflag == vt->modes.c_lflag &&
           memcmp(now.c_cc, vt->modes.c_cc, sizeof(now.c_cc)) == 0;
}

void vt_send_bytes(struct vt *vt, const char *bytes, size_t len)
{
    int64_t end = clock_mono_ms() + VT_DEADLINE_MS;

    while (len > 0 && vt->fd >= 0) {
        ssize_t written = write(vt->fd, bytes, len);

        if (written > 0) {
            bytes += written;
            len -= (size_t)written;
        } else if (written < 0 && errno == EAGAIN && clock_mono_ms() < end) {
            /* Both may be full: it has to be able to write for it to read. */
            vt_pump(vt, 5);
        } else {
            return;
        }
    }
}

void vt_send(struct vt *vt, const char *text)
{
    vt_send_bytes(vt, text, strlen(text));
}

void vt_key(struct vt *vt, VTermKey key)
{
    vterm_keyboard_key(vt->vterm, key, VTERM_MOD_NONE);
}

void vt_resize(struct vt *vt, int width, int height)
{
    struct winsize size;

    vt->width = width;
    vt->height = height;
    size = size_of(vt);
    vterm_set_size(vt->vterm, height, width);
    assert_int_equal(ioctl(vt->fd, TIOCSWINSZ, &size), 0);
}

void vt_resize_unseen(struct vt *vt, int width, int height)
{
    struct winsize size = {.ws_row = (unsigned short)height, .ws_col = (unsigned short)width};

    assert_int_equal(ioctl(vt->fd, TIOCSWINSZ, &size), 0);
}

void vt_hang_up(struct vt *vt)
{
    close(vt->line);
    close(vt->fd);
    vt->line = -1;
    vt->fd = -1;
}

const char *vt_home(const struct vt *vt)
{
    return vt->folder;
}

pid_t vt_pid(const struct vt *vt)
{
    return vt->pid;
}

void vt_dump(struct vt *vt)
{
    for (int row = 0; row < vt->height; row++) {
        fprintf(stderr, "%3d|%s\n", row, vt_row(vt, row));
    }
    if (vt->ended) {
        fprintf(stderr, "ended with status %x\n", (unsigned)vt->status);
    }
}

void vt_check(struct vt *vt, bool holds, const char *what, const char *file, int line)
{
    if (!holds) {
        fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
        vt_dump(vt);
        vt_close_reported(vt);
        fail();
    }
}
