/* The first part of the AppImage (type 2): makes the archive behind it visible as a folder and starts AppRun there.
 *
 * Where the system lets us, by FUSE, served by a process that ends with the last one that was started from there; else
 * the archive is unpacked for as long as the program runs. Built from Debian's libsquashfuse and libfuse3.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <squashfuse/ll.h>
#include <squashfuse/traverse.h>

#define BUFFER (1 << 17)

static const char HELP[] =
    "--appimage-extract          unpack into squashfs-root and end\n"
    "--appimage-extract-and-run  unpack instead of mounting, then run\n"
    "--appimage-mount            mount, say where, and wait\n"
    "--appimage-offset           where the archive begins\n"
    "anything else is for the program\n";

static void fail(const char *what) {
    fprintf(stderr, "AppImage: %s: %s\n", what, strerror(errno));
    exit(127);
}

/* Where this program ends and the archive begins. */
static size_t archive_offset(const char *file) {
    Elf64_Ehdr header;
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, &header, sizeof header) != sizeof header) {
        fail(file);
    }
    close(fd);
    return header.e_shoff + (size_t)header.e_shentsize * header.e_shnum;
}

static void write_file(sqfs *fs, sqfs_inode *inode, const char *path, mode_t mode) {
    static char buffer[BUFFER];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0) {
        fail(path);
    }
    for (uint64_t at = 0; at < inode->xtra.reg.file_size;) {
        sqfs_off_t size = BUFFER;
        if (sqfs_read_range(fs, inode, (sqfs_off_t)at, &size, buffer) || size <= 0 || write(fd, buffer, (size_t)size) != size) {
            fail(path);
        }
        at += (uint64_t)size;
    }
    if (close(fd)) {
        fail(path);
    }
}

static void write_entry(sqfs *fs, sqfs_traverse *at, const char *path) {
    sqfs_inode inode;
    char target[PATH_MAX];
    size_t length = sizeof target;
    if (sqfs_inode_get(fs, &inode, sqfs_dentry_inode(&at->entry))) {
        fail(path);
    }
    switch (sqfs_mode(inode.base.inode_type) & S_IFMT) {
    case S_IFDIR:
        if (mkdir(path, 0755)) {
            fail(path);
        }
        break;
    case S_IFREG:
        write_file(fs, &inode, path, (mode_t)(inode.base.mode & 0777));
        break;
    case S_IFLNK:
        if (sqfs_readlink(fs, &inode, target, &length) || symlink(target, path)) {
            fail(path);
        }
        break;
    default:
        break;
    }
}

static void unpack(const char *file, size_t offset, const char *folder) {
    sqfs fs;
    sqfs_traverse at;
    sqfs_err error = SQFS_OK;
    char path[PATH_MAX];
    if (sqfs_open_image(&fs, file, offset) || sqfs_traverse_open(&at, &fs, sqfs_inode_root(&fs))) {
        fail(file);
    }
    while (sqfs_traverse_next(&at, &error)) {
        if (!at.dir_end) {
            if (snprintf(path, sizeof path, "%s/%s", folder, at.path) >= (int)sizeof path) {
                errno = ENAMETOOLONG;
                fail(at.path);
            }
            write_entry(&fs, &at, path);
        }
    }
    if (error) {
        errno = EIO;
        fail(file);
    }
    sqfs_traverse_close(&at);
    sqfs_destroy(&fs);
}

static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *where) {
    (void)about, (void)kind, (void)where;
    return remove(path);
}

struct watch {
    int pipe;
    struct fuse_session *session;
    const char *folder;
};

/* The pipe's other end is held by everything that was started from the image. Whoever waits for requests is not woken by
 * being told to end; but there is nothing to wait for any more once the folder is gone. */
static void *watch_pipe(void *given) {
    struct watch *watch = given;
    char none;
    while (read(watch->pipe, &none, 1) > 0 || errno == EINTR) {
        errno = 0;
    }
    fuse_session_unmount(watch->session);
    rmdir(watch->folder);
    _exit(0);
}

/* Serve the archive as a folder until `alive` ends; says on `ready` that it is there. Leaves the process. */
static void serve(const char *file, size_t offset, const char *folder, int ready, int alive) {
    struct fuse_lowlevel_ops ops = {
        .getattr = sqfs_ll_op_getattr, .opendir = sqfs_ll_op_opendir, .releasedir = sqfs_ll_op_releasedir,
        .readdir = sqfs_ll_op_readdir, .lookup = sqfs_ll_op_lookup,   .open = sqfs_ll_op_open,
        .create = sqfs_ll_op_create,   .release = sqfs_ll_op_release, .read = sqfs_ll_op_read,
        .readlink = sqfs_ll_op_readlink, .forget = sqfs_ll_op_forget, .statfs = stfs_ll_op_statfs,
    };
    char *words[] = {(char *)file, "-oro,nodev,nosuid,subtype=appimage", NULL};
    struct fuse_args arguments = FUSE_ARGS_INIT(2, words);
    sqfs_ll_chan channel;
    sqfs_ll *archive = sqfs_ll_open(file, offset);
    if (archive == NULL || sqfs_ll_mount(&channel, folder, &arguments, &ops, sizeof ops, archive)) {
        _exit(1);
    }
    setsid();
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    prctl(PR_SET_NAME, "visio-image");
    struct watch watch = {alive, channel.session, folder};
    pthread_t thread;
    if (pthread_create(&thread, NULL, watch_pipe, &watch) || write(ready, "1", 1) != 1) {
        _exit(1);
    }
    close(ready);
    for (int fd = 0; fd < 3; fd++) {
        int none = open("/dev/null", O_RDWR);
        dup2(none, fd);
        if (none > 2) {
            close(none);
        }
    }
    fuse_session_loop(channel.session);
    pause(); /* the thread ends us, when the last program has ended: so also if somebody else has unmounted the folder */
    _exit(0);
}

/* Whether the archive is mounted at `folder` now. */
static int mounted(const char *file, size_t offset, const char *folder) {
    int ready[2], alive[2];
    char told = 0;
    if (pipe2(ready, O_CLOEXEC) || pipe(alive)) {
        return 0;
    }
    pid_t server = fork();
    if (server == 0) {
        close(ready[0]);
        close(alive[1]);
        int said = open("/dev/null", O_WRONLY | O_CLOEXEC);
        dup2(said, 2); /* that it cannot be mounted is no error: it is unpacked then */
        serve(file, offset, folder, ready[1], alive[0]);
    }
    close(ready[1]);
    close(alive[0]);
    if (server > 0 && read(ready[0], &told, 1) == 1) {
        close(ready[0]);
        return 1;
    }
    close(ready[0]);
    close(alive[1]);
    return 0;
}

static void run(const char *folder, char **words) {
    char program[PATH_MAX + 8];
    snprintf(program, sizeof program, "%s/AppRun", folder);
    setenv("APPDIR", folder, 1);
    execv(program, words);
    fail(program);
}

static int run_and_remove(const char *folder, char **words) {
    int status = 0;
    pid_t program = fork();
    if (program == 0) {
        run(folder, words);
    }
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    while (waitpid(program, &status, 0) < 0 && errno == EINTR) {
    }
    nftw(folder, remove_entry, 32, FTW_DEPTH | FTW_PHYS);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static char *new_folder(void) {
    static char folder[PATH_MAX];
    const char *where = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/.visio-XXXXXX", where != NULL && where[0] == '/' ? where : "/tmp");
    if (mkdtemp(folder) == NULL) {
        fail(folder);
    }
    return folder;
}

int main(int argc, char **argv) {
    static char file[PATH_MAX];
    const char *word = argc > 1 ? argv[1] : "";
    ssize_t length = readlink("/proc/self/exe", file, sizeof file - 1);
    if (length <= 0) {
        fail("/proc/self/exe");
    }
    size_t offset = archive_offset(file);
    setenv("APPIMAGE", file, 1);
    setenv("ARGV0", argv[0], 1);

    if (strcmp(word, "--appimage-help") == 0) {
        fputs(HELP, stdout);
        return 0;
    }
    if (strcmp(word, "--appimage-offset") == 0) {
        printf("%zu\n", offset);
        return 0;
    }
    if (strcmp(word, "--appimage-extract") == 0) {
        if (mkdir("squashfs-root", 0755)) {
            fail("squashfs-root");
        }
        unpack(file, offset, "squashfs-root");
        return 0;
    }
    char *folder = new_folder();
    if (strcmp(word, "--appimage-mount") == 0) {
        if (!mounted(file, offset, folder)) {
            rmdir(folder);
            fail("cannot be mounted");
        }
        puts(folder);
        fflush(stdout);
        pause();
        return 0;
    }
    int unpacks = strcmp(word, "--appimage-extract-and-run") == 0;
    if (unpacks) {
        argv[1] = argv[0];
        argv++;
    }
    if (!unpacks && getenv("APPIMAGE_EXTRACT_AND_RUN") == NULL && mounted(file, offset, folder)) {
        run(folder, argv);
    }
    unpack(file, offset, folder);
    return run_and_remove(folder, argv);
}
