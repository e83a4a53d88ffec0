#include "broadcast_3b.h"

#include "bruit/maelstrom/run.h"

int main() { return bruit::maelstrom::run<bruit::examples::Broadcast3b>(); }
