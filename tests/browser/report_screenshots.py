"""Takes the pictures of docs/report.md: report_screenshots.py BRUIT FOLDER."""
import os
import shutil
import subprocess
import sys
import tempfile

from browser import frame, open_browser, open_report, set_dark, set_viewport

bruit, folder = sys.argv[1:]
partition = ["test", "--strategy", "rounds", "--node-count", "7", "--rate", "30", "--time-limit", "20",
             "--latency", "50", "--nemesis", "partition", "--seed", "3"]
large = ["challenge", "3d", "--sim", "--seed", "4"]


def scroll_to(driver, element):
    driver.execute_script(f"document.getElementById('{element}').scrollIntoView()")
    driver.execute_script("window.scrollBy(0, -16)")
    frame(driver)


def page_of(store, *arguments):
    subprocess.run([bruit, *arguments], check=True, capture_output=True)
    return os.path.join(store, "latest", "report.html")


with tempfile.TemporaryDirectory() as store:
    driver = open_browser(1280, 860)
    try:
        open_report(driver, page_of(store, *large, "--store", store, "--", "--strategy", "tree"))
        frame(driver)
        driver.save_screenshot(os.path.join(folder, "report-light.png"))
        driver.execute_script("bruit.view.show(5.1e6, 5.7e6)")
        set_viewport(driver, 1280, 760)
        scroll_to(driver, "spacetime-section")
        driver.save_screenshot(os.path.join(folder, "report-messages.png"))

        set_dark(driver, True)
        open_report(driver, page_of(store, *partition, "--store", store))
        driver.execute_script("document.querySelector('#slowest button:nth-of-type(4)').click()")
        scroll_to(driver, "spacetime-section")
        driver.save_screenshot(os.path.join(folder, "report-journey.png"))
    finally:
        driver.quit()

# Where pngquant is installed, a third of the size.
if shutil.which("pngquant"):
    for name in ("report-light", "report-messages", "report-journey"):
        path = os.path.join(folder, name + ".png")
        subprocess.run(["pngquant", "--force", "--speed", "1", "--output", path, "128", path], check=True)
