/* A terminal for tests: a program in a pty, its screen in libvterm. Never look after a while: wait
 * for what has to come, and before saying that something is not there wait until all is quiet. */
#ifndef PORTCULLIS_TERMINAL_VT_H
#define PORTCULLIS_TERMINAL_VT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>
#include <vterm.h>

/* Long, because a machine with two cores runs many of these at once under a sanitizer. */
#define VT_DEADLINE_MS 30000

struct vt;

struct vt_options {
    int width, height;      /* 0: 80x24 */
    const char *term;       /* NULL: xterm-256color */
    const char *const *env; /* more of the environment, ended by NULL; may be NULL */
    const char *asan;       /* more of ASAN_OPTIONS; may be NULL */
    bool marks;             /* it says that it can show a paint as a whole (mode 2026) */
    bool late;              /* what it answers waits for vt_answer */
};

/* Starts argv in a pty with an environment of its own. A report of the sanitizers goes to a file,
 * since stderr is the screen. Fails the test when it cannot. */
struct vt *vt_open(const struct vt_options *options, const char *const *argv);
/* Kills what still runs. Fails the test when a sanitizer reported anything. */
void vt_close(struct vt *vt);
/* The same for a test in which a report is expected: true when there was one. */
bool vt_close_reported(struct vt *vt);

/* Reads what has come, at most ms. False once the program has ended and all was read. */
bool vt_pump(struct vt *vt, int ms);
/* Each fails the test, with the screen on stderr, when the deadline passes. */
void vt_wait(struct vt *vt, const char *text);
void vt_wait_gone(struct vt *vt, const char *text);
void vt_wait_row(struct vt *vt, int row, const char *text);
/* Until the program sleeps and the pty is empty. */
void vt_quiet(struct vt *vt);
/* Until the program has ended. Returns its status as waitpid gives it. */
int vt_wait_end(struct vt *vt);

/* The row that has the text, or -1. */
int vt_find(struct vt *vt, const char *text);
/* Without trailing blanks. Lends until the next call. */
const char *vt_row(struct vt *vt, int row);
VTermScreenCell vt_cell(struct vt *vt, int x, int y);
bool vt_alternate(const struct vt *vt);
bool vt_cursor(const struct vt *vt, int *x, int *y);
/* How many bytes came so far, and whether these are among those from `from` on. */
size_t vt_bytes(const struct vt *vt);
/* When the last of them was read, CLOCK_MONOTONIC in milliseconds; 0 before the first. */
double vt_last_byte_ms(const struct vt *vt);
/* Are keys sent as all terminals send them, as far as was said last (xterm's modifyOtherKeys,
 * kitty's protocol)? */
bool vt_keys_are_plain(const struct vt *vt);
bool vt_sent(const struct vt *vt, size_t from, const char *bytes);
/* Lends those from `from` on, until more come. */
const char *vt_output(const struct vt *vt, size_t from);
/* The modes of the line as they are now; those before the program came. */
void vt_modes(const struct vt *vt, struct termios *out);
bool vt_modes_restored(const struct vt *vt);

void vt_send(struct vt *vt, const char *text);
void vt_send_bytes(struct vt *vt, const char *bytes, size_t len);
void vt_key(struct vt *vt, VTermKey key);
/* Lets the answers go that were held back. */
void vt_answer(struct vt *vt);
void vt_resize(struct vt *vt, int width, int height);
/* The window says so, but what is shown of it stays as it was. */
void vt_resize_unseen(struct vt *vt, int width, int height);
/* The terminal goes away. */
void vt_hang_up(struct vt *vt);
pid_t vt_pid(const struct vt *vt);
/* The program's home: a folder of its own, removed by vt_close. Lends. */
const char *vt_home(const struct vt *vt);
void vt_dump(struct vt *vt);

/* Fails the test with the screen on stderr. */
#define vt_assert(vt, what) vt_check((vt), (what), #what, __FILE__, __LINE__)
void vt_check(struct vt *vt, bool holds, const char *what, const char *file, int line);

#endif
