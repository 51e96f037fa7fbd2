# Sourced by the scripts here (POSIX sh): finds a JDK of 21 or newer and exports JAVA_HOME and JAVA_MAJOR, or says what
# to install and exits 1. Defines `tidemark_mvn`, which runs Maven on that JDK.
#
# TIDEMARK_JAVA_HOME, where set, is taken or refused, never passed over. Otherwise 25 is preferred, because that is the
# version everything is tested on, then the next newer one, then the newest below it; JAVA_HOME wins among equals.

jdk_min=21
jdk_best=25

# Prints the major version of the JDK in $1; fails if there is none, or only a runtime without javac.
jdk_major() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 1
  jdk_version=$(sed -n 's/^JAVA_VERSION="\([^"]*\)".*/\1/p' "$1/release" 2>/dev/null)
  [ -n "$jdk_version" ] || jdk_version=$("$1/bin/java" -version 2>&1 | sed -n '1s/.*"\([^"]*\)".*/\1/p')
  jdk_version=${jdk_version#1.} # Java 8 and older call themselves 1.8
  jdk_version=${jdk_version%%[!0-9]*}
  [ -n "$jdk_version" ] && echo "$jdk_version"
}

# Prints where the JDK of the program $1 on the PATH lies.
jdk_of_program() {
  jdk_program=$(command -v "$1" 2>/dev/null) || return 0
  jdk_program=$(readlink -f "$jdk_program" 2>/dev/null) || return 0
  dirname "$(dirname "$jdk_program")"
}

# Prints one candidate directory per line, the most wanted first.
jdk_candidates() {
  echo "${JAVA_HOME:-}"
  jdk_of_program javac
  jdk_of_program java
  for jdk_dir in /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/* /opt/java/* /opt/jdk/* \
    "${HOME:-/}"/.sdkman/candidates/java/* "${HOME:-/}"/.jdks/* "${HOME:-/}"/.asdf/installs/java/* \
    "${HOME:-/}"/.local/share/mise/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME:-/}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    echo "$jdk_dir"
  done
  if [ -x /usr/libexec/java_home ]; then
    /usr/libexec/java_home -F -v "$jdk_min+" 2>/dev/null || true
  fi
}

jdk_how_to_install() {
  cat >&2 <<MESSAGE
Install a full JDK (with javac), best version $jdk_best:
  Debian, Ubuntu   sudo apt-get install openjdk-$jdk_best-jdk      (or openjdk-$jdk_min-jdk)
  Fedora, RHEL     sudo dnf install java-$jdk_best-openjdk-devel   (or java-$jdk_min-openjdk-devel)
  macOS            brew install openjdk@$jdk_best
  anywhere         https://adoptium.net/temurin/releases/?version=$jdk_best
or, if you have one, set TIDEMARK_JAVA_HOME to its folder.
MESSAGE
}

jdk_find() {
  if [ -n "${TIDEMARK_JAVA_HOME:-}" ]; then
    JAVA_MAJOR=$(jdk_major "$TIDEMARK_JAVA_HOME") || JAVA_MAJOR=none
    if [ "$JAVA_MAJOR" = none ] || [ "$JAVA_MAJOR" -lt "$jdk_min" ]; then
      echo "TIDEMARK_JAVA_HOME is $TIDEMARK_JAVA_HOME; Tidemark needs a JDK of version $jdk_min or newer there, found: $JAVA_MAJOR." >&2
      jdk_how_to_install
      return 1
    fi
    JAVA_HOME=$TIDEMARK_JAVA_HOME
    return 0
  fi
  jdk_found='' jdk_rank_found=0 jdk_old=''
  jdk_list=$(jdk_candidates | awk 'NF && !seen[$0]++')
  while IFS= read -r jdk_dir; do
    [ -n "$jdk_dir" ] || continue
    jdk_it=$(jdk_major "$jdk_dir") || continue
    if [ "$jdk_it" -lt "$jdk_min" ]; then
      jdk_old="$jdk_old
  $jdk_dir (JDK $jdk_it)"
      continue
    fi
    if [ "$jdk_it" -ge "$jdk_best" ]; then jdk_rank=$((2000 - jdk_it)); else jdk_rank=$jdk_it; fi
    if [ "$jdk_rank" -gt "$jdk_rank_found" ]; then
      jdk_found=$jdk_dir jdk_rank_found=$jdk_rank JAVA_MAJOR=$jdk_it
    fi
  done <<LIST
$jdk_list
LIST
  if [ -z "$jdk_found" ]; then
    echo "Tidemark needs a JDK of version $jdk_min or newer and found none.${jdk_old:+ Too old:$jdk_old}" >&2
    jdk_how_to_install
    return 1
  fi
  JAVA_HOME=$jdk_found
}

# Maven on the JDK found. Its own libraries still use sun.misc.Unsafe, which newer JDKs report on every start.
tidemark_mvn() {
  if ! command -v mvn >/dev/null 2>&1; then
    echo "Tidemark is built with Apache Maven 3.8 or newer, and there is no 'mvn' on the PATH." >&2
    echo "Install it: sudo apt-get install maven, sudo dnf install maven, brew install maven, or https://maven.apache.org/download.cgi" >&2
    return 1
  fi
  if [ "$JAVA_MAJOR" -ge 24 ]; then
    MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow" mvn "$@"
  else
    mvn "$@"
  fi
}

jdk_find || exit 1
export JAVA_HOME JAVA_MAJOR
