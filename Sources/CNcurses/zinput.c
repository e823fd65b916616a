#define _GNU_SOURCE
#include "zinput.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    READ = 4096,
    /* A terminal that sends the start of a sequence sends the rest at once. */
    SEQUENCE_MS = 25,
    /* A paste that does not go on has lost its end. */
    PASTE_MS = 1000,
    /* What these reads bring fits into the pipe, whatever becomes of it. */
    READS = 4,
    LONGEST_PASTE = 64 << 20,
};

static const char begin[] = "\033[200~";
static const char end[] = "\033[201~";
enum { MARK = sizeof begin - 1 };

static int keys[2] = {-1, -1};
static bool closed;

/* What was read and is not sorted yet. */
static unsigned char waiting[READ];
static size_t first, last;

/* How many bytes of a mark have come. */
static size_t matched;
static bool pasting;
static bool paste_complete;
static char *paste;
static size_t paste_used, paste_room;
static long long paste_went_on;

/* A scalar that has begun, and how many bytes it still lacks; bytes of an old mouse report, which may be any. */
static unsigned char scalar[4];
static size_t scalar_used, scalar_lacks;
static unsigned char scalar_low, scalar_high;
static size_t report_lacks;

/* Where in the sequence of a key the bytes have come. */
static enum { OUTSIDE, ESCAPED, SS3, CSI, OSC } sequence;
static bool csi_is_empty;

FILE *zi_start(void) {
    if (pipe2(keys, O_NONBLOCK | O_CLOEXEC) != 0) return NULL;
    return fdopen(keys[0], "r");
}

static bool is_incomplete(void) {
    return !pasting && (matched > 0 || scalar_lacks > 0 || report_lacks > 0 || sequence != OUTSIDE);
}

bool zi_waits(void) { return paste_complete || first < last || is_incomplete(); }
bool zi_is_pasting(void) { return pasting; }
bool zi_has_paste(void) { return paste_complete; }
bool zi_is_closed(void) { return closed; }

const char *zi_paste(size_t *length) {
    *length = paste_used;
    return paste;
}

/* The pipe has room: it is empty before each zi_take, and holds more than that lets through. */
static void pass(const void *bytes, size_t count) {
    ssize_t written = write(keys[1], bytes, count);
    (void)written;
}

static void replace_scalar(void) {
    if (scalar_lacks > 0) pass("\xEF\xBF\xBD", 3);
    scalar_used = scalar_lacks = 0;
}

/* The first byte of a scalar: how many follow, and within which bounds the second is (RFC 3629). */
static void begin_scalar(unsigned char byte) {
    scalar_low = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
    scalar_high = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
    scalar_lacks = byte >= 0xC2 && byte < 0xE0 ? 1 : byte >= 0xE0 && byte < 0xF0 ? 2 : byte >= 0xF0 && byte < 0xF5 ? 3 : 0;
    if (scalar_lacks == 0) {
        pass("\xEF\xBF\xBD", 3);
        return;
    }
    scalar[0] = byte;
    scalar_used = 1;
}

static void follow_sequence(unsigned char byte) {
    switch (sequence) {
    case ESCAPED: sequence = byte == '[' ? CSI : byte == ']' ? OSC : byte == 'O' ? SS3 : byte == 033 ? ESCAPED : OUTSIDE; break;
    case CSI:
        if (byte == 'M' && csi_is_empty) report_lacks = 3;
        csi_is_empty = false;
        if (byte < 0x20 || byte >= 0x40) sequence = byte == 033 ? ESCAPED : OUTSIDE;
        return;
    case OSC: sequence = byte == 7 ? OUTSIDE : byte == 033 ? ESCAPED : OSC; break;
    case SS3:
    case OUTSIDE: sequence = byte == 033 ? ESCAPED : OUTSIDE; break;
    }
    csi_is_empty = sequence == CSI;
}

static void pass_key(unsigned char byte) {
    if (report_lacks > 0) {
        report_lacks--;
        pass(&byte, 1);
        return;
    }
    if (scalar_lacks > 0) {
        if (byte >= scalar_low && byte <= scalar_high) {
            scalar[scalar_used++] = byte;
            scalar_low = 0x80;
            scalar_high = 0xBF;
            if (--scalar_lacks == 0) {
                pass(scalar, scalar_used);
                scalar_used = 0;
            }
            return;
        }
        replace_scalar();
    }
    if (byte >= 0x80) begin_scalar(byte);
    else pass(&byte, 1);
    follow_sequence(byte);
}

static void pass_paste(const void *bytes, size_t count) {
    if (paste_used + count > LONGEST_PASTE) return;
    if (paste_used + count > paste_room) {
        size_t room = paste_room * 2 > paste_used + count ? paste_room * 2 : paste_used + count + READ;
        char *larger = realloc(paste, room);
        if (larger == NULL) return;
        paste = larger;
        paste_room = room;
    }
    memcpy(paste + paste_used, bytes, count);
    paste_used += count;
}

/* The bytes that looked like the beginning of a mark are none. */
static void unmatch(void) {
    if (pasting) {
        pass_paste(end, matched);
    } else {
        for (size_t i = 0; i < matched; i++) pass_key((unsigned char)begin[i]);
    }
    matched = 0;
}

/* Up to the end of a paste. */
static void sort(void) {
    while (first < last && !paste_complete) {
        unsigned char byte = waiting[first];
        const char *mark = pasting ? end : begin;
        if (byte == (unsigned char)mark[matched]) {
            first++;
            if (++matched < MARK) continue;
            matched = 0;
            if (pasting) paste_complete = true;
            else paste_used = 0;
            pasting = !pasting;
            continue;
        }
        if (matched > 0) {
            unmatch();
            continue;
        }
        if (pasting) {
            const unsigned char *escape = memchr(waiting + first, 033, last - first);
            size_t count = escape ? (size_t)(escape - waiting) - first : last - first;
            pass_paste(waiting + first, count);
            first += count;
        } else {
            pass_key(byte);
            first++;
        }
    }
}

static long long now_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (long long)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static bool is_readable(int milliseconds) {
    struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&fd, 1, milliseconds) > 0;
}

static bool read_more(int milliseconds) {
    if (closed || !is_readable(milliseconds)) return false;
    ssize_t count = read(STDIN_FILENO, waiting, sizeof waiting);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return false;
    if (count <= 0) {
        closed = true;
        return false;
    }
    first = 0;
    last = (size_t)count;
    return true;
}

bool zi_take(void) {
    if (paste_complete) {
        paste_complete = false;
        if (paste_room > 1 << 20) {
            free(paste);
            paste = NULL;
            paste_room = 0;
        }
        paste_used = 0;
    }
    bool is_new = first < last || read_more(0);
    if (is_new) sort();
    /* Without its rest an Escape is a key. */
    for (int reads = 1; reads < READS && !paste_complete && is_incomplete(); reads++) {
        if (read_more(SEQUENCE_MS)) {
            sort();
        } else {
            unmatch();
            replace_scalar();
            report_lacks = 0;
            sequence = OUTSIDE;
        }
        is_new = true;
    }
    if (is_new || !pasting) {
        paste_went_on = now_ms();
    } else if (now_ms() - paste_went_on >= PASTE_MS) {
        unmatch();
        pasting = false;
        paste_complete = true;
        is_new = true;
    }
    return is_new;
}
