#define _GNU_SOURCE
#define _XOPEN_SOURCE_EXTENDED 1
#define NCURSES_WIDECHAR 1
#include "zbackground.h"

#include <curses.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "zcurses.h"

enum { BACKGROUND_TOLD = 0x7003, STRING_END = 0x7004 };

/* Where in an answer such as "ESC ]11;rgb:ffff/ffff/dddd ESC \\" reading is: curses reports its beginning as a key. */
static enum { OUTSIDE, INSIDE, AFTER_ESCAPE } place;
static char answer[16];
static size_t used;
static bool is_told;
static int32_t told;

void zb_start(void) {
    define_key("\033]11;rgb:", BACKGROUND_TOLD);
    define_key("\033\\", STRING_END);
}

void zc_ask_background(void) {
    static const char question[] = "\033]11;?\033\\";
    ssize_t written = write(STDOUT_FILENO, question, sizeof question - 1);
    (void)written;
}

/* Three parts, each of one to four digits. */
static bool parse(int32_t *color) {
    answer[used] = 0;
    *color = 0;
    int at = 0;
    for (int part = 0; part < 3; part++) {
        unsigned value;
        int length = 0;
        if (part > 0 && answer[at++] != '/') return false;
        if (sscanf(answer + at, "%4x%n", &value, &length) != 1) return false;
        at += length;
        *color = *color << 8 | (int32_t)(value * 255 / ((1u << 4 * length) - 1));
    }
    return answer[at] == 0;
}

bool zb_take(int result, unsigned code) {
    bool is_key = result == KEY_CODE_YES;
    if (is_key && code == BACKGROUND_TOLD) {
        place = INSIDE;
        used = 0;
        return true;
    }
    if (place == OUTSIDE) return is_key && code == STRING_END;
    if (place == AFTER_ESCAPE) {
        place = OUTSIDE;
        return !is_key && code == '\\';
    }
    if (!is_key && code < 127 && strchr("0123456789abcdefABCDEF/", (int)code) != NULL && used < sizeof answer - 1) {
        answer[used++] = (char)code;
        return true;
    }
    /* BEL ends it, and so does an Escape whose backslash comes late. */
    bool is_end = is_key ? code == STRING_END : code == 7 || code == 27;
    place = is_end && !is_key && code == 27 ? AFTER_ESCAPE : OUTSIDE;
    if (is_end && parse(&told)) is_told = true;
    return is_end;
}

bool zb_has_color(int32_t *color) {
    if (!is_told) return false;
    is_told = false;
    *color = told;
    return true;
}
