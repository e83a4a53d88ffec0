#include "broadcast_3a.h"

#include "bruit/maelstrom/run.h"

int main() { return bruit::maelstrom::run<bruit::examples::Broadcast3a>(); }
