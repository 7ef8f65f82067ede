"""Every sentence the model can hear or say, in English and Korean: narrations, standing instructions, questions, answers.

Narrations come from desk-world/vocabulary.json and instructions from desk-world/instructions.json, where the program's
evaluation reads them as well. The language of the instruction decides the language of all that is said.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

WORLD = Path(__file__).parent.parent / 'desk-world'
VOCABULARY = json.loads((WORLD / 'vocabulary.json').read_text())
INSTRUCTIONS = json.loads((WORLD / 'instructions.json').read_text())
NAMES, KINDS, SUBJECTS = VOCABULARY['names'], VOCABULARY['kinds'], VOCABULARY['subjects']
UNDERSTOOD = json.loads((Path(__file__).parent / 'understood.json').read_text())
LANGUAGES = ['en', 'ko']
SCRIPTS = {'en': 'Latin', 'ko': 'Hangul'}  # no sentence in one language holds a letter of the other's script
TOLD = 'told'  # the kind of an event that is no kind of Desk World: its subject is the sentence itself, in whatever language

QUESTIONS = {
    'last': {
        'en': ['What just happened?', 'What happened last?', 'What was the last thing that happened?', 'Did something happen?'],
        'ko': ['방금 무슨 일이 있었어?', '마지막으로 무슨 일이 있었어?', '방금 뭐였어?', '무슨 일이 있었나요?'],
    },
    'so far': {
        'en': ['What happened so far?', 'What have I missed?', 'Sum up what happened.', 'What has happened until now?'],
        'ko': ['지금까지 무슨 일이 있었어?', '내가 뭘 놓쳤어?', '있었던 일을 정리해 줘.', '그동안 무슨 일이 있었나요?'],
    },
    'how long ago': {
        'en': ['How long ago was that?', 'When did that happen?', 'How long ago did the last thing happen?'],
        'ko': ['그게 얼마나 됐어?', '그건 언제였어?', '마지막 일은 얼마나 전이었어?'],
    },
    'screen': {
        'en': ['What is on the screen?', 'What do you see?', 'What can you see right now?', 'What is open?'],
        'ko': ['화면에 뭐가 있어?', '지금 뭐가 보여?', '무엇이 보이나요?', '뭐가 열려 있어?'],
    },
    'front': {
        'en': ['Which window is in front?', 'What is in front?', 'Which program is active?', 'What am I using?'],
        'ko': ['앞에 있는 창은 뭐야?', '맨 앞에 뭐가 있어?', '어떤 프로그램을 쓰고 있어?', '지금 쓰는 창은 무엇인가요?'],
    },
}
ABOUT_NOW = ['screen', 'front']  # can only be asked where the state of every frame is known
NOTHING_YET = {'en': 'Nothing has happened yet.', 'ko': '아직 아무 일도 없었습니다.'}
BLANK = {'en': 'The screen is blank.', 'ko': '화면이 꺼져 있습니다.'}
NO_WINDOW = {'en': 'No window is open.', 'ko': '열린 창이 없습니다.'}


# Answers to "how long ago": up to so many seconds, and beyond. A frame that is still for long is not fed, so that nobody
# who only counts frames can be more exact.
AGO = [(2, {'en': 'Just now.', 'ko': '방금 있었습니다.'}), (7, {'en': 'About five seconds ago.', 'ko': '5초쯤 전입니다.'}),
       (14, {'en': 'About ten seconds ago.', 'ko': '10초쯤 전입니다.'}), (float('inf'), {'en': 'More than ten seconds ago.', 'ko': '10초도 더 전입니다.'})]
SO_FAR = 3  # events in an answer to "what happened so far"


# 1. Narrations ------------------------------------------------------------------------------------------------------

def article(name: str) -> str:
    return 'an' if name[0] in 'aeiou' else 'a'


def with_particles(text: str) -> str:
    """"문서{이/가}" to "문서가": the first form follows a final consonant, the second a vowel (Unicode 3.12 composes syllables)."""
    return re.sub(r'(.)\{(.)/(.)\}', lambda found: found[1] + (found[2] if (ord(found[1]) - 0xAC00) % 28 else found[3]), text)


def narration(kind: str, subject: str | None, language: str = 'en') -> str:
    """The sentence for an event: {A} is the article with a capital, {name} the subject's name."""
    if kind == TOLD:
        return subject
    name = NAMES[subject][language] if subject else ''
    sentence = KINDS[kind]['sentence'][language].replace('{A}', article(name or 'x').capitalize())
    return with_particles(sentence.replace('{name}', name))


def event_of(annotation: dict) -> tuple[str, str | None]:
    """Kind and subject of a line of annotations.jsonl. A line of other data than Desk World's needs only its text."""
    kind = annotation.get('kind')
    return (kind, annotation.get('subject')) if kind in KINDS else (TOLD, annotation['text'])


def all_events() -> list[tuple[str, str | None]]:
    """Every kind with every subject it can have."""
    return [(kind, subject) for kind, rule in KINDS.items() for subject in (SUBJECTS[rule['subject']] if rule['subject'] else [None])]


def all_narrations() -> dict[str, tuple[str, str | None]]:
    """Every sentence with the kind and subject it stands for."""
    return {narration(kind, subject, language): (kind, subject) for language in LANGUAGES for kind, subject in all_events()}


# 2. Standing instructions -------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Instruction:
    text: str
    language: str
    scope: str           # a key of INSTRUCTIONS
    subject: str | None  # the application it is about, for the scope "application"

    def asks_for(self, kind: str, subject: str | None) -> bool:
        """Whether such an event is to be told."""
        wanted = INSTRUCTIONS[self.scope]['events']
        if wanted == 'all':
            return True
        if wanted == 'subject':
            return (subject or KINDS[kind].get('owner')) == self.subject
        return any(kind == each and which in (None, subject) for each, which in wanted)


def instructions(scope: str, language: str, subject: str | None = None) -> list[Instruction]:
    """Every way to say it; `subject` is needed for "application"."""
    name = NAMES[subject][language] if subject else ''
    return [Instruction(text.replace('{name}', name), language, scope, subject) for text in INSTRUCTIONS[scope][language]]


EVERYTHING = {language: instructions('everything', language)[0].text for language in LANGUAGES}
DEFAULT_INSTRUCTION = instructions('everything', 'en')[0]


def to_tell_everything(instruction: str) -> str:
    """What stands in the stream where another instruction than the default one is given, in its language (main/live/judge.ts)."""
    if instruction == DEFAULT_INSTRUCTION.text:
        return instruction
    return EVERYTHING['ko' if re.search('[\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f]', instruction) else 'en']


def all_instructions() -> list[Instruction]:
    apps = lambda scope: SUBJECTS['app'] if INSTRUCTIONS[scope]['events'] == 'subject' else [None]
    return [one for scope in INSTRUCTIONS for language in LANGUAGES for app in apps(scope) for one in instructions(scope, language, app)]


def understood() -> dict:
    """What a bundle says of itself under `understands` (main/bundle/manifest.ts): every topic with the sentences that were
    taught, and the other words in which people mean the same."""
    topics = lambda kind, taught: [{
        language: {'taught': list(taught[name][language]), **words} for language, words in topic.items()
    } for name, topic in UNDERSTOOD[kind].items()]
    names = {language: [
        [NAMES[app][language], *UNDERSTOOD['called'].get(app, {}).get(language, [])] for app in SUBJECTS['app'] if app != 'other'
    ] for language in LANGUAGES}
    return {'questions': topics('questions', QUESTIONS), 'instructions': topics('instructions', INSTRUCTIONS), 'names': names}


def caption_words() -> list[str]:
    """The words of Desk World's captions (desk-world/describe.ts), which the text tower learns."""
    return sorted({*UNDERSTOOD['captions'], *(word for name in NAMES.values() for word in name['en'].split())})


def sentences() -> dict:
    """What a bundle says of its narrations under `sentences` (main/bundle/manifest.ts)."""
    kinds = {kind: {key: entry[key] for key in ('subject', 'sentence')} for kind, entry in VOCABULARY['kinds'].items()}
    return {'subjects': VOCABULARY['subjects'], 'names': VOCABULARY['names'], 'kinds': kinds}


# 3. Answers ---------------------------------------------------------------------------------------------------------

def describe(state: dict, language: str, front_only: bool = False) -> str:
    """Answers "what is on the screen?" or "which window is in front?" from a state of desk-world."""
    if state['blank']:
        return BLANK[language]
    front, behind = in_sight(state)
    if front is None:
        return NO_WINDOW[language]
    return in_front(front, language) if front_only else scene(front, behind, language)


def in_sight(state: dict) -> tuple[str | None, list[str]]:
    """What is in front, and what else can be seen, in the order in which an answer names it."""
    front = state['dialog'] or state['front']
    return front, sorted(set(state['open']) - {front}) if front else []


def so_far(past: list[str], language: str) -> str:
    """The last few things of those that happened, in order."""
    return ' '.join(past[-SO_FAR:]) or NOTHING_YET[language]


def ago(seconds: float, language: str) -> str:
    return next(answer[language] for most, answer in AGO if seconds <= most)


def in_front(subject: str, language: str) -> str:
    name = NAMES[subject][language]
    return f'The {name} is in front.' if language == 'en' else with_particles(f'{name}{{이/가}} 앞에 있습니다.')


def scene(front: str, behind: list[str], language: str) -> str:
    names = [NAMES[subject][language] for subject in (front, *behind)]
    if language == 'ko':
        return with_particles(f'{names[0]}{{이/가}} 보입니다.' if not behind else f'{names[0]} 뒤에 {listing(names[1:], " 그리고 ")}{{이/가}} 보입니다.')
    things = [f'{article(name)} {name}' for name in names]
    return things[0].capitalize() + (f' in front of {listing(things[1:], " and ")}.' if behind else '.')


def listing(things: list[str], last: str) -> str:
    return last.join([', '.join(things[:-1]), things[-1]]) if len(things) > 1 else things[0]


def corpus() -> list[str]:
    """What the tokenizer is trained on: each sentence, or each part of those that are put together, four times: what occurs
    once makes no entry."""
    texts = [*all_narrations(), *[one.text for one in all_instructions()], *NOTHING_YET.values(), *BLANK.values(), *NO_WINDOW.values(), *[text for _, answer in AGO for text in answer.values()]]
    texts += [question for wordings in QUESTIONS.values() for questions in wordings.values() for question in questions]
    for subject in NAMES:
        for language in LANGUAGES:
            texts += [in_front(subject, language), scene(subject, [subject] * 3, language)]
    return texts * 4
