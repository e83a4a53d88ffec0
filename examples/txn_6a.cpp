#include "txn_6a.h"

#include "bruit/maelstrom/run.h"

int main() { return bruit::maelstrom::run<bruit::examples::Txn6a>(); }
