#include "bruit/serve/server.h"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <csignal>
#include <exception>
#include <stdexcept>
#include <utility>

namespace bruit::serve {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr auto outcome = asio::as_tuple(asio::use_awaitable);

template <typename Body>
http::message_generator with_head(http::response<Body> message, bool head_only) {
  message.prepare_payload();
  if (!head_only) return message;
  http::response<http::empty_body> head(message.base());
  return head;
}

// The response as bytes. A file that is not there becomes 404, whoever removed it.
http::message_generator to_message(const Response& response, unsigned version, bool keep_alive,
                                   bool head_only) {
  const auto prepare = [&](auto& message) {
    message.set(http::field::content_type, response.content_type);
    message.set(http::field::cache_control, "no-store");
    message.set("Content-Security-Policy", response.policy);
    message.set("X-Content-Type-Options", "nosniff");
    message.set("Referrer-Policy", "no-referrer");
    message.keep_alive(keep_alive);
  };
  if (const auto* path = std::get_if<std::filesystem::path>(&response.body)) {
    beast::error_code error;
    http::file_body::value_type file;
    file.open(path->c_str(), beast::file_mode::scan, error);
    if (!error) {
      http::response<http::file_body> message{
          std::piecewise_construct, std::make_tuple(std::move(file)),
          std::make_tuple(static_cast<http::status>(response.status), version)};
      prepare(message);
      return with_head(std::move(message), head_only);
    }
    return to_message(text_response(404, fmt::format("{}\n", error.message())), version, keep_alive,
                      head_only);
  }
  http::response<http::string_body> message{static_cast<http::status>(response.status), version,
                                            std::get<std::string>(response.body)};
  prepare(message);
  return with_head(std::move(message), head_only);
}

Request to_request(const http::request<http::string_body>& message) {
  Request request;
  const auto method = message.method();
  request.method = method == http::verb::get || method == http::verb::head ? Method::get
                   : method == http::verb::post                            ? Method::post
                                                                           : Method::other;
  request.target = message.target();
  request.host = message[http::field::host];
  request.content_type = message[http::field::content_type];
  request.body = message.body();
  return request;
}

// What is wrong with a request that could not be read; nothing if there is nobody to tell.
std::optional<Response> describe(const beast::error_code& error) {
  if (error == http::error::body_limit) {
    return text_response(413, fmt::format("a body of more than {} bytes\n", Server::body_limit));
  }
  if (error == http::error::header_limit) {
    return text_response(431,
                         fmt::format("a header of more than {} bytes\n", Server::header_limit));
  }
  const bool not_http = error.category() == make_error_code(http::error::bad_method).category();
  if (!not_http || error == http::error::end_of_stream || error == http::error::partial_message) {
    return std::nullopt;
  }
  return text_response(400, fmt::format("no HTTP request: {}\n", error.message()));
}

}  // namespace

class Server::Implementation {
 public:
  Implementation(const ServerOptions& options, Handler handler)
      : handler_(std::move(handler)), workers_(options.workers) {
    const auto where = fmt::format("{}:{}", options.address, options.port);
    beast::error_code error;
    const auto address = asio::ip::make_address(options.address, error);
    if (error) {
      throw std::runtime_error(
          fmt::format("{}: no address; expected one like 127.0.0.1 or ::1", options.address));
    }
    const tcp::endpoint endpoint(address, options.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      throw std::runtime_error(fmt::format("cannot listen on {}: {}", where, error.message()));
    }
  }

  std::string address() const {
    const auto endpoint = acceptor_.local_endpoint();
    return endpoint.address().is_v6()
               ? fmt::format("[{}]:{}", endpoint.address().to_string(), endpoint.port())
               : fmt::format("{}:{}", endpoint.address().to_string(), endpoint.port());
  }

  void run() {
    asio::co_spawn(context_, accept(), asio::detached);
    context_.run();
    workers_.join();
  }

  void stop() { context_.stop(); }

  void stop_at_signals() {
    signals_.add(SIGINT);
    signals_.add(SIGTERM);
    signals_.async_wait([this](const beast::error_code& error, int) {
      if (!error) stop();
    });
  }

 private:
  asio::awaitable<void> accept() {
    for (;;) {
      auto [error, socket] = co_await acceptor_.async_accept(outcome);
      if (error == asio::error::operation_aborted) co_return;
      // Whoever comes while so many are there is sent away; so is one without a file descriptor.
      if (error || connections_ >= connections_max) continue;
      asio::co_spawn(context_, serve(beast::tcp_stream(std::move(socket))), asio::detached);
    }
  }

  asio::awaitable<void> serve(beast::tcp_stream stream) {
    ++connections_;
    // Also when the context, and this coroutine with it, is destroyed.
    const std::shared_ptr<void> leave(nullptr, [this](void*) { --connections_; });
    beast::flat_buffer buffer;
    for (bool open = true; open;) {
      http::request_parser<http::string_body> parser;
      parser.header_limit(header_limit);
      parser.body_limit(body_limit);
      stream.expires_after(patience);
      const auto [error, size] = co_await http::async_read(stream, buffer, parser, outcome);
      if (error) {
        if (const auto told = describe(error)) {
          stream.expires_after(patience);
          co_await beast::async_write(stream, to_message(*told, 11, false, false), outcome);
        }
        break;
      }
      const auto message = parser.release();
      const bool head_only = message.method() == http::verb::head;
      const Response response = co_await make_response(to_request(message));
      stream.expires_after(patience);
      auto bytes = to_message(response, message.version(), message.keep_alive(), head_only);
      open = bytes.keep_alive();
      const auto [failure, written] =
          co_await beast::async_write(stream, std::move(bytes), outcome);
      if (failure) break;
    }
    beast::error_code ignored;
    stream.socket().shutdown(tcp::socket::shutdown_both, ignored);
  }

  // In the pool: it may take a while.
  asio::awaitable<Response> make_response(Request request) {
    co_return co_await asio::co_spawn(
        workers_,
        [](const Handler& handler, Request asked) -> asio::awaitable<Response> {
          try {
            co_return handler(asked);
          } catch (const std::exception& failure) {
            co_return error_response(500, failure.what());
          }
        }(handler_, std::move(request)),
        asio::use_awaitable);
  }

  Handler handler_;
  std::size_t connections_ = 0;
  asio::io_context context_{1};
  tcp::acceptor acceptor_{context_};
  asio::signal_set signals_{context_};
  // After the context, so that it is gone before: its last responses still go there.
  asio::thread_pool workers_;
};

Server::Server(const ServerOptions& options, Handler handler)
    : implementation_(std::make_unique<Implementation>(options, std::move(handler))) {}
Server::~Server() = default;
std::string Server::address() const { return implementation_->address(); }
void Server::run() { implementation_->run(); }
void Server::stop() { implementation_->stop(); }
void Server::stop_at_signals() { implementation_->stop_at_signals(); }

}  // namespace bruit::serve
