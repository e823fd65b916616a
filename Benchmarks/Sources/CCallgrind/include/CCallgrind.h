// Tells callgrind where what is counted begins and ends. Without valgrind around, both do nothing.
#pragma once

void callgrind_begin(void);
void callgrind_end(void);
