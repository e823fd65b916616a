#ifndef ZCHILD_H
#define ZCHILD_H

/* Ends the children that still run. May be called from a signal handler. */
void zc_kill_children(void);

#endif
