#ifndef ZCHILD_H
#define ZCHILD_H

/* Ends the children that still run. May be called from a signal handler. */
void zc_kill_children(void);
/* Runs a program that has the terminal meanwhile. Returns its exit code; 128 and more: it was ended by a signal, or could
   not be started. */
int zc_run_in_front(const char *const arguments[]);

#endif
