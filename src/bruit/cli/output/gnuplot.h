// The program gnuplot, which draws the plots.
#pragma once

#include <string>

namespace bruit::cli {

// Throws std::invalid_argument, which says how to get it, if gnuplot is not on the PATH.
void require_gnuplot();

// Runs a script, without the user's own settings. Throws std::runtime_error if gnuplot cannot be
// started or fails; what it says goes to stderr.
void run_gnuplot(const std::string& script);

// A text in a script's quotes, as it is.
std::string gnuplot_quoted(const std::string& text);

}  // namespace bruit::cli
