#include "broadcast_3c.h"

#include "bruit/maelstrom/run.h"

int main() { return bruit::maelstrom::run<bruit::examples::Broadcast3c>(); }
