/** What ffmpeg is given to open, and what it may open on the way: containers and protocols are allowed by name. */
import { resolve } from 'node:path';
import { OnlookerError } from '../base/errors.ts';
import { shownAddress } from '../base/secrets.ts';
import { allowedContainers, namesPlaylist } from './containers.ts';
import type { FfmpegBinary } from './ffmpeg-binary.ts';

/** An input of ffmpeg. */
export interface Input {
  readonly url: string;
  /** Options that stand before `-i`. */
  readonly options: readonly string[];
  /** The beginning of what is piped, where the input is that: all that a look may see. */
  readonly head?: Uint8Array;
}

type Trusted = Pick<FfmpegBinary, 'outdated'>;

/**
 * A local file. A playlist, where `path` names one, opens other local files, and no address.
 * @param at where ffmpeg finds it, if not there
 */
export function fileInput(ffmpeg: Trusted, path: string, at = path): Input {
  const protocols = namesPlaylist(path) ? 'file,crypto,data' : 'file';
  return {
    url: `file:${resolve(at)}`,
    options: ['-protocol_whitelist', protocols, ...allowedContainers(ffmpeg, path)],
  };
}

/** Standard input: one recording, and nothing besides. */
export function stdinInput(ffmpeg: Trusted): Input {
  return { url: 'pipe:0', options: ['-protocol_whitelist', 'pipe', ...allowedContainers(ffmpeg, '')] };
}

/** Protocols by the scheme of an address, those beneath included. */
const protocols: Readonly<Record<string, string>> = {
  http: 'http,https,tcp,tls,httpproxy',
  https: 'http,https,tcp,tls,httpproxy',
  rtsp: 'rtp,srtp,udp,tcp,tls',
  rtsps: 'rtp,srtp,udp,tcp,tls',
  rtp: 'rtp,udp',
  udp: 'udp',
  tcp: 'tcp',
  srt: 'srt',
  rtmp: 'rtmp,tcp',
  rtmps: 'rtmps,rtmp,tcp,tls',
};

/**
 * An address. What it says of itself counts (see `namesPlaylist`), not where the server leads or what it declares.
 * @throws {OnlookerError} `source-unsupported` with an ffmpeg that gets no security updates
 */
export function addressInput(ffmpeg: Trusted, address: string): Input {
  refuseOutdated(ffmpeg, address);
  const scheme = /^[a-z]+/i.exec(address)?.[0].toLowerCase() ?? '';
  const allowed = protocols[scheme] ?? scheme;
  if (!scheme.startsWith('http')) {
    // RTSP and RTP describe themselves; the others carry a container.
    const [option = '', containers = ''] = allowedContainers(ffmpeg, '');
    return { url: address, options: ['-protocol_whitelist', allowed, option, `rtsp,rtp,sdp,${containers}`] };
  }
  const keys = namesPlaylist(address) ? ',crypto,data' : '';
  return {
    url: address.replace(/#.*/s, ''),
    options: ['-protocol_whitelist', `${allowed}${keys}`, ...allowedContainers(ffmpeg, address)],
  };
}

function refuseOutdated({ outdated }: Trusted, address: string): void {
  if (!outdated) return;
  throw new OnlookerError(
    'source-unsupported',
    `"${shownAddress(address)}" is not opened: the ffmpeg here is from 2018 or so, and nobody mends its holes. Install a current one.`,
  );
}
