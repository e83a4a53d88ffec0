"""Headless Chromium for tests of pages: opens one, waits until it is ready, reads what it logged."""
import os
import shutil

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait


def open_browser(width=1440, height=900, dark=False):
    """A browser of its own, to be ended with quit()."""
    options = Options()
    for argument in (
        "--headless=new",
        "--no-sandbox",  # needed as root, and in containers
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--force-device-scale-factor=1",
        f"--window-size={width},{height}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.binary_location = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
    driver = webdriver.Chrome(
        service=Service(os.environ.get("CHROMEDRIVER") or shutil.which("chromedriver")), options=options
    )
    driver.set_script_timeout(60)
    set_viewport(driver, width, height)
    set_dark(driver, dark)
    return driver


def set_viewport(driver, width, height):
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
    )


def set_dark(driver, dark):
    driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]},
    )


def open_report(driver, path, seconds=60):
    """Opens a report from disk and waits until it has drawn itself."""
    driver.get("file://" + os.path.abspath(path))
    wait_for(driver, "document.documentElement.dataset.ready === 'true'", seconds)


def wait_for(driver, condition, seconds=10):
    """Waits until a JavaScript expression is true."""
    WebDriverWait(driver, seconds, poll_frequency=0.02).until(
        lambda d: d.execute_script(f"return Boolean({condition})"), f"waited for: {condition}"
    )


def frame(driver):
    """Waits until what was asked for is drawn: two frames."""
    driver.execute_async_script(
        "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()));"
    )


def console_errors(driver):
    return [entry for entry in driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


def screenshot(driver, path):
    frame(driver)
    driver.save_screenshot(path)
