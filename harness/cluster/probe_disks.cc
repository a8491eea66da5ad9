// The trials of file systems and block devices. See probe_trials.h. Those inside of private
// namespaces mount over /tmp, which only they see.
#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <vector>

#include "harness/cluster/probe_trials.h"
#include "harness/run/scoped_fd.h"

namespace cleave::trials {
namespace {

void MountTmpfs(const char* options) {
  Checked(mount("tmpfs", "/tmp", "tmpfs", 0, options), "mounting a tmpfs");
}

}  // namespace

std::string Fuse() {
  const ScopedFd fuse(Checked(open("/dev/fuse", O_RDWR | O_CLOEXEC), "/dev/fuse"));
  const std::string options =
      "fd=" + std::to_string(fuse.get()) + ",rootmode=40000,user_id=0,group_id=0";
  Checked(mount("probe", "/tmp", "fuse", MS_NOSUID | MS_NODEV, options.c_str()), "mounting");
  Checked(umount2("/tmp", MNT_DETACH), "unmounting");
  return "mounted";
}

std::string Overlay() {
  MountTmpfs("size=1m");
  for (const char* name : {"/tmp/lower", "/tmp/upper", "/tmp/work", "/tmp/merged"}) {
    Checked(mkdir(name, 0755), name);
  }
  Checked(mount("overlay", "/tmp/merged", "overlay", 0,
                "lowerdir=/tmp/lower,upperdir=/tmp/upper,workdir=/tmp/work"),
          "mounting");
  return "mounted";
}

std::string TmpfsSize() {
  MountTmpfs("size=64k");
  const ScopedFd file(
      Checked(open("/tmp/file", O_WRONLY | O_CREAT | O_CLOEXEC, 0644), "/tmp/file"));
  const std::vector<char> block(4096);
  for (int blocks = 0; blocks < 32; ++blocks) {
    if (write(file.get(), block.data(), block.size()) < 0 && errno == ENOSPC) {
      return "full after " + std::to_string(blocks * 4) + " KiB of 64";
    }
  }
  throw std::runtime_error("it never gets full");
}

std::string LoopDevice() {
  const ScopedFd control(
      Checked(open("/dev/loop-control", O_RDWR | O_CLOEXEC), "/dev/loop-control"));
  const int number = Checked(ioctl(control.get(), LOOP_CTL_GET_FREE), "finding a free loop device");
  const std::string path = "/dev/loop" + std::to_string(number);
  const ScopedFd loop(Checked(open(path.c_str(), O_RDWR | O_CLOEXEC), path));
  const std::unique_ptr<FILE, int (*)(FILE*)> image(tmpfile(), fclose);
  if (!image) ThrowErrno("a temporary file");
  Checked(ftruncate(fileno(image.get()), 1 << 20), "ftruncate");
  Checked(ioctl(loop.get(), LOOP_SET_FD, fileno(image.get())), "attaching a file");
  Checked(ioctl(loop.get(), LOOP_CLR_FD, 0), "detaching a file");
  return "a file was attached to " + path;
}

}  // namespace cleave::trials
