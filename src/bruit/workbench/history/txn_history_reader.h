// Histories of transactions from EDN, hundreds of megabytes of it a second.
//
// The format is that of Maelstrom's and Jepsen's history.edn: one map for each operation, with or
// without the tag #jepsen.history.Op, one after the other or in one vector. The text is never held
// as a whole, and no value is built of what is a small integer, a list of them or nil.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "bruit/workbench/history/txn_history.h"
#include "bruit/workbench/history/history_io.h"

namespace bruit::workbench {

// Reads a history; `file` is what errors call it. Operations whose :process is not an integer (the
// nemesis) are passed over. :index and :time may be missing, and so may the invocation of a
// completion.
//
// Throws HistoryError, with line and column, for text that is not EDN, a field of the wrong kind, an
// index that is not above the one before, a client that invokes while an operation of its own is
// open, and a value that is no list of micro-operations [f key value]. A read of a list is nil or a
// vector.
txn::TxnHistory read_txn_history(std::istream& in, std::string_view file, txn::Values values);

// The same, of a file, which may be compressed. Throws HistoryError also if it cannot be opened or
// read.
txn::TxnHistory read_txn_history_file(const std::string& path, txn::Values values);

}  // namespace bruit::workbench
