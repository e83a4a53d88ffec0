#include "broadcast_3d.h"

#include "bruit/maelstrom/run.h"

int main() { return bruit::maelstrom::run<bruit::examples::Broadcast3d>(); }
