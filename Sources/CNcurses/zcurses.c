#include "zcurses.h"
