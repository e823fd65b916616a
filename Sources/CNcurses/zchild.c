#define _GNU_SOURCE
#include "zchild.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "zcurses.h"

static volatile sig_atomic_t child;

int zc_spawn(const char *const arguments[], int *output) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    pid_t parent = getpid();
    pid_t process = fork();
    if (process < 0) {
        close(ends[0]);
        close(ends[1]);
        return -1;
    }
    if (process == 0) {
        /* A group of its own: the terminal's ^C and ^Z are not meant for it. */
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent) _exit(0);
        for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        int nothing = open("/dev/null", O_RDONLY);
        if (nothing >= 0) dup2(nothing, STDIN_FILENO);
        dup2(ends[1], STDOUT_FILENO);
        execv(arguments[0], (char *const *)arguments);
        _exit(127);
    }
    close(ends[1]);
    *output = ends[0];
    child = process;
    return process;
}

void zc_kill_children(void) {
    if (child > 0) kill(child, SIGTERM);
}

void zc_end_child(int process, int milliseconds) {
    kill(process, SIGTERM);
    const struct timespec step = {.tv_nsec = 10 * 1000 * 1000};
    for (int waited = 0; waited < milliseconds; waited += 10) {
        if (waitpid(process, NULL, WNOHANG) != 0) {
            child = 0;
            return;
        }
        nanosleep(&step, NULL);
    }
    kill(process, SIGKILL);
    waitpid(process, NULL, 0);
    child = 0;
}
