"""Every sentence the model can hear or say: instructions, queries, answers. Narration itself comes from vocabulary.json."""

import json
from pathlib import Path

VOCABULARY = json.loads((Path(__file__).parent.parent / 'desk-world' / 'vocabulary.json').read_text())
NAMES, KINDS = VOCABULARY['names'], VOCABULARY['kinds']
SUBJECTS = VOCABULARY['subjects']

DEFAULT_INSTRUCTION = 'Tell me what happens on the screen.'
INSTRUCTIONS = [
    DEFAULT_INSTRUCTION,
    'Narrate everything that happens.',
    'Say what happens on my screen.',
    'Describe what you see as it happens.',
    'Comment on the screen.',
    'Tell me about everything that happens.',
    'Watch the screen and tell me what changes.',
    'Please narrate what is going on.',
    'Let me know what happens.',
    'Watch along and speak up when something happens.',
]

ASK_LAST = ['What just happened?', 'What happened last?', 'What was the last thing that happened?', 'Did something happen?']
ASK_SCREEN = ['What is on the screen?', 'What do you see?', 'What can you see right now?', 'What is open?']
ASK_FRONT = ['Which window is in front?', 'What is in front?', 'Which program is active?', 'What am I using?']
NOTHING_YET = 'Nothing has happened yet.'


def article(name: str) -> str:
    return 'an' if name[0] in 'aeiou' else 'a'


def narration(kind: str, subject: str | None) -> str:
    """The sentence for an event: {A} is the article with a capital, {name} the subject's name."""
    name = NAMES[subject] if subject else ''
    return KINDS[kind]['sentence'].replace('{A}', article(name or 'x').capitalize()).replace('{name}', name)


def all_narrations() -> dict[str, tuple[str, str | None]]:
    """Every sentence with the kind and subject it stands for."""
    sentences = {}
    for kind, rule in KINDS.items():
        for subject in SUBJECTS[rule['subject']] if rule['subject'] else [None]:
            sentences[narration(kind, subject)] = (kind, subject)
    return sentences


def listing(things: list[str]) -> str:
    return things[0] if len(things) == 1 else ', '.join(things[:-1]) + ' and ' + things[-1]


def describe(state: dict, front_only: bool = False) -> str:
    """Answers "what is on the screen?" or "which window is in front?" from a state of desk-world."""
    if state['blank']:
        return 'The screen is blank.'
    if state['dialog']:
        front = NAMES[state['dialog']]
    elif state['front']:
        front = NAMES[state['front']]
    else:
        return 'No window is open.'
    if front_only:
        return f'The {front} is in front.'
    behind = sorted({NAMES[app] for app in state['open']} - {front})
    text = f'{article(front).capitalize()} {front}'
    return text + (f' in front of {listing([f"{article(name)} {name}" for name in behind])}.' if behind else '.')
