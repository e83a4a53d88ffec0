#include "echo.h"

#include "bruit/maelstrom/run.h"

int main() { return bruit::maelstrom::run(bruit::examples::echo); }
