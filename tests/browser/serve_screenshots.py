"""Takes the pictures of docs/serve.md: serve_screenshots.py BRUIT FOLDER."""
import os
import shutil
import subprocess
import sys
import tempfile

from browser import open_browser, wait_for

bruit, folder = sys.argv[1:]
names = ("serve-live", "serve-runs")

with tempfile.TemporaryDirectory() as store:
    for challenge, strategy in (("3d", "tree"), ("3e", "batched-tree"), ("3d", "rounds"), ("3e", "rounds")):
        subprocess.run([bruit, "challenge", challenge, "--sim", "--strategy", strategy, "--store", store],
                       check=True, capture_output=True)
    server = subprocess.Popen([bruit, "serve", "--port", "0", "--store", store], stdout=subprocess.PIPE, text=True)
    address = server.stdout.readline().split("/  runs")[0]
    driver = open_browser(1280, 800)
    try:
        driver.get(address + "/live")
        wait_for(driver, "document.querySelector('#figures span')")
        driver.execute_script("""document.getElementById('schedule').value = `scenario 1
8s  partition majority n0,n3,n5,n7,n9,n11,n13,n15,n17,n19,n21,n23 drop n1,n2,n4,n6,n8,n10,n12,n14,n16,n18,n20,n22,n24; n1,n2,n4,n6,n8,n10,n12,n14,n16,n18,n20,n22,n24 drop n0,n3,n5,n7,n9,n11,n13,n15,n17,n19,n21,n23
14s heal
`; document.getElementById('apply').click()""")
        wait_for(driver, "document.getElementById('schedule').value.includes('heal')")
        driver.execute_script("""const t = document.getElementById('time');
            t.value = 10.53e6; t.dispatchEvent(new Event('input'))""")
        driver.save_screenshot(os.path.join(folder, "serve-live.png"))
        driver.get(address + "/")
        wait_for(driver, "document.querySelectorAll('tbody tr').length === 4")
        driver.save_screenshot(os.path.join(folder, "serve-runs.png"))
    finally:
        driver.quit()
        server.terminate()

# Where pngquant is installed, a third of the size.
if shutil.which("pngquant"):
    for name in names:
        path = os.path.join(folder, name + ".png")
        subprocess.run(["pngquant", "--force", "--speed", "1", "--output", path, "128", path], check=True)
