#define _GNU_SOURCE
#include "zchild.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "zcurses.h"

static volatile sig_atomic_t child;

/* In a child: signals do what they do in any program. */
static void forget_signals(void) {
    for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

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
        forget_signals();
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

/* Gives the terminal to a process group. */
static void give_terminal(pid_t group) {
    sigset_t output, before;
    sigemptyset(&output);
    sigaddset(&output, SIGTTOU);
    pthread_sigmask(SIG_BLOCK, &output, &before);
    tcsetpgrp(STDIN_FILENO, group);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

int zc_run_in_front(const char *const arguments[]) {
    pid_t process = fork();
    if (process < 0) return 128;
    if (process == 0) {
        /* A group of its own, so that the terminal's ^C is meant for it alone. */
        setpgid(0, 0);
        give_terminal(getpid());
        forget_signals();
        dup2(STDOUT_FILENO, STDERR_FILENO);
        execv(arguments[0], (char *const *)arguments);
        _exit(127);
    }
    setpgid(process, process);
    give_terminal(process);
    int status = 0;
    while (waitpid(process, &status, WUNTRACED) < 0 || WIFSTOPPED(status)) {
        if (!WIFSTOPPED(status)) {
            if (errno != EINTR) break;
            continue;
        }
        /* There is no shell that could continue it. */
        give_terminal(process);
        kill(-process, SIGCONT);
        status = 0;
    }
    give_terminal(getpgrp());
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
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
