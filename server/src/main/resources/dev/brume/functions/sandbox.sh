#!/bin/sh
# The first process of a sandbox: builds a root file system that holds only what a function may see, starts the runtime
# in it without privileges, and mounts the function's code once the runtime is told which one it is.
# Runs as root of its own mount, pid, ipc and uts namespaces. When it ends, everything inside ends.
#
# SB_ROOT     an empty folder to build the root on
# SB_RUN      the environment's folder with the runtime's socket, seen as /run/brume
# SB_CODE     the folder of unpacked code, by hash
# SB_TMP      the environment's folder that is its /tmp, or holds its disk for a moment
# SB_DISK     the disk to copy for /tmp, empty for none
# SB_UID      user to run as, empty to stay the one that we are
# SB_CGROUPS  cgroup folders to join
# SB_BINDS    lines `source target` of what else is to be seen, read-only
set -e
umask 022
PATH=/usr/sbin:/sbin:/usr/bin:/bin
for group in $SB_CGROUPS; do echo 0 > "$group/cgroup.procs"; done

mount -t tmpfs -o size=4m,mode=755 none "$SB_ROOT"
cd "$SB_ROOT"
mkdir -p usr etc proc dev tmp opt var/task var/runtime var/lang run/brume home/sbx_user1051 .brume/old
chmod 700 .brume
mkdir .brume/code
mount --rbind -o ro /usr usr
for name in bin sbin lib lib32 lib64; do
  if [ -L "/$name" ]; then ln -s "$(readlink "/$name")" "$name"
  elif [ -d "/$name" ]; then mkdir "$name"; mount --rbind -o ro "/$name" "$name"; fi
done
for name in alternatives ssl pki ca-certificates; do
  if [ -d "/etc/$name" ]; then mkdir "etc/$name"; mount --rbind -o ro "/etc/$name" "etc/$name"; fi
done
for name in ld.so.cache ld.so.conf hosts resolv.conf nsswitch.conf localtime host.conf gai.conf protocols services; do
  if [ -f "/etc/$name" ]; then cat "/etc/$name" > "etc/$name"; fi
done
user=${SB_UID:-0}
printf 'root:x:0:0:root:/root:/sbin/nologin\nsbx_user1051:x:%s:%s::/home/sbx_user1051:/sbin/nologin\n' "$user" "$user" > etc/passwd
printf 'root:x:0:\nsbx_user1051:x:%s:\n' "$user" > etc/group
mount -t proc proc proc
# In a user namespace of our own nobody makes another one. (As root a filter of system calls sees to that.)
[ -n "$SB_UID" ] || echo 0 > proc/sys/user/max_user_namespaces 2>/dev/null || true
for name in null zero full random urandom; do : > "dev/$name"; mount --bind "/dev/$name" "dev/$name"; done
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr
if [ -n "$SB_DISK" ]; then
  # Only this namespace holds the disk: it goes with it, whatever was killed.
  mkdir .brume/disk
  cp --sparse=always "$SB_DISK" "$SB_TMP/disk"
  mount -o loop,noinit_itable,nosuid,nodev,noatime "$SB_TMP/disk" .brume/disk
  rm "$SB_TMP/disk"
  mount --bind .brume/disk/tmp tmp
else
  mount --bind -o nosuid,nodev "$SB_TMP" tmp
fi
mount --bind -o ro "$SB_RUN" run/brume
mount --bind -o ro "$SB_CODE" .brume/code
echo "$SB_BINDS" | while read -r source target; do
  [ -n "$source" ] || continue
  if [ -d "$source" ]; then mkdir -p "./$target"; mount --rbind -o ro "$source" "./$target"
  elif [ -e "$source" ]; then mkdir -p "./${target%/*}"; : > "./$target"; mount --bind -o ro "$source" "./$target"; fi
done
hostname sbx 2>/dev/null || true
pivot_root . .brume/old
cd /
umount -l .brume/old
ln -s /var/runtime/node_modules var/node_modules
mount -o remount,bind,ro /

drop="--no-new-privs --bounding-set=-all --inh-caps=-all"
if [ -n "$SB_UID" ]; then drop="--reuid $SB_UID --regid $SB_UID --clear-groups $drop"; fi
disk=$SB_DISK
unset SB_ROOT SB_RUN SB_CODE SB_UID SB_CGROUPS SB_BINDS SB_TMP SB_DISK
PATH=/usr/local/bin:/usr/bin:/bin
exec 3<&0 </dev/null
setpriv $drop -- "$@" 3<&- &
child=$!

while read -r what from <&3; do
  case $what in
    task) mount --bind ".brume/code/$from" /var/task ;;
    opt) mount --bind ".brume/code/$from" /opt ;;
    more) truncate -s "-${from}M" .brume/disk/ballast ;;
    go)
      umount -l .brume/code
      [ -z "$disk" ] || umount -l .brume/disk
      printf '\245\132\000\376\000\000\000\000\000\000\000\000\000\000\000\000'
      break ;;
  esac
done
exec 3<&-
wait "$child"
