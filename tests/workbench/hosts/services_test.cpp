// The services as nodes of a test meet them: what they answer, and how the network treats them.
#include "bruit/workbench/hosts/services.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "bruit/workbench/basics/event_queue.h"
#include "bruit/workbench/network/network.h"
#include "workbench/network/body_of.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

std::string ask(Services& services, ServiceName name, std::string_view body,
                const std::string& client = "n1") {
  return services.answer(name, client, body_of(body)).text;
}

TEST(Services, HaveMaelstromsNames) {
  for (const auto* name : {"lin-kv", "seq-kv", "lww-kv", "lin-tso"}) {
    const auto service = parse_service(name);
    ASSERT_TRUE(service.has_value()) << name;
    EXPECT_EQ(to_string(*service), name);
    EXPECT_EQ(name_of(Endpoint::service(*service), {}), name);
  }
  EXPECT_FALSE(parse_service("n1").has_value());
}

TEST(Services, AnswerInMaelstromsWords) {
  Services services(1);
  for (const auto name : {ServiceName::lin_kv, ServiceName::seq_kv}) {
    EXPECT_EQ(ask(services, name, R"({"type":"read","key":"a","msg_id":3})"),
              R"({"type":"error","code":20,"text":"key does not exist","in_reply_to":3})");
    EXPECT_EQ(ask(services, name, R"({"type":"write","key":"a","value":[1],"msg_id":4})"),
              R"({"type":"write_ok","in_reply_to":4})");
    EXPECT_EQ(ask(services, name, R"({"type":"read","key":"a","msg_id":5})"),
              R"({"type":"read_ok","value":[1],"in_reply_to":5})");
    EXPECT_EQ(ask(services, name, R"({"type":"cas","key":"a","from":2,"to":3,"msg_id":6})"),
              R"({"type":"error","code":22,"text":"current value [1] is not 2","in_reply_to":6})");
    EXPECT_EQ(ask(services, name, R"({"type":"cas","key":"a","from":[1],"to":3,"msg_id":7})"),
              R"({"type":"cas_ok","in_reply_to":7})");
    EXPECT_EQ(
        ask(services, name,
            R"({"type":"cas","key":9,"from":0,"to":3,"create_if_not_exists":true,"msg_id":8})"),
        R"({"type":"cas_ok","in_reply_to":8})");
  }
  EXPECT_EQ(ask(services, ServiceName::lin_tso, R"({"type":"ts","msg_id":1})"),
            R"({"type":"ts_ok","ts":0,"in_reply_to":1})");
}

TEST(Services, ANumberAndAStringAreDifferentKeys) {
  Services services(1);
  ask(services, ServiceName::lin_kv, R"({"type":"write","key":1,"value":1,"msg_id":1})");
  EXPECT_THAT(ask(services, ServiceName::lin_kv, R"({"type":"read","key":"1","msg_id":2})"),
              HasSubstr("\"code\":20"));
}

TEST(Services, AnswerNonsenseWithAnError) {
  Services services(1);
  EXPECT_THAT(ask(services, ServiceName::lin_kv, R"({"type":"drop","key":1,"msg_id":1})"),
              HasSubstr("\"code\":10"));
  EXPECT_THAT(ask(services, ServiceName::lin_kv, R"({"type":"read","msg_id":1})"),
              HasSubstr("\"code\":20"));  // of the key null, as in the original
  EXPECT_THAT(ask(services, ServiceName::lin_kv, "{}"), HasSubstr("\"in_reply_to\":null"));
}

TEST(Services, KeepNumbersToTheLastDigit) {
  Services services(1);
  for (const std::string number :
       {"1000000000000000000000000000000", "1000000000000000000000000000001", "1e400",
        "0.10000000000000001", "18446744073709551615", "0.1"}) {
    ask(services, ServiceName::lin_kv,
        R"({"type":"write","msg_id":1,"key":)" + number + ",\"value\":[" + number + "]}");
    EXPECT_EQ(
        ask(services, ServiceName::lin_kv, R"({"type":"read","msg_id":2,"key":)" + number + "}"),
        "{\"type\":\"read_ok\",\"value\":[" + number + "],\"in_reply_to\":2}");
  }
  EXPECT_EQ(ask(services, ServiceName::lin_kv,
                R"({"type":"read","msg_id":2,"key":1000000000000000000000000000000})"),
            R"({"type":"read_ok","value":[1000000000000000000000000000000],"in_reply_to":2})");
}

TEST(Services, WhatTheyLeaveToChanceFollowsFromTheSeed) {
  const auto answers = [](std::uint64_t seed) {
    Services services(seed);
    std::vector<std::string> all;
    for (int i = 0; i < 200; ++i) {
      const std::string number = std::to_string(i);
      for (const auto name : {ServiceName::seq_kv, ServiceName::lww_kv}) {
        ask(services, name, R"({"type":"write","key":1,"msg_id":1,"value":)" + number + "}");
        all.push_back(ask(services, name, R"({"type":"read","key":1,"msg_id":2})", "n2"));
      }
    }
    return all;
  };
  EXPECT_EQ(answers(1), answers(1));
  EXPECT_NE(answers(1), answers(2));
}

// Sees what is delivered to whom.
struct ServiceNetwork : testing::Test, NetworkObserver {
  explicit ServiceNetwork() { options.latency = milliseconds(100); }

  void on_deliver(Packet&& packet, Time now) override {
    delivered.push_back(name_of(packet.source, options) + " to " +
                        name_of(packet.destination, options) + " at " +
                        std::to_string((now - Time{}) / milliseconds(1)));
  }
  void run(Network& network) {
    while (!queue.empty()) {
      const Event event = queue.pop();
      if (event.kind == EventKind::node_receive) {
        network.receive_at_node(event.subject, event.time);
      }
    }
  }

  TestOptions options;
  EventQueue queue;
  std::vector<std::string> delivered;
};

constexpr Endpoint store = Endpoint::service(ServiceName::lin_kv);

TEST_F(ServiceNetwork, MessagesToAndFromServicesTakeTheLatencyAndCountAsServers) {
  Network network(options, queue, *this);
  network.send(Time{}, Endpoint::node(0), store, body_of("{}"));
  network.send(Time{}, store, Endpoint::node(4), body_of("{}"));
  run(network);
  EXPECT_THAT(delivered,
              testing::UnorderedElementsAre("n1 to lin-kv at 100", "lin-kv to n5 at 100"));
  EXPECT_EQ(network.stats().servers.recv_count, 2U);
  EXPECT_EQ(network.stats().clients.recv_count, 0U);
}

TEST_F(ServiceNetwork, NoPartitionCutsAServiceOffAndNothingArrivesThereTwice) {
  Network network(options, queue, *this);
  for (std::uint32_t i = 0; i < 5; ++i) {
    for (std::uint32_t j = 0; j < 5; ++j) network.cut(i, j);
  }
  network.set_duplication(1);
  for (std::uint32_t node = 0; node < 5; ++node) {
    network.send(Time{}, Endpoint::node(node), store, body_of("{}"));
    network.send(Time{}, store, Endpoint::node(node), body_of("{}"));
  }
  run(network);
  EXPECT_EQ(delivered.size(), 10U);
}

TEST_F(ServiceNetwork, MessagesToServicesCanBeLost) {
  Network network(options, queue, *this);
  network.set_loss(1);
  network.send(Time{}, Endpoint::node(0), store, body_of("{}"));
  run(network);
  EXPECT_THAT(delivered, testing::IsEmpty());
}

TEST_F(ServiceNetwork, AServiceStandsInEveryRegion) {
  options.regions = 5;
  options.region_latency = milliseconds(50);
  Network network(options, queue, *this);
  network.send(Time{}, Endpoint::node(0), store, body_of("{}"));
  network.send(Time{}, Endpoint::node(4), store, body_of("{}"));
  run(network);
  EXPECT_THAT(delivered, testing::ElementsAre("n1 to lin-kv at 100", "n5 to lin-kv at 100"));
}

}  // namespace
}  // namespace bruit::workbench
