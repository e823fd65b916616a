#ifndef ZBACKGROUND_H
#define ZBACKGROUND_H

#include <stdbool.h>
#include <stdint.h>

/* The terminal's answer to zc_ask_background comes among the keys, at any time: it is taken out of what curses reads. */

/* Once, when curses has begun. */
void zb_start(void);
/* Whether what get_wch read belongs to the answer. */
bool zb_take(int result, unsigned code);
/* Tells each answer once, as 0xRRGGBB. */
bool zb_has_color(int32_t *color);

#endif
