// The page as a browser runs it: headless Chromium loads a report, the script inflates and draws,
// and the reader's ways in (anomaly links, search, keys, theme) do what they say. Skipped where
// there is no Chromium.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <regex>

#include "reports/report.h"
#include "reports/testing/sample_run.h"

namespace cleave {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Chromium() {
  for (const char* path :
       {"/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"}) {
    if (access(path, X_OK) == 0) return path;
  }
  return "";
}

/// Tries the page's controls and writes what came of it into attributes, a frame after each.
/// Injected into a copy of the page, whose policy is removed for it.
constexpr char kProbe[] = R"(<script>
const probe = async () => {
  const root = document.documentElement, frame = () => new Promise(done => setTimeout(done, 60));
  while (!root.dataset.ready && !root.dataset.error) await frame();
  const details = document.getElementById('details');
  const canvas = document.getElementById('timeline-canvas');
  addEventListener('error', event => { root.dataset.error = event.message; });
  root.dataset.overflow = Math.max(0, root.scrollWidth - innerWidth);
  document.querySelector('[data-anomaly="1"]')?.click();
  await frame();
  root.dataset.jump = details.querySelector('dd')?.textContent;
  canvas.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight'}));
  await frame();
  root.dataset.neighbour = details.querySelector('dd')?.textContent;
  for (const key of ['+', '-', 'ArrowUp', 'ArrowDown', 'PageDown', 'n', 'p', 'Enter', 'Escape',
                     'Home']) {
    canvas.dispatchEvent(new KeyboardEvent('keydown', {key}));
    await frame();
  }
  const [call, completion] = root.dataset.jump.split(' to ');  // "1,234", as they are shown
  const search = document.getElementById('search-text'), form = document.getElementById('search');
  for (const [name, text] of [['process', 'process 3'], ['key', 'key k4'], ['event', '40'],
                             ['completion', completion]]) {
    search.value = text;
    form.requestSubmit();
    await frame();
    root.dataset[name] = document.getElementById('search-result').textContent;
  }
  root.dataset.completes = root.dataset.completion.startsWith('Event ' + call + ':');
  const before = getComputedStyle(document.body).backgroundColor;
  document.getElementById('theme').click();
  await frame();
  root.dataset.themed = before !== getComputedStyle(document.body).backgroundColor;
  root.dataset.requests = performance.getEntriesByType('resource')
      .filter(request => !request.name.startsWith('data:')).length;
  root.dataset.probed = 'true';
};
probe();
</script>)";

class Browser : public ::testing::Test {
 protected:
  void SetUp() override {
    if (Chromium().empty()) GTEST_SKIP() << "Chromium is not installed (apt-get install chromium)";
    std::string name = std::filesystem::temp_directory_path() / "cleave-browser-XXXXXX";
    directory_ = mkdtemp(name.data());
  }
  void TearDown() override {
    if (!directory_.empty()) std::filesystem::remove_all(directory_);
  }

  /// The root element's attributes after the page's script ran, e.g. ` lang="en"
  /// data-ready="true"`.
  std::string Load(const SampleOptions& options, bool probe, int width = 1280) {
    const SampleRun run = MakeSampleRun(options);
    WriteSampleLogs(options, directory_);
    std::string page = RenderReport({directory_, run.history, run.test, run.schedule, run.results});
    if (probe) {
      page = std::regex_replace(page, std::regex("<meta http-equiv=[^>]*>"), "",
                                std::regex_constants::format_first_only);
      page.insert(page.rfind("</body>"), kProbe);
    }
    const std::filesystem::path file = directory_ / "report.html";
    std::ofstream(file, std::ios::binary) << page;
    const std::string command =
        "timeout -k 5 120 " + Chromium() +
        " --headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
        " --disable-background-networking --disable-component-update --disable-sync"
        " --virtual-time-budget=30000 --window-size=" +
        std::to_string(width) + ",900 --user-data-dir=" + (directory_ / "profile").string() +
        " --dump-dom file://" + file.string() + " 2>/dev/null";
    std::string dom;
    FILE* pipe = popen(command.c_str(), "r");
    char buffer[1 << 16];
    while (const size_t n = fread(buffer, 1, sizeof buffer, pipe)) dom.append(buffer, n);
    EXPECT_EQ(pclose(pipe), 0);
    const size_t start = dom.find("<html");
    return start == std::string::npos ? dom : dom.substr(start, dom.find('>', start) - start);
  }

  std::filesystem::path directory_;
};

TEST_F(Browser, DrawsUnderItsOwnPolicy) {
  const std::string root = Load({.operations = 5000, .verdict = "invalid"}, false);
  EXPECT_THAT(root, HasSubstr("data-ready=\"true\""));
  EXPECT_THAT(root, Not(HasSubstr("data-error")));
}

TEST_F(Browser, EveryWayInWorks) {
  const std::string root = Load({.operations = 5000, .verdict = "invalid"}, true);
  EXPECT_THAT(root, HasSubstr("data-probed=\"true\""));
  EXPECT_THAT(root, Not(HasSubstr("data-error")));
  EXPECT_THAT(root, Not(HasSubstr("data-jump=\"undefined\"")));
  EXPECT_THAT(root, HasSubstr("data-process=\"Event "));
  EXPECT_THAT(root, HasSubstr("data-key=\"Event "));
  EXPECT_THAT(root, HasSubstr("data-event=\"Event "));
  EXPECT_THAT(root, HasSubstr("data-completes=\"true\""));
  EXPECT_THAT(root, HasSubstr("data-themed=\"true\""));
  EXPECT_THAT(root, HasSubstr("data-requests=\"0\""));
}

TEST_F(Browser, FitsAPhone) {
  const std::string root = Load({.operations = 3000, .verdict = "invalid"}, true, 360);
  EXPECT_THAT(root, HasSubstr("data-overflow=\"0\""));
}

TEST_F(Browser, HostileTextRunsNothing) {
  const std::string root =
      Load({.operations = 300,
            .verdict = "invalid",
            .hostile = "</script><script>document.documentElement.dataset.broken=1</script>"
                       "<img src=x onerror=\"document.documentElement.dataset.broken=1\">"},
           true);
  EXPECT_THAT(root, HasSubstr("data-probed=\"true\""));
  EXPECT_THAT(root, Not(HasSubstr(" data-broken")));
}

TEST_F(Browser, DrawsAMillionOperations) {
  const std::string root = Load({.operations = 1'000'000}, false);
  EXPECT_THAT(root, HasSubstr("data-ready=\"true\""));
}

}  // namespace
}  // namespace cleave
