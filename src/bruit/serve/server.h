// Server: HTTP/1.1 on one address, for a few people at a time.
//
// One thread does the input and output, a pool of threads makes the responses. What a client may
// send is bounded, and so is how long it may take.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "bruit/serve/http.h"

namespace bruit::serve {

struct ServerOptions {
  std::string address = "127.0.0.1";  // of this machine; IPv4 or IPv6
  std::uint16_t port = 0;             // 0: one that is free
  unsigned workers = 2;               // responses that are made at once, at least 1
};

class Server {
 public:
  static constexpr std::size_t header_limit = 16 * 1024;
  static constexpr std::size_t body_limit = 1024 * 1024;
  static constexpr std::size_t connections_max = 256;
  // Guess: to send a request, or to take a part of a response.
  static constexpr std::chrono::seconds patience{30};

  // Called from several threads at once. What it throws becomes status 500.
  using Handler = std::function<Response(const Request&)>;

  // Listens from now on. Throws std::runtime_error saying why it cannot.
  Server(const ServerOptions& options, Handler handler);
  ~Server();

  // "127.0.0.1:8080": where it listens.
  std::string address() const;
  // Serves until stop().
  void run();
  // Ends run(): from any thread, or from a signal's handler of this process.
  void stop();
  // run() ends at SIGINT and SIGTERM too.
  void stop_at_signals();

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace bruit::serve
