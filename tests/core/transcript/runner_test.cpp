// The language of transcripts: what it accepts, what it prints, and how it says that a script is
// wrong.
#include "core/transcript/runner.h"

#include <gtest/gtest.h>

#include <string>

#include "core/transcript/script.h"

namespace bruit::core::transcript {
namespace {

std::string error_of(const std::string& text) {
  try {
    run_script(parse_script(text, "file.txt"));
  } catch (const ScriptError& error) {
    return error.what();
  }
  return "no error";
}

// What the last command printed.
std::string last_output(const std::string& text) {
  const Outputs outputs = run_script(parse_script(text, "file.txt"));
  std::string result;
  for (const std::string& line : outputs.back()) result += line + "\n";
  return result;
}

const std::string flood_of_three = "cluster 3 strategy=flood latency=100ms\n";

TEST(TranscriptRunner, prints_sends_arrivals_and_values_that_become_visible) {
  EXPECT_EQ(last_output(flood_of_three + "broadcast n0 x\n"),
            "       0ms  n0 has x\n"
            "       0ms  n0 -> n1 n2  rumor x\n");
  EXPECT_EQ(last_output(flood_of_three + "drop n0 n2\nbroadcast n0 x\nadvance 100.5ms\n"),
            "     100ms  n1 <- n0  rumor x\n"
            "     100ms  n1 has x\n"
            "     100ms  n1 -> n0 n2  rumor x\n");
}

TEST(TranscriptRunner, prints_in_brief_who_has_what_and_how_many_messages) {
  EXPECT_EQ(last_output(flood_of_three + "broadcast n0 x y\nadvance 200ms brief\n"),
            "     100ms  n1 n2 have x y\n"
            "  8 messages: 8 rumor\n");
}

TEST(TranscriptRunner, says_what_becomes_of_a_message) {
  const std::string start = "cluster 2 strategy=flood\n";
  EXPECT_EQ(last_output(start + "cut n0 n1\nbroadcast n0 x\n"),
            "       0ms  n0 has x\n       0ms  n0 -> n1  rumor x  (lost: cut)\n");
  EXPECT_EQ(last_output(start + "broadcast n0 x\ncut n0 n1 oneway\nadvance 1s\n"),
            "     100ms  n1 <- n0  rumor x  (lost: cut)\n");
  EXPECT_EQ(last_output(start + "cut n0 n1 oneway\nbroadcast n1 x\n"),
            "       0ms  n1 has x\n       0ms  n1 -> n0  rumor x\n");
  EXPECT_EQ(last_output(start + "broadcast n0 x\nkill n1\nadvance 1s\n"),
            "     100ms  n1 <- n0  rumor x  (lost: down)\n");
  EXPECT_EQ(last_output(start + "drop n0 n1\nbroadcast n0 x y\n"),
            "       0ms  n0 has x\n       0ms  n0 -> n1  rumor x  (lost: dropped)\n"
            "       0ms  n0 has y\n       0ms  n0 -> n1  rumor y\n");
  EXPECT_EQ(last_output(start + "duplicate n0 n1\nbroadcast n0 x\n"),
            "       0ms  n0 has x\n       0ms  n0 -> n1  rumor x  (twice)\n");
}

TEST(TranscriptRunner, holds_messages_until_they_are_released) {
  const std::string start = "cluster 2 strategy=flood\nhold n0 n1\nbroadcast n0 x y\nadvance 1s\n";
  EXPECT_EQ(last_output(start), "");
  EXPECT_EQ(last_output(start + "release n0 n1 next\n"),
            "    1000ms  n1 <- n0  rumor x\n    1000ms  n1 has x\n"
            "    1000ms  n1 -> n0  rumor x\n");
  EXPECT_EQ(last_output(start + "release n0 n1\nadvance 1s\nstate n1\n"), "  n1  has [x y]\n");
  EXPECT_EQ(last_output(start + "resume n0 n1\nbroadcast n0 z\nadvance 1s\nrelease n0 n1\n"
                                "state n1\n"),
            "  n1  has [z x y]\n");
  EXPECT_EQ(last_output(start + "drop n0 n1 held\nrelease n0 n1\nstate n1\n"), "  n1  has []\n");
}

TEST(TranscriptRunner, keeps_the_order_of_messages_on_a_link_when_its_latency_falls) {
  EXPECT_EQ(last_output("cluster 2 strategy=flood latency=300ms\nbroadcast n0 x\n"
                        "latency n0 n1 10ms\nbroadcast n0 y\nadvance 300ms\nstate n1\n"),
            "  n1  has [x y]\n");
}

TEST(TranscriptRunner, starts_a_restarted_node_with_nothing) {
  EXPECT_EQ(last_output("cluster 2 strategy=flood\nbroadcast n0 x\nkill n0\nrestart n0\nstate\n"),
            "  n0  has []\n  n1  has []\n");
}

TEST(TranscriptRunner, fails_when_an_expectation_does_not_hold) {
  EXPECT_EQ(error_of(flood_of_three + "broadcast n0 x\nexpect-silence\n"),
            "file.txt:3: expected silence, but n0 -> n1 rumor x is in flight; "
            "n0 -> n2 rumor x is in flight");
  EXPECT_EQ(error_of("cluster 2 strategy=tree\nhold n1 n0\nbroadcast n1 x\nexpect-silence\n"),
            "file.txt:4: expected silence, but n1 -> n0 holds 1; n1 has 1 pending; "
            "n1 wants a tick");
  EXPECT_EQ(error_of(flood_of_three + "broadcast n0 x\nexpect-agreement\n"),
            "file.txt:3: expected agreement, but n1 lacks x");
  EXPECT_EQ(error_of(flood_of_three + "broadcast n0 x\nadvance 1s\nexpect-agreement\n"
                                      "expect-silence\n"),
            "no error");
}

TEST(TranscriptRunner, refuses_what_cannot_be_done_now) {
  EXPECT_EQ(error_of(flood_of_three + "kill n1\nbroadcast n1 x\n"), "file.txt:3: n1 is down");
  EXPECT_EQ(error_of(flood_of_three + "restart n1\n"), "file.txt:2: n1 is up");
  EXPECT_EQ(error_of(flood_of_three + "release n0 n1\n"),
            "file.txt:2: this link holds no messages");
  EXPECT_EQ(error_of(flood_of_three + "hold n0 n1\nrelease n0 n1 next\n"),
            "file.txt:3: no message is held");
}

TEST(TranscriptRunner, names_file_and_line_of_a_mistake) {
  const auto error_after_cluster = [](const std::string& line) {
    return error_of(flood_of_three + "# prose\n" + line + "\n");
  };
  EXPECT_EQ(error_of(""), "file.txt:1: there is no command in this file");
  EXPECT_EQ(error_of("advance 1s\n"), "file.txt:1: the first command must be `cluster`");
  EXPECT_EQ(error_of("cluster 3\n"), "file.txt:1: strategy=NAME is missing");
  EXPECT_EQ(error_of("cluster 3 strategy=gossip\n"), "file.txt:1: \"gossip\" is not a strategy");
  EXPECT_EQ(error_of("cluster 0 strategy=tree\n"),
            "file.txt:1: \"0\" is not a number of nodes; expected 1 to 1000");
  EXPECT_EQ(error_of("cluster 3 strategy=tree latency=fast\n"),
            "file.txt:1: \"fast\" is not a duration: it does not begin with a number; expected a "
            "number and a unit, such as 200ms, 1.5s or 2min");
  EXPECT_EQ(error_of("cluster 3 strategy=tree flush-interval=0s\n"),
            "file.txt:1: 0s is out of range for flush-interval; expected 1ns to 24h");
  EXPECT_EQ(error_of("cluster 3 strategy=tree retry-first=3s\n"),
            "file.txt:1: retry-longest is below retry-first");
  EXPECT_EQ(error_of("cluster 3 strategy=tree uptime=1s,2s\n"),
            "file.txt:1: uptime has 2 durations for 3 nodes");
  EXPECT_EQ(error_after_cluster("cluster 3 strategy=tree"),
            "file.txt:3: there is a cluster already");
  EXPECT_EQ(error_after_cluster("broadcast n3 x"),
            "file.txt:3: \"3\" is not a node's number; expected 0 to 2");
  EXPECT_EQ(error_after_cluster("broadcast n01 x"), "file.txt:3: \"n01\": write n0, n1, ...");
  EXPECT_EQ(error_after_cluster("broadcast n0"), "file.txt:3: a value is missing");
  EXPECT_EQ(error_after_cluster("hold n1 n1"), "file.txt:3: a node has no link to itself");
  EXPECT_EQ(error_after_cluster("cut n0 n0..n2"), "file.txt:3: n0 is on both sides");
  EXPECT_EQ(error_after_cluster("cut n0,n0 n1"), "file.txt:3: n0 is listed twice");
  EXPECT_EQ(error_after_cluster("cut n2..n0 n1"), "file.txt:3: n2..n0 counts backwards");
  EXPECT_EQ(error_after_cluster("heal n0 n1 now"), "file.txt:3: unexpected \"now\"");
  EXPECT_EQ(error_after_cluster("advance  1s"), "file.txt:3: words are separated by one space");
  EXPECT_EQ(error_after_cluster("state "), "file.txt:3: a space at the end of the line");
  EXPECT_EQ(error_after_cluster("state\tn0"), "file.txt:3: a control character (code 9)");
  EXPECT_EQ(error_after_cluster(" state"),
            "file.txt:3: indent recorded output by two spaces, commands not at all");
  EXPECT_EQ(error_after_cluster("  n0 has x"),
            "file.txt:3: recorded output must stand directly below a command");
  EXPECT_EQ(error_of(flood_of_three + "state"),
            "file.txt:2: the last line does not end with a line break");
  EXPECT_TRUE(error_after_cluster("jump").starts_with("file.txt:3: \"jump\" is not a command; "));
}

TEST(TranscriptRunner, stops_output_that_nobody_would_read) {
  EXPECT_EQ(error_of("cluster 40 strategy=flood\nbroadcast n0 x\nadvance 1s\n"),
            "file.txt:3: more than 1000 lines of output");
}

const std::string outdated = flood_of_three +
                             "# Prose stays.\n"
                             "\n"
                             "broadcast n0 x\n"
                             "       0ms  n0 has x\n"
                             "       0ms  n0 -> n1  rumor x\n"
                             "\n"
                             "advance 50ms\n"
                             "      50ms  nothing like this\n";

TEST(TranscriptRunner, shows_the_lines_that_changed_below_their_command) {
  const Script script = parse_script(outdated, "file.txt");
  EXPECT_EQ(difference(script, run_script(script)),
            "file.txt:4: broadcast n0 x\n"
            "         0ms  n0 has x\n"
            "-        0ms  n0 -> n1  rumor x\n"
            "+        0ms  n0 -> n1 n2  rumor x\n"
            "file.txt:8: advance 50ms\n"
            "-       50ms  nothing like this\n");
}

TEST(TranscriptRunner, records_outputs_and_leaves_prose_and_commands_as_they_are) {
  const Script script = parse_script(outdated, "file.txt");
  const std::string recorded = with_outputs(script, run_script(script));
  EXPECT_EQ(recorded, flood_of_three +
                          "# Prose stays.\n"
                          "\n"
                          "broadcast n0 x\n"
                          "       0ms  n0 has x\n"
                          "       0ms  n0 -> n1 n2  rumor x\n"
                          "\n"
                          "advance 50ms\n");
  const Script again = parse_script(recorded, "file.txt");
  EXPECT_EQ(difference(again, run_script(again)), "");
}

}  // namespace
}  // namespace bruit::core::transcript
