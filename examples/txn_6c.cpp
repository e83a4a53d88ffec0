#include "txn_6c.h"

#include "bruit/maelstrom/run.h"

int main() { return bruit::maelstrom::run<bruit::examples::Txn6c>(); }
