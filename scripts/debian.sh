# Sourced by the other scripts: installing Debian packages where that is possible.

# install_packages PACKAGE...: install with apt-get as root or through sudo without a password;
# otherwise say what is missing, and return 1.
install_packages() {
    local as_root=()
    if ! command -v apt-get >/dev/null; then
        echo "please install: $*" >&2
        return 1
    fi
    if [ "$(id -u)" -ne 0 ]; then
        if ! sudo -n true 2>/dev/null; then
            echo "please run: sudo apt-get install $*" >&2
            return 1
        fi
        as_root=(sudo -n)
    fi
    echo "Installing $* with apt-get …"
    local install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install
        --yes --quiet=2 --no-install-recommends "$@")
    # A machine whose package lists were never fetched knows no package.
    "${install[@]}" >/dev/null 2>&1 || { "${as_root[@]}" apt-get update --quiet=2 && "${install[@]}" >/dev/null; }
}
