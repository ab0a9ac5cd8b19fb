# Sourced by the scripts beside it: where the tree is, and how Debian's packages get onto the machine.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
jobs=$(nproc 2>/dev/null || echo 2)

# need_packages demo|tests [MORE...]: installs what is missing of scripts/packages.txt, as root or through sudo.
need_packages() {
    level=$1
    shift
    wanted=$(sed -e 's/#.*//' "$root/scripts/packages.txt" | awk -v level="$level" '
        $1 == "tests" { if (level == "demo") exit; next } NF { print $1 }')
    missing=
    for package in $wanted "$@"; do
        case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
        *' installed') ;;
        *) missing="$missing $package" ;;
        esac
    done
    [ -n "$missing" ] || return 0
    if ! command -v apt-get >/dev/null; then
        echo "portcullis: these Debian packages are missing and there is no apt-get to install them:$missing" >&2
        exit 1
    fi
    sudo=
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "portcullis: run this once as root, or install by hand:$missing" >&2
            exit 1
        fi
        sudo=sudo
    fi
    echo "portcullis: installing$missing" >&2
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get update -q >&2
    # shellcheck disable=SC2086 # the names are words on purpose
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing >&2
}
