"""A data set under other standing instructions, or with questions, for `onlooker eval`.

    python instruct.py DATA --out DIR [--scopes errors finished ...] [--languages en ko] [--questions 2] [--seed 1]

DIR/annotations.jsonl is DATA's with, a video, an instruction line (scopes and languages in turn, the wording by chance; for
"application" one that occurs in the video) and, where states.jsonl is there, questions about the moment with their answers.
DIR/videos links to DATA's.
"""

import argparse
import json
from pathlib import Path

import numpy as np

import wording
from dialogue import pick
from frames import FPS
from prepare import lines


def instruction(events: list[dict], scope: str, language: str, random: np.random.Generator) -> str:
    apps = [event['subject'] for event in events if event['subject'] in wording.SUBJECTS['app']]
    subject = None if wording.INSTRUCTIONS[scope]['events'] != 'subject' else pick(apps or wording.SUBJECTS['app'], random)
    return pick(wording.instructions(scope, language, subject), random).text


def questions(states: list[dict], count: int, language: str, random: np.random.Generator) -> list[dict]:
    """Questions about the moment, at frames in which nothing has just changed: the answer is the same a second earlier."""
    settled = [i for i in range(4, len(states)) if all(wording.describe(states[i - k], language) == wording.describe(states[i], language) for k in (1, 2))]
    asked = sorted(random.choice(settled, min(count, len(settled)), replace=False)) if settled else []
    made = []
    for index in asked:
        topic = pick(['screen', 'front'], random)
        answer = wording.describe(states[index], language, front_only=topic == 'front')
        made.append({'t': int(index) / FPS, 'query': pick(wording.QUESTIONS[topic][language], random), 'answer': answer})
    return made


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('data', type=Path)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--scopes', nargs='+', default=list(wording.INSTRUCTIONS), choices=list(wording.INSTRUCTIONS))
    parser.add_argument('--languages', nargs='+', default=wording.LANGUAGES, choices=wording.LANGUAGES)
    parser.add_argument('--questions', type=int, default=0, help='a video')
    parser.add_argument('--seed', type=int, default=1)
    options = parser.parse_args()
    random = np.random.default_rng(options.seed)
    annotations, states = lines(options.data / 'annotations.jsonl'), {line['video']: line['frames'] for line in lines(options.data / 'states.jsonl')}
    options.out.mkdir(parents=True, exist_ok=True)
    with open(options.out / 'annotations.jsonl', 'w') as out:
        for number, video in enumerate(sorted(path.name for path in (options.data / 'videos').iterdir())):
            scope = options.scopes[number % len(options.scopes)]
            language = options.languages[number // len(options.scopes) % len(options.languages)]
            events = [event for event in annotations if event['video'] == video and 'subject' in event]
            made = [{'t': 0, 'kind': 'instruction', 'text': instruction(events, scope, language, random)}, *events]
            made += questions(states.get(video, []), options.questions, language, random)
            for line in made:
                out.write(json.dumps({**line, 'video': video}, ensure_ascii=False) + '\n')
    if not (options.out / 'videos').exists():
        (options.out / 'videos').symlink_to((options.data / 'videos').resolve())
