/* Preloaded between a program and libc: makes one chosen write to a folder fail, ends the process there, or stops it.
 *
 * arm(folder, mode, nth): the nth call from now on that changes a file below the folder is the chosen one.
 * counted(): how many there were since. Modes: what happens at the chosen call.
 * In two modes, whose chosen call is every one, the process says so and waits for a byte: what is in the folder then is
 * what it would leave if it were killed there. A call can only be done by half if it writes data: then the others do
 * not count. ask_at(saying, waiting) are the pipes.
 *
 * strace of all scenes shows no other call that changes what the folder holds, but fchown, which changes no content.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { COUNT, KILL_BEFORE, KILL_AFTER, FAIL_BEFORE, FAIL_AFTER, FULL, STOP_BEFORE, STOP_HALFWAY };

static char below[4096];
static int mode = COUNT;
static long chosen = 0, calls = 0;
static int saying = -1, waiting = -1;

void arm(const char *folder, int new_mode, long nth) {
    snprintf(below, sizeof below, "%s", folder);
    mode = new_mode;
    chosen = nth;
    calls = 0;
}

long counted(void) { return calls; }

void ask_at(int new_saying, int new_waiting) {
    saying = new_saying;
    waiting = new_waiting;
}

static int is_below(const char *path) { return below[0] && !strncmp(path, below, strlen(below)); }

static int is_ours(int fd) {
    char link[64], path[4096];
    ssize_t length;
    if (!below[0]) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_below(path);
}

static void end(void) { kill(getpid(), SIGKILL); pause(); }

static void stop(void) {
    char go;
    if (write(saying, "stopped", 8) != 8 || read(waiting, &go, 1) != 1) end();
}

static int is_chosen(void) {
    if (mode == STOP_BEFORE) stop();
    return mode != STOP_BEFORE && mode != STOP_HALFWAY && ++calls == chosen;
}

/* What becomes of the chosen call, around doing it. */
#define AROUND(real)                                               \
    do {                                                           \
        if (mode == KILL_BEFORE) end();                            \
        if (mode == FAIL_BEFORE) { errno = EIO; return -1; }       \
        if (mode == FULL) { errno = ENOSPC; return -1; }           \
        { __typeof__(real) answer = (real);                        \
          if (mode == KILL_AFTER) end();                           \
          if (mode == FAIL_AFTER) { errno = EIO; return -1; }      \
          return answer; }                                         \
    } while (0)

#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

/* To open a file that is not there makes it. */
static int makes(const char *path, int flags) {
    return (flags & O_CREAT) && is_below(path) && access(path, F_OK) && is_chosen();
}

#define OPEN(name)                                                             \
    int name(const char *path, int flags, ...) {                               \
        REAL(name);                                                            \
        mode_t rights = 0;                                                     \
        if (flags & O_CREAT) {                                                 \
            va_list more;                                                      \
            va_start(more, flags);                                             \
            rights = va_arg(more, mode_t);                                     \
            va_end(more);                                                      \
        }                                                                      \
        if (makes(path, flags)) AROUND(real(path, flags, rights));    \
        return real(path, flags, rights);                                      \
    }

OPEN(open)
OPEN(open64)

ssize_t write(int fd, const void *data, size_t size) {
    REAL(write);
    if (!is_ours(fd)) return real(fd, data, size);
    if (mode == STOP_HALFWAY) {
        ssize_t first = real(fd, data, size / 2), second;
        stop();
        second = real(fd, (const char *)data + size / 2, size - size / 2);
        return first < 0 || second < 0 ? -1 : first + second;
    }
    if (is_chosen()) AROUND(real(fd, data, size));
    return real(fd, data, size);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    REAL(pwrite64);
    if (!is_ours(fd)) return real(fd, data, size, at);
    if (mode == STOP_HALFWAY && real(fd, data, size / 2, at) >= 0) stop();
    if (is_chosen()) AROUND(real(fd, data, size, at));
    return real(fd, data, size, at);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    REAL(pwrite);
    if (!is_ours(fd)) return real(fd, data, size, at);
    if (mode == STOP_HALFWAY && real(fd, data, size / 2, at) >= 0) stop();
    if (is_chosen()) AROUND(real(fd, data, size, at));
    return real(fd, data, size, at);
}

/* What a client of PostgreSQL says in a transaction that writes; what it says outside of one changes nothing. */
ssize_t send(int fd, const void *data, size_t size, int flags) {
    REAL(send);
    static int writing = -1; /* the connection in such a transaction; other threads have others */
    if (!below[0]) return real(fd, data, size, flags);
    if (memmem(data, size, "READ COMMITTED", 14)) writing = fd;
    int chosen_now = fd == writing && is_chosen();
    if (fd == writing && memmem(data, size, "COMMIT\0", 7)) writing = -1;
    if (!chosen_now) return real(fd, data, size, flags);
    if (mode == FAIL_BEFORE) shutdown(fd, SHUT_RDWR); /* who sends in vain to a connection that stands waits for ever */
    if (mode == FAIL_AFTER) {
        real(fd, data, size, flags);
        shutdown(fd, SHUT_RDWR);
        errno = ECONNRESET;
        return -1;
    }
    AROUND(real(fd, data, size, flags));
}

int fsync(int fd) {
    REAL(fsync);
    if (is_ours(fd) && is_chosen()) AROUND(real(fd));
    return real(fd);
}

int fdatasync(int fd) {
    REAL(fdatasync);
    if (is_ours(fd) && is_chosen()) AROUND(real(fd));
    return real(fd);
}

int ftruncate64(int fd, off64_t size) {
    REAL(ftruncate64);
    if (is_ours(fd) && is_chosen()) AROUND(real(fd, size));
    return real(fd, size);
}

int ftruncate(int fd, off_t size) {
    REAL(ftruncate);
    if (is_ours(fd) && is_chosen()) AROUND(real(fd, size));
    return real(fd, size);
}

int unlink(const char *path) {
    REAL(unlink);
    if (is_below(path) && is_chosen()) AROUND(real(path));
    return real(path);
}

int rename(const char *from, const char *to) {
    REAL(rename);
    if ((is_below(from) || is_below(to)) && is_chosen()) AROUND(real(from, to));
    return real(from, to);
}

int link(const char *from, const char *to) {
    REAL(link);
    if (is_below(to) && is_chosen()) AROUND(real(from, to));
    return real(from, to);
}

int mkdir(const char *path, mode_t rights) {
    REAL(mkdir);
    if (is_below(path) && is_chosen()) AROUND(real(path, rights));
    return real(path, rights);
}
