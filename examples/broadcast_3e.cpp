#include "broadcast_3e.h"

#include "bruit/maelstrom/run.h"

int main() { return bruit::maelstrom::run<bruit::examples::Broadcast3e>(); }
