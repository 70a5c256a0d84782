#!/bin/sh
# The first process of a sandbox: builds a root file system that holds only what a function may see, starts the runtime
# in it without privileges (the command that it is given, or later, by order), and mounts the function's code once it is
# known which one it is. Runs as root of its own mount, pid, ipc and uts namespaces. When it ends, everything inside ends.
# Without SB_ROOT there are no such namespaces: then it only starts what it is told to.
#
# `image` as the only argument makes a root for many sandboxes: what all of them see is mounted, it says `ready`, and waits
# until its input ends. With SB_ROOT `/` it runs in a copy of such a root, in which what is the environment's own is mounted.
#
# Orders on standard input, a line each: `task HASH`, `opt HASH`, `start FOLDER TARGET` (a cache of earlier starts), `code` (all is mounted; answered by a frame), `extension FILE`
# and `runtime FILE` (scripts in the environment's folder), `go` (it runs). After that `mark ID` puts a frame behind all that
# was printed. `stop` asks the runtime alone to end, `end` ends it, also before it runs.
#
# SB_ROOT     an empty folder to build the root on
# SB_RUN      the environment's folder with the runtime's socket and its user's name, seen as /run/brume; for an image the
#             folder with the folders of all environments
# SB_CODE     the folder of unpacked code, by hash
# SB_TMP      the environment's folder that is its /tmp, or holds its disk for a moment; for an image that of all
# SB_DISK     the disk to copy for /tmp, empty for none
# SB_UID      user to run as, empty to stay the one that we are
# SB_CGROUPS  cgroup folders to join; for an image those that they are made in
# SB_BINDS    lines `source target` of what else is to be seen, read-only; with `link:` before the source a symbolic link to it
set -e
umask 022
LC_ALL=C
run=$SB_RUN
as=

# Prints a frame of the log's form: type, octal, and text of at most 3,900 bytes, which a pipe takes in one piece.
frame() {
  printf "\\245\\132\\000\\$1\\000\\000\\$(printf %03o $((${#2} / 256)))\\$(printf %03o $((${#2} % 256)))\\000\\000\\000\\000\\000\\000\\000\\000%s" "$2" >&4
}

# What an extension prints, as frames of their own.
relay() {
  while IFS= read -r line || [ -n "$line" ]; do
    while [ ${#line} -gt 3900 ]; do
      part=$(printf '%.3900s' "$line")
      frame 004 "$part"
      line=${line#"$part"}
    done
    frame 004 "$line"
    line=
  done
}

extension() {
  status=$({ { code=0; $as /bin/sh "$run/$1" 2>&1 5>&- 4>&- || code=$?; echo $code >&5; } | relay 5>&-; } 5>&1)
  frame 375 "$1 $status"
}

limit() {
  for group in $SB_CGROUPS; do echo 0 > "$group/cgroup.procs"; done
  # Lambda's limit of open files; no dumps; and when the machine itself runs out of memory, rather we than others.
  ulimit -n 1024
  ulimit -c 0
  echo 500 > /proc/self/oom_score_adj
}

# What every sandbox sees, on $SB_ROOT.
shared() {
  mount -t tmpfs -o size=4m,mode=755 none "$SB_ROOT"
  cd "$SB_ROOT"
  mkdir -p usr etc proc dev tmp opt/lib var/task/lib var/runtime var/lang/bin run/brume home/sbx_user1051 .brume
  # What it could become, and what we need: goes in one piece.
  mount -t tmpfs -o size=4m,mode=700 none .brume
  mkdir .brume/old .brume/code .brume/disk
  # One command for many files wherever that is possible: what takes its time here is to start commands.
  mount --rbind -o ro /usr usr
  links=
  for name in /bin /sbin /lib /lib32 /lib64; do
    if [ -L "$name" ]; then links="$links $name"
    elif [ -d "$name" ]; then mkdir ".$name"; mount --rbind -o ro "$name" ".$name"; fi
  done
  [ -z "$links" ] || cp -P $links .
  for name in alternatives ssl pki ca-certificates; do
    if [ -d "/etc/$name" ]; then mkdir "etc/$name"; mount --rbind -o ro "/etc/$name" "etc/$name"; fi
  done
  files=
  for name in ld.so.cache ld.so.conf hosts resolv.conf nsswitch.conf localtime host.conf gai.conf protocols services; do
    if [ -f "/etc/$name" ]; then files="$files /etc/$name"; fi
  done
  [ -z "$files" ] || cp -L $files etc
  ln -s /run/brume/passwd /run/brume/group etc
  printf '127.0.0.1 localhost sandbox sandbox.localdomain sbx\n' >> etc/hosts
  if [ -z "$SB_UID" ] || ! cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom dev 2>/dev/null; then
    rm -f dev/*
    for name in null zero full random urandom; do : > "dev/$name"; mount --bind "/dev/$name" "dev/$name"; done
  fi
  ln -s /proc/self/fd dev/fd
  ln -s /proc/self/fd/0 dev/stdin
  ln -s /proc/self/fd/1 dev/stdout
  ln -s /proc/self/fd/2 dev/stderr
  mount --bind -o ro "$SB_CODE" .brume/code
  echo "$SB_BINDS" | while read -r source target; do
    [ -n "$source" ] || continue
    if [ "${source#link:}" != "$source" ]; then ln -s "${source#link:}" "./$target"
    elif [ -d "$source" ]; then mkdir -p "./$target"; mount --rbind -o ro "$source" "./$target"
    elif [ -e "$source" ]; then mkdir -p "./${target%/*}"; : > "./$target"; mount --bind -o ro "$source" "./$target"; fi
  done
  ln -s /var/runtime/node_modules var/node_modules
}

# Leaves the machine's files behind.
enter() {
  pivot_root . .brume/old
  cd /
  umount -l .brume/old
  # Lambda's sh is bash, and scripts that begin with #!/bin/sh rely on it.
  if [ -x /bin/bash ] && ! [ /bin/sh -ef /bin/bash ]; then mount --bind /bin/bash /bin/sh; fi
  mount -o remount,bind,ro /
}

build_image() {
  SB_UID=0
  shared
  mkdir .brume/run .brume/tmp .brume/dev .brume/groups
  mount --bind "$SB_RUN" .brume/run
  mount --bind "$SB_TMP" .brume/tmp
  mount --bind /dev .brume/dev
  number=0
  for group in $SB_CGROUPS; do
    mkdir ".brume/groups/$number"
    mount --bind "$group" ".brume/groups/$number"
    number=$((number + 1))
  done
  cp "$0" .brume/sandbox.sh
  cp -L /bin/sh .brume/sh
  # The machine's, for whoever starts something in here: each sandbox mounts its own over it.
  mount --bind /proc proc
  enter
  echo ready
  read -r _ || exit 0
}

build_root() {
  limit
  shared
  if [ -n "$SB_DISK" ]; then
    # Only this namespace holds the disk: it goes with it, whatever was killed.
    cp --sparse=always "$SB_DISK" "$SB_TMP/disk"
    mount -o loop,noinit_itable,nosuid,nodev,noatime "$SB_TMP/disk" .brume/disk
    rm "$SB_TMP/disk"
    mount --bind .brume/disk/tmp tmp
  else
    mount --bind -o nosuid,nodev "$SB_TMP" tmp
  fi
  mount -t proc proc proc
  # In a user namespace of our own nobody makes another one. (As root a filter of system calls sees to that.)
  [ -n "$SB_UID" ] || { echo 0 > proc/sys/user/max_user_namespaces; } 2>/dev/null || true
  mount --bind -o ro "$SB_RUN" run/brume
  enter
}

own=${SB_ROOT:+yes}
if [ -n "$own" ]; then
  PATH=/usr/sbin:/sbin:/usr/bin:/bin
  if [ "$*" = image ]; then build_image; fi
  if [ "$SB_ROOT" = / ]; then cd /; limit; else build_root; fi
  { echo sbx > /proc/sys/kernel/hostname; } 2>/dev/null || true
  drop="--no-new-privs --bounding-set=-all --inh-caps=-all"
  if [ -n "$SB_UID" ]; then drop="--reuid $SB_UID --regid $SB_UID --clear-groups $drop"; fi
  as="setpriv $drop --"
  run=/run/brume
  PATH=/usr/local/bin:/usr/bin:/bin
fi
other=$SB_UID
unset SB_ROOT SB_RUN SB_CODE SB_UID SB_CGROUPS SB_BINDS SB_TMP SB_DISK
exec 3<&0 </dev/null 4>&1
child=
extensions=
if [ $# -gt 0 ]; then
  $as "$@" 3<&- 4>&- &
  child=$!
fi

while read -r what from <&3; do
  case $what in
    task) if [ -n "$own" ]; then mount --bind ".brume/code/$from" /var/task; fi ;;
    opt) if [ -n "$own" ]; then mount --bind ".brume/code/$from" /opt; fi ;;
    start) if [ -n "$own" ]; then mount --bind ".brume/starts/${from% *}" "${from#* }" 2>/dev/null || :; fi ;;
    more) truncate -s "-${from}M" .brume/disk/ballast ;;
    code)
      # Who is another user cannot look into .brume: there the function need not wait for this.
      if [ -n "$own" ] && [ -z "$other" ]; then umount -l .brume; fi
      frame 376 ""
      if [ -n "$own" ] && [ -n "$other" ]; then umount -l .brume; fi ;;
    extension)
      extensions=yes
      extension "$from" 3<&- & ;;
    runtime)
      $as /bin/sh "$run/$from" 3<&- 4>&- &
      child=$! ;;
    go) break ;;
    end)
      [ -z "$child" ] || kill -KILL "$child" || :
      break ;;
  esac
done
while read -r what from <&3; do
  case $what in
    mark) frame 377 "$from" ;;
    stop) kill -TERM "$child" || : ;;
    end) kill -KILL "$child" || : ;;
  esac
done &
exec 3<&-
[ -n "$child$extensions" ] || exit 0
[ -n "$extensions" ] || { wait "$child"; exit; }
# Extensions are told, and have a moment.
status=137
if [ -n "$child" ]; then
  status=0
  wait "$child" 2>/dev/null || status=$?
fi
frame 375 "runtime $status"
wait
exit "$status"
