/* Starts the program with the Python that lies beside this file, and with no other.
 *
 * Nothing of the person's Python reaches it: no environment variable, no site-packages of theirs, no current folder. It
 * runs the program's own modules only, so that it is no general Python on a machine that allows none:
 *     visio-desktop ARGUMENTS...                   the program
 *     visio-desktop -m visio_desktop ARGUMENTS...  the same, as with any Python
 *     visio-desktop -m visio_desktop.NAME ...      one of its processes
 */
#include <Python.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

#define OWN "visio_desktop"

static const char PROGRAM[] = "import sys; from visio_desktop.__main__ import main; sys.exit(main())";

static void must(PyStatus status) {
    if (PyStatus_Exception(status)) {
        Py_ExitStatusException(status);
    }
}

static void must_add(PyConfig *config, const char *folder, const char *name) {
    char path[PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/lib/python" VERSION "%s", folder, name);
    wchar_t *wide = Py_DecodeLocale(path, NULL);
    if (wide == NULL) {
        must(PyStatus_NoMemory());
    }
    must(PyWideStringList_Append(&config->module_search_paths, wide));
    PyMem_RawFree(wide);
}

/* The name to be started by again: inside an AppImage that is the image, as its folder is gone afterwards. */
static const char *own_name(const char *folder, const char *file) {
    const char *image = getenv("APPIMAGE"), *mounted = getenv("APPDIR");
    size_t length = mounted == NULL ? 0 : strlen(mounted);
    return image != NULL && image[0] == '/' && length > 1 && strncmp(folder, mounted, length) == 0 ? image : file;
}

static void configure(PyConfig *config, const char *folder, const char *file, int argc, char **argv) {
    config->parse_argv = 0;
    config->site_import = 0;
    config->install_signal_handlers = 1;
    config->module_search_paths_set = 1;
    must_add(config, folder, "");
    must_add(config, folder, "/lib-dynload");
    must_add(config, folder, "/site-packages");
    must(PyConfig_SetBytesString(config, &config->home, folder));
    must(PyConfig_SetBytesString(config, &config->executable, file));
    must(PyConfig_SetBytesString(config, &config->program_name, file));
    const char *module = argc > 2 && strcmp(argv[1], "-m") == 0 ? argv[2] : "";
    int is_process = strncmp(module, OWN ".", strlen(OWN ".")) == 0;
    if (is_process) {
        must(PyConfig_SetBytesString(config, &config->run_module, module));
    } else {
        must(PyConfig_SetBytesString(config, &config->run_command, PROGRAM));
    }
    if (is_process || strcmp(module, OWN) == 0) {
        argc -= 2;
        argv += 2;
    }
    argv[0] = (char *)own_name(folder, file);
    must(PyConfig_SetBytesArgv(config, argc, argv));
}

/* This file's whole name, without links. */
static int find_own(char file[PATH_MAX]) {
#ifdef __APPLE__
    char name[PATH_MAX];
    uint32_t size = sizeof name;
    return _NSGetExecutablePath(name, &size) == 0 && realpath(name, file) != NULL;
#else
    ssize_t length = readlink("/proc/self/exe", file, PATH_MAX - 1);
    file[length > 0 ? length : 0] = '\0';
    return length > 0;
#endif
}

int main(int argc, char **argv) {
    char file[PATH_MAX], folder[PATH_MAX];
    if (!find_own(file)) {
        perror("visio-desktop");
        return 1;
    }
    strcpy(folder, file);
    *strrchr(folder, '/') = '\0';
#ifdef __APPLE__ /* Contents/MacOS holds programs alone */
    *strrchr(folder, '/') = '\0';
    strlcat(folder, "/Resources", sizeof folder);
#endif

    PyPreConfig before;
    PyPreConfig_InitIsolatedConfig(&before);
    before.utf8_mode = 1;
    before.configure_locale = 1;
    must(Py_PreInitialize(&before));
    PyConfig config;
    PyConfig_InitIsolatedConfig(&config);
    configure(&config, folder, file, argc, argv);
    must(Py_InitializeFromConfig(&config));
    PyConfig_Clear(&config);
    return Py_RunMain();
}
