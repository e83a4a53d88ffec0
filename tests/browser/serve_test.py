"""`bruit serve` in a real browser: the store browsed, two runs compared, a live cluster broken and mended.

Usage: serve_test.py BRUIT [unittest arguments]
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from browser import console_errors, open_browser, wait_for

BRUIT = sys.argv.pop(1) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else "bruit"


def start_server(store):
    """The process and the address it answers at."""
    server = subprocess.Popen([BRUIT, "serve", "--port", "0", "--store", store], stdout=subprocess.PIPE, text=True)
    return server, re.match(r"(http://\S+)/  runs in", server.stdout.readline()).group(1)


class ServeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="bruit-browser-")
        for strategy in ("tree", "rounds"):
            subprocess.run([BRUIT, "challenge", "3d", "--sim", "--strategy", strategy, "--store", cls.folder.name],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True, timeout=60)
        cls.server, cls.address = start_server(cls.folder.name)
        cls.driver = open_browser(1366, 900)

    @classmethod
    def tearDownClass(cls):
        cls.driver.quit()
        cls.server.terminate()
        cls.server.wait(timeout=10)
        cls.server.stdout.close()
        cls.folder.cleanup()

    def tearDown(self):
        self.assertEqual(console_errors(self.driver), [])

    def open(self, path):
        self.driver.get(self.address + path)

    def js(self, expression):
        return self.driver.execute_script(f"return {expression}")

    def text(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector).text

    def open_live(self):
        self.open("/live")
        wait_for(self.driver, "document.querySelector('#figures span')")

    def figure(self, name):
        words = self.text("#figures").split("\n")
        return words[words.index(name) + 1]

    def enter(self, name, value):
        self.driver.find_element(By.ID, name).send_keys(Keys.CONTROL + "a" + Keys.NULL, value, Keys.TAB)

    def set_time(self, microseconds):
        self.driver.execute_script(
            "const t = document.getElementById('time'); t.value = arguments[0]; t.dispatchEvent(new Event('input'))",
            microseconds)

    def node_place(self, node, count):
        """Where a node is drawn, from the middle of the canvas."""
        return self.js(f"""(() => {{ const box = document.getElementById('cluster').getBoundingClientRect();
            const radius = Math.min(box.width, box.height) / 2 - 44;
            const angle = 2 * Math.PI * {node} / {count} - Math.PI / 2;
            return [Math.round(radius * Math.cos(angle)), Math.round(radius * Math.sin(angle))]; }})()""")

    def click_node(self, node, count=25):
        x, y = self.node_place(node, count)
        canvas = self.driver.find_element(By.ID, "cluster")
        ActionChains(self.driver).move_to_element_with_offset(canvas, x, y).click().perform()

    def press(self, text):
        """The button of the chosen nodes; then the new run has come."""
        trace = self.figure("Trace")
        self.driver.find_element(By.XPATH, f"//*[@id='chosen']/button[text()='{text}']").click()
        wait_for(self.driver, f"!document.getElementById('figures').textContent.includes('{trace}')")

    def test_lists_runs_and_opens_one(self):
        self.open("/")
        wait_for(self.driver, "document.querySelectorAll('tbody tr').length === 2")
        first = self.text("tbody tr")
        self.assertIn("rounds", first)
        self.assertIn("valid", first)
        self.driver.find_element(By.CSS_SELECTOR, "tbody tr a").click()
        wait_for(self.driver, "document.querySelector('pre')")
        self.assertIn("rounds", self.text("table"))
        self.assertIn("history.edn", self.text("main"))
        self.assertIn('"stable-latencies"', self.text("pre"))

    def test_shows_a_report_without_giving_it_the_site(self):
        self.open("/")
        wait_for(self.driver, "document.querySelector('tbody tr a')")
        self.driver.find_element(By.CSS_SELECTOR, "tbody tr a").click()
        wait_for(self.driver, "document.querySelector('pre')")
        self.driver.find_element(By.LINK_TEXT, "The report").click()
        wait_for(self.driver, "document.documentElement.dataset.ready === 'true'", 30)
        self.assertEqual(self.js("self.origin"), "null")

    def test_compares_two_runs(self):
        self.open("/")
        wait_for(self.driver, "document.querySelectorAll('tbody input').length === 2")
        button = self.driver.find_element(By.ID, "submit")
        self.assertFalse(button.is_enabled())
        for box in self.driver.find_elements(By.CSS_SELECTOR, "tbody input"):
            box.click()
        button.click()
        wait_for(self.driver, "document.querySelectorAll('tbody tr').length > 10")
        rows = [row.text for row in self.driver.find_elements(By.CSS_SELECTOR, "tbody tr")]
        # The older one is on the left.
        self.assertIn("Strategy tree rounds", rows)
        cost = next(row for row in rows if row.startswith("Messages between nodes"))
        self.assertIn("−9", cost)  # rounds takes some 95 % fewer

    def test_plays_steps_and_rewinds(self):
        self.open_live()
        self.set_time(0)
        self.assertEqual(self.text("#clock"), "0.000 s")
        self.driver.find_element(By.ID, "play").click()
        wait_for(self.driver, "Number(document.getElementById('time').value) > 3e5")
        self.driver.find_element(By.ID, "play").click()
        self.assertEqual(self.text("#play"), "Play")
        stopped = float(self.js("document.getElementById('time').value"))
        self.driver.find_element(By.ID, "forth").click()
        after = float(self.js("document.getElementById('time').value"))
        self.assertGreater(after, stopped)
        self.driver.find_element(By.ID, "back").click()
        self.assertLess(float(self.js("document.getElementById('time').value")), after)
        body = self.driver.find_element(By.TAG_NAME, "body")
        body.send_keys(Keys.ARROW_RIGHT)
        self.assertEqual(float(self.js("document.getElementById('time').value")), after)

    def test_kills_and_heals_nodes(self):
        self.open_live()
        self.set_time(5e6)
        self.click_node(3)
        self.assertIn("n3", self.text("#chosen"))
        self.press("Kill")
        self.assertIn("kill n3", self.js("document.getElementById('schedule').value"))
        self.assertEqual(self.text("#clock"), "5.000 s")
        self.set_time(7e6)
        self.assertIn("kill n3", self.text("#now"))
        self.press("Start again")
        schedule = self.js("document.getElementById('schedule').value").split()
        self.assertLess(schedule.index("kill"), schedule.index("restart"))
        self.assertEqual(self.figure("Values lost"), "0")

    def test_cuts_a_link_and_mends_it(self):
        self.open_live()
        self.set_time(4e6)
        self.click_node(0)
        self.click_node(7)
        self.press("Cut")
        self.assertIn("cut n0 <-> n7", self.js("document.getElementById('schedule').value"))
        self.set_time(9e6)
        self.press("Mend")
        self.assertIn("mend n0 <-> n7", self.js("document.getElementById('schedule').value"))
        self.assertEqual(self.figure("Values lost"), "0")
        self.assertEqual(self.figure("All invariants held"), "yes")
        self.driver.find_element(By.ID, "clear").click()
        wait_for(self.driver, "!document.getElementById('schedule').value.includes('cut')")

    def test_a_longer_budget_costs_less(self):
        self.open_live()
        cost = float(self.figure("Messages an operation"))
        for name, value in (("median_latency_ms", "1000"), ("max_latency_ms", "2000")):
            trace = self.figure("Trace")
            self.enter(name, value)
            wait_for(self.driver, f"!document.getElementById('figures').textContent.includes('{trace}')")
        self.assertLess(float(self.figure("Messages an operation")), cost / 2)

    def test_follows_a_value(self):
        self.open_live()
        Select(self.driver.find_element(By.ID, "value")).select_by_value("40")
        self.assertIn("Now at\n1 of 25", self.text("#journey"))
        self.set_time(2e7)
        self.assertIn("Now at\n25 of 25", self.text("#journey"))

    def test_says_what_is_wrong_with_what_was_asked(self):
        self.open_live()
        self.enter("nodes", "1000")
        wait_for(self.driver, "document.getElementById('error').textContent !== ''")
        self.assertIn("expected a number from 1 to 100", self.text("#error"))
        self.driver.get_log("browser")  # the refusal is logged as a failed request


if __name__ == "__main__":
    unittest.main(verbosity=2)
