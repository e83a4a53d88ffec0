"""The report in a real browser: opened from disk in headless Chromium, read and used as people do.

Usage: report_test.py BRUIT [unittest arguments]
"""
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from browser import console_errors, frame, open_browser, open_report, set_dark, wait_for

BRUIT = sys.argv.pop(1) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else "bruit"

WRONG_NODES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "wrong_nodes")

# A run of every kind of event that the report draws, a run that loses values, and a large one.
RUNS = {
    "partition": ["test", "--strategy", "rounds", "--node-count", "5", "--rate", "20", "--time-limit", "10",
                  "--latency", "50", "--nemesis", "partition", "--nemesis-interval", "3", "--seed", "3"],
    "lossy": ["test", "--strategy", "flood", "--node-count", "5", "--rate", "20", "--time-limit", "10",
              "--latency", "50", "--nemesis", "partition", "--nemesis-interval", "3", "--seed", "3"],
    "large": ["challenge", "3d", "--sim", "--seed", "4"],
    "cycle": ["test", "-w", "txn-list-append", "--bin", os.path.join(WRONG_NODES, "stale-read"),
              "--node-count", "1", "--concurrency", "4n", "--rate", "100", "--time-limit", "3", "--seed", "1"],
    "log": ["test", "-w", "kafka", "--bin", os.path.join(WRONG_NODES, "lost-write"),
            "--node-count", "1", "--concurrency", "4n", "--rate", "100", "--time-limit", "3", "--seed", "1"],
}
HOSTILE = "</script><script>window.broken = true</script><!-- \u2028 & <b>"


class ReportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="bruit-browser-")
        cls.runs = {}
        for name, arguments in RUNS.items():
            store = os.path.join(cls.folder.name, name)
            tail = ["--", "--strategy", "tree"] if name == "large" else []
            subprocess.run([BRUIT, *arguments, "--store", store, *tail], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, check=False, timeout=60)
            cls.runs[name] = os.path.realpath(os.path.join(store, "latest"))
        cls.driver = open_browser()

    @classmethod
    def tearDownClass(cls):
        cls.driver.quit()
        cls.folder.cleanup()

    def tearDown(self):
        self.assertEqual(console_errors(self.driver), [])
        set_dark(self.driver, False)

    def open(self, name):
        open_report(self.driver, os.path.join(self.runs[name], "report.html"))

    def js(self, expression, *arguments):
        return self.driver.execute_script(f"return {expression}", *arguments)

    def text(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector).text

    def stats(self):
        frame(self.driver)
        return self.js("bruit.spaceTime.stats")

    def results(self, name):
        with open(os.path.join(self.runs[name], "results.json"), encoding="utf-8") as file:
            return json.load(file)

    # The middle of a message's stroke, in the page; the diagram is scrolled to.
    def hover_over_message(self, index):
        canvas = self.driver.find_element(By.ID, "spacetime")
        self.driver.execute_script("arguments[0].scrollIntoView({ block: 'center' })", canvas)
        at = self.js("bruit.spaceTime.position(arguments[0])", index)
        size = canvas.size
        ActionChains(self.driver).move_to_element_with_offset(
            canvas, at["x"] - size["width"] / 2, at["y"] - size["height"] / 2
        ).perform()

    def test_says_what_came_of_the_run_with_the_figures_of_its_results(self):
        self.open("partition")
        results = self.results("partition")
        self.assertEqual(self.text("#verdict"), "Valid")
        figures = self.text("#figures")
        self.assertIn(f"{results['net']['servers']['msgs-per-op']:.2f}", figures)
        self.assertIn(f"{results['workload']['stable-latencies']['1']:,}", figures)
        self.assertIn(f"{results['stats']['count']:,}", figures)
        tables = self.text("#tables")
        for part in ("broadcast", "read", "0.95", "scatter", "partition"):
            self.assertIn(part, tables)

    def test_loads_nothing_but_itself(self):
        self.open("partition")
        loaded = self.js("performance.getEntriesByType('resource').filter(e => !e.name.startsWith('data:')).length")
        self.assertEqual(loaded, 0)

    def test_draws_every_chart(self):
        self.open("partition")
        for chart in ("latency", "rate", "messages", "cost", "spread"):
            # Something else than one colour.
            colours = self.js(
                f"""(() => {{ const c = document.getElementById('{chart}-chart');
                const d = new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer);
                return new Set(d).size; }})()""")
            self.assertGreater(colours, 5, chart)

    def test_names_the_limits_of_a_challenge(self):
        self.open("large")
        self.assertIn("Challenge 3d", self.text("h1"))
        self.assertIn("✓ below 30", self.text("#figures"))
        self.assertIn("✓ below 600 ms", self.text("#figures"))

    def test_says_which_values_were_lost(self):
        self.open("lossy")
        self.assertEqual(self.text("#verdict"), "Invalid")
        lost = self.results("lossy")["workload"]["lost"]
        self.assertIn(f"Lost values ({len(lost)})", self.text("#tables"))
        self.driver.find_element(By.CSS_SELECTOR, f"#slowest button[data-value='{lost[0]}']").click()
        self.assertIn("Lost:", self.text("#journey"))
        self.assertIn("never", self.text("#journey"))

    def test_shows_only_messages_of_the_chosen_node_types_and_time(self):
        self.open("partition")
        everything = self.stats()["inView"]
        self.assertGreater(everything, 50)
        self.driver.find_element(By.CSS_SELECTOR, "#node-filter option[value='2']").click()
        self.assertTrue(0 < self.stats()["inView"] < everything)
        self.assertTrue(self.js("bruit.spaceTime.drawn().every(i => bruit.data.messages.from[i] === 2 || bruit.data.messages.to[i] === 2)"))
        self.driver.find_element(By.CSS_SELECTOR, "#node-filter option[value='']").click()
        self.driver.find_element(By.CSS_SELECTOR, "#type-filter button[data-type='scatter']").click()
        self.assertTrue(0 < self.stats()["inView"] < everything)
        self.assertFalse(self.js("bruit.spaceTime.drawn().some(i => bruit.data.types[bruit.data.messages.type[i]].name === 'scatter')"))
        self.driver.find_element(By.CSS_SELECTOR, "#type-filter button[data-type='scatter']").click()
        self.driver.find_element(By.ID, "show-clients").click()
        self.assertGreater(self.stats()["inView"], everything)
        self.driver.find_element(By.ID, "show-clients").click()
        for field, value in (("time-from", "2"), ("time-to", "4")):
            element = self.driver.find_element(By.ID, field)
            element.clear()
            element.send_keys(value, Keys.TAB)
        frame(self.driver)
        self.assertEqual(self.js("[bruit.view.from, bruit.view.to].map(Math.round)"), [2000000, 4000000])
        self.assertTrue(self.stats()["inView"] < everything)

    def test_tells_the_whole_journey_of_a_value(self):
        self.open("partition")
        self.driver.find_element(By.CSS_SELECTOR, "#slowest button").click()
        self.assertGreaterEqual(self.stats()["highlighted"], 5)
        journey = self.text("#journey")
        for part in ("Broadcast by process", "acknowledged at", "At all 5 nodes at", "set by the last read without it",
                     "n0", "n4", "broadcast from client", "scatter from"):
            self.assertIn(part, journey)
        self.assertEqual(len(self.driver.find_elements(By.CSS_SELECTOR, "#journey tbody tr")), 5)
        box = self.driver.find_element(By.ID, "value-input")
        box.clear()
        box.send_keys("3", Keys.TAB)
        self.assertIn("The journey of 3", self.text("#journey"))

    def test_shows_a_message_under_the_pointer_and_keeps_it_when_clicked(self):
        self.open("partition")
        self.driver.find_element(By.CSS_SELECTOR, "#slowest button").click()
        self.driver.find_element(By.ID, "only-journey").click()
        frame(self.driver)
        index = self.js("bruit.view.value.arrivals[bruit.view.value.arrivals.length - 1].message")
        self.hover_over_message(index)
        wait_for(self.driver, "!document.getElementById('tooltip').hidden")
        shown = self.text("#tooltip")
        self.assertRegex(shown, r"n\d → n\d, message \d+")
        self.assertIn('"type":"', shown)
        ActionChains(self.driver).click().perform()
        wait_for(self.driver, "document.getElementById('message').textContent !== ''")
        self.assertIn("Values:", self.text("#message"))

    def test_can_be_used_from_the_keyboard(self):
        self.open("partition")
        canvas = self.driver.find_element(By.ID, "spacetime")
        self.driver.execute_script("arguments[0].focus()", canvas)
        before = self.js("bruit.view.to - bruit.view.from")
        ActionChains(self.driver).send_keys("+", "+").perform()
        frame(self.driver)
        zoomed = self.js("bruit.view.to - bruit.view.from")
        self.assertLess(zoomed, before / 2)
        start = self.js("bruit.view.from")
        ActionChains(self.driver).send_keys(Keys.ARROW_RIGHT).perform()
        frame(self.driver)
        self.assertGreater(self.js("bruit.view.from"), start)
        ActionChains(self.driver).send_keys("0").perform()
        frame(self.driver)
        self.assertEqual(self.js("bruit.view.to - bruit.view.from"), before)

    def test_pans_where_it_is_dragged(self):
        self.open("partition")
        self.driver.find_element(By.ID, "zoom-in").click()
        frame(self.driver)
        start = self.js("bruit.view.from")
        canvas = self.driver.find_element(By.ID, "spacetime")
        self.driver.execute_script("arguments[0].scrollIntoView({ block: 'center' })", canvas)
        ActionChains(self.driver).move_to_element(canvas).click_and_hold().move_by_offset(-200, 0).release().perform()
        frame(self.driver)
        self.assertGreater(self.js("bruit.view.from"), start)

    def on_every_screen(self):
        """Light and dark, on a desktop and on a phone; nothing makes the page wider than the screen."""
        size = self.driver.get_window_size()
        for width in (1280, 420):
            self.driver.set_window_size(width, 900)
            for dark in (False, True):
                set_dark(self.driver, dark)
                yield
                self.assertLessEqual(self.js("document.documentElement.scrollWidth"), self.js("innerWidth"), width)
        self.driver.set_window_size(size["width"], size["height"])

    def test_draws_a_cycle_beside_its_transactions(self):
        self.open("cycle")
        for _ in self.on_every_screen():
            self.assertIn("T1 before T2", self.text("#why figcaption"))
            steps = self.driver.find_elements(By.CSS_SELECTOR, "#why figure:first-child .why-step")
            self.assertEqual(len(steps), len(self.driver.find_elements(By.CSS_SELECTOR, "#why figure:first-child .why-bar")))
            self.assertGreaterEqual(len(steps), 2)
            self.assertIn("So T1 would have to come before itself.", self.text(".why-words"))

    def test_shows_a_log_with_what_is_missing(self):
        self.open("log")
        for _ in self.on_every_screen():
            self.assertIn("the log of key", self.text("#why figcaption"))
            self.assertGreater(len(self.driver.find_elements(By.CSS_SELECTOR, ".why-log .culprit")), 0)
            self.assertIn("The logs are not what they should be.", self.text(".why-words"))

    def test_does_not_say_what_is_wrong_where_nothing_is(self):
        self.open("partition")
        self.assertFalse(self.driver.find_element(By.ID, "why-section").is_displayed())

    def test_is_dark_where_the_system_is(self):
        self.open("partition")
        colours = "[getComputedStyle(document.body).backgroundColor, bruit.theme.ink]"
        light = self.js(colours)
        set_dark(self.driver, True)
        wait_for(self.driver, "bruit.theme.ink !== arguments[0]".replace("arguments[0]", json.dumps(light[1])))
        dark = self.js(colours)
        self.assertNotEqual(light[0], dark[0])
        bar = "Chart.getChart('messages-chart').getDatasetMeta(0).data[1].options.backgroundColor"
        self.assertEqual(self.js(bar), self.js("bruit.theme.series[0]"))

    def test_prints_light_also_where_the_system_is_dark(self):
        set_dark(self.driver, True)
        self.open("partition")
        dark = self.js("bruit.theme.ink")
        self.driver.execute_script("window.inks = []; addEventListener('beforeprint', () => inks.push(bruit.theme.ink))")
        page = self.driver.execute_cdp_cmd("Page.printToPDF", {})["data"]
        self.assertGreater(len(page), 20000)
        self.assertNotEqual(self.js("inks[0]"), dark)
        self.assertEqual(self.js("bruit.theme.ink"), dark)

    def test_is_not_broken_by_what_a_node_writes(self):
        run = os.path.join(self.folder.name, "hostile")
        os.makedirs(run)
        def line(**members):
            return json.dumps(members) + "\n"
        with open(os.path.join(run, "trace.jsonl"), "w", encoding="utf-8") as trace:
            trace.write(line(at=0, event="start", workload="broadcast", nodes=["n0", HOSTILE]))
            trace.write(line(at=0, event="operation", type="invoke", process=0, f="broadcast", value=HOSTILE))
            trace.write(line(at=1, event="sent", id=1, **{"from": "n0"}, to=HOSTILE, body={"type": HOSTILE, "value": HOSTILE}))
            trace.write(line(at=20, event="received", id=1, **{"from": "n0"}, to=HOSTILE))
            trace.write(line(at=30, event="operation", type="ok", process=0, f="broadcast", value=HOSTILE))
        subprocess.run([BRUIT, "report", run], stdout=subprocess.PIPE, check=True, timeout=60)
        open_report(self.driver, os.path.join(run, "report.html"))
        self.assertFalse(self.js("'broken' in window"))
        self.assertIn(HOSTILE, self.js("bruit.spaceTime.describe(0).map(e => e.textContent).join(' ')"))
        self.assertIn(HOSTILE, self.js("document.getElementById('type-filter').textContent"))
        self.driver.execute_script("bruit.chooseValue(bruit.data.values[0]); bruit.chooseMessage(0)")
        frame(self.driver)
        self.assertFalse(self.js("'broken' in window"))
        self.assertEqual(self.js("document.querySelectorAll('b').length"), self.js("document.querySelectorAll('#tables b, #message b').length"))

    def test_shows_a_run_that_has_no_trace(self):
        run = os.path.join(self.folder.name, "traceless")
        os.makedirs(run)
        for name in ("results.edn", "history.edn"):
            os.symlink(os.path.join(self.runs["partition"], name), os.path.join(run, name))
        subprocess.run([BRUIT, "report", run], stdout=subprocess.PIPE, check=True, timeout=60)
        open_report(self.driver, os.path.join(run, "report.html"))
        self.assertIn("has no trace.jsonl", self.text("#notices"))
        self.assertEqual(self.text("#verdict"), "Valid")

    def test_stays_quick_with_fifty_thousand_messages(self):
        begun = time.monotonic()
        self.open("large")
        loaded = time.monotonic() - begun
        stats = self.stats()
        self.assertGreater(stats["inView"], 45000)
        self.assertEqual(stats["mode"], "density")
        pan = """(() => { const times = [];
            for (let i = 0; i < 20; ++i) { bruit.view.pan(i % 2 ? 5e4 : -5e4);
              const t = performance.now(); bruit.view.drawNow(); times.push(performance.now() - t); }
            return times.sort((a, b) => a - b)[10]; })()"""
        self.driver.find_element(By.ID, "zoom-in").click()
        frame(self.driver)
        far = self.js(pan)
        self.driver.execute_script("bruit.view.show(5e6, 7e6)")
        self.assertEqual(self.stats()["mode"], "strokes")
        near = self.js(pan)
        print(f"\n50,000 messages: page ready in {loaded * 1000:.0f} ms; one frame while panning: "
              f"{far:.1f} ms far out, {near:.1f} ms close up ({self.stats()['inView']} messages in view)")


if __name__ == "__main__":
    unittest.main(verbosity=2)
