// The server over real sockets, and the command around it.
#include "bruit/serve/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <fstream>
#include <thread>

#include "cli/bruit_command.h"
#include "maelstrom/child.h"

namespace bruit::serve {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

// What the server at `address` sends in answer to these bytes, until it closes.
std::string talk(const std::string& address, const std::string& bytes) {
  asio::io_context context;
  tcp::socket socket(context);
  const std::size_t colon = address.rfind(':');
  socket.connect({asio::ip::make_address(address.substr(0, colon)),
                  static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1)))});
  boost::system::error_code error;
  asio::write(socket, asio::buffer(bytes), error);
  std::string answer;
  asio::read(socket, asio::dynamic_buffer(answer), error);  // until its end
  return answer;
}

class ServerTest : public testing::Test {
 protected:
  ServerTest() : thread_([this] { server_.run(); }) {}
  ~ServerTest() override {
    server_.stop();
    thread_.join();
  }

  Response respond(const Request& request) const {
    if (request.target == "/fail") throw std::runtime_error("no luck");
    if (request.target == "/file") {
      Response response = text_response(200, "");
      response.body = folder_.path() / "file";
      return response;
    }
    return text_response(200, request.target + " of " + request.host + ": " + request.body);
  }
  std::string ask(const std::string& bytes) { return talk(server_.address(), bytes); }

  cli::TemporaryFolder folder_;
  Server server_{{}, [this](const Request& request) { return respond(request); }};

 private:
  std::thread thread_;
};

TEST_F(ServerTest, AnswersSeveralRequestsOfOneConnection) {
  const std::string answer =
      ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
          "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nyes");
  EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("/a of x: "),
                            EndsWith("/b of x: yes")));
  EXPECT_THAT(answer, HasSubstr("X-Content-Type-Options: nosniff"));
}

TEST_F(ServerTest, AnswersHeadWithoutTheBody) {
  const std::string answer = ask("HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, AllOf(HasSubstr("Content-Length: 9\r\n"), EndsWith("\r\n\r\n")));
}

TEST_F(ServerTest, SendsFilesAndSaysWhenThereIsNone) {
  const std::string request = "GET /file HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  EXPECT_THAT(ask(request), StartsWith("HTTP/1.1 404 "));
  std::ofstream(folder_.path() / "file") << std::string(300'000, 'x');
  EXPECT_THAT(ask(request),
              AllOf(StartsWith("HTTP/1.1 200 "), EndsWith(std::string(300'000, 'x'))));
}

TEST_F(ServerTest, SaysWhatIsWrongWithARequest) {
  EXPECT_THAT(ask("hello\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(ask("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(ask("POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(ask("GET /fail HTTP/1.1\r\nConnection: close\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 500 "), HasSubstr("no luck")));
}

TEST_F(ServerTest, RefusesAnAddressThatIsTaken) {
  const std::string address = server_.address();
  const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  const auto listen_again = [&] {
    Server second({.address = "127.0.0.1", .port = port},
                  [](const Request&) { return Response{}; });
  };
  try {
    listen_again();
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("cannot listen on 127.0.0.1:"), HasSubstr("in use")));
  }
  EXPECT_THROW(Server({.address = "here"}, nullptr), std::runtime_error);
}

// `bruit serve`, which has said where it listens.
struct ServeCommand {
  ServeCommand() {
    const std::string line = child.line();
    EXPECT_THAT(line, MatchesRegex("http://127.0.0.1:[0-9]+/  runs in .*"));
    address = line.substr(7, line.find('/', 7) - 7);
  }
  cli::TemporaryFolder store;
  maelstrom::Child child{"bruit", {"serve", "--port", "0", "--store", store.path().string()}};
  std::string address;
};

TEST(ServeCommandTest, AnswersUntilItIsInterrupted) {
  for (const int number : {SIGINT, SIGTERM}) {
    ServeCommand command;
    EXPECT_THAT(talk(command.address, "GET /api/runs HTTP/1.1\r\nHost: " + command.address +
                                          "\r\nConnection: close\r\n\r\n"),
                AllOf(StartsWith("HTTP/1.1 200 OK"), HasSubstr("\"runs\":[]")));
    EXPECT_THAT(
        talk(command.address, "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"),
        StartsWith("HTTP/1.1 403 "));
    command.child.signal(number);
    EXPECT_EQ(command.child.wait(), 0);
  }
}

TEST(ServeCommandTest, SaysWhatItCannotListenOn) {
  maelstrom::Child child("bruit", {"serve", "--listen", "nowhere"});
  EXPECT_EQ(child.wait(), 255);
  EXPECT_THAT(child.errors(), HasSubstr("nowhere: no address; expected one like 127.0.0.1"));
}

}  // namespace
}  // namespace bruit::serve
