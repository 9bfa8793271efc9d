"""What anybody would write first: face_recognition's locations and encodings on every picture of the recording.

`python -m ... FILE COUNT` looks at COUNT pictures spread over the file and prints seconds per picture and how many
pictures the file has. Decoding is left out, in its favour.
"""

from __future__ import annotations

import sys
import time

import av


def main(path: str, count: int) -> None:
    import face_recognition

    with av.open(path) as source:
        total = sum(1 for packet in source.demux(video=0) if packet.size)
    every, spent, looked = max(1, total // count), 0.0, 0
    with av.open(path) as source:
        source.streams.video[0].thread_type = "AUTO"
        for number, picture in enumerate(source.decode(video=0)):
            if number % every or looked == count:
                continue
            image = picture.to_ndarray(format="rgb24")
            began = time.perf_counter()
            places = face_recognition.face_locations(image)
            face_recognition.face_encodings(image, places)
            spent += time.perf_counter() - began
            looked += 1
    print(spent / looked, total)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
