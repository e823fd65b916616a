#define _GNU_SOURCE
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

#include "zcurses.h"

/* Signs on whose width terminals do not agree, such as emoji that are joined to one picture. curses keeps blanks at their
   places. They are written past it, each at a place of its own, so that nothing beside them moves. */

static char *bytes;
static size_t used, room;

static void append(const char *text, size_t length) {
    if (used + length > room) {
        size_t larger = 2 * (used + length);
        char *moved = realloc(bytes, larger);
        if (moved == NULL) return;
        bytes = moved;
        room = larger;
    }
    memcpy(bytes + used, text, length);
    used += length;
}

static int append_character(int character) {
    char byte = (char)character;
    append(&byte, 1);
    return character;
}

static void command(const char *text) {
    if (text != NULL) tputs(text, 1, append_character);
}

bool zc_can_join(void) {
    return save_cursor != NULL && restore_cursor != NULL && cursor_address != NULL && exit_attribute_mode != NULL;
}

void zc_put_joined(int row, int column, const char *utf8, int length, int foreground, int background, int attributes) {
    if (used == 0) command(save_cursor);
    command(tiparm(cursor_address, row, column));
    command(exit_attribute_mode);
    if (attributes & ZC_BOLD) command(enter_bold_mode);
    if (attributes & ZC_DIM) command(enter_dim_mode);
    if (attributes & ZC_UNDERLINE) command(enter_underline_mode);
    if (attributes & ZC_REVERSE) command(enter_reverse_mode);
    if (foreground >= 0 && set_a_foreground != NULL) command(tiparm(set_a_foreground, foreground));
    if (background >= 0 && set_a_background != NULL) command(tiparm(set_a_background, background));
    append(utf8, (size_t)length);
}

void zc_flush_joined(void) {
    if (used == 0) return;
    command(restore_cursor);
    for (size_t offset = 0; offset < used;) {
        ssize_t written = write(STDOUT_FILENO, bytes + offset, used - offset);
        if (written <= 0) break;
        offset += (size_t)written;
    }
    used = 0;
}
