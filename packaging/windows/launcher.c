/* Starts the program in the Python beside it. Built twice: Visio.exe for windows, visio-desktop.exe for consoles.
 *
 * Nothing is searched for outside of this folder and Windows' own, so that a library laid into a folder of downloads,
 * or into the current one, is never loaded. Of Python's own options only `-m visio_desktop...` is passed on, which is
 * how the program starts its other processes: this is no interpreter for whoever is not given one.
 */
#include <windows.h>
#include <wchar.h>

#define MODULE L"visio_desktop"
#define LONGEST_PATH 32768

typedef int (*py_main)(int, wchar_t **);

static int failed(const wchar_t *what)
{
    static wchar_t text[512];
    DWORD written;
    HANDLE out = GetStdHandle(STD_ERROR_HANDLE);
    _snwprintf(text, 511, L"%ls (%lu)\r\n", what, GetLastError());
    if (!WriteConsoleW(out, text, (DWORD)wcslen(text), &written, NULL))
        OutputDebugStringW(text);
    return 70;
}

/* Whether the first words are `-m` and a module of ours. */
static int is_module(int count, wchar_t **words)
{
    size_t length = wcslen(MODULE);
    return count > 2 && wcscmp(words[1], L"-m") == 0 && wcsncmp(words[2], MODULE, length) == 0 &&
           (words[2][length] == L'\0' || words[2][length] == L'.');
}

static int start(int count, wchar_t **words)
{
    static wchar_t library[LONGEST_PATH];
    DWORD length = GetModuleFileNameW(NULL, library, LONGEST_PATH);
    wchar_t *name = length && length < LONGEST_PATH ? wcsrchr(library, L'\\') : NULL;
    if (!name || (size_t)(name + 1 - library) + wcslen(PYTHON) >= LONGEST_PATH)
        return failed(L"The program's folder was not found");
    wcscpy(name + 1, PYTHON);

    HMODULE python = LoadLibraryExW(library, NULL, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_SYSTEM32);
    if (!python)
        return failed(L"Python could not be loaded");
    py_main run = (py_main)(void *)GetProcAddress(python, "Py_Main");
    wchar_t **own = calloc((size_t)count + 4, sizeof *own);
    if (!run || !own)
        return failed(L"Python could not be started");

    int at = 0;
    own[at++] = words[0];
    own[at++] = L"-B"; /* what is installed stays as it is, whoever starts it */
    if (!is_module(count, words)) {
        own[at++] = L"-m";
        own[at++] = MODULE;
    }
    for (int i = 1; i < count; i++)
        own[at++] = words[i];
    return run(at, own);
}

int wmain(int count, wchar_t **words)
{
    HeapSetInformation(NULL, HeapEnableTerminationOnCorruption, NULL, 0);
    SetDllDirectoryW(L"");
    SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_APPLICATION_DIR | LOAD_LIBRARY_SEARCH_SYSTEM32 |
                             LOAD_LIBRARY_SEARCH_USER_DIRS);
    return start(count, words);
}

#ifdef WINDOWED
extern int __argc;
extern wchar_t **__wargv;

/* Somewhere to write to where nobody reads: Python has no output at all without it. Comes before Python is loaded. */
static void give(DWORD which)
{
    HANDLE there = GetStdHandle(which);
    if (there == NULL || there == INVALID_HANDLE_VALUE)
        SetStdHandle(which, CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                                        OPEN_EXISTING, 0, NULL));
}

int WINAPI wWinMain(HINSTANCE own, HINSTANCE before, PWSTR line, int show)
{
    (void)own, (void)before, (void)line, (void)show;
    give(STD_INPUT_HANDLE);
    give(STD_OUTPUT_HANDLE);
    give(STD_ERROR_HANDLE);
    return wmain(__argc, __wargv);
}
#endif
