#define _GNU_SOURCE
#define _XOPEN_SOURCE_EXTENDED 1
#define NCURSES_WIDECHAR 1
#include "zcurses.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "zbackground.h"
#include "zchild.h"
#include "zinput.h"

/* What standard error goes to is emptied when it has grown to this. */
enum { LARGEST_ERRORS = 4 << 20 };

static SCREEN *screen;
static struct termios saved_mode;
static volatile sig_atomic_t active;
static volatile sig_atomic_t terminated;
static volatile sig_atomic_t went_on;
static volatile sig_atomic_t stop_asked;
static int wake_fd = -1;
static int errors_fd = -1;
static char errors_path[1024];

/* What brings an xterm, and all that understand its sequences, back from whatever this program switched on. First the
   last row is emptied, which matters where there is no second screen to leave. */
static const char reset[] =
    "\033[999;1H\033[2K\033[?1000l\033[?1002l\033[?1003l\033[?1006l\033[?2004l\033[?25h\033[0m\033(B\033[?1l\033>\033[?1049l";

static void say(int fd, const char *text, size_t length) {
    while (length > 0) {
        ssize_t written = write(fd, text, length);
        if (written <= 0) return;
        text += written;
        length -= (size_t)written;
    }
}

/* In the background the terminal's mode is the shell's own. */
static bool is_in_foreground(void) { return tcgetpgrp(STDIN_FILENO) == getpgrp(); }

/* A terminal that is gone has no foreground: then the program ends, which is told otherwise. */
static bool is_in_background(void) {
    pid_t front = tcgetpgrp(STDIN_FILENO);
    return front >= 0 && front != getpgrp();
}

/* Only what may be called from a signal handler. */
static void emergency_restore(bool is_fault) {
    if (!active) return;
    active = 0;
    say(STDOUT_FILENO, reset, sizeof reset - 1);
    if (is_in_foreground()) tcsetattr(STDIN_FILENO, TCSANOW, &saved_mode);
    if (is_fault && errors_fd >= 0 && errors_path[0] != 0) {
        static const char told[] = "zaichik-tui ended by a fault of its own. What it said last is in ";
        say(errors_fd, told, sizeof told - 1);
        say(errors_fd, errors_path, strlen(errors_path));
        say(errors_fd, "\n", 1);
    }
}

static void end_by(int number, bool is_fault) {
    emergency_restore(is_fault);
    zc_kill_children();
    signal(number, SIG_DFL);
    raise(number);
}

static void crashed(int number) { end_by(number, true); }
static void killed(int number) { end_by(number, false); }

static void wake_from(volatile sig_atomic_t *flag) {
    int error = errno;
    *flag = 1;
    zc_wake();
    errno = error;
}

static void asked_to_end(int number) {
    if (terminated) killed(number);
    wake_from(&terminated);
}

static void asked_to_stop(int number) {
    (void)number;
    wake_from(&stop_asked);
}

static void continued(int number) {
    (void)number;
    wake_from(&went_on);
}

static struct sigaction curses_resized;

/* Any thread may get the signal: the one that waits is woken, then curses tells it the new size as a key. */
static void resized(int number) {
    int error = errno;
    if (curses_resized.sa_handler != SIG_DFL && curses_resized.sa_handler != SIG_IGN) {
        curses_resized.sa_handler(number);
    }
    zc_wake();
    errno = error;
}

/* Whoever started this program may have left signals blocked. */
static void unblock_signals(void) {
    static const int numbers[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT, SIGCHLD};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) sigaddset(&set, numbers[i]);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

void zc_install_handlers(void) {
    unblock_signals();
    static char stack[64 * 1024];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternate, NULL);
    struct sigaction action = {.sa_handler = crashed, .sa_flags = SA_ONSTACK | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    static const int faults[] = {SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGSYS};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) sigaction(faults[i], &action, NULL);
    action.sa_handler = killed;
    static const int others[] = {SIGQUIT, SIGALRM, SIGVTALRM, SIGPROF, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ, SIGIO};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) sigaction(others[i], &action, NULL);
    action.sa_handler = asked_to_end;
    action.sa_flags = 0;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    action.sa_handler = resized;
    action.sa_flags = SA_RESTART;
    sigaction(SIGWINCH, &action, &curses_resized);
    action.sa_handler = continued;
    sigaction(SIGCONT, &action, NULL);
    /* curses' own handler of SIGTSTP would draw at a time not of our choosing. */
    action.sa_handler = asked_to_stop;
    sigaction(SIGTSTP, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* Everybody appends to it, so it may be emptied at any time. */
static void bound_errors(int file) {
    struct stat status;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size <= LARGEST_ERRORS) return;
    int result = ftruncate(file, 0);
    (void)result;
}

bool zc_redirect_errors(const char *path) {
    if (path == NULL) {
        if (errors_fd < 0) return true;
        dup2(errors_fd, STDERR_FILENO);
        close(errors_fd);
        errors_fd = -1;
        return true;
    }
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) return false;
    bound_errors(file);
    errors_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    dup2(file, STDERR_FILENO);
    close(file);
    strncpy(errors_path, path, sizeof errors_path - 1);
    return true;
}

static void set_locale(void) {
    setlocale(LC_ALL, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) setlocale(LC_CTYPE, "C.UTF-8");
}

/* Once, and nobody goes on before it is done: widths are asked for from several threads. */
static void use_utf8(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, set_locale);
}

static void set_paste(bool on) {
    if (on) say(STDOUT_FILENO, "\033[?2004h", 8);
    else say(STDOUT_FILENO, "\033[?2004l", 8);
}

int zc_start(void) {
    use_utf8();
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &saved_mode) != 0) {
        return ZC_NO_TERMINAL;
    }
    /* newterm takes a terminal that can only write lines, and shows nothing there. */
    int found = 0;
    if (setupterm(NULL, STDOUT_FILENO, &found) != OK) return ZC_UNKNOWN_TERM;
    bool can_address = cursor_address != NULL;
    del_curterm(cur_term);
    if (!can_address) return ZC_NO_ADDRESSING;
    if (wake_fd < 0) wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    FILE *keys = zi_start();
    if (wake_fd < 0 || keys == NULL) return ZC_NO_DESCRIPTORS;
    screen = newterm(NULL, stdout, keys);
    if (screen == NULL) return ZC_UNKNOWN_TERM;
    active = 1;
    /* Sequences are passed on whole. */
    set_escdelay(1);
    raw();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    leaveok(stdscr, FALSE);
    /* Signs that curses does not know of must not move with the others. */
    idcok(stdscr, FALSE);
    typeahead(-1);
    if (has_colors()) {
        start_color();
        use_default_colors();
    }
    zb_start();
    mouseinterval(0);
    curs_set(0);
    refresh();
    set_paste(true);
    return ZC_STARTED;
}

static void give_back(void) {
    set_paste(false);
    curs_set(1);
    /* Without a second screen to leave, what comes next would be written over the last row. */
    if (exit_ca_mode == NULL) {
        erase();
        refresh();
    }
    endwin();
    active = 0;
}

/* Also after the program was stopped without having been asked, and the shell used the terminal. */
static void take_over(void) {
    if (active) endwin();
    active = 1;
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0 &&
        is_term_resized(size.ws_row, size.ws_col)) {
        resizeterm(size.ws_row, size.ws_col);
    }
    curs_set(0);
    clearok(curscr, TRUE);
    refresh();
    set_paste(true);
}

void zc_end(void) {
    if (!active) return;
    if (!is_in_foreground()) {
        say(STDOUT_FILENO, reset, sizeof reset - 1);
        active = 0;
        return;
    }
    mousemask(0, NULL);
    give_back();
    tcsetattr(STDIN_FILENO, TCSANOW, &saved_mode);
}

static void stop(void) {
    went_on = 0;
    /* The others of the group first. Then this thread, so that nothing happens before the program is continued. */
    signal(SIGTSTP, SIG_IGN);
    kill(0, SIGTSTP);
    signal(SIGTSTP, SIG_DFL);
    raise(SIGTSTP);
    struct sigaction action = {.sa_handler = asked_to_stop, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGTSTP, &action, NULL);
}

/* Continued in the background, as by bg, the program stops again: a terminal that others use is left alone. Not being
   stopped means that nobody is there to continue it. */
static void stay_stopped(void) {
    while (!terminated && is_in_background()) {
        stop();
        if (!went_on) terminated = 1;
    }
    went_on = 0;
}

void zc_suspend(void) {
    give_back();
    stop();
    stay_stopped();
    if (!terminated) take_over();
}

int zc_run(const char *const arguments[]) {
    if (!active) return 128;
    give_back();
    int code = zc_run_in_front(arguments);
    if (!terminated) take_over();
    return code;
}

bool zc_has_screen(void) { return active && !terminated; }
bool zc_is_in_background(void) { return is_in_background(); }

int zc_columns(void) { return getmaxx(stdscr); }
int zc_rows(void) { return getmaxy(stdscr); }
int zc_colors(void) { return has_colors() ? COLORS : 0; }

void zc_set_mouse(bool on) {
    if (!active) return;
    mousemask(on ? BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0, NULL);
}

/* Decodes one scalar of text that is known to be UTF-8. */
static int decode(const unsigned char *text, int left, wchar_t *scalar) {
    int length = text[0] < 0x80 ? 1 : text[0] < 0xE0 ? 2 : text[0] < 0xF0 ? 3 : 4;
    if (length > left) return 0;
    wchar_t value = length == 1 ? text[0] : text[0] & (0xFF >> (length + 1));
    for (int i = 1; i < length; i++) value = value << 6 | (text[i] & 0x3F);
    *scalar = value;
    return length;
}

static attr_t curses_attributes(int attributes) {
    attr_t result = A_NORMAL;
    if (attributes & ZC_BOLD) result |= A_BOLD;
    if (attributes & ZC_DIM) result |= A_DIM;
    if (attributes & ZC_UNDERLINE) result |= A_UNDERLINE;
    if (attributes & ZC_REVERSE) result |= A_REVERSE;
    return result;
}

static void put_glyph(wchar_t *glyph, int length) {
    cchar_t cell;
    glyph[length] = 0;
    if (length > 1 && setcchar(&cell, glyph, A_NORMAL, 0, NULL) == OK) add_wch(&cell);
    else addnwstr(glyph, 1);
}

void zc_put(int row, int column, const char *utf8, int length, int foreground, int background, int attributes) {
    int pair = 0;
    if (has_colors() && (foreground >= 0 || background >= 0)) pair = alloc_pair(foreground, background);
    if (pair < 0) pair = 0;
    attr_set(curses_attributes(attributes), 0, &pair);
    move(row, column);
    /* Marks are put with their base, as one cell: addnwstr loses those on a wide one. */
    wchar_t glyph[CCHARW_MAX + 1];
    int used = 0;
    for (int offset = 0; offset < length;) {
        wchar_t scalar;
        int step = decode((const unsigned char *)utf8 + offset, length - offset, &scalar);
        if (step == 0) break;
        offset += step;
        if (used > 0 && wcwidth(scalar) != 0) {
            put_glyph(glyph, used);
            used = 0;
        }
        if (used < CCHARW_MAX) glyph[used++] = scalar;
    }
    if (used > 0) put_glyph(glyph, used);
}

void zc_cursor(int row, int column) {
    if (row < 0) {
        curs_set(0);
        return;
    }
    curs_set(1);
    move(row, column);
}

void zc_redraw(void) { clearok(curscr, TRUE); }
void zc_redraw_row(int row) { wredrawln(stdscr, row, 1); }

void zc_flush(void) {
    static unsigned flushes;
    refresh();
    if (++flushes % 256 == 0) bound_errors(STDERR_FILENO);
}

void zc_write(const uint8_t *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, length);
        if (written < 0 && errno != EINTR) return;
        if (written < 0) continue;
        bytes += written;
        length -= (size_t)written;
    }
}

static int known_key(wint_t code) {
    switch (code) {
    case KEY_UP: return ZC_KEY_UP;
    case KEY_DOWN: return ZC_KEY_DOWN;
    case KEY_LEFT: return ZC_KEY_LEFT;
    case KEY_RIGHT: return ZC_KEY_RIGHT;
    case KEY_PPAGE: return ZC_KEY_PAGE_UP;
    case KEY_NPAGE: return ZC_KEY_PAGE_DOWN;
    case KEY_HOME: return ZC_KEY_HOME;
    case KEY_END: return ZC_KEY_END;
    case KEY_BACKSPACE: return ZC_KEY_BACKSPACE;
    case KEY_DC: return ZC_KEY_DELETE;
    case KEY_ENTER: return ZC_KEY_ENTER;
    case KEY_BTAB: return ZC_KEY_BACK_TAB;
    default: return code >= KEY_F(1) && code <= KEY_F(12) ? ZC_KEY_FUNCTION + (int)(code - KEY_F0) : ZC_KEY_OTHER;
    }
}

static bool paste_is_told;

const char *zc_paste(size_t *length) { return zi_paste(length); }

struct zc_event zc_read(void) {
    struct zc_event event = {.kind = ZC_NOTHING};
    if (terminated) return event;
    if (stop_asked) {
        stop_asked = 0;
        event.kind = ZC_STOP_ASKED;
        return event;
    }
    if (went_on) {
        stay_stopped();
        if (terminated) return event;
        take_over();
        event.kind = ZC_WENT_ON;
        return event;
    }
    wint_t code = 0;
    int result;
    do {
        /* What was typed before a paste comes before it. */
        while ((result = get_wch(&code)) == ERR) {
            if (zb_has_color(&event.code)) {
                event.kind = ZC_BACKGROUND;
                return event;
            }
            if (zi_has_paste() && !paste_is_told) {
                paste_is_told = true;
                event.kind = ZC_PASTE;
                return event;
            }
            paste_is_told = false;
            if (!zi_take()) return event;
        }
    } while (zb_take(result, code));
    if (result == OK) {
        event.kind = ZC_CHARACTER;
        event.code = (int32_t)code;
        return event;
    }
    if (code == KEY_RESIZE) event.kind = ZC_RESIZE;
    else if (code == KEY_MOUSE) {
        MEVENT mouse;
        event.kind = ZC_KEY;
        event.code = ZC_KEY_OTHER;
        if (getmouse(&mouse) != OK) return event;
        event.kind = ZC_MOUSE;
        event.column = mouse.x;
        event.row = mouse.y;
        event.code = mouse.bstate & BUTTON4_PRESSED   ? ZC_MOUSE_WHEEL_UP
                     : mouse.bstate & BUTTON5_PRESSED ? ZC_MOUSE_WHEEL_DOWN
                                                      : ZC_MOUSE_PRESS;
    } else {
        event.kind = ZC_KEY;
        event.code = known_key(code);
    }
    return event;
}

int zc_wait(int milliseconds) {
    if (terminated) return ZC_TERMINATED;
    if (zi_is_closed()) return ZC_HANGUP;
    if (stop_asked || went_on || zi_waits()) return ZC_INPUT;
    if (zi_is_pasting() && (milliseconds < 0 || milliseconds > 500)) milliseconds = 500;
    struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = wake_fd, .events = POLLIN}};
    int ready = poll(fds, 2, milliseconds);
    if (terminated) return ZC_TERMINATED;
    /* Interrupted: most likely by SIGWINCH, which curses tells as a key. */
    if (ready < 0) return ZC_INPUT;
    int result = 0;
    /* A terminal that is gone can be read from as well: that tells its end. */
    if (fds[0].revents & POLLIN) result |= ZC_INPUT;
    else if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) result |= ZC_HANGUP;
    if (fds[1].revents & POLLIN) {
        uint64_t count;
        if (read(wake_fd, &count, sizeof count) > 0) result |= ZC_WOKEN;
    }
    return result;
}

void zc_wake(void) {
    uint64_t one = 1;
    if (wake_fd >= 0) say(wake_fd, (const char *)&one, sizeof one);
}

int zc_width(uint32_t scalar) {
    use_utf8();
    return wcwidth((wchar_t)scalar);
}
