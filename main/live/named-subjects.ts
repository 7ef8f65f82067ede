/**
 * What a title or a message says of the window it stands in. The model sees 384 x 240 pixels and takes an error for a
 * message; the title "Error" does not. Used until the model reads by itself.
 */

/** Words by which a dialog calls itself, the surest first. English, Korean, Japanese, Chinese. */
const dialogs: readonly (readonly [subject: string, pattern: RegExp])[] = [
  [
    'file',
    /^(?:open|save|choose|select)(?: (?:as|a |an |the )?.*)?\b(?:files?|as|folders?|director(?:y|ies))\b|파일 (?:열기|선택)|다른 이름으로 저장|ファイルを(?:開く|選択)|名前を付けて保存|打开文件|另存为/i,
  ],
  [
    'error',
    /\b(?:errors?|fail(?:ed|ure)|could ?n[o']t|cannot|can't|unable|fatal|crash(?:ed)?|denied|lost|refused)\b|오류|에러|실패|없습니다|エラー|失敗|できません|错误|失败|无法/i,
  ],
  ['warning', /\b(?:warnings?|caution|attention|careful|low|almost full|unsafe)\b|경고|주의|警告|注意/i],
  ['question', /\b(?:question|confirm(?:ation)?|are you sure)\b|[?？]$|질문|확인하시겠|까요|質問|ますか|确认|是否/i],
  [
    'info',
    /\b(?:info(?:rmation)?|message|notice|note|tip|success(?:fully)?|complete(?:d)?|done)\b|알림|정보|안내|お知らせ|情報|提示|信息/i,
  ],
];

/** Names of programs in titles, and endings of files that one kind of program shows. */
const apps: readonly (readonly [subject: string, pattern: RegExp])[] = [
  ['browser', /\b(?:firefox|chromium|google chrome|microsoft edge|safari|opera|brave|vivaldi|epiphany)\b/i],
  ['terminal', /\b(?:x?term(?:inal)?|konsole|alacritty|kitty|powershell|bash|zsh)\b|^\S+@\S+[:~]|터미널/i],
  ['files', /\b(?:file manager|thunar|nautilus|dolphin|pcmanfm|nemo|caja|finder|file explorer)\b|파일 관리자/i],
  ['settings', /\b(?:settings|preferences|configuration|control (?:panel|cent(?:re|er)))\b|설정/i],
  ['mail', /\b(?:thunderbird|outlook|evolution|geary|inbox|gmail)\b|받은 ?편지함/i],
  ['chat', /\b(?:slack|discord|telegram|signal|whatsapp|element|teams|hexchat|pidgin|kakaotalk)\b|카카오톡/i],
  ['image', /\.(?:png|jpe?g|gif|webp|bmp|tiff?|svg|heic)\b|\b(?:feh|eog|gwenview|image viewer)\b/i],
  ['video', /\.(?:mp4|mkv|webm|avi|mov|m4v)\b|\b(?:vlc|mpv|totem|media player|mplayer|ffplay)\b/i],
  ['spreadsheet', /\.(?:xlsx?|ods|csv|tsv)\b|\b(?:excel|gnumeric|libreoffice calc|google sheets)\b/i],
  ['presentation', /\.(?:pptx?|odp|key)\b|\b(?:powerpoint|impress|google slides)\b/i],
  [
    'document',
    /\.(?:pdf|docx?|odt|epub|djvu|ps)\b|\b(?:evince|okular|atril|xpdf|zathura|mupdf|acrobat|libreoffice writer|google docs)\b/i,
  ],
  [
    'editor',
    /\.(?:txt|md|log|json|ya?ml|toml|ini|conf|[cm]?[jt]sx?|py|rs|go|java|[ch](?:pp)?|sh|html?|css)\b|\b(?:mousepad|gedit|kate|notepad|leafpad|xed|pluma|visual studio code|vim|nano|emacs|text editor)\b/i,
  ],
];

/** Titles that only dialogs have. */
const dialogTitle =
  /^(?:errors?|warnings?|info(?:rmation)?|message|question|confirm(?:ation)?|notice|alert|(?:open|save|choose|select)(?: as| (?:a |an |the )?(?:files?|folders?|director(?:y|ies)))|오류|에러|경고|알림|정보|질문|확인|エラー|警告|情報|質問|确认|错误|提示)$/i;
/** "Train times - Chromium": a title ends in the name of its program. */
const program = /\s?[-–—]\s?([^-–—]+)$/;

/** True for a title that only a dialog has. */
export function dialogTitled(text: string): boolean {
  return dialogTitle.test(text.trim());
}

/** The kind of dialog that a text names itself; undefined where it names none. */
export function dialogNamed(text: string): string | undefined {
  return dialogs.find(([, pattern]) => pattern.test(text.trim()))?.[0];
}

/** The kind of program whose name a window's title ends in; undefined where it ends in none. */
export function programNamed(title: string): string | undefined {
  const name = program.exec(title.trim())?.[1];
  return name === undefined || fileEnding.test(name) ? undefined : appOf(name);
}

/** The kind of program that a window's title names; undefined where it names none. */
export function appNamed(title: string): string | undefined {
  return programNamed(title) ?? appOf(title.trim());
}

const fileEnding = /\.\w{1,5}$/;

function appOf(text: string): string | undefined {
  return apps.find(([, pattern]) => pattern.test(text))?.[0];
}
