// The example programs as real processes: a router in this test plays Maelstrom's network between
// them, the services and a client.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "bruit/maelstrom/codec.h"
#include "bruit/maelstrom/services.h"
#include "examples/broadcast_3c.h"
#include "examples/counter_4.h"
#include "examples/kafka_messages.h"
#include "examples/txn_messages.h"
#include "examples/unique_ids.h"
#include "maelstrom/child.h"

namespace bruit::examples {
namespace {

using namespace maelstrom;

// n processes of one program, initialised, with every service. Only one request is under way at a
// time.
class Processes {
 public:
  Processes(const std::string& program, std::size_t count) {
    for (const auto* service : {"lin-kv", "seq-kv", "lww-kv", "lin-tso"}) {
      services_[service] = make_service(service, 1);
    }
    json::array names;
    for (std::size_t i = 0; i < count; ++i) {
      names_.push_back("n" + std::to_string(i));
      names.emplace_back(names_.back());
    }
    for (const auto& name : names_) nodes_[name] = std::make_unique<Child>(program);
    for (const auto& name : names_) {
      EXPECT_EQ(call(name, {{"type", "init"}, {"node_id", name}, {"node_ids", names}}).type(),
                "init_ok");
    }
  }

  const std::vector<std::string>& names() const { return names_; }

  // Routes messages until the answer to the client is there.
  Message call(const std::string& node, json::object body) {
    const std::int64_t msg_id = next_msg_id_++;
    body["msg_id"] = msg_id;
    give({"c1", node, std::move(body)});
    for (;;) {
      for (auto& message : route()) {
        if (message.in_reply_to() == msg_id) return std::move(message);
      }
      if (testing::Test::HasFailure()) return {};
    }
  }

  template <TypedMessage Reply, TypedMessage Request>
  Reply ask(const std::string& node, const Request& request) {
    const Message reply = call(node, to_body(request));
    EXPECT_EQ(reply.type(), Reply::type) << encode_message(reply);
    return reply.type() == Reply::type ? from_body<Reply>(reply.body) : Reply{};
  }

  // Every process ends with its input, and has said nothing on stderr.
  void finish() {
    for (auto& [name, node] : nodes_) {
      node->close_input();
      EXPECT_EQ(node->wait(), 0) << name;
      EXPECT_EQ(node->errors(), "") << name;
    }
  }

 private:
  void give(const Message& message) {
    std::string line = encode_message(message);
    line.pop_back();
    nodes_.at(message.dest)->give(line);
  }

  // Waits for lines of any process and delivers them; those for the client are returned.
  std::vector<Message> route() {
    std::vector<Child*> children;
    for (auto& [name, node] : nodes_) children.push_back(node.get());
    Child::wait_for_any(children);
    std::vector<Message> for_client;
    for (auto* child : children) {
      while (const auto line = child->line_if_there()) {
        auto message = std::get<Message>(parse_message(*line));
        if (nodes_.contains(message.dest)) {
          give(message);
        } else if (const auto service = services_.find(message.dest); service != services_.end()) {
          give(answer(*service->second, message));
        } else {
          for_client.push_back(std::move(message));
        }
      }
    }
    return for_client;
  }

  static Message answer(Service& service, const Message& request) {
    Message reply{request.dest, request.src, {}};
    try {
      reply.body = service.answer(request);
    } catch (const RpcError& error) {
      reply.body = {{"type", "error"}, {"code", static_cast<std::int64_t>(error.code())}};
    }
    reply.body["in_reply_to"] = request.msg_id().value();
    return reply;
  }

  std::vector<std::string> names_;
  std::map<std::string, std::unique_ptr<Child>> nodes_;
  std::map<std::string, std::unique_ptr<Service>> services_;
  std::int64_t next_msg_id_ = 1;
};

TEST(ExamplePrograms, Echo) {
  Processes nodes("echo", 1);
  const json::object body{{"type", "echo"}, {"echo", {1, 2.0, "x"}}};
  const Message reply = nodes.call("n0", body);
  EXPECT_EQ(reply.type(), "echo_ok");
  EXPECT_EQ(reply.body.at("echo"), body.at("echo"));
  nodes.finish();
}

TEST(ExamplePrograms, UniqueIds) {
  Processes nodes("unique-ids", 3);
  std::set<std::string> ids;
  for (int i = 0; i < 30; ++i) {
    ids.insert(nodes.ask<GenerateOk>("n" + std::to_string(i % 3), Generate{}).id);
  }
  EXPECT_EQ(ids.size(), 30U);
  nodes.finish();
}

struct BroadcastPrograms : testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Each, BroadcastPrograms, testing::Values("3a", "3b", "3c", "3d", "3e"));

TEST_P(BroadcastPrograms, SpreadValues) {
  Processes nodes("simple-broadcast-" + GetParam(), GetParam() == "3a" ? 1 : 3);
  Topology topology;
  for (const auto& name : nodes.names()) {
    for (const auto& other : nodes.names()) {
      if (other != name) topology.topology[name].push_back(other);
    }
  }
  for (const auto& name : nodes.names()) nodes.ask<TopologyOk>(name, topology);
  for (int value = 0; value < 5; ++value) {
    nodes.ask<BroadcastOk>(nodes.names()[static_cast<std::size_t>(value) % nodes.names().size()],
                           Broadcast{value});
  }
  for (const auto& name : nodes.names()) {
    while (nodes.ask<ReadOk>(name, Read{}).messages.size() < 5 && !HasFailure()) {
    }
  }
  nodes.finish();
}

TEST(ExamplePrograms, Counter) {
  Processes nodes("counter-4", 3);
  for (int i = 0; i < 9; ++i) nodes.ask<AddOk>("n" + std::to_string(i % 3), Add{i});
  for (const auto& name : nodes.names()) {
    while (nodes.ask<ReadCounterOk>(name, ReadCounter{}).value < 36 && !HasFailure()) {
    }
    EXPECT_EQ(nodes.ask<ReadCounterOk>(name, ReadCounter{}).value, 36);
  }
  nodes.finish();
}

struct KafkaPrograms : testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Each, KafkaPrograms, testing::Values("5a", "5b", "5c"));

TEST_P(KafkaPrograms, KeepLogs) {
  Processes nodes("kafka-" + GetParam(), GetParam() == "5a" ? 1 : 3);
  const auto& last = nodes.names().back();
  for (int i = 0; i < 6; ++i) {
    const auto& node = nodes.names()[static_cast<std::size_t>(i) % nodes.names().size()];
    EXPECT_EQ(nodes.ask<SendOk>(node, Send{"k", i * 10}).offset, i);
  }
  EXPECT_EQ(nodes.ask<PollOk>(last, Poll{{{"k", 4}}}).msgs.at("k"),
            (std::vector<std::pair<Offset, json::value>>{{4, 40}, {5, 50}}));
  nodes.ask<CommitOffsetsOk>("n0", CommitOffsets{{{"k", 3}}});
  EXPECT_EQ(nodes.ask<ListCommittedOffsetsOk>(last, ListCommittedOffsets{{"k", "none"}}).offsets,
            (Offsets{{"k", 3}}));
  nodes.finish();
}

struct TxnPrograms : testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Each, TxnPrograms, testing::Values("6a", "6c"));

TEST_P(TxnPrograms, RunTransactions) {
  Processes nodes("txn-" + GetParam(), GetParam() == "6a" ? 1 : 3);
  nodes.ask<TxnOk>("n0", Txn{{{"w", 1, 5}, {"w", 2, 6}}});
  const Txn both{{{"r", 1, std::nullopt}, {"r", 2, std::nullopt}}};
  for (const auto& name : nodes.names()) {
    while (!std::get<2>(nodes.ask<TxnOk>(name, both).txn.at(0)) && !HasFailure()) {
    }
    EXPECT_EQ(nodes.ask<TxnOk>(name, both).txn, (std::vector<Operation>{{"r", 1, 5}, {"r", 2, 6}}));
  }
  nodes.finish();
}

}  // namespace
}  // namespace bruit::examples
