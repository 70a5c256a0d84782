#!/bin/sh
# The first process of a sandbox: builds a root file system that holds only what a function may see, starts the runtime
# in it without privileges (the command that it is given, or later, by order), and mounts the function's code once it is
# known which one it is. Runs as root of its own mount, pid, ipc and uts namespaces. When it ends, everything inside ends.
# Without SB_ROOT there are no such namespaces: then it only starts what it is told to.
#
# Orders on standard input, a line each: `task HASH`, `opt HASH`, `code` (all is mounted; answered by a frame), `extension FILE`
# and `runtime FILE` (scripts in the environment's folder), `go` (it runs). After that `mark ID` puts a frame behind all that
# was printed.
#
# SB_ROOT     an empty folder to build the root on
# SB_RUN      the environment's folder with the runtime's socket, seen as /run/brume
# SB_CODE     the folder of unpacked code, by hash
# SB_TMP      the environment's folder that is its /tmp, or holds its disk for a moment
# SB_DISK     the disk to copy for /tmp, empty for none
# SB_UID      user to run as, empty to stay the one that we are
# SB_CGROUPS  cgroup folders to join
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

build_root() {
  PATH=/usr/sbin:/sbin:/usr/bin:/bin
  for group in $SB_CGROUPS; do echo 0 > "$group/cgroup.procs"; done
  # Lambda's limit of open files; no dumps; and when the machine itself runs out of memory, rather we than others.
  ulimit -n 1024
  ulimit -c 0
  echo 500 > /proc/self/oom_score_adj

  mount -t tmpfs -o size=4m,mode=755 none "$SB_ROOT"
  cd "$SB_ROOT"
  mkdir -p usr etc proc dev tmp opt/lib var/task/lib var/runtime var/lang/bin run/brume home/sbx_user1051 .brume/old .brume/code .brume/disk
  chmod 700 .brume
  if [ -n "$SB_DISK" ]; then
    # Made while the rest goes on. Only this namespace holds the disk: it goes with it, whatever was killed.
    {
      cp --sparse=always "$SB_DISK" "$SB_TMP/disk"
      mount -o loop,noinit_itable,nosuid,nodev,noatime "$SB_TMP/disk" .brume/disk
      rm "$SB_TMP/disk"
    } &
    making=$!
  fi
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
  user=${SB_UID:-0}
  printf 'root:x:0:0:root:/root:/sbin/nologin\nsbx_user1051:x:%s:%s::/home/sbx_user1051:/sbin/nologin\n' "$user" "$user" > etc/passwd
  printf '127.0.0.1 localhost sandbox sandbox.localdomain\n' >> etc/hosts
  printf 'root:x:0:\nsbx_user1051:x:%s:\n' "$user" > etc/group
  mount -t proc proc proc
  # In a user namespace of our own nobody makes another one. (As root a filter of system calls sees to that.)
  [ -n "$SB_UID" ] || echo 0 > proc/sys/user/max_user_namespaces 2>/dev/null || true
  if [ -z "$SB_UID" ] || ! cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom dev 2>/dev/null; then
    rm -f dev/*
    for name in null zero full random urandom; do : > "dev/$name"; mount --bind "/dev/$name" "dev/$name"; done
  fi
  ln -s /proc/self/fd dev/fd
  ln -s /proc/self/fd/0 dev/stdin
  ln -s /proc/self/fd/1 dev/stdout
  ln -s /proc/self/fd/2 dev/stderr
  mount --bind -o ro "$SB_RUN" run/brume
  mount --bind -o ro "$SB_CODE" .brume/code
  echo "$SB_BINDS" | while read -r source target; do
    [ -n "$source" ] || continue
    if [ "${source#link:}" != "$source" ]; then ln -s "${source#link:}" "./$target"
    elif [ -d "$source" ]; then mkdir -p "./$target"; mount --rbind -o ro "$source" "./$target"
    elif [ -e "$source" ]; then mkdir -p "./${target%/*}"; : > "./$target"; mount --bind -o ro "$source" "./$target"; fi
  done
  if [ -n "$SB_DISK" ]; then
    wait "$making"
    mount --bind .brume/disk/tmp tmp
  else
    mount --bind -o nosuid,nodev "$SB_TMP" tmp
  fi
  hostname sbx 2>/dev/null || true
  pivot_root . .brume/old
  cd /
  umount -l .brume/old
  ln -s /var/runtime/node_modules var/node_modules
  mount -o remount,bind,ro /

  drop="--no-new-privs --bounding-set=-all --inh-caps=-all"
  if [ -n "$SB_UID" ]; then drop="--reuid $SB_UID --regid $SB_UID --clear-groups $drop"; fi
  as="setpriv $drop --"
  run=/run/brume
  PATH=/usr/local/bin:/usr/bin:/bin
}

own=${SB_ROOT:+yes}
if [ -n "$own" ]; then build_root; fi
hidden=.brume/code
[ -z "$SB_DISK" ] || hidden="$hidden .brume/disk"
other=$SB_UID
unset SB_ROOT SB_RUN SB_CODE SB_UID SB_CGROUPS SB_BINDS SB_TMP SB_DISK
exec 3<&0 </dev/null 4>&1
child=
if [ $# -gt 0 ]; then
  $as "$@" 3<&- 4>&- &
  child=$!
fi

while read -r what from <&3; do
  case $what in
    task) if [ -n "$own" ]; then mount --bind ".brume/code/$from" /var/task; fi ;;
    opt) if [ -n "$own" ]; then mount --bind ".brume/code/$from" /opt; fi ;;
    more) truncate -s "-${from}M" .brume/disk/ballast ;;
    code)
      # Who is another user cannot look into .brume: there the function need not wait for this.
      if [ -n "$own" ] && [ -z "$other" ]; then umount -l $hidden; fi
      frame 376 ""
      if [ -n "$own" ] && [ -n "$other" ]; then umount -l $hidden; fi ;;
    extension) extension "$from" 3<&- & ;;
    runtime)
      $as /bin/sh "$run/$from" 3<&- 4>&- &
      child=$! ;;
    go) break ;;
  esac
done
while read -r what from <&3; do frame 377 "$from"; done &
exec 3<&-
[ -n "$child" ] || exit 0
wait "$child"
