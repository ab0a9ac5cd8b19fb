/* storm SEED: random keys, bytes, sequences, mouse reports, pastes and resizes, fast; the program
 * survives them under a sanitizer, still answers, and ends on the right size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "terminal/vt.h"

#include "base/banned.h"

#define ROUNDS 60
#define PIECES 120

static uint64_t seed;

static unsigned next(unsigned below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 33) % below;
}

static void add_bytes(struct buf *out, unsigned count)
{
    while (count-- > 0) {
        char byte = (char)next(256);

        /* ^C and ^\ end the program and ^Z stops it: that is tested elsewhere. */
        if (byte != 0x03 && byte != 0x1c && byte != 0x1a) {
            buf_addc(out, byte);
        }
    }
}

static void add_piece(struct buf *out)
{
    static const char *const keys[] = {
        "\033[A",
        "\033OB",
        "\033[5~",
        "\033[6~",
        "\033[H",
        "\033OP",
        "\033[18~",
        "\r",
        "\t",
        "\033[Z",
        "\033",
        "\x7f",
        "q",
        "!",
        "X",
        "/",
        ":",
        "?",
        "\x0c",
        "\033[200~",
        "\033[201~",
        "\xc3\xa9",
        "\xe6\x97\xa5",
        "\033[",
        "\033[[A",
        "\033]0;",
        "\033P",
        "\033O",
        "\033[<",
        "\033[M",
        "\xf0\x9f",
    };

    switch (next(8)) {
    case 0:
        add_bytes(out, next(12));
        break;
    case 1:
        buf_addf(out, "\033[<%u;%u;%u%c", next(130), next(100000), next(100000),
                 next(2) != 0 ? 'M' : 'm');
        break;
    case 2:
        buf_adds(out, "\033[200~");
        add_bytes(out, next(200));
        buf_adds(out, "\033[201~");
        break;
    case 3:
        buf_addf(out, "\033[%u;%u%c", next(3000000000u), next(300), (char)(0x40 + next(63)));
        break;
    default:
        buf_adds(out, keys[next(sizeof(keys) / sizeof(keys[0]))]);
        break;
    }
}

static void storm(uint64_t number)
{
    static const char *const argv[] = {SHOW, "--storm", NULL};
    struct vt_options options = {0};
    struct vt *vt = vt_open(&options, argv);
    struct buf bytes;

    seed = number * 0x9e3779b97f4a7c15u + 1;
    vt_wait(vt, "foot");
    buf_init(&bytes, 0);
    for (int round = 0; round < ROUNDS; round++) {
        buf_clear(&bytes);
        for (int i = 0; i < PIECES; i++) {
            add_piece(&bytes);
        }
        vt_send_bytes(vt, bytes.data, bytes.len);
        if (next(3) == 0) {
            /* Not under 2 columns: libvterm itself does not survive a wide character there. */
            vt_resize(vt, 2 + (int)next(200), 1 + (int)next(60));
        }
        vt_pump(vt, 0);
    }
    buf_done(&bytes);
    vt_resize(vt, 90, 30);
    vt_wait_row(vt, 0, "size 90x30");
    /* Ends what may be open: a string, a sequence, a paste. Then a key is a key. */
    vt_send(vt, "\033\\\033[201~");
    vt_quiet(vt);
    vt_send(vt, "\033[201~\033[24~");
    vt_assert(vt, vt_wait_end(vt) == 0);
    vt_assert(vt, !vt_alternate(vt));
    vt_assert(vt, vt_modes_restored(vt));
    vt_close(vt);
}

static void test_storms(void **state)
{
    (void)state;
    for (uint64_t number = 1; number <= 4; number++) {
        storm(number);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_storms)};

    return cmocka_run_group_tests_name("terminal.storm", tests, NULL, NULL);
}
