#ifndef ZCURSES_H
#define ZCURSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The terminal as plain functions: no type, macro or global of curses is visible outside zcurses.c. Everything
   but zc_wake is called by one thread. */

/* What zc_start found. */
enum zc_start_result {
    ZC_STARTED = 0,
    ZC_NO_TERMINAL = 1,
    ZC_UNKNOWN_TERM = 2,
    ZC_NO_ADDRESSING = 3,
    ZC_NO_DESCRIPTORS = 4,
};

enum zc_event_kind {
    ZC_NOTHING = 0,
    ZC_CHARACTER = 1, /* code is a Unicode scalar, control characters included */
    ZC_KEY = 2,       /* code is a zc_key */
    ZC_MOUSE = 3,     /* code is a zc_mouse, column and row say where */
    ZC_RESIZE = 4,
    ZC_PASTE = 5,      /* the text: zc_paste */
    ZC_STOP_ASKED = 6, /* by another process: zc_suspend does it */
    ZC_WENT_ON = 7,    /* after having been stopped; the terminal is taken over again, whatever its size is now */
    ZC_BACKGROUND = 8, /* code is the colour of the terminal's background, 0xRRGGBB */
};

enum zc_key {
    ZC_KEY_UP = 1, ZC_KEY_DOWN, ZC_KEY_LEFT, ZC_KEY_RIGHT, ZC_KEY_PAGE_UP, ZC_KEY_PAGE_DOWN, ZC_KEY_HOME, ZC_KEY_END,
    ZC_KEY_BACKSPACE, ZC_KEY_DELETE, ZC_KEY_ENTER, ZC_KEY_BACK_TAB,
    ZC_KEY_FUNCTION = 100, /* F1 is 101 */
    ZC_KEY_OTHER = 999,
};

enum zc_mouse { ZC_MOUSE_PRESS = 1, ZC_MOUSE_WHEEL_UP = 2, ZC_MOUSE_WHEEL_DOWN = 3 };

enum zc_attribute { ZC_BOLD = 1, ZC_DIM = 2, ZC_UNDERLINE = 4, ZC_REVERSE = 8 };

/* Why zc_wait returned: any of these bits; 0: the time is over. */
enum zc_wait_result { ZC_INPUT = 1, ZC_WOKEN = 2, ZC_TERMINATED = 4, ZC_HANGUP = 8 };

struct zc_event {
    int32_t kind;
    int32_t code;
    int32_t column;
    int32_t row;
};

/* Takes the terminal over. Returns a zc_start_result. */
int zc_start(void);
/* Gives it back; may be called twice. */
void zc_end(void);
/* Gives it back, stops the process group, and takes it over again when the process goes on. */
void zc_suspend(void);
/* Gives it to another program until that ends, and takes it over again. Returns the program's exit code; 128 and more: a
   signal ended it, or it could not be started. */
int zc_run(const char *const arguments[]);
/* False once the program was asked to end, perhaps while it was stopped: then nothing more is drawn. */
bool zc_has_screen(void);
/* Another program has the terminal. */
bool zc_is_in_background(void);

int zc_columns(void);
int zc_rows(void);
/* How many colours the terminal has; 0: none. */
int zc_colors(void);
void zc_set_mouse(bool on);
/* Asks the terminal for the colour of its background. The answer is a ZC_BACKGROUND, at any time or never. */
void zc_ask_background(void);

/* Writes a control sequence that curses does not know; only between two zc_flush. */
void zc_write(const uint8_t *bytes, size_t length);

/* Puts text, cut by the caller to the columns there are. Colours: -1 is the terminal's own. */
void zc_put(int row, int column, const char *utf8, int length, int foreground, int background, int attributes);
/* Whether signs of uncertain width can be put past curses. Where one stands, zc_put has put blanks; it is to be put anew
   after each zc_flush, and its row redrawn when it goes. */
bool zc_can_join(void);
void zc_put_joined(int row, int column, const char *utf8, int length, int foreground, int background, int attributes);
void zc_flush_joined(void);
/* Shows the cursor at a cell, or hides it if row < 0. */
void zc_cursor(int row, int column);
/* Forgets what the terminal shows: the next zc_flush writes every cell. */
void zc_redraw(void);
/* The same for one row. */
void zc_redraw_row(int row);
void zc_flush(void);

/* The next event that is already there. */
struct zc_event zc_read(void);
/* What was pasted, in bytes that may be anything; until the next zc_read. */
const char *zc_paste(size_t *length);
/* Waits for input, zc_wake or a signal that ends the process, at most so long; -1: without end. */
int zc_wait(int milliseconds);
/* Ends a zc_wait; from any thread. */
void zc_wake(void);

/* Columns of a scalar, as the C library has it; -1: not printable. */
int zc_width(uint32_t scalar);

/* From now on a crash gives the terminal back before the process ends; SIGTERM, SIGHUP and SIGINT end zc_wait. */
void zc_install_handlers(void);
/* Sends what is written to standard error to a file instead; NULL: to where it went before. */
bool zc_redirect_errors(const char *path);

/* Starts a program that ends when this process does, however that happens. Its standard output can be read at
   *output; its standard error goes to where ours goes. Returns its process id, or -1. */
int zc_spawn(const char *const arguments[], int *output);
/* Asks it to end, waits so long at most, then ends it. */
void zc_end_child(int process, int milliseconds);

#endif
