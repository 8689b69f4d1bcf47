/* Preloaded into a PostgreSQL server: while the file named by SMALL_DISK_IS_FULL is there, no file grows.
 *
 * What is written over bytes that a file has already succeeds, as it does on a full disk.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static int is_full(int fd, off_t end) {
    const char *sign = getenv("SMALL_DISK_IS_FULL");
    struct stat file, there;
    return sign && !stat(sign, &there) && !fstat(fd, &file) && S_ISREG(file.st_mode) && end > file.st_size;
}

static ssize_t none(void) {
    errno = ENOSPC;
    return -1;
}

static off_t bytes_of(const struct iovec *parts, int count) {
    off_t sum = 0;
    while (count--) sum += parts[count].iov_len;
    return sum;
}

#define PWRITE(name)                                                  \
    ssize_t name(int fd, const void *bytes, size_t count, off_t at) { \
        REAL(name);                                                   \
        return is_full(fd, at + count) ? none() : real(fd, bytes, count, at); \
    }
#define PWRITEV(name)                                                 \
    ssize_t name(int fd, const struct iovec *parts, int count, off_t at) { \
        REAL(name);                                                   \
        return is_full(fd, at + bytes_of(parts, count)) ? none() : real(fd, parts, count, at); \
    }
#define ALLOCATE(name)                                                \
    int name(int fd, off_t at, off_t count) {                         \
        REAL(name);                                                   \
        return is_full(fd, at + count) ? ENOSPC : real(fd, at, count); \
    }

PWRITE(pwrite)
PWRITE(pwrite64)
PWRITEV(pwritev)
PWRITEV(pwritev64)
ALLOCATE(posix_fallocate)
ALLOCATE(posix_fallocate64)

ssize_t write(int fd, const void *bytes, size_t count) {
    REAL(write);
    return is_full(fd, lseek(fd, 0, SEEK_CUR) + count) ? none() : real(fd, bytes, count);
}
