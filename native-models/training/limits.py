"""What a user of desk-nano should know that it cannot do, in plain sentences, in every language that the windows speak.

bundle.json has the English ones as `limits`, the others as `limitsIn`.
"""

LIMITS = [
    'It knows desktop screens only: windows, dialogs, menus, notifications, progress bars, typing, scrolling, video, commands.',
    'It cannot read text, and it names kinds of program ("a web browser"), not products, files or people.',
    'It speaks English and Korean, in a small set of sentences, and understands few instructions and questions beyond those it was taught.',
    'It was trained on rendered desktops and some recorded Linux programs; unusual themes, phones and games are outside what it knows.',
    'It looks twice a second at 384 x 240 pixels: what is smaller than a few pixels there, or over within half a second, is missed.',
]
LIMITS_IN = {
    'ko': [
        '데스크톱 화면만 압니다: 창, 대화 상자, 메뉴, 알림, 진행 표시줄, 입력, 스크롤, 동영상, 명령.',
        '글자를 읽지 못하며, 제품·파일·사람의 이름이 아니라 "웹 브라우저"처럼 프로그램의 종류를 말합니다.',
        '영어와 한국어로 정해진 몇 가지 문장만 말하고, 배운 것 이외의 지시와 질문은 거의 이해하지 못합니다.',
        '그려 낸 데스크톱과 녹화한 몇몇 리눅스 프로그램으로 배웠습니다. 특이한 테마, 휴대전화, 게임은 모릅니다.',
        '1초에 두 번 384 x 240 화소로 봅니다. 그 크기에서 몇 화소보다 작거나 0.5초 안에 지나가는 것은 놓칩니다.',
    ],
    'ja': [
        'デスクトップの画面だけを知っています: ウィンドウ、ダイアログ、メニュー、通知、進捗バー、入力、スクロール、動画、コマンド。',
        '文字は読めません。製品、ファイル、人の名前ではなく、「ウェブブラウザー」のようなアプリの種類を言います。',
        '英語と韓国語で決まった文だけを話し、教わったもの以外の指示や質問はほとんど理解しません。',
        '描画したデスクトップと、録画したいくつかの Linux アプリで学びました。珍しいテーマ、スマートフォン、ゲームは知りません。',
        '1 秒に 2 回、384 x 240 画素で見ます。そこで数画素より小さいものや、0.5 秒以内に終わるものは見逃します。',
    ],
    'zh': [
        '只了解桌面画面：窗口、对话框、菜单、通知、进度条、输入、滚动、视频和命令。',
        '它不识字；它说的是程序的种类（如“网页浏览器”），而不是产品、文件或人的名称。',
        '它用英语和韩语说一小组固定的句子，除学过的以外，几乎不懂别的指示和问题。',
        '它是用生成的桌面和一些录制的 Linux 程序训练的；不常见的主题、手机和游戏不在它的知识之内。',
        '它每秒看两次，画面为 384 x 240 像素：在那里小于几个像素的，或半秒之内就结束的，会被漏掉。',
    ],
}
