#include "kafka_5b.h"

#include "bruit/maelstrom/run.h"

int main() { return bruit::maelstrom::run<bruit::examples::Kafka5b>(); }
