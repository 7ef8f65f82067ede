"""A data set under other standing instructions, or with questions, for `onlooker eval`.

    python instruct.py DATA --out DIR [--scopes errors finished ...] [--languages en ko] [--questions 2 [--topics front screen]] [--seed 1]

DIR/annotations.jsonl is DATA's with, a video, an instruction line (scopes and languages in turn, the wording by chance; for
"application" one that occurs in the video) and, where states.jsonl is there, questions about the moment with their answers;
"front" and "screen" are those about now.
DIR/videos links to DATA's.
"""

import argparse
import json
from pathlib import Path

import numpy as np

import wording
from dialogue import DELAYS, application, pick, question
from frames import FPS, frame_of
from prepare import lines


def instruction(events: list[dict], scope: str, language: str, random: np.random.Generator) -> str:
    subject = application([event['subject'] for event in events], random) if wording.INSTRUCTIONS[scope]['events'] == 'subject' else None
    return pick(wording.instructions(scope, language, subject), random).text


def questions(events: list[dict], states: list[dict], count: int, topics: list[str], language: str, random: np.random.Generator) -> list[dict]:
    """Questions about now and about what happened, at frames around which nothing begins: the answer is that of a second ago."""
    frames = sorted((frame_of(event['t']) + DELAYS.get(event['kind'], 0), wording.narration(*wording.event_of(event), language)) for event in events)
    calm = lambda i: not any(i - 3 < frame < i + 5 for frame, _ in frames)
    same = lambda i: all(wording.describe(states[i - k], language) == wording.describe(states[i], language) for k in (1, 2))
    settled = [i for i in range(4, len(states)) if calm(i) and same(i)]
    asked = sorted(random.choice(settled, min(count, len(settled)), replace=False)) if settled else []
    made = []
    for index in map(int, asked):
        past = [(frame, text) for frame, text in frames if frame <= index]
        text, reply = question({'states': states}, index, past, language, random, topics)
        made.append({'t': index / FPS, 'query': text, 'answer': reply})
    return made


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('data', type=Path)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--scopes', nargs='+', default=list(wording.INSTRUCTIONS), choices=list(wording.INSTRUCTIONS))
    parser.add_argument('--languages', nargs='+', default=wording.LANGUAGES, choices=wording.LANGUAGES)
    parser.add_argument('--questions', type=int, default=0, help='a video')
    parser.add_argument('--topics', nargs='+', default=list(wording.QUESTIONS), choices=list(wording.QUESTIONS), help='of the questions')
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
            made += questions(events, states.get(video, []), options.questions, options.topics, language, random)
            for line in made:
                out.write(json.dumps({**line, 'video': video}, ensure_ascii=False) + '\n')
    if not (options.out / 'videos').exists():
        (options.out / 'videos').symlink_to((options.data / 'videos').resolve())
