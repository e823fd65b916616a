#ifndef ZINPUT_H
#define ZINPUT_H

#include <stdbool.h>
#include <stdio.h>

/* Bytes from the terminal. Pastes are taken out of them whole, since curses would take one byte at a time; the rest is for
   curses, as valid UTF-8. */

/* The keys' bytes, for newterm; NULL if there is no pipe to be had. */
FILE *zi_start(void);
/* Takes what the terminal has sent, without waiting for it. Only when curses has read all keys. Returns whether there is
   something new. */
bool zi_take(void);
/* Whether there is something to take, or a paste, without the terminal having sent anything further. */
bool zi_waits(void);
/* Whether a paste has begun. If it does not go on for a second, zi_take takes it for complete. */
bool zi_is_pasting(void);
/* Whether a paste is complete. Its text stays until the next zi_take. */
bool zi_has_paste(void);
const char *zi_paste(size_t *length);
/* Whether the terminal is gone. */
bool zi_is_closed(void);

#endif
