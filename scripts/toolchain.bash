# Finds the tools that building and testing need, and says in one sentence what is missing.
# Sourced by the scripts beside it; runs in bash 3.2 as macOS has it.
# shellcheck shell=bash

# version_at_least HAVE WANT: compares "major.minor" numerically.
version_at_least() {
    local have_major have_minor want_major want_minor
    IFS=. read -r have_major have_minor _ <<<"$1.0"
    IFS=. read -r want_major want_minor _ <<<"$2.0"
    [ "$have_major" -gt "$want_major" ] || { [ "$have_major" -eq "$want_major" ] && [ "$have_minor" -ge "$want_minor" ]; }
}

# first_version: the first dotted number in the input.
first_version() {
    sed -n 's/^[^0-9]*\([0-9][0-9]*\(\.[0-9][0-9]*\)*\).*/\1/p' | head -n 1
}

# check_build_tools: what `make run` needs; one sentence on standard error for each fault.
check_build_tools() {
    local faults=0 found wanted
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    if ! command -v cargo >/dev/null || ! command -v rustc >/dev/null; then
        echo "Rust is missing: Hanok needs Rust $wanted or newer; install it as https://www.rust-lang.org/tools/install says." >&2
        faults=1
    else
        found=$(rustc --version 2>/dev/null | first_version)
        if ! version_at_least "${found:-0}" "$wanted"; then
            echo "Rust ${found:-of unknown version} is too old: Hanok needs $wanted or newer; update it with 'rustup update stable'." >&2
            faults=1
        fi
    fi
    if ! command -v "${CC:-cc}" >/dev/null; then
        echo "A C compiler is missing (${CC:-cc}): install build-essential (Debian, Ubuntu), gcc (Fedora), or run 'xcode-select --install' (macOS)." >&2
        faults=1
    fi
    if ! command -v make >/dev/null; then
        echo "make is missing: install build-essential (Debian, Ubuntu), make (Fedora), or run 'xcode-select --install' (macOS)." >&2
        faults=1
    fi
    found=$(node --version 2>/dev/null | first_version)
    if ! version_at_least "${found:-0}" 20; then
        echo "Node ${found:-is missing}${found:+ is too old}: Hanok needs Node 20 or newer, as your system's packages or nodejs.org offer it." >&2
        faults=1
    fi
    return "$faults"
}

# find_java: prints a Java of version 17 or newer that can run a source file.
find_java() {
    local java version
    for java in "${JAVA_HOME:+$JAVA_HOME/bin/java}" java /usr/lib/jvm/default-java/bin/java; do
        if [ -z "$java" ] || ! command -v "$java" >/dev/null; then continue; fi
        version=$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9.]*\).*/\1/p' | head -n 1)
        version_at_least "${version:-0}" 17 || continue
        "$java" --list-modules 2>/dev/null | grep -q '^jdk\.compiler' || continue
        command -v "$java"
        return 0
    done
    return 1
}

# find_python: prints a Python of version 3.10 or newer that can make virtual environments.
find_python() {
    local python
    for python in python3 /usr/bin/python3; do
        "$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || continue
        command -v "$python"
        return 0
    done
    return 1
}

# find_postgres: prints the directory of initdb, pg_ctl and postgres.
find_postgres() {
    local directory newest=''
    if command -v initdb >/dev/null && command -v pg_ctl >/dev/null; then
        dirname "$(command -v initdb)"
        return 0
    fi
    for directory in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin; do
        if [ -x "$directory/initdb" ] && [ -x "$directory/pg_ctl" ]; then newest=$directory; fi
    done
    [ -n "$newest" ] && echo "$newest"
}

# find_chromium: prints a Chromium or a browser made of it; CHROMIUM names one.
find_chromium() {
    local browser
    for browser in "${CHROMIUM:-chromium}" chromium-browser google-chrome-stable google-chrome \
        "/Applications/Chromium.app/Contents/MacOS/Chromium" "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
        if command -v "$browser" >/dev/null; then
            command -v "$browser"
            return 0
        fi
    done
    return 1
}

# browser_packages DIRECTORY: fetches what the browser tests are made of, where their lock file has changed.
browser_packages() {
    local stamp="$1/node_modules/.fetched"
    if [ "$(cksum <"$1/package-lock.json")" = "$(cat "$stamp" 2>/dev/null)" ]; then return 0; fi
    npm --prefix "$1" ci --ignore-scripts --silent >&2 || return 1
    cksum <"$1/package-lock.json" >"$stamp"
}

# not_run WHAT REASON HOW: a line of the list that ends a test run; WHAT was not checked.
not_run() {
    local line="not run: $1, because $2; install with $3"
    echo "$line" >&2
    if [ -n "${HANOK_TEST_NOT_RUN:-}" ]; then echo "$line" >>"$HANOK_TEST_NOT_RUN"; fi
}

# The program as `cargo build` leaves it in the repository at $1.
built_program() {
    printf '%s/debug/hanok\n' "${CARGO_TARGET_DIR:-$1/target}"
}
