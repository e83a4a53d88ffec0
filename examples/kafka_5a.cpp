#include "kafka_5a.h"

#include "bruit/maelstrom/run.h"

int main() { return bruit::maelstrom::run<bruit::examples::Kafka5a>(); }
