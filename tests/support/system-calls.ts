/**
 * Follows what a process and all that it starts ask of the kernel, by strace. Native libraries open sockets and files that
 * no hook in JavaScript sees.
 */
import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';

const calls = 'connect,sendto,sendmsg,sendmmsg,open,openat,creat,mkdir,mkdirat';

/**
 * The command line that runs `command` under strace, which writes to `log`. The process is the command's own (-D): its
 * signals, its exit code and its standard input and output are those of the command.
 */
export function traced(log: string, command: readonly string[]): [program: string, ...args: string[]] {
  return ['strace', '-D', '-f', '-qq', '--seccomp-bpf', '-s', '512', '-e', `trace=${calls}`, '-o', log, ...command];
}

/** Addresses outside of this machine, and name servers anywhere, that were to be reached: "10.0.0.1:443". */
export function addressesIn(log: string): string[] {
  const addresses = readFileSync(log, 'utf8').matchAll(
    /sin6?_port=htons\((?<port>\d+)\).*?(?:inet_addr\(|inet_pton\(AF_INET6, )"(?<host>[^"]+)"/g,
  );
  const outside = [...addresses].flatMap(({ groups }) => {
    const { host = '', port } = groups!;
    return port === '53' || !/^(127\.|::1$|::ffff:127\.)/.test(host) ? [`${host}:${port}`] : [];
  });
  return [...new Set(outside)];
}

/** Files and folders that were made or opened for writing, as absolute paths; a path in an open folder is `?/NAME`. */
export function writtenIn(log: string, cwd: string): string[] {
  const opened = readFileSync(log, 'utf8').matchAll(
    /^\d+ +(?<call>open|openat|creat|mkdir|mkdirat)\((?:(?<folder>\w+), )?"(?<path>[^"]*)"(?<rest>.*)$/gm,
  );
  const written = [...opened].flatMap(({ groups }) => {
    const { call = '', folder, path = '', rest = '' } = groups!;
    if (rest.includes(' = -1 ')) return [];
    if (call.startsWith('open') && !/O_CREAT|O_WRONLY|O_RDWR/.test(rest)) return [];
    return [isAbsolute(path) || folder === undefined || folder === 'AT_FDCWD' ? resolve(cwd, path) : `?/${path}`];
  });
  return [...new Set(written)];
}
