/**
 * `node tests/bench/words.ts [--chromium PATH] [--keep FOLDER]`: how many words that stood on the screen does a search
 * find? Plants a hundred, fifty English and fifty Korean, in a recording of ten pages (a word a line, 13 to 16 px, light
 * and dark), has `onlooker narrate --remember` watch it, searches for each, and prints the shares found in the page's time.
 * With --keep, the recording and the memory stay in FOLDER. Debian's fonts-dejavu and fonts-noto-cjk have the letters.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { findFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import { findMoments } from '../../main/memory/find/find-moments.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';

/** No word is a part of another, and no narration has one. */
const english =
  'almanac badger caramel daffodil ebony falcon gazelle hamlet igloo jasmine kestrel lantern mulberry nectar oyster paprika ' +
  'quartz rhubarb saffron tundra umbrella velvet walnut yogurt zeppelin anchovy bramble cinnamon dolphin emerald flamingo ' +
  'gondola hazelnut isotope juniper kumquat lavender marzipan nutmeg octopus pelican raspberry sandalwood tamarind unicorn ' +
  'vanilla wombat xylophone yarrow zucchini';
const korean =
  '고래 까치 낙타 너구리 다람쥐 달팽이 두루미 메추라기 무지개 반딧불 백조 부엉이 사슴벌레 소나기 수달 앵무새 여우비 오징어 왜가리 ' +
  '은하수 잠자리 장미꽃 제비꽃 조약돌 참나무 코끼리 토끼풀 판다곰 펭귄 하마 해바라기 호랑나비 단풍잎 도토리 목련 미나리 바늘꽃 ' +
  '봉숭아 산딸기 삽살개 솔방울 쑥부쟁이 안개꽃 얼룩말 옥수수 은방울 자작나무 진달래 청설모 민들레';
const lines = {
  english: [
    'The file # was saved at 14:05',
    'Error: # could not be opened',
    'Invoice for #, due on 3 May',
    'Re: meeting about #',
  ],
  korean: ['# 파일을 저장했습니다', '오류: # 항목을 열 수 없습니다', '# 주문이 도착했습니다', '내일 # 회의가 있습니다'],
};
type Language = keyof typeof lines;
const planted = [
  ...english.split(' ').map((word) => ({ word, language: 'english' as Language })),
  ...korean.split(' ').map((word) => ({ word, language: 'korean' as Language })),
];
const pages = 10;
/** How long a page is shown. */
const seconds = 6;
const looks = [
  'color:#222;background:#fff',
  'color:#ddd;background:#1e1e1e',
  'color:#333;background:#f0f0f0',
  'color:#8fd18f;background:#101418',
];

const { values } = parseArgs({
  options: { chromium: { type: 'string', default: '/usr/bin/chromium' }, keep: { type: 'string' } },
});
const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'onlooker-words-'));
mkdirSync(folder, { recursive: true });
try {
  const recording = join(folder, 'words.mp4');
  await draw(recording);
  const memory = join(folder, 'memory');
  const program = fileURLToPath(new URL('../../main/cli/main.ts', import.meta.url));
  const narrate = [program, 'narrate', recording, '--remember', '--memory', memory];
  execFileSync(process.execPath, narrate, { stdio: ['ignore', 'ignore', 'inherit'] });
  console.log(JSON.stringify(await found(memory)));
} finally {
  if (values.keep === undefined) rmSync(folder, { recursive: true, force: true });
}

/** The page a word stands on: every tenth word is on the same one, in both languages. */
function pageOf(place: number): number {
  return place % pages;
}

async function draw(recording: string): Promise<void> {
  await using browser = await chromium.launch({ executablePath: values.chromium, args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  for (let n = 0; n < pages; n += 1) {
    const here = planted.filter((_, place) => pageOf(place) === n);
    const text = here.map(({ word, language }, i) => `<p>${lines[language][i % 4]!.replace('#', word)}</p>`);
    const font = `${13 + (n % 4)}px/1.9 'DejaVu Sans','Noto Sans CJK KR'`;
    await page.setContent(
      `<body style="margin:${40 + 12 * n}px ${60 + 30 * n}px;font:${font};${looks[n % 4]}">${text.join('')}`,
    );
    writeFileSync(join(folder, `page-${n}.png`), await page.screenshot());
  }
  const { path: ffmpeg } = await findFfmpeg();
  const input = ['-framerate', `1/${seconds}`, '-i', join(folder, 'page-%d.png')];
  const codec = ['-c:v', 'libx264', '-crf', '20', '-r', '10', '-pix_fmt', 'yuv420p'];
  execFileSync(ffmpeg, ['-v', 'error', '-y', ...input, ...codec, recording]);
}

/** Of each language, how many words are found where they stood. */
async function found(folder: string): Promise<Record<Language, number>> {
  using memory = await openMemory({ folder });
  const shares = { english: 0, korean: 0 };
  for (const [place, { word, language }] of planted.entries()) {
    const begin = pageOf(place) * seconds;
    const moments = findMoments(memory, word, { limit: 10 });
    if (moments.some(({ from, to }) => from < begin + seconds + 1 && to >= begin)) shares[language] += 1;
  }
  return shares;
}
