/* The bytes that hand text to the clipboard of the terminal (OSC 52). */
#ifndef PORTCULLIS_UI_TERM_CLIPBOARD_H
#define PORTCULLIS_UI_TERM_CLIPBOARD_H

#include <stdbool.h>
#include <stddef.h>

/* Gives exactly *out_len bytes, allocated once, so that the caller can wipe them all. Inside tmux
 * the sequence is sent twice: once for tmux itself (set-clipboard), once wrapped for the terminal
 * around it (allow-passthrough); which of them is allowed cannot be asked. */
char *term_clipboard_bytes(const char *text, size_t len, bool tmux, size_t *out_len);

#endif
