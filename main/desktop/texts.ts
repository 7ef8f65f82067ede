/** What the tray says, in the languages of the interface. */
import type { Language } from '../../preload/contract.ts';

export interface Texts {
  readonly lights: Readonly<Record<'green' | 'amber' | 'red' | 'paused' | 'idle', string>>;
  /** Why nothing is watched any more. It is told in English: in other languages the window has the words for it. */
  readonly failed: (message: string) => string;
  readonly filtering: string;
  readonly saving: string;
  readonly watch: string;
  readonly nothingToWatch: string;
  readonly pause: string;
  readonly minutes: (n: number) => string;
  readonly untilTomorrow: string;
  readonly untilResumed: string;
  readonly resume: string;
  readonly chattiness: string;
  /** From 0 to 4. */
  readonly levels: readonly [string, string, string, string, string];
  readonly snooze: string;
  readonly speakAgain: string;
  readonly forget: string;
  readonly lastMinutes: (n: number) => string;
  readonly ask: string;
  readonly overlay: string;
  readonly timeline: string;
  readonly settings: string;
  readonly updates: string;
  readonly quit: string;
}

export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    lights: {
      green: 'Watching',
      amber: 'Waiting for a picture',
      red: 'Not watching: no picture arrives',
      paused: 'Paused',
      idle: 'Nothing is watched',
    },
    failed: (message) => message,
    filtering: 'Part of the screen is hidden',
    saving: 'Saving power: it looks less often',
    watch: 'Watch',
    nothingToWatch: 'Nothing can be watched here',
    pause: 'Pause',
    minutes: (n) => `${n} minutes`,
    untilTomorrow: 'Until tomorrow',
    untilResumed: 'Until resumed',
    resume: 'Resume',
    chattiness: 'How much it says',
    levels: ['Almost nothing', 'Little', 'Normal', 'Much', 'Everything'],
    snooze: 'Say nothing for',
    speakAgain: 'Speak again',
    forget: 'Forget',
    lastMinutes: (n) => `The last ${n} minutes`,
    ask: 'Ask…',
    overlay: 'Show or hide the overlay',
    timeline: 'Timeline',
    settings: 'Settings',
    updates: 'Check for updates',
    quit: 'Quit',
  },
  ko: {
    lights: {
      green: '보는 중',
      amber: '화면을 기다리는 중',
      red: '보지 못함: 화면이 오지 않습니다',
      paused: '일시 정지됨',
      idle: '보고 있는 것이 없습니다',
    },
    failed: () => '보지 못함: 이유는 창에 있습니다',
    filtering: '화면 일부를 가리고 있습니다',
    saving: '절전 중: 덜 자주 봅니다',
    watch: '볼 대상',
    nothingToWatch: '여기서는 볼 수 있는 것이 없습니다',
    pause: '일시 정지',
    minutes: (n) => `${n}분`,
    untilTomorrow: '내일까지',
    untilResumed: '다시 시작할 때까지',
    resume: '다시 시작',
    chattiness: '말하는 정도',
    levels: ['거의 없음', '적게', '보통', '많이', '모두'],
    snooze: '조용히 있기',
    speakAgain: '다시 말하기',
    forget: '잊기',
    lastMinutes: (n) => `지난 ${n}분`,
    ask: '질문하기…',
    overlay: '오버레이 보이기/숨기기',
    timeline: '타임라인',
    settings: '설정',
    updates: '업데이트 확인',
    quit: '종료',
  },
  ja: {
    lights: {
      green: '見ています',
      amber: '画面を待っています',
      red: '見ていません：画面が届きません',
      paused: '一時停止中',
      idle: '何も見ていません',
    },
    failed: () => '視聴できません：理由はウィンドウにあります',
    filtering: '画面の一部を隠しています',
    saving: '節電中：見る回数を減らしています',
    watch: '見る対象',
    nothingToWatch: 'ここで見られるものはありません',
    pause: '一時停止',
    minutes: (n) => `${n}分`,
    untilTomorrow: '明日まで',
    untilResumed: '再開するまで',
    resume: '再開',
    chattiness: '話す量',
    levels: ['ほとんど話さない', '少なめ', '標準', '多め', 'すべて'],
    snooze: '静かにする',
    speakAgain: 'また話す',
    forget: '忘れる',
    lastMinutes: (n) => `直近${n}分`,
    ask: '質問する…',
    overlay: 'オーバーレイの表示／非表示',
    timeline: 'タイムライン',
    settings: '設定',
    updates: 'アップデートを確認',
    quit: '終了',
  },
  zh: {
    lights: {
      green: '正在观看',
      amber: '正在等待画面',
      red: '没有在观看：收不到画面',
      paused: '已暂停',
      idle: '没有观看任何内容',
    },
    failed: () => '无法观看：原因见窗口',
    filtering: '屏幕的一部分已隐藏',
    saving: '省电中：观看频率已降低',
    watch: '观看',
    nothingToWatch: '这里没有可以观看的内容',
    pause: '暂停',
    minutes: (n) => `${n} 分钟`,
    untilTomorrow: '直到明天',
    untilResumed: '直到手动继续',
    resume: '继续',
    chattiness: '说话多少',
    levels: ['几乎不说', '较少', '正常', '较多', '全部'],
    snooze: '保持安静',
    speakAgain: '重新开口',
    forget: '忘记',
    lastMinutes: (n) => `最近 ${n} 分钟`,
    ask: '提问…',
    overlay: '显示或隐藏浮窗',
    timeline: '时间线',
    settings: '设置',
    updates: '检查更新',
    quit: '退出',
  },
};

/** @param locale the system's, such as `ko-KR` */
export function languageOf(chosen: Language | null, locale: string): Language {
  const wanted = chosen ?? locale.slice(0, 2).toLowerCase();
  return wanted in texts ? (wanted as Language) : 'en';
}
