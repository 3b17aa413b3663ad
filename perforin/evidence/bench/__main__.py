"""One job, read from stdin as JSON; its measurement goes to stdout as one line of JSON."""

import json
import sys

from perforin.evidence.bench.measurement import Job


def main() -> None:
    """Measure one job."""
    from perforin.evidence.bench.shelf import CASES

    job = Job(**json.loads(sys.stdin.read()))
    measured = CASES[job.case].measure(job)
    sys.stdout.write(json.dumps(measured.as_json(), allow_nan=False) + "\n")


if __name__ == "__main__":
    main()
