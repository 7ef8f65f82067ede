"""Reads a video as the program does: ffmpeg samples, scales and letterboxes; frames come through a pipe."""

import os
import subprocess
from collections.abc import Iterator

import numpy as np

from vision import HEIGHT, WIDTH

FPS = 2
# At each point of the grid: the last picture shown by then. Time stamps are moved forward by 2 ms, because containers
# round them (main/capture/file-arguments.ts).
SAMPLING = ['-copyts', '-start_at_zero', '-itsoffset', '-0.002']
FILTER = (
    'fps={fps}:start_time=0:round=up,scale={width}:{height}:force_original_aspect_ratio=decrease:flags=area,format=rgb24,'
    'pad={width}:{height}:(ow-iw)/2:(oh-ih)/2:black'
)


def read_frames(video: str, threads: int = 1, width: int = WIDTH, height: int = HEIGHT) -> Iterator[np.ndarray]:
    """Frames in order, uint8 [height, width, 3]; frame i shows second i / 2. Raises if ffmpeg fails."""
    scaling = FILTER.format(fps=FPS, width=width, height=height)
    command = [
        os.environ.get('FFMPEG_PATH', 'ffmpeg'), '-v', 'error', '-threads', str(threads), *SAMPLING, '-i', str(video),
        '-an', '-sn', '-filter_threads', '1', '-vf', scaling, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-',
    ]
    size = width * height * 3
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as process:
        while len(data := process.stdout.read(size)) == size:
            yield np.frombuffer(data, np.uint8).reshape(height, width, 3)
    if process.returncode:
        raise RuntimeError(f'ffmpeg could not read {video}.')


def frame_of(t: float) -> int:
    """The first sampled frame that shows what happened at second t."""
    return int(np.ceil(t * FPS - 1e-6))
