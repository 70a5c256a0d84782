#!/bin/sh
# Makes the disk that each environment gets a copy of: a sparse file with an ext4 file system as large as a function's /tmp
# may be at most, and in it a file that takes all of the space above the usual 512 MB. Who orders more gets it at once by
# cutting that file. The number of files is bounded by the file system. Runs in a mount namespace of its own.
#
# $1  the file to make
# $2  a folder to mount it on
set -e
PATH=/usr/sbin:/sbin:/usr/bin:/bin
truncate -s 10600M "$1"
mkfs.ext4 -q -F -m 0 -N 65536 -O ^has_journal,^resize_inode -E lazy_itable_init=1,nodiscard "$1"
mkdir -p "$2"
mount -o loop,noinit_itable,nosuid,nodev,noatime "$1" "$2"
mkdir "$2/tmp"
chmod 1777 "$2/tmp"
free=$(($(stat -f -c '%a * %S' "$2")))
fallocate -l $((free - 514 * 1048576)) "$2/ballast"
umount "$2"
